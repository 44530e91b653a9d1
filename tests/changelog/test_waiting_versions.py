"""What happens to an announced version before its day: it is overtaken by nothing, unless a note says so."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changelog.history import Revision
from changelog.replay import build_version_log
from changelog.versions import Version, VersionLog
from policy.blocks import render_prose
from policy.document import render_policy_text
from policy.findings import ContentError
from policy.models import Channel
from tests.helpers.factories import POLICY_YAML, section_text
from tests.helpers.long_tests import choose_examples

JUNE, AUGUST = "2026-06-01", "2026-08-01"
SINGLE = POLICY_YAML.replace("[nb, en]", "[nb]")


def publish(*steps: tuple[str, dict[str, str | None]]) -> list[Revision]:
    """Return a history of one language: a day and the files that it sets or (None) removes."""
    revisions: list[Revision] = []
    files: dict[str, str] = {"policy.yaml": SINGLE}
    for number, (day, step) in enumerate(steps):
        files = {path: text for path, text in (files | step).items() if text is not None}
        noon = int(datetime.combine(date.fromisoformat(day), time(12), UTC).timestamp())
        content = {f"content/{path}": text.encode() for path, text in files.items()}
        revisions.append(Revision(f"{number:040x}", noon, content))
    return revisions


def log(*steps: tuple[str, dict[str, str | None]]) -> VersionLog:
    return build_version_log(publish(*steps))


def words(about: str = "", sharing: str = "") -> dict[str, str | None]:
    texts = {"nb/01-om.md": about, "nb/02-deling.md": sharing}
    return {path: section_text(text) for path, text in texts.items() if text}


def note(name: str, level: str, *lines: str) -> dict[str, str | None]:
    return {f"changes/{name}.yaml": "\n".join([f"level: {level}", f"summary: Om {name}", *lines, ""])}


def major(name: str, day: str) -> dict[str, str | None]:
    return note(name, "major", f"effective: {day}", "action: Les")


def days(found: VersionLog) -> dict[str, str]:
    return {version.number: str(version.effective) for version in found.versions}


def in_force(found: VersionLog, *on: str) -> list[str]:
    versions = (found.find_version_in_force(date.fromisoformat(day)) for day in on)
    return [version.number if version else "" for version in versions]


def rules(found: VersionLog) -> list[str]:
    return [problem.rule for problem in found.note_problems]


def text_of(version: Version) -> str:
    return render_policy_text(version.documents["nb"])


FIRST = ("2026-01-05", words("Vi er her.", "Vi deler ingenting."))
ANNOUNCED = ("2026-02-02", words(sharing="Vi deler navn.") | major("navn", JUNE))
LATER = ("2026-02-03", words(sharing="Vi deler navn og adresse.") | major("adresse", AUGUST))
NEXT_DAY = "2026-02-04"


# --- Overtaking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["minor", "major", "special"])
def test_a_note_dated_before_an_announced_version_takes_effect_with_it_and_is_reported(level):
    found = log(
        FIRST,
        ANNOUNCED,
        (NEXT_DAY, words("Vi er der.") | note("sted", level, "effective: 2026-03-01", "action: Les")),
    )
    assert [str(version.effective) for version in found.versions] == ["2026-01-05", JUNE, JUNE]
    assert rules(found) == ["announced-overtaken"]
    assert "2.0" in str(found.note_problems[0].message)
    assert in_force(found, "2026-05-31", JUNE) == ["1.0", found.latest.number]
    assert not any(version.is_never_in_force for version in found.versions)


def test_a_change_without_a_day_waits_and_nothing_is_reported():
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words("Vi er der.") | note("sted", "minor")))
    assert (days(found)["2.1"], rules(found)) == (JUNE, [])


def test_a_version_that_is_in_force_cannot_be_overtaken():
    found = log(
        FIRST, ANNOUNCED, ("2026-06-02", words("Vi er der.") | note("sted", "minor", f"effective: {JUNE}"))
    )
    assert (days(found)["2.1"], rules(found)) == ("2026-06-02", [])


def test_with_two_waiting_the_day_is_that_of_the_last_one_that_would_be_overtaken():
    change = words("Vi er der.") | note("sted", "minor", "effective: 2026-07-01")
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, change))
    assert days(found) == {"1.0": "2026-01-05", "2.0": JUNE, "3.0": AUGUST, "3.1": AUGUST}
    assert in_force(found, JUNE, "2026-07-31", AUGUST) == ["2.0", "2.0", "3.1"]


def test_a_minor_change_that_nobody_was_told_of_may_be_overtaken():
    found = log(
        FIRST,
        ("2026-02-02", words(sharing="Vi deler navn.") | note("navn", "minor", f"effective: {JUNE}")),
        (NEXT_DAY, words("Vi er der.") | note("sted", "minor", "effective: 2026-03-01")),
    )
    assert (days(found)["1.2"], rules(found)) == ("2026-03-01", [])
    assert found.get_version("1.1").is_superseded


# --- Bringing forward ------------------------------------------------------------------------------------


def test_a_note_brings_an_announced_version_forward_through_its_channels():
    change = note("snart", "minor", "effective: 2026-04-01", 'brings_forward: ["2.0"]')
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words("Vi er der.") | change))
    two, two_one = found.versions[1:]
    assert (days(found)["2.1"], rules(found)) == ("2026-04-01", [])
    assert two.is_superseded
    assert two_one.channels == two.channels == (Channel.HELP_CENTRE, Channel.LOGIN, Channel.EMAIL)
    assert in_force(found, "2026-03-31", "2026-04-01", JUNE) == ["1.0", "2.1", "2.1"]


def test_what_was_brought_forward_may_not_be_overtaken_either():
    found = log(
        FIRST,
        ANNOUNCED,
        (NEXT_DAY, words("A.") | note("a", "minor", "effective: 2026-04-01", 'brings_forward: ["2.0"]')),
        ("2026-02-05", words("B.") | note("b", "minor", "effective: 2026-03-01")),
    )
    assert (days(found)["2.2"], rules(found)) == ("2026-04-01", ["announced-overtaken"])


def test_with_two_waiting_both_must_be_named_to_be_brought_forward():
    one = note("snart", "minor", "effective: 2026-04-01", 'brings_forward: ["2.0"]')
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, words("A.") | one))
    assert (days(found)["3.1"], rules(found)) == (AUGUST, ["announced-overtaken"])
    assert not found.get_version("2.0").is_superseded
    both = note("snart", "minor", "effective: 2026-04-01", 'brings_forward: ["2.0", "3.0"]')
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, words("A.") | both))
    assert (days(found)["3.1"], rules(found)) == ("2026-04-01", [])
    assert [v.number for v in found.versions if v.is_superseded] == ["2.0", "3.0"]


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ((f"effective: {AUGUST}", 'brings_forward: ["2.0"]'), "not-brought-forward"),
        (("effective: 2026-04-01", 'brings_forward: ["1.0"]'), "not-waiting"),
        (("effective: 2026-04-01", 'brings_forward: ["7.0"]'), "not-waiting"),
    ],
)
def test_a_wrong_number_brings_nothing_forward(lines, rule):
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words("A.") | note("a", "minor", *lines)))
    assert rule in rules(found)
    assert in_force(found, "2026-05-31", JUNE) == ["1.0", "2.0" if rule == "not-brought-forward" else "2.1"]


# --- Withdrawing -----------------------------------------------------------------------------------------


def withdraw(name: str, *numbers: str, more: str = "") -> dict[str, str | None]:
    return note(name, "minor", f"withdraws: [{', '.join(map(repr, numbers))}]", more)


def test_a_withdrawn_version_never_comes_into_force_and_its_readers_are_told_at_once():
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words(sharing="Vi deler ingenting.") | withdraw("nei", "2.0")))
    one, two, two_one = found.versions
    assert rules(found) == []
    assert (two.withdrawn_by, two.is_superseded) == ("2.1", False)
    assert (str(two_one.effective), two_one.withdraws) == (NEXT_DAY, ("2.0",))
    assert two_one.channels == two.channels
    assert two_one.predecessor == "1.0"
    assert two_one.touched_sections.ids == ()
    assert text_of(two_one) == text_of(one)
    assert in_force(found, "2026-02-03", NEXT_DAY, AUGUST) == ["1.0", "2.1", "2.1"]
    assert found.find_upcoming_versions(date(2026, 2, 3)) == (two_one,)


def test_a_withdrawal_that_takes_effect_late_keeps_the_withdrawn_text_out_of_force():
    change = withdraw("nei", "2.0", more=f"effective: {AUGUST}")
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words(sharing="Vi deler ingenting.") | change))
    assert in_force(found, JUNE, AUGUST) == ["1.0", "2.1"]


def test_nothing_is_withdrawn_while_the_text_is_not_restored():
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words("Vi er der.") | withdraw("nei", "2.0")))
    assert rules(found) == ["withdrawal-incomplete"]
    assert "deling" in str(found.note_problems[0].message)
    assert (found.get_version("2.0").withdrawn_by, days(found)["2.1"]) == ("", JUNE)


def test_a_withdrawal_may_change_the_sections_that_its_note_names():
    change = words("Vi er der.", "Vi deler ingenting.") | withdraw(
        "nei", "2.0", more="changed_sections: [om]"
    )
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, change))
    assert rules(found) == []
    assert found.latest.touched_sections.changed == ("om",)


def test_the_later_of_two_is_withdrawn_and_the_earlier_stays():
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, words(sharing="Vi deler navn.") | withdraw("nei", "3.0")))
    assert rules(found) == []
    assert (days(found)["3.1"], found.latest.predecessor) == (JUNE, "2.0")
    assert [v.withdrawn_by for v in found.versions] == ["", "", "3.1", ""]
    assert in_force(found, "2026-05-31", JUNE, AUGUST) == ["1.0", "3.1", "3.1"]


def test_the_earlier_of_two_takes_the_later_with_it_and_that_is_reported():
    restored = words(sharing="Vi deler ingenting.")
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, restored | withdraw("nei", "2.0")))
    assert rules(found) == ["withdrawal-incomplete"]
    assert [v.withdrawn_by for v in found.versions] == ["", "3.1", "3.1", ""]
    assert in_force(found, JUNE, AUGUST) == ["3.1", "3.1"]
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, restored | withdraw("nei", "2.0", "3.0")))
    assert rules(found) == []


def test_minor_changes_that_build_on_a_withdrawn_version_go_with_it():
    found = log(
        FIRST,
        ANNOUNCED,
        ("2026-02-03", words("Vi er der.")),
        (NEXT_DAY, words("Vi er her.", "Vi deler ingenting.") | withdraw("nei", "2.0")),
    )
    assert [v.withdrawn_by for v in found.versions] == ["", "2.2", "2.2", ""]
    assert in_force(found, NEXT_DAY, JUNE) == ["2.2", "2.2"]


def test_one_after_the_other_is_withdrawn():
    found = log(
        FIRST,
        ANNOUNCED,
        LATER,
        (NEXT_DAY, words(sharing="Vi deler navn.") | withdraw("ikke-adresse", "3.0")),
        ("2026-02-05", words(sharing="Vi deler ingenting.") | withdraw("ikke-navn", "2.0")),
    )
    assert rules(found) == []
    assert [v.withdrawn_by for v in found.versions] == ["", "3.2", "3.1", "3.2", ""]
    assert in_force(found, "2026-02-05", JUNE, AUGUST) == ["3.2"] * 3


@pytest.mark.parametrize(
    ("day", "numbers"), [(NEXT_DAY, ("1.0",)), (NEXT_DAY, ("5.0",)), ("2026-06-02", ("2.0",))]
)
def test_only_a_version_that_waits_can_be_withdrawn(day, numbers):
    found = log(FIRST, ANNOUNCED, (day, words(sharing="Vi deler ingenting.") | withdraw("nei", *numbers)))
    assert rules(found) == ["not-waiting"]
    assert not any(version.withdrawn_by for version in found.versions)


def test_a_version_can_be_announced_again_after_it_was_withdrawn():
    found = log(
        FIRST,
        ANNOUNCED,
        (NEXT_DAY, words(sharing="Vi deler ingenting.") | withdraw("nei", "2.0")),
        ("2026-02-05", words(sharing="Vi deler navn.") | major("likevel", AUGUST)),
    )
    assert (days(found)["3.0"], rules(found)) == (AUGUST, [])
    assert in_force(found, "2026-07-31", AUGUST) == ["2.1", "3.0"]


# --- A correction of what is in force --------------------------------------------------------------------

CORRECTION = ("also_in_force: true",)


def test_a_correction_keeps_a_section_that_the_announced_version_drops():
    without = {"nb/02-deling.md": None} | major("deling", JUNE)
    correction = words("Vi er der.") | note("sted", "minor", *CORRECTION)
    found = log(FIRST, ("2026-02-02", without), (NEXT_DAY, correction))
    assert list(days(found)) == ["1.0", "2.0", "1.1", "2.1"]
    ids = [[section.id for section in version.documents["nb"].sections] for version in found.versions]
    assert ids == [["om", "deling"], ["om"], ["om", "deling"], ["om"]]


def test_a_correction_makes_two_versions_of_one_revision():
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, words("Vi er der.") | note("sted", "minor", *CORRECTION)))
    assert days(found) == {"1.0": "2026-01-05", "2.0": JUNE, "1.1": NEXT_DAY, "2.1": JUNE}
    assert rules(found) == []
    one, two, one_one, two_one = found.versions
    assert (one_one.predecessor, one_one.counterpart, two_one.predecessor) == ("1.0", "2.1", "2.0")
    assert one_one.commit == two_one.commit
    assert text_of(one_one) == text_of(one).replace("her", "der")
    assert text_of(two_one) == text_of(two).replace("her", "der")
    assert one_one.touched_sections.changed == two_one.touched_sections.changed == ("om",)
    assert in_force(found, "2026-02-03", NEXT_DAY, JUNE) == ["1.0", "1.1", "2.1"]
    assert not any(version.is_never_in_force for version in found.versions)


def test_corrections_follow_one_another():
    found = log(
        FIRST,
        ANNOUNCED,
        (NEXT_DAY, words("A.") | note("a", "minor", *CORRECTION)),
        (NEXT_DAY, words("B.") | note("b", "minor", *CORRECTION)),
        ("2026-02-06", words("C.") | note("c", "minor")),
    )
    assert [version.number for version in found.versions] == ["1.0", "2.0", "1.1", "2.1", "1.2", "2.2", "2.3"]
    assert found.get_version("1.2").predecessor == "1.1"
    assert in_force(found, "2026-02-06", JUNE) == ["1.2", "2.3"]


def test_with_two_waiting_a_correction_stays_from_one_to_the_next():
    found = log(FIRST, ANNOUNCED, LATER, (NEXT_DAY, words("A.") | note("a", "minor", *CORRECTION)))
    assert days(found) == {
        "1.0": "2026-01-05",
        "2.0": JUNE,
        "3.0": AUGUST,
        "1.1": NEXT_DAY,
        "2.1": JUNE,
        "3.1": AUGUST,
    }
    assert in_force(found, NEXT_DAY, JUNE, AUGUST) == ["1.1", "2.1", "3.1"]
    assert all(
        text_of(found.get_version(number)).startswith("Om oss\n\nA.") for number in ("1.1", "2.1", "3.1")
    )


def test_a_withdrawal_returns_to_the_corrected_version():
    found = log(
        FIRST,
        ANNOUNCED,
        (NEXT_DAY, words("A.") | note("a", "minor", *CORRECTION)),
        ("2026-02-05", words(sharing="Vi deler ingenting.") | withdraw("nei", "2.0")),
    )
    assert rules(found) == []
    assert found.latest.predecessor == "1.1"
    assert [v.withdrawn_by for v in found.versions] == ["", "2.2", "", "2.2", ""]
    assert in_force(found, NEXT_DAY, "2026-02-05", JUNE) == ["1.1", "2.2", "2.2"]


def test_a_section_that_differs_already_cannot_be_corrected_in_both():
    change = words(sharing="Vi deler navn og e-post.") | note("e-post", "minor", *CORRECTION)
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, change))
    assert rules(found) == ["correction-conflict"]
    assert "nb/deling already differs" in str(found.note_problems[0].message)
    assert days(found) == {"1.0": "2026-01-05", "2.0": JUNE, "2.1": JUNE}


PERIOD = "- {id: konto, what: Konto, period: P2Y}\n"


def test_facts_are_corrected_with_the_text_and_must_have_been_the_same():
    first = (
        FIRST[0],
        FIRST[1] | {"facts/retention.yaml": PERIOD} | words("Vi lagrer i {{ retention.konto.period }}."),
    )
    shorter = {"facts/retention.yaml": PERIOD.replace("P2Y", "P1Y")} | note("kort", "minor", *CORRECTION)
    found = log(first, ANNOUNCED, (NEXT_DAY, shorter))
    assert rules(found) == []
    assert "1 år" in text_of(found.get_version("1.1"))
    other = (ANNOUNCED[0], {"facts/retention.yaml": PERIOD.replace("P2Y", "P5Y")} | major("lenge", JUNE))
    found = log(first, other, (NEXT_DAY, shorter))
    assert rules(found) == ["correction-conflict"]
    assert "retention.konto" in str(found.note_problems[0].message)


def test_a_correction_may_not_name_a_fact_that_is_only_upcoming():
    announced = (ANNOUNCED[0], ANNOUNCED[1] | {"facts/retention.yaml": PERIOD})
    change = words("Vi lagrer i {{ retention.konto.period }}.") | note("lagring", "minor", *CORRECTION)
    found = log(FIRST, announced, (NEXT_DAY, change))
    assert rules(found) == ["correction-conflict"]
    assert "retention.konto.period" in str(found.note_problems[0].message)


def test_a_new_section_and_one_that_goes_reach_the_version_in_force():
    new = {"nb/03-nytt.md": section_text("Nytt."), "nb/01-om.md": None}
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, new | note("nytt", "minor", *CORRECTION)))
    assert rules(found) == []
    corrected = found.get_version("1.1")
    assert [section.id for section in corrected.documents["nb"].sections] == ["deling", "nytt"]
    assert (corrected.touched_sections.added, corrected.touched_sections.removed) == (("nytt",), ("om",))


def test_a_section_that_the_announced_version_moves_is_corrected_where_it_stands():
    moved = {"nb/03-om.md": section_text("Vi er her."), "nb/01-om.md": None} | major("flytting", JUNE)
    change = {"nb/03-om.md": section_text("Vi er der.")} | note("sted", "minor", *CORRECTION)
    found = log(FIRST, ("2026-02-02", moved), (NEXT_DAY, change))
    assert rules(found) == []
    order = [section.id for section in found.get_version("1.1").documents["nb"].sections]
    assert order == ["om", "deling"]


def test_a_language_that_the_announced_version_drops_keeps_the_correction_out_of_force():
    both = {
        "policy.yaml": POLICY_YAML,
        "en/01-om.md": section_text("We are here."),
        "en/02-deling.md": section_text("S"),
    }
    dropped = {"policy.yaml": SINGLE, "en/01-om.md": None, "en/02-deling.md": None} | major("norsk", JUNE)
    change = words("Vi er der.") | note("sted", "minor", *CORRECTION)
    found = log((FIRST[0], FIRST[1] | both), ("2026-02-02", dropped), (NEXT_DAY, change))
    assert rules(found) == ["correction-conflict"]
    assert "en" in str(found.note_problems[0].message)


def test_a_correction_while_nothing_waits_is_one_version():
    found = log(FIRST, (NEXT_DAY, words("Vi er der.") | note("sted", "minor", *CORRECTION)))
    assert (days(found), rules(found)) == ({"1.0": "2026-01-05", "1.1": NEXT_DAY}, [])


def test_a_correction_dated_after_the_announced_day_is_one_version():
    change = words("Vi er der.") | note("sted", "minor", *CORRECTION, f"effective: {AUGUST}")
    found = log(FIRST, ANNOUNCED, (NEXT_DAY, change))
    assert days(found) == {"1.0": "2026-01-05", "2.0": JUNE, "2.1": AUGUST}


# --- Explanations ----------------------------------------------------------------------------------------

EXPLANATION = {"changes/forklart.yaml": 'of: "1.1"\nsummary: Vi flyttet.\nreason: Kontoret ble solgt.\n'}
UNEXPLAINED = ("2026-02-02", words("Vi er der."))


def test_a_version_without_a_note_is_explained_later():
    found = log(FIRST, UNEXPLAINED, (NEXT_DAY, EXPLANATION))
    (_, version) = found.versions
    assert (render_prose(version.note_texts["nb"].summary), rules(found)) == ("Vi flyttet.", [])
    assert render_prose(version.note_texts["nb"].reason) == "Kontoret ble solgt."
    assert (version.note_names, version.explanation_names) == ((), ("changes/forklart.yaml",))
    assert version.last_update == (date.fromisoformat(NEXT_DAY), 0)


def test_an_explanation_may_be_corrected_and_followed_by_another():
    mended = {"changes/forklart.yaml": 'of: "1.1"\nsummary: Vi flyttet i mai.\n'}
    more = {"changes/mer.yaml": 'of: "1.1"\nsummary: Adressen er ny.\n'}
    found = log(FIRST, UNEXPLAINED, (NEXT_DAY, EXPLANATION), ("2026-02-05", mended), ("2026-02-06", more))
    version = found.get_version("1.1")
    assert render_prose(version.note_texts["nb"].summary) == "Vi flyttet i mai.\nAdressen er ny."
    assert version.last_update == (date(2026, 2, 6), 1)


def test_a_version_is_not_explained_by_the_commit_that_makes_it():
    found = log(FIRST, ("2026-02-02", words("Vi er der.") | EXPLANATION))
    assert rules(found) == ["explanation-misplaced"]
    assert render_prose(found.latest.note_texts["nb"].summary) == "Endring uten forklaring"


def test_a_version_that_has_a_note_is_not_explained_again():
    noted = ("2026-02-02", words("Vi er der.") | note("sted", "minor"))
    found = log(FIRST, noted, (NEXT_DAY, EXPLANATION))
    assert rules(found) == ["explanation-misplaced"]
    assert "changes/sted.yaml" in str(found.note_problems[0].hint)


# --- Any history -----------------------------------------------------------------------------------------

_BODIES = st.sampled_from(["Vi er her.", "Vi er der.", "A.", "B."])
_NUMBERS = st.lists(st.sampled_from(["1.1", "2.0", "2.1", "3.0", "3.1", "4.0"]), max_size=3, unique=True)


@st.composite
def steps(draw) -> dict[str, str | None]:
    """Return a change of the text with a note of any kind, sometimes with what restores the first text."""
    is_restored = draw(st.booleans())
    change = FIRST[1] if is_restored else words(*draw(st.tuples(_BODIES, _BODIES)))
    level = draw(st.sampled_from(["minor", "minor", "major", "special"]))
    day = draw(st.sampled_from(["P10D", "2026-02-20", "2026-03-20", JUNE, AUGUST]))
    lines = [f"effective: {day}"] if level != "minor" or draw(st.booleans()) else []
    match draw(st.sampled_from(["", "withdraws", "brings_forward", "also_in_force"])):
        case "withdraws":
            lines.append(f"withdraws: {draw(_NUMBERS)!r}")
        case "brings_forward" if lines:
            lines.append(f"brings_forward: {draw(_NUMBERS)!r}")
        case "also_in_force" if level == "minor":
            lines.append("also_in_force: true")
    return change | note(f"n{draw(st.integers(0, 10**6))}", level, *lines)


# A version that never comes into force lies between the withdrawn one and those that are withdrawn with it.
SUPERSEDED_BETWEEN = [
    FIRST[1] | note("a", "major", "effective: 2026-03-20"),
    FIRST[1] | note("b", "minor", f"effective: {JUNE}"),
    FIRST[1] | note("c", "major", "effective: P10D"),
    FIRST[1] | note("d", "major", f"effective: {JUNE}"),
    FIRST[1] | note("e", "minor", "withdraws: ['2.0']"),
]


@choose_examples(20, 80)
@example(SUPERSEDED_BETWEEN)
@given(st.lists(steps(), min_size=1, max_size=8))
def test_no_announced_text_is_in_force_before_its_day_unless_a_note_says_so(changes):
    start = date(2026, 2, 2)
    days = [(str(start + timedelta(3 * number)), change) for number, change in enumerate(changes)]
    found = log(FIRST, *days)
    numbers = [version.number for version in found.versions]
    assert len(set(numbers)) == len(numbers)
    for day in (start + timedelta(number) for number in range(0, 200, 2)):
        line, brought = found.find_version_in_force(day), set()
        # What is published after a day does not matter on it.
        if line and line.published > day:
            continue
        assert line is None or not line.is_never_in_force
        while line:
            if line.is_announced_ahead and line.effective > day:
                assert line.number in brought, (day, line.number)
            assert not line.withdrawn_by
            brought |= set(line.brings_forward)
            line = found.find_predecessor(line)


# --- Keys that exclude one another -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (note("a", "major", "effective: P30D", "also_in_force: true"), "only a minor change"),
        (note("a", "minor", "also_in_force: true", 'withdraws: ["2.0"]'), "does not go together"),
        (note("a", "minor", "tell: affected"), "'tell: affected' needs to know who is affected"),
        (note("a", "minor", "tell: members", "affects: [members]"), "not a known value"),
        (note("a", "minor", "changed_sections: [om]"), "is for notes with 'withdraws'"),
        (note("a", "minor", 'brings_forward: ["2.0"]'), "needs an effective date"),
        (note("a", "minor", "withdraws: [2]"), "not a version number"),
        ({"changes/a.yaml": 'of: "1.0"\nlevel: minor\nsummary: A\n'}, "level"),
    ],
)
def test_keys_that_exclude_one_another_are_refused(change, problem):
    with pytest.raises(ContentError) as error:
        log(FIRST, (NEXT_DAY, words("A.") | change))
    assert problem in str(error.value)
