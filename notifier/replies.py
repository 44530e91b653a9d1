"""Replies out of what a server says (RFC 5321 §4.2): each ends, in length and in number. Pure, no I/O."""

import re

_REPLY = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*?))?\r?\n", re.DOTALL)  # RFC 5321 §4.2
_LONGEST_LINE = 8192  # sixteen times RFC 5321 §4.5.3.1.5
_MOST_LINES = 128


class NoReplyError(OSError):
    """The server went away, kept silent past the deadline, or said what is no SMTP reply."""


class Replies:
    """What was heard and not yet understood."""

    def __init__(self) -> None:
        self.unread = b""
        self._code = b""
        self._texts: list[bytes] = []

    def hear(self, octets: bytes) -> None:
        """Take what came; nothing more will come after an empty one."""
        if not octets:
            raise NoReplyError("connection closed")
        self.unread += octets

    def next(self) -> tuple[int, bytes] | None:
        """Return the next whole reply, or None when more must be heard first."""
        while b"\n" in self.unread:
            line, _, self.unread = self.unread.partition(b"\n")
            found = _REPLY.fullmatch(line + b"\n")
            if not found or found[1] != (self._code or found[1]):
                raise NoReplyError("not an SMTP reply")
            self._code = found[1]
            self._texts.append(found[3] or b"")
            if found[2] != b"-":
                text = b"\n".join(self._texts)
                self._code, self._texts = b"", []
                return int(found[1]), text
            if len(self._texts) == _MOST_LINES:
                raise NoReplyError("a reply without end")
        if len(self.unread) > _LONGEST_LINE:
            raise NoReplyError("a line without end")
        return None
