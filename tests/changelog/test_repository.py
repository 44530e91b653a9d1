"""The parts of Git's answers that need no repository."""

from __future__ import annotations

import io

from changelog.repository import Entry, _parse_commit, _skip_blob, _write_ids
from policy.sources import MAX_FILE_BYTES, RejectedFile


def test_a_parse_commit_is_its_id_its_time_and_its_files():
    entry = Entry("content/policy.yaml", b"100644", "ab" * 20)
    found = _parse_commit(b"\x01" + b"cd" * 20 + b" -62167219200", [entry])
    assert found == ("cd" * 20, -62167219200, (entry,))


def test_a_blob_too_large_is_read_past_and_refused():
    size = 2 * MAX_FILE_BYTES + 7
    stream = io.BytesIO(b"x" * size + b"\nnext")
    assert _skip_blob(stream, size) is RejectedFile.TOO_LARGE
    assert stream.read() == b"\nnext"


def test_what_is_asked_of_git_is_one_id_a_line_and_a_reader_that_gave_up_is_no_error():
    class Kept(io.BytesIO):
        def close(self):
            self.said = self.getvalue()
            super().close()

    class Gone(io.BytesIO):
        def write(self, _data):
            raise BrokenPipeError

    pipe = Kept()
    _write_ids(pipe, ["a", "b"])
    assert pipe.said == b"a\nb\n"
    gone = Gone()
    _write_ids(gone, ["a"])
    assert gone.closed
