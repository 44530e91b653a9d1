"""The lines of the logs of a Postfix relay, plain or gzip, from the oldest to the newest."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from common.errors import InputError

# Time stamps of RFC 3164 (`Nov  2 10:00:00`) and RFC 3339.
_LINE = re.compile(
    r"(?P<timestamp>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))"
    r" (?P<host>\S+) (?P<process>[^\s\[:]+)(?:\[\d+\])?: (?P<text>.*)"
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: its time as it is written, the host, the process such as `postfix/relay/smtp`, the rest."""

    timestamp: str
    host: str
    process: str
    text: str

    @property
    def program(self) -> str:
        """The program of Postfix that wrote the line, such as `smtp`."""
        return self.process.rpartition("/")[2]

    @property
    def instance(self) -> str:
        """The relay that wrote the line: queue ids of two are not the same."""
        return f"{self.host} {self.process.partition('/')[0]}"


def read_log_lines(paths: Sequence[Path]) -> Iterator[LogLine]:
    """Yield the lines of logs that are of a program; raise InputError for a log that cannot be read."""
    for path in paths:
        try:
            with _open_log(path) as lines:
                for line in lines:
                    if match := _LINE.match(line):
                        yield LogLine(*match.groups())
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or "damaged"
            raise InputError(f"{path}: cannot be read ({reason})") from None


def _open_log(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")
