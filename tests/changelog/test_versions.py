"""Numbers, days and levels of versions, from histories made of plain values."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changelog.history import Revision
from changelog.replay import build_version_log
from policy.blocks import render_prose
from policy.findings import ContentError
from tests.helpers.factories import POLICY_YAML, policy_files, section_text
from tests.helpers.long_tests import choose_examples

START = date(2026, 1, 10)


def noon(day: date) -> int:
    return int(datetime.combine(day, time(12), UTC).timestamp())


def note(level: str, effective: str = "", summary: str = "Hva som er nytt", more: str = "") -> str:
    line = f"effective: {effective}\n" if effective else ""
    return f"level: {level}\n{line}summary: {summary}\n{more}"


def history(*steps: dict[str, str | None]) -> list[Revision]:
    """Return a history: a step is the files it sets or (None) removes; each is a day after the last."""
    revisions, now = [], {}
    for number, step in enumerate(steps):
        now = {path: text for path, text in (now | step).items() if text is not None}
        revisions.append(Revision(f"{number:040x}", noon(START + timedelta(number)), policy_files(now)))
    return revisions


def list_versions(*steps) -> list[tuple[str, str, str]]:
    return [(v.number, v.level, str(v.effective)) for v in build_version_log(history(*steps)).versions]


def text(body: str) -> dict[str, str]:
    return {"nb/01-om.md": section_text(body)}


def test_minor_counts_after_the_point_and_major_and_special_before_it():
    assert list_versions(
        text("a"),
        text("b"),
        text("c") | {"changes/1.yaml": note("minor")},
        text("d") | {"changes/2.yaml": note("major", "P30D")},
        text("e"),
        text("f") | {"changes/3.yaml": note("special", "P30D")},
    ) == [
        ("1.0", "first", "2026-01-10"),
        ("1.1", "minor", "2026-01-11"),
        ("1.2", "minor", "2026-01-12"),
        ("2.0", "major", "2026-02-12"),
        ("2.1", "minor", "2026-02-12"),
        ("3.0", "special", "2026-02-14"),
    ]


def test_of_several_notes_in_one_revision_the_highest_level_and_the_latest_date_win():
    found = build_version_log(
        history(
            text("a"),
            text("b")
            | {
                "changes/1.yaml": note("special", "2026-03-01", "En"),
                "changes/2.yaml": note("minor", "2026-05-01", "To"),
                "changes/3.yaml": note("major", "P30D", "Tre"),
            },
        )
    ).latest
    assert (found.number, found.level, found.effective) == ("2.0", "special", date(2026, 5, 1))
    assert found.note_names == ("changes/1.yaml", "changes/2.yaml", "changes/3.yaml")
    assert found.channels == ("help_centre", "login", "email", "alert")
    assert render_prose(found.note_texts["nb"].summary) == "En\nTo\nTre"


def test_a_date_before_publication_is_the_day_of_publication():
    assert (
        list_versions(text("a"), text("b") | {"changes/1.yaml": note("major", "2020-01-01")})[1][2]
        == "2026-01-11"
    )


def test_a_change_without_a_date_waits_for_its_predecessor():
    steps = (text("a"), text("b") | {"changes/1.yaml": note("major", "P60D")}, text("c"))
    assert [effective for *_, effective in list_versions(*steps)] == [
        "2026-01-10",
        "2026-03-12",
        "2026-03-12",
    ]
    assert [version.is_superseded for version in build_version_log(history(*steps)).versions] == [
        False,
        False,
        False,
    ]


def test_an_earlier_day_supersedes_a_version_that_was_brought_forward():
    found = build_version_log(
        history(
            text("a"),
            text("b") | {"changes/1.yaml": note("major", "2026-06-01")},
            text("c") | {"changes/2.yaml": note("major", "2026-07-01")},
            text("d") | {"changes/3.yaml": note("minor", "2026-06-15", more='brings_forward: ["3.0"]\n')},
            text("e") | {"changes/4.yaml": note("major", "2026-08-01")},
        )
    )
    one, two, three, three_one, four = found.versions
    assert [v.number for v in found.versions if v.is_superseded] == ["3.0"]
    assert found.find_version_in_force(date(2026, 1, 9)) is None
    assert found.find_version_in_force(date(2026, 5, 31)) == one
    assert found.find_version_in_force(date(2026, 6, 1)) == two
    assert found.find_version_in_force(date(2026, 7, 31)) == three_one
    assert found.find_version_in_force(date(2026, 8, 1)) == four
    assert found.find_upcoming_versions(date(2026, 5, 31)) == (two, three_one, four)
    assert found.find_upcoming_versions(date(2026, 8, 1)) == ()
    assert three.is_superseded


_SAME = {
    "white space": lambda raw: raw.replace(b" b", b"   b\t"),
    "wrap": lambda raw: raw.replace(b" b", b"\nb"),
    "bom": lambda raw: b"\xef\xbb\xbf" + raw,
    "crlf": lambda raw: raw.replace(b"\n", b"\r\n"),
    "nfd": lambda raw: unicodedata.normalize("NFD", raw.decode()).encode(),
    "emphasis": lambda raw: raw.replace(b"*c*", b"_c_"),
    "bullet": lambda raw: raw.replace(b"\n- ", b"\n+ "),
}


@pytest.mark.parametrize("respell", _SAME.values(), ids=_SAME)
def test_spelling_alone_makes_no_version(respell):
    first = history(text("å b *c*\n\n- d\n- e"))[0]
    path = "content/nb/01-om.md"
    again = replace(first, commit="f" * 40, files={**first.files, path: respell(first.files[path])})
    assert again.files != first.files
    assert len(build_version_log([first, again]).versions) == 1


def test_key_order_a_comment_and_what_no_reader_sees_make_no_version():
    turned = "\n".join(reversed(POLICY_YAML.splitlines())) + "\n# a comment\nshow_days: 30\n"
    assert len(list_versions(text("a"), {"policy.yaml": turned})) == 1


def test_a_fact_a_link_target_a_word_of_any_language_and_a_note_each_make_a_version():
    facts = {"facts/retention.yaml": "- {id: m, what: x, period: P2Y}\n"}
    steps = (
        text("{{ retention.m.period }} [a](https://a.no/)") | facts,
        {"facts/retention.yaml": "- {id: m, what: x, period: P3Y}\n"},
        text("{{ retention.m.period }} [a](https://b.no/)"),
        {"en/01-om.md": section_text("Hello you")},
        {"changes/1.yaml": note("minor")},
    )
    found = build_version_log(history(*steps)).versions
    assert [version.number for version in found] == ["1.0", "1.1", "1.2", "1.3", "1.4"]
    assert [version.touched_sections.changed for version in found] == [(), ("om",), ("om",), ("om",), ()]


def test_a_note_stays_with_its_first_version_and_shows_its_newest_wording():
    steps = (
        text("a"),
        text("b") | {"changes/1.yaml": note("major", "P30D", "Feil")},
        text("c") | {"changes/1.yaml": note("minor", "2026-09-01", "Rettet")},
    )
    versions = build_version_log(history(*steps)).versions
    assert [(v.number, v.level, v.note_names) for v in versions[1:]] == [
        ("2.0", "major", ("changes/1.yaml",)),
        ("2.1", "minor", ()),
    ]
    assert str(versions[1].effective) == "2026-02-10"
    assert render_prose(versions[1].note_texts["nb"].summary) == "Rettet"


def test_a_deleted_note_keeps_its_version():
    kept = (text("a"), text("b") | {"changes/1.yaml": note("major", "P30D", "Sagt")})
    versions = build_version_log(
        history(*kept, {"changes/1.yaml": None}, {"changes/1.yaml": note("special", "P9D")})
    ).versions
    assert [(v.number, v.level) for v in versions] == [("1.0", "first"), ("2.0", "major")]


def test_a_note_keeps_the_facts_that_it_was_written_for():
    def years(count):
        return {"facts/retention.yaml": f"- {{id: m, what: x, period: P{count}Y}}\n"}

    steps = (
        text("{{ retention.m.period }}") | years(2),
        years(3) | {"changes/1.yaml": note("minor", summary='"Nå {{ retention.m.period }}"')},
        years(4),
    )
    assert render_prose(build_version_log(history(*steps)).versions[1].note_texts["nb"].summary) == "Nå 3 år"


def test_a_version_without_a_note_has_a_standard_text_in_each_language():
    first, second = build_version_log(history(text("a"), text("b"))).versions
    assert [render_prose(first.note_texts[code].summary) for code in ("nb", "en")] == [
        "Første publiserte versjon",
        "First published version",
    ]
    assert [render_prose(second.note_texts[code].summary) for code in ("nb", "en")] == [
        "Endring uten forklaring",
        "Change without an explanation",
    ]


def test_an_unreadable_revision_is_a_warning_and_counts_with_the_next():
    broken = {"policy.yaml": "title: ["}
    found = build_version_log(history(text("a"), text("b") | broken, text("c"), {"policy.yaml": POLICY_YAML}))
    assert [version.number for version in found.versions] == ["1.0", "1.1"]
    assert found.latest.commit == f"{3:040x}"
    assert found.warnings == tuple(
        f"commit {number:012x} cannot be read; its changes are attributed to the next readable commit: "
        "content/policy.yaml:2:1: invalid YAML: did not find expected node content; "
        "fix the indentation, or put the text in quotes"
        for number in (0, 0)
    )


def test_the_newest_revision_must_be_readable():
    with pytest.raises(ContentError, match="invalid YAML"):
        build_version_log(history(text("a"), {"policy.yaml": "title: ["}))


def test_days_never_run_backwards_and_an_impossible_one_is_a_warning():
    first, second, third, fourth = history(text("a"), text("b"), text("c"), text("d"))
    found = build_version_log(
        [first, replace(second, time=0), replace(third, time=noon(date(2026, 1, 1))), fourth]
    )
    assert [str(v.published) for v in found.versions] == [
        "2026-01-10",
        "2026-01-10",
        "2026-01-10",
        "2026-01-13",
    ]
    assert found.warnings == (
        f"commit {1:040x}"[:19] + " has an impossible date; 2026-01-10 is used instead",
    )


def test_a_language_added_later_begins_when_it_appears():
    only = {
        "policy.yaml": POLICY_YAML.replace("[nb, en]", "[nb]"),
        "changes/0.yaml": note("minor", summary="{nb: Hei}"),
    }
    first, second = build_version_log(history(text("a") | only, {"policy.yaml": POLICY_YAML})).versions
    assert (list(first.documents), list(second.documents)) == (["nb"], ["nb", "en"])


_WORDS = st.sampled_from(["a", "b", "*a*", "a b", "[a](https://a.no/)"])
_LEVELS = st.sampled_from(["minor", "major", "special"])
_DATES = st.sampled_from(["P30D", "P1M", "2026-01-12", "2026-02-01", "2026-04-01"])
_STEP = st.one_of(
    _WORDS.map(text),
    _WORDS.map(lambda body: {"en/01-om.md": section_text(body)}),
    _WORDS.map(lambda body: {"nb/02-mer.md": section_text(body)}),
    st.just({"nb/02-mer.md": None}),
    st.builds(
        lambda name, level, day, summary: {f"changes/{name}.yaml": note(level, day, summary)},
        st.sampled_from("xyz"),
        _LEVELS,
        _DATES,
        st.sampled_from(["En", "To"]),
    ),
    st.builds(
        lambda body, level, day: text(body) | {"changes/w.yaml": note(level, day)}, _WORDS, _LEVELS, _DATES
    ),
    st.just({"changes/x.yaml": None}),
    st.just({"facts/rights.yaml": "acces: x\n"}),
    st.just({"facts/rights.yaml": None}),
)


@choose_examples(20, 80)
@given(st.lists(_STEP, max_size=7), st.data())
def test_later_revisions_change_only_the_wording_of_a_version_and_whether_it_is_superseded(steps, data):
    whole = [*history(text("a"), *steps, {"facts/rights.yaml": None})]
    cut = data.draw(st.integers(1, len(whole)))
    while b"acces" in b"".join(whole[cut - 1].files.values()):
        cut -= 1
    early, late = build_version_log(whole[:cut]).versions, build_version_log(whole).versions
    later = {"note_texts", "last_update", "is_superseded"}
    fixed = [field.name for field in fields(early[0]) if field.name not in {*later, "assessment"}]
    fixed += ["minimum_level", "is_cosmetic", "kind_of_change"]
    for before, now in zip(early, late, strict=False):
        assert [getattr(before, name) for name in fixed] == [getattr(now, name) for name in fixed]
        assert now.is_superseded >= before.is_superseded
    assert len(early) <= len(late)


@choose_examples(20, 80)
@given(st.lists(_STEP, max_size=7), st.dates(date(2026, 1, 1), date(2026, 6, 1)))
def test_every_version_follows_the_rules_of_numbers_and_days(steps, today):
    found = build_version_log(history(text("a"), *steps, {"facts/rights.yaml": None}))
    for before, now in zip(found.versions, found.versions[1:], strict=False):
        old, new = (tuple(map(int, v.number.split("."))) for v in (before, now))
        assert new == ((old[0], old[1] + 1) if now.level == "minor" else (old[0] + 1, 0))
        assert now.effective >= now.published >= before.published
        assert before.is_superseded >= (now.effective < before.effective)
        assert not (before.is_superseded and before.is_announced_ahead)
    in_force = found.find_version_in_force(today)
    assert in_force is None or not in_force.is_superseded
    assert all(not v.is_superseded and v.effective > today for v in found.find_upcoming_versions(today))
    assert len({v.number for v in found.versions}) == len(found.versions)
