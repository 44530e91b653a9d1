"""A command that is forked from a process with its modules is the same as one that Python starts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.helpers.cli import create_history, hash_files
from tests.helpers.environment import neutral_environment
from tests.helpers.fork_server import PROGRAM, can_be_forked, run_forked


def list_modes(folder):
    return {str(path.relative_to(folder)): path.lstat().st_mode for path in folder.rglob("*")}


def test_a_forked_build_does_what_a_build_does_and_says_what_it_says(tmp_path):
    source = create_history(tmp_path / "source", "start 2026-01-05")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    words = ["build", "--source", str(source), "--out", "out", "--today", "2026-06-01"]
    environment = neutral_environment(TZ="Pacific/Kiritimati", COLUMNS="40")
    before = os.umask(0o027)
    try:
        forked = run_forked(words, tmp_path / "a", environment)
        started = subprocess.run(
            [sys.executable, str(PROGRAM), *words],
            cwd=tmp_path / "b", env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        os.umask(before)
    assert forked == (started.returncode, started.stdout, started.stderr)
    assert hash_files(tmp_path / "a/out/site") == hash_files(tmp_path / "b/out/site")
    assert list_modes(tmp_path / "a") == list_modes(tmp_path / "b")


@pytest.mark.parametrize(
    "words", [["--help"], ["check", "--no-such"], ["redact", "--source", "/nowhere", "x"]]
)
def test_a_forked_command_reads_its_input_and_ends_with_its_exit_code(words, tmp_path):
    started = subprocess.run(
        [sys.executable, str(PROGRAM), *words],
        input="Kari", cwd=tmp_path, env=neutral_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    expected = (started.returncode, started.stdout, started.stderr)
    assert run_forked(words, tmp_path, neutral_environment(), "Kari") == expected


def test_what_python_reads_when_it_starts_needs_a_process_of_its_own():
    assert can_be_forked(neutral_environment(HOME="/", COLUMNS="40"))
    for more in ({"LANG": "nb_NO.ISO-8859-1"}, {"LC_ALL": "C.UTF-8"}, {"PYTHONPATH": "/other"}):
        assert not can_be_forked(neutral_environment(**more))
