"""A build that fails or is interrupted, at whichever moment, leaves the output folder as it found it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from common.errors import InputError, TryLaterError
from generator import build_state, generations, stored_folders, version_store
from tests.helpers.cli import BuildCommand, hash_files, run_command
from tests.helpers.in_process import build
from tests.helpers.killed_builds import run_and_kill

if TYPE_CHECKING:
    from pathlib import Path


def list_everything(out: Path) -> dict[str, str]:
    """Return the content of every file and the target of every link in `out`, links not followed."""
    return {
        str(path.relative_to(out)): str(path.readlink()) if path.is_symlink() else path.read_text()
        for path in out.rglob("*")
        if path.is_symlink() or path.is_file()
    }


class Interruption:
    """Raises an error when a build writes its nth file, in whichever process that is."""

    def __init__(self, monkeypatch, moment: int, error: BaseException | None) -> None:
        self.written = 0
        write = stored_folders.write_public_file

        def write_or_fail(path: Path, content: bytes) -> None:
            self.written += 1
            if self.written == moment:
                with path.open("wb") as file:
                    file.write(content[: len(content) // 2])
                if error is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                    return
                raise error
            write(path, content)

        monkeypatch.setattr(stored_folders, "write_public_file", write_or_fail)


FAILURES = {
    "full disk": (OSError(errno.ENOSPC, "No space left on device"), TryLaterError),
    "full quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), TryLaterError),
    "broken disk": (OSError(errno.EIO, "Input/output error"), InputError),
    "no memory": (MemoryError(), MemoryError),
    "interrupt": (KeyboardInterrupt(), KeyboardInterrupt),
    "bug": (ZeroDivisionError(), ZeroDivisionError),
}


@pytest.fixture
def changed(sample_history, tmp_path) -> Path:
    """The sample history under another address, so that every folder is written again."""
    source = shutil.copytree(sample_history, tmp_path / "changed")
    policy = source / "content" / "policy.yaml"
    policy.write_text(policy.read_text().replace("base_url: https://", "base_url: https://www."))
    run_command(source, "git", "commit", "-qam", "Change the address")
    return source


@pytest.mark.cases_in_ci("True-full disk")
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("use_cache", [True, False])
def test_a_build_that_fails_at_any_moment_leaves_nothing_behind(
    failure, use_cache, sample_history, changed, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    build(sample_history, out)
    before = list_everything(out)
    error, raised = failure
    with monkeypatch.context() as patch:
        counter = Interruption(patch, 0, error)
        build(changed, tmp_path / "counted", use_cache=use_cache)
    assert counter.written > 60
    for moment in (1, 2, *range(13, counter.written, 25), counter.written):
        with monkeypatch.context() as patch:
            Interruption(patch, moment, error)
            with pytest.raises(raised):
                build(changed, out, use_cache=use_cache)
        assert list_everything(out) == before, moment
    build(changed, out)
    assert hash_files(out / "site") == hash_files(tmp_path / "counted" / "site")


@pytest.mark.cases_in_ci("killed")
@pytest.mark.parametrize("failure", ["full disk", "bug", "killed"])
def test_a_process_of_a_build_that_fails_leaves_nothing_behind(
    failure, sample_history, changed, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    build(sample_history, out)
    before = list_everything(out)
    error, raised = FAILURES.get(failure, (None, TryLaterError))
    monkeypatch.setattr(version_store, "_SERIAL_LIMIT", 1)
    monkeypatch.setattr(generations, "_SERIAL_LIMIT", 1)
    for moment in (1, 5, 9):
        with monkeypatch.context() as patch:
            Interruption(patch, moment, error)
            with pytest.raises(raised):
                build(changed, out, jobs=3)
        assert list_everything(out) == before
    build(changed, out, jobs=3)
    build(changed, tmp_path / "clean")
    assert hash_files(out / "site") == hash_files(tmp_path / "clean" / "site")


def test_a_first_build_that_fails_leaves_an_empty_folder(sample_history, tmp_path, monkeypatch):
    Interruption(monkeypatch, 40, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(TryLaterError, match="the disk is full"):
        build(sample_history, tmp_path / "out")
    assert list_everything(tmp_path / "out") == {".lock": ""}


def test_a_build_is_published_though_its_state_cannot_be_saved(
    sample_history, changed, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    build(sample_history, out)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(build_state, "write_public_file", fail)
        assert build(changed, out).has_changed
    build(changed, tmp_path / "clean")
    assert hash_files(out / "site") == hash_files(tmp_path / "clean" / "site")
    assert build(changed, out).written_version_count == 0


@pytest.mark.long
@pytest.mark.parametrize("options", [(), ("--no-cache",)], ids=" ".join)
def test_what_a_killed_build_has_left_is_gone_when_the_next_one_fails(
    options, sample_history, changed, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    build(sample_history, out)
    before = list_everything(out)
    for moment in (40, 90):
        assert run_and_kill(BuildCommand(), changed, out, moment, *options).returncode == -9
    assert len(list_everything(out)) > len(before)
    with monkeypatch.context() as patch:
        Interruption(patch, 1, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(TryLaterError):
            build(sample_history, out, use_cache=False)
    assert list_everything(out) == before
