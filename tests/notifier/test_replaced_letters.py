"""A letter that a newer one takes the place of is planned and sent no more."""

import json

import pytest

from tests.notifier.cli import run_command
from tests.notifier.factories import write_addressees, write_letter


def write_newer_letter(folder, **more):
    letter = write_letter(folder / "letters" / "2.1", "2.1")
    record = json.loads((letter / "letter.json").read_text()) | more
    (letter / "letter.json").write_text(json.dumps(record))
    return letter


def run(command: str, letter, folder):
    options = ["--recipients", write_addressees(folder / "people.csv", 2)]
    if command == "send":
        ledger = f"sqlite:///{folder / 'ledger.db'}"
        options += ["--ledger", ledger, "--smtp", "smtp://127.0.0.1:1", "--confirm", 2]
    return run_command(command, "--letter", letter, *options)


@pytest.mark.parametrize("command", ["plan", "send"])
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "removed"])
@pytest.mark.parametrize(
    ("key", "words"), [("withdraws", "withdrawn"), ("brings_forward", "brought forward")]
)
def test_a_letter_whose_version_a_newer_one_replaces_is_refused(tmp_path, command, is_kept, key, words):
    old = tmp_path / "letters" / "2.0"
    if is_kept:
        write_letter(old, "2.0")
    write_newer_letter(tmp_path, **{key: ["2.0"]})
    result = run(command, old, tmp_path)
    assert result.code == 2
    assert f"version 2.0 is {words} by 2.1; send the letter of 2.1 instead" in result.err


def test_a_letter_beside_others_is_planned(tmp_path):
    old = write_letter(tmp_path / "letters" / "2.0", "2.0")
    new = write_newer_letter(tmp_path, withdraws=["1.0"])
    (tmp_path / "letters" / "9.0").mkdir()
    (tmp_path / "letters" / "9.0" / "letter.json").write_text("[]")
    for letter in (old, new):
        assert run("plan", letter, tmp_path).code == 0
