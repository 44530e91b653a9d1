"""What a build warns of before it publishes, and what `--strict` refuses."""

from __future__ import annotations

import random

import pytest

from tests.helpers.cli import BuildCommand, create_history

command = BuildCommand()
_PERIOD = (
    "echo '- {id: account, what: {nb: Kontoen, en: Your account}, period: P3Y}' | file facts/retention.yaml"
)
_LONGER = f"start; {_PERIOD}; words nb/02-deling Tre.; words en/02-deling Three."
_WORDS = [
    "vi",
    "lagrer",
    "sletter",
    "deler",
    "navn",
    "adresse",
    "medlem",
    "formål",
    "samtykke",
    "avtale",
    "frist",
    "klage",
]


def write_long_text(seed: int) -> str:
    """Return a text of 80 paragraphs as words of the shell."""
    numbers = random.Random(seed)
    paragraphs = (" ".join(numbers.choice(_WORDS) for _ in range(60)) for _ in range(80))
    return " ".join(f"'{paragraph}.'" for paragraph in paragraphs)


@pytest.mark.long
def test_a_newest_version_without_a_note_that_must_be_announced_is_a_warning_and_strict_refuses_it(tmp_path):
    source = create_history(tmp_path / "source", f"{_LONGER}; commit 2026-03-01")
    done = command.build(source, tmp_path / "out")
    assert done.code == 0
    (warning,) = done.err
    assert warning.startswith("warning: version 1.1 has no note, but must be announced: ")
    assert "retention.account.period grows from P2Y to P3Y" in warning
    assert command.build(source, tmp_path / "out").err == done.err
    strict = command.build(source, tmp_path / "out", "--strict")
    assert strict.code == 2
    assert "version 1.1 has no note" in strict.err[-1]
    assert command.build(source, tmp_path / "new", "--strict").code == 2
    assert not (tmp_path / "new" / "site").exists()


@pytest.mark.long
def test_a_note_a_later_version_or_a_minor_change_is_nothing_to_warn_of(tmp_path):
    for name, script in {
        "noted": f"{_LONGER}; note ny major 2026-09-01; commit 2026-03-01",
        "later": f"{_LONGER}; commit 2026-03-01; words nb/02-deling Fire.; note ny minor; commit 2026-03-02",
        "minor": "start; words nb/02-deling Ordene er andre.; commit 2026-03-01",
    }.items():
        source = create_history(tmp_path / name, script)
        done = command.build(source, tmp_path / f"{name}-out", "--strict")
        assert (done.code, done.err) == (0, ()), name


def test_an_upcoming_letter_that_gmail_would_cut_is_a_warning_of_build_and_check(tmp_path):
    reason = write_long_text(1).replace("'", "") * 4
    script = (
        "start; words nb/02-deling 'Vi deler navn.'; "
        f"note ny major 2026-09-01 'Vi deler navn.' 'reason: {reason}'; commit 2026-03-02"
    )
    source = create_history(tmp_path / "source", script)
    # The reason is the same in both languages.
    warnings = command.build(source, tmp_path / "out").err
    assert all(words in line for words, line in zip(("in 'nb' has", "in 'en' has"), warnings, strict=True))
    assert all("Gmail" in line for line in warnings)
    assert command.build(source, tmp_path / "out", "--today", "2026-09-01").err == ()
    found = command("check", "--source", source, "--today", "2026-03-03").out
    assert found.count("[letter-too-long]") == 2
    assert "content/changes/ny.yaml" in found


def test_a_redline_that_a_letter_has_no_room_for_is_a_warning_that_names_its_sections(tmp_path):
    script = (
        f"start 2026-01-05 nb; section nb/11-lang 'Lang del' {write_long_text(1)}; commit 2026-03-01; "
        f"section nb/11-lang 'Lang del' {write_long_text(2)}; words nb/02-deling 'Vi deler navn.'; "
        "note ny major 2026-09-01; commit 2026-03-02"
    )
    source = create_history(tmp_path / "source", script)
    done = command.build(source, tmp_path / "out", "--strict")
    assert done.code == 0
    (warning,) = done.err
    assert warning == (
        "warning: letter 2.0 in 'nb' has no room for the redline of 'Lang del': "
        "Gmail shows 102 kB of a letter; it names these sections and links to their changes"
    )


_TAKEN = (
    "start; settings 'nb, en'; sed -i 's/Eksempel AS/{name}/' content/policy.yaml; {more}; commit 2026-03-01"
)


def list_build_warnings(tmp_path, name, more) -> list[str]:
    """Return the warnings about a policy that says from its second commit on that it is somebody else's."""
    source = create_history(tmp_path / "source", _TAKEN.format(name=name, more=more))
    done = command.build(source, tmp_path / "out")
    assert done.code == 0
    return [line for line in done.err if "the history begins with the policy of" in line]


def test_a_history_that_begins_with_another_controller_is_warned_of(tmp_path):
    (warning,) = list_build_warnings(tmp_path, "Tyvlånt AS", "words nb/02-deling Ny tekst.")
    assert (
        "the policy of 'Eksempel AS', and its versions would be published as those of 'Tyvlånt AS'" in warning
    )


def test_a_change_of_controller_that_a_note_tells_of_is_none(tmp_path):
    more = "words nb/02-deling Ny eier.; words en/02-deling New owner.; note eier special 2026-09-01"
    assert list_build_warnings(tmp_path, "Ny Eier AS", more) == []


def test_a_former_name_is_the_same_controller(tmp_path):
    more = "sed -i 's/{name: Nytt AS,/{name: Nytt AS, former_names: [Eksempel AS],/' content/policy.yaml"
    assert list_build_warnings(tmp_path, "Nytt AS", more) == []
