"""Values and files that are nearly right: each ends in one line, and nothing is written."""

from __future__ import annotations

import gzip
import os

import pytest
from click.testing import CliRunner

from build import main
from common.errors import InputError
from policy.loader import load_policy
from tests.helpers.factories import policy_files

_DAYS = (
    *("2026-99-99", "2026-02-29", "0000-01-01", "0001-01-01", "10000-01-01", "9999-12-31", "-1-01-01"),
    *("inf", "nan", "", "20261122", "2026-W01-1", "2026-1-1", "2026-11-22T00:00", "1" * 9000),
    *("2026-\uff11\uff12-01", "2026-11-22\n::x::"),
)
_NOTE_DAYS = (
    *("2026-99-99", "2027-02-29", "0000-01-01", "10000-01-01", "2026-12-22T10:00:00", "999999999 years"),
    *("P999999999Y", "P9999999999D", "P1.5Y", "P-1D", "P", "P1Y\u0661M", "inf", "nan"),
)


def _run(*options: object) -> list[str]:
    """Return the lines that a command prints, which must refuse what it was given."""
    result = CliRunner().invoke(main, list(map(str, options)))
    assert result.exit_code == 2, result.output
    return result.output.splitlines()


@pytest.mark.parametrize("day", _DAYS)
@pytest.mark.parametrize("command", ["check", "build", "note", "submit"])
def test_a_day_that_does_not_exist_is_refused(tmp_path, command, day):
    (line,) = _run(command, "--source", tmp_path, "--today", day)
    assert line.startswith("Error: Invalid value for '--today'")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "option", ["--rate", "--lease", "--retry-after", "--limit", "--max-attempts", "--confirm"]
)
@pytest.mark.parametrize(
    "value", ["inf", "-inf", "nan", "NaN", "1e400", "-1", "1e30", "", "x", "9" * 5000, "٣٣٣٣٣٣٣٣٣٣٣"]
)
def test_a_number_of_notify_that_is_none_or_beyond_reason_is_refused(tmp_path, option, value):
    arguments = ("--letter", tmp_path, "--recipients", "x.csv", "--smtp", "smtp://localhost", option, value)
    (line,) = _run("notify", "send", *arguments)
    assert line.startswith(f"Error: Invalid value for '{option}'")


@pytest.mark.parametrize("value", _NOTE_DAYS)
def test_a_day_or_period_of_a_note_that_cannot_be_is_one_finding(value):
    note = f"level: major\neffective: {value}\nsummary: {{nb: Ny, en: New}}\n"
    with pytest.raises(InputError) as error:
        load_policy(policy_files({"changes/a.yaml": note}))
    (line,) = str(error.value).splitlines()
    assert line.startswith("content/changes/a.yaml:2:12: ")


@pytest.mark.parametrize("value", ["1e3", "inf", "nan", "-1", "3651", "9" * 5000, "٣", "0x10"])
def test_a_number_of_days_that_cannot_be_is_one_finding(value):
    settings = policy_files()["content/policy.yaml"].decode() + f"show_days: {value}\n"
    with pytest.raises(InputError) as error:
        load_policy(policy_files({"policy.yaml": settings}))
    (line,) = str(error.value).splitlines()
    assert line.startswith("content/policy.yaml:5:12: ")


@pytest.fixture(params=["folder", "pipe", "device", "missing", "compressed", "bomb", "cut", "empty", "large"])
def no_page(request, tmp_path):
    """A file that is no page, of one kind."""
    path = tmp_path / "page"
    match request.param:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "compressed":
            path.write_bytes(gzip.compress("Hei på deg".encode()))
        case "bomb":
            path.write_bytes(gzip.compress(bytes(64 << 20)))
        case "cut":
            path.write_bytes(gzip.compress(b"Hei")[:-6])
        case "empty":
            path.touch()
        case "large":
            with path.open("wb") as file:
                file.truncate((16 << 20) + 1)
    return path


def test_a_file_that_is_no_page_is_not_imported(no_page, tmp_path):
    (line,) = _run("import", no_page, "--source", tmp_path / "source")
    assert line.startswith(f"{no_page}: ")
    assert not (tmp_path / "source").exists()


@pytest.mark.parametrize(
    "kind", ["folder", "pipe", "device", "missing", "deep", "nan", "text", "list", "surrogate", "mark"]
)
def test_a_letter_that_is_none_is_refused(tmp_path, kind):
    path = tmp_path / "letter.json"
    texts = {
        "deep": "[" * 100_000,
        "nan": '{"schema": NaN}',
        "text": "x",
        "list": "[]",
        "surrogate": '"\\ud800"',
    }
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "mark":
            path.write_bytes(b"\xef\xbb\xbf{}")
        case _ if kind in texts:
            path.write_text(texts[kind])
    (line,) = _run("notify", "plan", "--letter", tmp_path, "--recipients", "x.csv")
    assert line.startswith(f"{path}: ")
    assert line.endswith("; run build again")
