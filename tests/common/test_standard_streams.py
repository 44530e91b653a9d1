"""Whatever happens to standard streams, a command does its work and ends without a traceback."""

from __future__ import annotations

import os
import subprocess

import click
import pytest

import build as program
from tests.helpers.cli import TODAY, BuildCommand, hash_files
from tests.helpers.environment import neutral_environment

command = BuildCommand()


def list_commands() -> list[tuple[str, ...]]:
    """Return the names of all commands, those of groups too."""
    found: list[tuple[str, ...]] = []

    def walk(group: click.Group, names: tuple[str, ...]) -> None:
        context = click.Context(group)
        for name in group.list_commands(context):
            found.append((*names, name))
            child = group.get_command(context, name)
            if isinstance(child, click.Group):
                walk(child, (*names, name))

    walk(program.main, ())
    return found


def run_with(redirection: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command by a shell, which redirects its streams as a user would."""
    return subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", *command.arguments(*arguments)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=neutral_environment(),
    )  # fmt: skip


NO_READER = '| true; exit "${PIPESTATUS[0]}"'


def test_there_are_commands_to_try():
    assert len(list_commands()) > 12


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", list_commands(), ids=" ".join)
def test_the_help_of_each_command_survives_a_full_or_closed_output(name):
    full = run_with(">/dev/full", *name, "--help")
    assert (full.returncode, full.stderr) == (
        75, "standard output: No space left on device; what was printed is incomplete\n"
    )  # fmt: skip
    closed = run_with(">&-", *name, "--help")
    assert (closed.returncode, closed.stderr) == (0, "")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("redirection", "code", "lines"),
    [
        (">/dev/full", 75, 1),
        (">/dev/full 2>&1", 75, 0),
        (">&-", 0, 0),
        (">&- 2>&-", 0, 0),
        ("<&- >&- 2>&-", 0, 0),
        (NO_READER, 0, 0),
        ("2>/dev/full", 0, 0),
    ],
)
def test_a_build_is_published_though_its_output_is_lost(
    redirection, code, lines, sample_history, sample_out, tmp_path
):
    out = tmp_path / "out"
    arguments = ("build", "--source", sample_history, "--out", out, "--today", TODAY)
    result = run_with(redirection, *arguments)
    assert (result.returncode, result.stderr.count("\n")) == (code, lines), result.stderr
    assert hash_files(out / "site") == hash_files(sample_out / "site")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("redirection", "code"),
    [(">/dev/full", 2), (">&- 2>&-", 2), ("2>/dev/full", 2), (f"2>&1 {NO_READER}", 2)],
)
def test_the_exit_code_of_an_error_stays_though_its_line_is_lost(redirection, code, tmp_path):
    result = run_with(redirection, "build", "--source", tmp_path / "missing", "--out", tmp_path / "out")
    assert (result.returncode, "Traceback" in result.stderr) == (code, False)


@pytest.mark.long
def test_findings_that_could_not_be_printed_are_findings(sample_history, tmp_path):
    source = tmp_path / "source"
    subprocess.run(["cp", "-r", sample_history, source], check=True)
    (source / "content" / "nb" / "01-kontakt.md").write_text("no front matter")
    assert run_with("", "check", "--source", source).returncode == 1
    result = run_with(">/dev/full", "check", "--source", source)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)


@pytest.mark.long
def test_questions_without_an_answer_end_the_command(sample_history):
    result = run_with("<&-", "note", "--source", sample_history)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("limit", [6, 8, 10, 12, 16, 20])
def test_with_few_file_descriptors_a_build_ends_with_the_site_or_with_one_line(
    limit, sample_history, sample_out, tmp_path
):
    out = tmp_path / "out"
    line = command.arguments("build", "--source", sample_history, "--out", out, "--today", TODAY, "--jobs", 4)
    done = subprocess.run(
        ["bash", "-c", f'ulimit -n {limit}; exec "$@"', "bash", *line],
        capture_output=True, text=True, check=False, env=neutral_environment(),
    )  # fmt: skip
    if done.returncode == 0:
        assert hash_files(out / "site") == hash_files(sample_out / "site")
    else:
        assert (done.returncode, done.stderr.count("\n")) == (75, 1), done.stderr
        assert "too many files are open" in done.stderr
        assert not (out / "site").exists()


def test_the_streams_of_the_process_are_as_before_when_a_command_has_ended(capfd):
    before = os.fstat(1).st_ino, os.fstat(2).st_ino
    with pytest.raises(SystemExit):
        program.main(["--help"], prog_name="build.py")
    assert "Commands:" in capfd.readouterr().out
    assert (os.fstat(1).st_ino, os.fstat(2).st_ino) == before
