"""What readers are told has not changed: never said unless the words that show it are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changelog.replay import build_version_log
from changelog.unchanged_facts import FactForm, FactKind, list_unchanged_facts
from policy.models import RedactedPlace, Redaction
from tests.helpers.fact_policies import build_history, fact_files

TABLES = {
    "nb/02-deling": "Disse får opplysninger:\n\n{{ table: recipients }}",
    "nb/03-formal": "{{ table: purposes }}",
    "nb/04-lagring": "{{ table: retention }}",
    "nb/05-sikkerhet": "Vi passer på.",
}
FACTS = {
    "recipients": "- {id: host, name: Vertskap AS, role: processor, country: NO}\n",
    "purposes": "- {id: run, name: å drive tjenesten, legal_basis: contract, retention: main}\n",
    "retention": "- {id: main, what: Hovedregel, period: P2Y}\n",
}
MORE = FACTS["recipients"] + "- {id: two, name: To AS}\n"
RECIPIENTS = "{{ table: recipients }}"
FIRST = fact_files(TABLES, FACTS)
ALL = {"recipients", "purposes", "legal_bases", "storage_periods"}


def build_log(*states):
    return build_version_log(build_history(*states))


def list_kinds(*states, locale="nb"):
    """Return the kinds that are unchanged in the last of some states, beside the one that it builds on."""
    log = build_log(*states)
    after = log.latest
    before = log.find_predecessor(after)
    assert before, "nothing that readers see has changed"
    return {facts.kind.value for facts in list_unchanged_facts(log, before, after, locale)}


def section(path, body, state=None):
    """Return the files with one section that has another body."""
    files = dict(state or FIRST)
    head = files.get(f"{path}.md", f"---\ntitle: Om {path.partition('-')[2]}\n---\n")
    files[f"{path}.md"] = f"{head[: head.rindex('---') + 4]}{body}\n"
    return files


def facts(kind, text, state=None):
    """Return the files with other facts of one kind."""
    return {**(state or FIRST), f"facts/{kind}.yaml": text}


def note(name, level, state, more=""):
    """Return the files with one note more."""
    text = f"level: {level}\nsummary: Merknad\n{'action: Les' if level != 'minor' else ''}\n{more}\n"
    return {**state, f"changes/{name}.yaml": text}


OTHER_WORDS = section("nb/05-sikkerhet", "Vi passer godt på.")


def test_all_kinds_are_unchanged_if_words_elsewhere_change():
    assert list_kinds(FIRST, OTHER_WORDS) == ALL


LESS = {
    "another recipient": (
        facts("recipients", FACTS["recipients"].replace("Vertskap", "Sky")),
        {"recipients"},
    ),
    "a recipient more": (facts("recipients", MORE), {"recipients"}),
    "a longer period": (
        facts("retention", FACTS["retention"].replace("P2Y", "P3Y")),
        {"purposes", "legal_bases", "storage_periods"},  # the table of purposes shows it
    ),
    "another legal basis": (
        facts("purposes", FACTS["purposes"].replace("contract", "consent")),
        {"purposes", "legal_bases", "storage_periods"},
    ),
    "words beside the table": (section("nb/02-deling", f"Bare disse:\n\n{RECIPIENTS}"), {"recipients"}),
    "the table became a paragraph": (section("nb/02-deling", "Vertskap AS får opplysninger."), ALL),
    "the same table twice": (
        section("nb/02-deling", f"Disse får opplysninger:\n\n{RECIPIENTS}\n\n{RECIPIENTS}"),
        {"recipients"},
    ),
    "the table in one section more": (section("nb/05-sikkerhet", "{{ table: recipients }}"), {"recipients"}),
    "another section shares": (section("nb/05-sikkerhet", "Vi passer på. Vi deler med Meta."), ALL),
    "another section names somebody": (section("nb/05-sikkerhet", "Vi passer på. Ring til Meta."), ALL),
    "another section names a country": (section("nb/05-sikkerhet", "Vi passer på i USA."), ALL),
    "another section has a number": (section("nb/05-sikkerhet", "Vi passer på i 10 år."), ALL),
    "another section stores": (section("nb/05-sikkerhet", "Vi passer på og lagrer lenge."), ALL),
    "another section has a table": (
        section("nb/05-sikkerhet", "Vi passer på.\n\n| a | b |\n|---|---|\n| c | d |"),
        ALL,
    ),
    "no section renders it any more": (
        {path: text for path, text in FIRST.items() if "02-deling" not in path},
        {"recipients"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("after", "missing"), LESS.values(), ids=LESS)
def test_nothing_is_said_of_what_may_have_changed(after, missing):
    assert list_kinds(FIRST, after) == ALL - missing


def test_a_spelling_corrected_beside_a_table_leaves_it_unchanged():
    before = section("nb/02-deling", "Disse får opplysninegr om deg:\n\n{{ table: recipients }}")
    after = section("nb/02-deling", "Disse får opplysninger om deg:\n\n{{ table: recipients }}")
    assert list_kinds(before, after) == ALL


def test_a_spelling_corrected_in_a_table_changes_it():
    before = facts("purposes", "- {id: run, name: å gi opplysninegr til deg, legal_basis: contract}\n")
    after = facts("purposes", "- {id: run, name: å gi opplysninger til deg, legal_basis: contract}\n")
    assert list_kinds(before, after) == {"recipients"}


def test_a_section_that_is_renamed_or_moved_is_the_same():
    renamed = {path: text for path, text in OTHER_WORDS.items() if "02-deling" not in path}
    head = "---\ntitle: Om deling\naliases: [deling]\n---\n"
    renamed["nb/06-mottakere.md"] = f"{head}{TABLES['nb/02-deling']}\n"
    assert list_kinds(FIRST, renamed) == ALL


def test_a_section_that_is_renamed_to_another_title_is_not_the_same():
    renamed = {path: text for path, text in FIRST.items() if "02-deling" not in path}
    head = "---\ntitle: Våre mottakere\naliases: [deling]\n---\n"
    renamed["nb/02-mottakere.md"] = f"{head}{TABLES['nb/02-deling']}\n"
    assert "recipients" not in list_kinds(FIRST, renamed)


def test_sections_that_became_one_are_not_the_same():
    merged = {path: text for path, text in FIRST.items() if "02-deling" not in path}
    head = "---\ntitle: Om formal\naliases: [deling]\n---\n"
    merged["nb/03-formal.md"] = f"{head}{TABLES['nb/03-formal']}\n\n{TABLES['nb/02-deling']}\n"
    assert list_kinds(FIRST, merged) == set()


def test_a_row_with_another_id_alone_is_the_same_row():
    after = facts("recipients", FACTS["recipients"].replace("host", "verten"), OTHER_WORDS)
    assert list_kinds(FIRST, after) == ALL


def test_a_policy_without_facts_says_nothing():
    typed = fact_files({"nb/01-om": "Vi deler ingenting."}, {})
    assert list_kinds(typed, section("nb/01-om", "Vi deler ingenting med noen.", typed)) == set()


# --- Languages --------------------------------------------------------------------------------------------

ENGLISH = {path.replace("nb/", "en/"): body for path, body in TABLES.items()}
BOTH = fact_files({**TABLES, **ENGLISH}, FACTS, "nb, en")


def test_both_languages_must_be_the_same():
    assert list_kinds(BOTH, section("en/05-sikkerhet", "We take good care.", BOTH)) == ALL
    changed = section("en/02-deling", "Only these:\n\n{{ table: recipients }}", BOTH)
    for locale in ("nb", "en"):
        assert list_kinds(BOTH, changed, locale=locale) == ALL - {"recipients"}


def test_a_section_that_is_not_translated_silences_its_language():
    partly = {path: text for path, text in BOTH.items() if path != "en/05-sikkerhet.md"}
    after = section("nb/05-sikkerhet", "Vi passer godt på.", partly)
    assert list_kinds(partly, after, locale="en") == set()
    assert list_kinds(partly, after, locale="nb") == ALL
    assert list_kinds(BOTH, partly, locale="en") == set()


def test_a_new_language_has_nothing_to_compare_with():
    assert list_kinds(FIRST, BOTH, locale="en") == set()
    assert list_kinds(FIRST, BOTH, locale="nb") == ALL


def test_nothing_is_said_where_the_language_that_prevails_is_new():
    english = fact_files(ENGLISH, FACTS, "en")
    assert list_kinds(english, fact_files({**TABLES, **ENGLISH}, FACTS, "nb, en"), locale="en") == set()


# --- Versions between -------------------------------------------------------------------------------------


def test_a_version_that_builds_on_an_announced_one_is_compared_with_what_applies_too():
    announced = note("to", "major", facts("recipients", MORE), "effective: P30D")
    after = note(
        "tre", "major", section("nb/05-sikkerhet", "Vi passer godt på.", announced), "effective: P60D"
    )
    assert list_kinds(FIRST, announced, after) == ALL - {"recipients"}


def test_what_changed_and_changed_back_is_not_unchanged():
    states = [FIRST, facts("recipients", MORE), FIRST, OTHER_WORDS]
    log = build_log(*states)
    assert [facts.kind for facts in list_unchanged_facts(log, log.versions[0], log.latest, "nb")] == [
        "purposes", "legal_bases", "storage_periods",
    ]  # fmt: skip
    assert len(list_unchanged_facts(log, log.versions[2], log.latest, "nb")) == len(ALL)


def test_the_withdrawal_of_other_recipients_does_not_say_that_they_are_unchanged():
    announced = note("to", "major", facts("recipients", MORE), "effective: P30D")
    withdrawn = note("tre", "minor", {**announced, **FIRST}, "withdraws: ['2.0']")
    log = build_log(FIRST, announced, withdrawn)
    assert log.latest.predecessor == "1.0"
    kinds = {found.kind for found in list_unchanged_facts(log, log.versions[0], log.latest, "nb")}
    assert kinds == {FactKind.PURPOSES, FactKind.LEGAL_BASES, FactKind.STORAGE_PERIODS}


def test_a_correction_in_force_is_not_said_to_leave_what_waits_unchanged():
    announced = note("to", "major", facts("recipients", MORE), "effective: P30D")
    corrected = section("nb/05-sikkerhet", "Vi passer godt på.", announced)
    log = build_log(FIRST, announced, note("tre", "minor", corrected, "also_in_force: true"))
    assert [version.number for version in log.versions] == ["1.0", "2.0", "1.1", "2.1"]
    first, _, in_force, upcoming = log.versions
    for before, after in ((first, in_force), (in_force, upcoming)):
        kinds = {found.kind for found in list_unchanged_facts(log, before, after, "nb")}
        assert FactKind.RECIPIENTS not in kinds


def test_removed_words_silence_every_version_that_is_compared():
    log = build_log(FIRST, OTHER_WORDS, section("nb/05-sikkerhet", "Vi passer best på."))
    place = RedactedPlace(version="1.1", characters=("0-1",), before="0" * 64, after="1" * 64)
    row = Redaction(language="nb", section="deling", reason="Navn", date="2026-02-01", versions=(place,))
    versions = tuple(
        replace(version, redactions=(row,)) if version.number == "1.1" else version
        for version in log.versions
    )
    log = replace(log, versions=versions)
    first, second, third = versions
    assert list_unchanged_facts(log, first, third, "nb") == []
    assert list_unchanged_facts(log, second, third, "nb") == []


def test_what_is_said_names_what_was_compared():
    typed = fact_files(
        {
            "nb/02-deling": "Vi deler med {{ recipients.host.name }}.",
            "nb/03-formal": "{{ table: purposes }}",
            "nb/05-sikkerhet": "Vi passer på.",
        },
        {**FACTS, "purposes": "- {id: run, name: å drive}\n"},
    )
    log = build_log(typed, section("nb/05-sikkerhet", "Vi passer godt på.", typed))
    found = list_unchanged_facts(log, *log.versions, "nb")
    assert [(facts.kind, facts.form, facts.titles) for facts in found] == [
        (FactKind.RECIPIENTS, FactForm.SECTIONS, ("Om deling",)),
        (FactKind.PURPOSES, FactForm.LIST, ()),
    ]
