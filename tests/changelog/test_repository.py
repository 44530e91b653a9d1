"""Parsing of Git's output, and the environment that Git runs in."""

from __future__ import annotations

import io
import os

from changelog.git_process import (
    create_environment_with_user_configuration,
    create_pinned_environment,
    resolve_ref,
)
from changelog.history import read_revisions
from changelog.repository import Entry, _parse_commit, _skip_blob, _write_ids
from policy.sources import MAX_FILE_BYTES, RejectedFile


def test_a_commit_has_its_id_its_time_and_its_files():
    entry = Entry("content/policy.yaml", b"100644", "ab" * 20)
    found = _parse_commit(b"\x01" + b"cd" * 20 + b" -62167219200", [entry])
    assert found == ("cd" * 20, -62167219200, (entry,))


def test_a_blob_that_is_too_large_is_skipped_and_rejected():
    size = 2 * MAX_FILE_BYTES + 7
    stream = io.BytesIO(b"x" * size + b"\nnext")
    assert _skip_blob(stream, size) is RejectedFile.TOO_LARGE
    assert stream.read() == b"\nnext"


def test_ids_are_written_one_a_line_and_a_reader_that_stopped_is_no_error():
    class RecordingPipe(io.BytesIO):
        def close(self):
            self.written = self.getvalue()
            super().close()

    class BrokenPipe(io.BytesIO):
        def write(self, _data):
            raise BrokenPipeError

    pipe = RecordingPipe()
    _write_ids(pipe, ["a", "b"])
    assert pipe.written == b"a\nb\n"
    broken = BrokenPipe()
    _write_ids(broken, ["a"])
    assert broken.closed


def test_git_never_sees_the_variables_of_a_hook_and_the_process_keeps_them(
    sample_history, tmp_path, monkeypatch
):
    commit = resolve_ref(sample_history, "HEAD").commit
    variables = {"GIT_DIR": str(tmp_path), "GIT_INDEX_FILE": "/nowhere", "GIT_TRACE": "2"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    assert not variables.keys() & {
        *create_environment_with_user_configuration(),
        *create_pinned_environment(),
    }
    assert resolve_ref(sample_history, "HEAD").commit == commit
    assert [revision.commit for revision in read_revisions(sample_history)][-1] == commit
    assert dict(os.environ) == before
