"""Rules about changes, on histories made of plain values: what triggers each, and what does not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from changelog.change_set import collect_changes_since_base, collect_changes_since_last_note
from changelog.check_context import ChangeCheckContext
from changelog.checks import RULES, check_changes
from changelog.history import Revision
from policy.checks.context import PolicyCheckContext
from policy.document import compute_section_fingerprint
from policy.loader import load_policy

# tests/editing/test_commit_rules.py has their cases, in real repositories; test_adoption.py that of the last.
RULES_TESTED_ELSEWHERE = {
    "note-not-committed",
    "note-in-another-commit",
    "file-not-added",
    "file-ignored",
    "file-in-conflict",
    "note-name-taken",
    "adoption-invalid",
}
TODAY = date(2026, 11, 22)
BASE = {
    "policy.yaml": "title: {nb: Erklæring, en: Policy}\nbase_url: https://eksempel.no/\nlanguages: [nb, en]\n"
    "controller: {name: Nordlys Forening, email: post@nordlys.example}\n",
    "facts/retention.yaml": "- {id: main, what: {nb: Navn, en: Names}, period: P2Y}\n",
    "facts/audiences.yaml": "- {id: members, name: {nb: Medlemmer, en: Members}}\n",
    "nb/01-lagring.md": "---\ntitle: Lagring\n---\n\nVi lagrer navn.\n",
    "en/01-lagring.md": "---\ntitle: Storage\n---\n\nWe store names.\n",
}
MINOR = "level: minor\nsummary: {nb: Nytt., en: New.}\n"
MAJOR = "level: major\neffective: 2026-12-22\nsummary: {nb: Nytt., en: New.}\n"
MAJOR += "action: {nb: Ingenting., en: None.}\ntitle: {nb: Nytt, en: New}\n"
NEW_WORDS = {
    "nb/01-lagring.md": BASE["nb/01-lagring.md"].replace("navn", "navn og telefon"),
    "en/01-lagring.md": BASE["en/01-lagring.md"].replace("names", "names and phones"),
}
LONGER = {"facts/retention.yaml": BASE["facts/retention.yaml"].replace("P2Y", "P3Y")}
NOTE = "changes/a.yaml"


def history(*changes: dict[str, str | None], draft: bool = True, day: str = "2026-11-22") -> list[Revision]:
    """Return a history with a commit for each change; the last one is uncommitted if `draft`."""
    files: dict[str, str | None] = {}
    found = []
    noon = int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp())
    for number, change in enumerate((BASE, *changes), start=1):
        files = {**files, **change}
        data = {f"content/{path}": text.encode() for path, text in files.items() if text is not None}
        last = number == len(changes) + 1
        found.append(Revision("" if last and draft else f"{number:040x}", noon, data))
    return found


def findings(revisions: list[Revision], base: list[Revision] | None = None, today: date = TODAY):
    change_set = (
        collect_changes_since_last_note(revisions, today)
        if base is None
        else collect_changes_since_base(base, revisions, today)
    )
    context = PolicyCheckContext(change_set.newest_snapshot.policy, revisions[-1].files)
    return check_changes(ChangeCheckContext(change_set, context, revisions, today))


def rules(*changes: dict[str, str | None], draft: bool = True, day: str = "2026-11-22") -> set[str]:
    return {finding.rule for finding in findings(history(*changes, draft=draft, day=day))}


def mark(change: dict[str, str | None]) -> str:
    files = {f"content/{path}": text.encode() for path, text in {**BASE, **change}.items() if text}
    return compute_section_fingerprint(load_policy(files).sections["nb"][0])


def confirmed(words: dict[str, str | None]) -> dict[str, str | None]:
    english = str(words.get("en/01-lagring.md", BASE["en/01-lagring.md"])).replace(
        "---\n\n", f"translates: {mark(words)}\n---\n\n"
    )
    return {"en/01-lagring.md": english}


def languages(codes: str) -> dict[str, str | None]:
    return {"policy.yaml": BASE["policy.yaml"].replace("languages: [nb, en]", f"languages: [{codes}]")}


def accepted(rule: str) -> dict[str, str | None]:
    entry = f"{{rule: {rule}, reason: Kjent., until: 2027-01-01}}"
    return {"policy.yaml": f"{BASE['policy.yaml']}accepted: [{entry}]\n"}


RENAMED = {
    "nb/01-lagring.md": None,
    "en/01-lagring.md": None,
    "nb/02-sletting.md": BASE["nb/01-lagring.md"],
    "en/02-sletting.md": BASE["en/01-lagring.md"],
}
ALIASED = {
    path: str(RENAMED[path]).replace("---\n\n", "aliases: [lagring]\n---\n\n")
    for path in ("nb/02-sletting.md", "en/02-sletting.md")
}
OTHER_NB = "---\ntitle: Sletting\n---\n\nDet du har skrevet, tar vi bort når du ber om det.\n"
OTHER_EN = "---\ntitle: Erasure\n---\n\nWhat you have written is removed when you ask for it.\n"
SHOWN = {
    path: f"{BASE[path]}\n{{{{ retention.main.what }}}}: {{{{ retention.main.period }}}}.\n"
    for path in ("nb/01-lagring.md", "en/01-lagring.md")
}
TABLE = {path: f"{BASE[path]}\n{{{{ table: retention }}}}\n" for path in SHOWN}
WITH_DATA = "- {id: main, what: {nb: Navn, en: Names}, data: [], period: P2Y}\n"


def sentence(norwegian: str, english: str = "We store names.") -> dict[str, str | None]:
    return {
        "nb/01-lagring.md": BASE["nb/01-lagring.md"].replace("Vi lagrer navn.", norwegian),
        "en/01-lagring.md": BASE["en/01-lagring.md"].replace("We store names.", english),
    }


def purpose(keys: str) -> dict[str, str | None]:
    rows = "- {id: contact, name: {nb: Navn, en: Name}}\n- {id: health, name: {nb: Helse, en: Health}}\n"
    named = f"- {{id: news, name: {{nb: Nyhetsbrev, en: Newsletter}}, {keys}}}\n"
    tables = sentence("{{ table: purposes }}", "{{ table: purposes }}")
    return {"facts/categories.yaml": rows, "facts/purposes.yaml": named, **tables, NOTE: MAJOR}


PUBLISHED = {**NEW_WORDS, NOTE: MINOR}
CONSENT = purpose("legal_basis: consent, data: [contact], retention: main")
ANNOUNCED = {**NEW_WORDS, NOTE: MAJOR}
RESTORED = {path: BASE[path] for path in NEW_WORDS}
OTHER_WORDS = {
    "nb/01-lagring.md": BASE["nb/01-lagring.md"].replace("navn", "navn, telefon og adresse"),
    "en/01-lagring.md": BASE["en/01-lagring.md"].replace("names", "names, phones and addresses"),
}
NEW_SECTION = {
    "nb/02-deling.md": "---\ntitle: Deling\n---\n\nVi deler ingenting.\n",
    "en/02-deling.md": "---\ntitle: Sharing\n---\n\nWe share nothing.\n",
}
PERIOD = {"facts/retention.yaml": BASE["facts/retention.yaml"]}
SHORTER = {"facts/retention.yaml": BASE["facts/retention.yaml"].replace("P2Y", "P1Y")}
LATER_NOTE = "changes/b.yaml"
WITHDRAWAL = 'withdraws: ["2.0"]\n'
ONLY_MEMBERS = "affects: [members]\ntell: affected\n"
WITHOUT_LETTERS = {"policy.yaml": str(BASE["policy.yaml"]) + "announce: {major: [login]}\n"}
EXPLANATION = 'of: "1.1"\nsummary: {nb: Vi lagrer telefon., en: We store phones.}\n'
TRIGGERS = [
    ("unnoted-change", (NEW_WORDS,)),
    ("unnoted-change", ({"nb/01-lagring.md": NEW_WORDS["nb/01-lagring.md"]},)),
    ("unnoted-change", ({**NEW_WORDS, **LONGER}, {LATER_NOTE: EXPLANATION})),
    ("note-without-change", ({NOTE: MINOR},)),
    ("level-below-minimum", ({**NEW_WORDS, **LONGER, NOTE: MINOR},)),
    ("lead-too-short", ({**NEW_WORDS, NOTE: MAJOR.replace("12-22", "12-21")},)),
    ("lead-too-short", ({**NEW_WORDS, NOTE: MAJOR.replace("2026-12-22", "P2W")},)),
    ("note-rewritten", (PUBLISHED, {NOTE: MAJOR})),
    ("note-rewritten", ({**NEW_WORDS, NOTE: MAJOR}, {NOTE: MAJOR.replace("12-22", "12-23")})),
    ("note-deleted", (PUBLISHED, {NOTE: None})),
    ("action-missing", ({**NEW_WORDS, NOTE: MAJOR.replace("action: {nb: Ingenting., en: None.}\n", "")},)),
    ("title-missing", ({**NEW_WORDS, NOTE: MAJOR.replace("title: {nb: Nytt, en: New}\n", "")},)),
    ("announced-overtaken", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + "effective: 2026-12-01\n"})),
    ("announced-overtaken", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + "effective: P7D\n"})),
    ("not-waiting", (ANNOUNCED, {**RESTORED, LATER_NOTE: MINOR + 'withdraws: ["1.0"]\n'})),
    (
        "not-waiting",
        (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + 'effective: P30D\nbrings_forward: ["9.0"]\n'}),
    ),
    (
        "withdrawal-incomplete",
        (ANNOUNCED, {LATER_NOTE: MINOR + 'withdraws: ["2.0"]\nchanged_sections: [lagring]\n'}),
    ),
    (
        "withdrawal-incomplete",
        (
            ANNOUNCED,
            {**RESTORED, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\nchanged_sections: [finnesikke]\n'},
        ),
    ),
    (
        "correction-conflict",
        (
            NEW_SECTION,
            ANNOUNCED,
            {
                **{path.replace("02-", "00-"): text for path, text in NEW_SECTION.items()},
                **dict.fromkeys(NEW_SECTION),
                LATER_NOTE: MINOR + "also_in_force: true\n",
            },
        ),
    ),
    (
        "correction-conflict",
        (
            ANNOUNCED,
            {
                **NEW_SECTION,
                LATER_NOTE: MINOR + "also_in_force: true\n",
                "changes/c.yaml": MINOR + 'effective: P30D\nbrings_forward: ["2.0"]\n',
            },
        ),
    ),
    ("withdrawal-incomplete", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\n'})),
    (
        "not-brought-forward",
        (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + 'effective: P90D\nbrings_forward: ["2.0"]\n'}),
    ),
    ("letter-too-narrow", (ANNOUNCED, {**RESTORED, LATER_NOTE: MINOR + WITHDRAWAL + ONLY_MEMBERS})),
    (
        "letter-too-narrow",
        (
            {**ANNOUNCED, NOTE: MAJOR + "affects: [members, visitors]\ntell: affected\n"},
            {**RESTORED, LATER_NOTE: MINOR + WITHDRAWAL + ONLY_MEMBERS},
        ),
    ),
    (
        "letter-too-narrow",
        (
            ANNOUNCED,
            {**OTHER_WORDS, LATER_NOTE: MINOR + ONLY_MEMBERS + 'effective: P7D\nbrings_forward: ["2.0"]\n'},
        ),
    ),
    ("correction-conflict", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + "also_in_force: true\n"})),
    ("explanation-misplaced", (NEW_WORDS, {LATER_NOTE: EXPLANATION.replace("1.1", "1.7")})),
    ("explanation-misplaced", (PUBLISHED, {LATER_NOTE: EXPLANATION})),
    (
        "lead-too-short",
        (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + 'effective: P7D\nbrings_forward: ["2.0"]\n'}),
    ),
    ("unnoted-change", (ANNOUNCED, OTHER_WORDS)),
    (
        "level-below-minimum",
        (
            ANNOUNCED,
            {**LONGER, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\nchanged_sections: [lagring]\n'},
        ),
    ),
    (
        "note-rewritten",
        (
            ANNOUNCED,
            {**RESTORED, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\n'},
            {LATER_NOTE: MINOR},
        ),
    ),
    ("unknown-audience", ({**NEW_WORDS, NOTE: MINOR + "affects: [customers]\n"},)),
    ("promotion-in-note", ({**NEW_WORDS, NOTE: MINOR.replace("Nytt.", "Vi gir deg rabatt på kurs.")},)),
    ("effective-far-away", ({**NEW_WORDS, NOTE: MAJOR.replace("2026-12-22", "2028-12-22")},)),
    ("effective-far-away", ({**NEW_WORDS, NOTE: MAJOR.replace("2026-12-22", "P19M")},)),
    ("section-renamed", (RENAMED,)),
    (
        "section-renamed",
        ({**RENAMED, "nb/02-sletting.md": f"{RENAMED['nb/02-sletting.md']}\nSå sletter vi.\n"},),
    ),
    ("changed-fact-not-shown", ({**NEW_WORDS, **LONGER, NOTE: MAJOR},)),
    ("changed-fact-not-shown", (PUBLISHED, LONGER)),
    ("changed-fact-not-shown", (PUBLISHED, {"facts/retention.yaml": None})),
    ("changed-fact-not-shown", (PUBLISHED, {"facts/recipients.yaml": "- {id: host, name: Vert AS}\n"})),
    ("unknown-rule", (accepted("sorce-of-data"),)),
    ("unknown-rule", (accepted("unreadable"),)),
    ("languages-reordered", (languages("en, nb"),)),
    ("languages-reordered", (languages("en"), languages("en, nb"))),
    ("translation-stale", (confirmed({}), {"nb/01-lagring.md": NEW_WORDS["nb/01-lagring.md"]})),
    ("translation-stale", ({"nb/01-lagring.md": NEW_WORDS["nb/01-lagring.md"]},)),
    ("weighty-sentence", (sentence("Vi deler navn med Facebook."),)),
    ("weighty-sentence", ({**sentence("Vi deler navn med Facebook."), NOTE: MINOR},)),
    ("weighty-sentence", ({**sentence("Vi lagrer navn.", "We sell names."), NOTE: MINOR},)),
    ("weighty-sentence", ({**sentence("Vi lagrer navn i Canada."), NOTE: MINOR},)),
    ("weighty-sentence", ({**sentence("Vi lagrer navn i tre år."), NOTE: MINOR},)),
    ("weighty-sentence", ({**sentence("Vi lagrer navn på barn."), NOTE: MINOR},)),
    ("weighty-sentence", (sentence("Vi spør om samtykke."), {**sentence("Vi spør."), NOTE: MINOR})),
    ("consent-changed", (CONSENT, purpose("legal_basis: consent, data: [contact, health], retention: main"))),
    ("consent-changed", (CONSENT, purpose("legal_basis: legitimate_interests, data: [contact]"))),
    ("consent-changed", (CONSENT, {**CONSENT, **LONGER})),
    (
        "consent-changed",
        (
            CONSENT,
            {"facts/purposes.yaml": str(CONSENT["facts/purposes.yaml"]).replace("letter", "letter and ads")},
        ),
    ),
    (
        "consent-changed",
        (CONSENT, {"facts/categories.yaml": str(CONSENT["facts/categories.yaml"]).replace("Name", "Diet")}),
    ),
]
SILENT = [
    ("unnoted-change", ({},)),
    ("unnoted-change", (PUBLISHED,)),
    ("unnoted-change", ({"nb/01-lagring.md": BASE["nb/01-lagring.md"].replace("navn.", "navn!")},)),
    ("unnoted-change", ({"nb/01-lagring.md": BASE["nb/01-lagring.md"].replace(" navn", "\nnavn")},)),
    ("unnoted-change", (NEW_WORDS, {LATER_NOTE: EXPLANATION})),
    ("note-without-change", (PUBLISHED,)),
    ("level-below-minimum", ({**NEW_WORDS, **LONGER, NOTE: MAJOR},)),
    (
        "level-below-minimum",
        ({**NEW_WORDS, **LONGER, NOTE: MINOR + "lower_reason: {nb: Skrivefeil., en: Typo.}\n"},),
    ),
    ("lead-too-short", ({**NEW_WORDS, NOTE: MAJOR},)),
    ("lead-too-short", ({**NEW_WORDS, NOTE: MAJOR.replace("2026-12-22", "P30D")},)),
    ("lead-too-short", (PUBLISHED,)),
    ("note-rewritten", (PUBLISHED, {NOTE: MINOR.replace("Nytt.", "Noe nytt.")})),
    ("note-deleted", (PUBLISHED, {NOTE: MINOR.replace("Nytt.", "Noe nytt.")})),
    ("action-missing", ({**NEW_WORDS, NOTE: MAJOR},)),
    ("title-missing", ({**NEW_WORDS, NOTE: MAJOR},)),
    ("title-missing", (PUBLISHED,)),
    ("announced-overtaken", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR})),
    ("announced-overtaken", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + "effective: 2026-12-22\n"})),
    ("announced-overtaken", (PUBLISHED, {**OTHER_WORDS, LATER_NOTE: MINOR + "effective: P7D\n"})),
    (
        "announced-overtaken",
        (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + 'effective: P7D\nbrings_forward: ["2.0"]\n'}),
    ),
    ("not-waiting", (ANNOUNCED, {**RESTORED, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\n'})),
    ("withdrawal-incomplete", (ANNOUNCED, {**RESTORED, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\n'})),
    (
        "withdrawal-incomplete",
        (
            ANNOUNCED,
            {**OTHER_WORDS, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\nchanged_sections: [lagring]\n'},
        ),
    ),
    ("lead-too-short", (ANNOUNCED, {**RESTORED, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\n'})),
    (
        "level-below-minimum",
        ({**ANNOUNCED, **SHORTER}, {**RESTORED, **PERIOD, LATER_NOTE: MINOR + 'withdraws: ["2.0"]\n'}),
    ),
    (
        "not-brought-forward",
        (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + 'effective: P7D\nbrings_forward: ["2.0"]\n'}),
    ),
    ("letter-too-narrow", (ANNOUNCED, {**RESTORED, LATER_NOTE: MINOR + WITHDRAWAL})),
    (
        "letter-too-narrow",
        (
            {**ANNOUNCED, NOTE: MAJOR + ONLY_MEMBERS},
            {**RESTORED, LATER_NOTE: MINOR + WITHDRAWAL + ONLY_MEMBERS},
        ),
    ),
    ("letter-too-narrow", (ANNOUNCED, {**OTHER_WORDS, LATER_NOTE: MINOR + ONLY_MEMBERS})),
    (
        "letter-too-narrow",
        (
            {**ANNOUNCED, **WITHOUT_LETTERS},
            {**RESTORED, LATER_NOTE: MINOR + WITHDRAWAL + ONLY_MEMBERS},
        ),
    ),
    ("correction-conflict", (ANNOUNCED, {**NEW_SECTION, LATER_NOTE: MINOR + "also_in_force: true\n"})),
    ("explanation-misplaced", (NEW_WORDS, {LATER_NOTE: EXPLANATION})),
    ("unnoted-change", (ANNOUNCED, {**NEW_SECTION, LATER_NOTE: MINOR})),
    ("unknown-audience", ({**NEW_WORDS, NOTE: MINOR + "affects: [members]\n"},)),
    ("promotion-in-note", (PUBLISHED,)),
    ("effective-far-away", ({**NEW_WORDS, NOTE: MAJOR.replace("2026-12-22", "2028-05-22")},)),
    ("effective-far-away", ({**NEW_WORDS, NOTE: MAJOR.replace("2026-12-22", "P18M")},)),
    ("section-renamed", ({**RENAMED, **ALIASED},)),
    ("section-renamed", ({**RENAMED, "nb/02-sletting.md": OTHER_NB, "en/02-sletting.md": OTHER_EN},)),
    (
        "section-renamed",
        ({"nb/02-mer.md": BASE["nb/01-lagring.md"], "en/02-mer.md": BASE["en/01-lagring.md"]},),
    ),
    ("changed-fact-not-shown", ({**SHOWN, **LONGER, NOTE: MAJOR},)),
    ("changed-fact-not-shown", ({**TABLE, **LONGER, NOTE: MAJOR},)),
    ("changed-fact-not-shown", (SHOWN, {**PUBLISHED, "facts/retention.yaml": None})),
    ("changed-fact-not-shown", (PUBLISHED, {"facts/audiences.yaml": None})),
    (
        "changed-fact-not-shown",
        (PUBLISHED, {"facts/retention.yaml": WITH_DATA, "facts/categories.yaml": None}),
    ),
    ("unknown-rule", (accepted("source-of-data"),)),
    ("unknown-rule", (accepted("lead-too-short"),)),
    ("languages-reordered", (languages("en"),)),
    ("languages-reordered", (languages("en"), languages("nb, en"))),
    ("languages-reordered", (languages("en, nb"), languages("nb, en"))),
    ("translation-stale", ({**NEW_WORDS, NOTE: MINOR},)),
    ("translation-stale", (confirmed({}),)),
    (
        "translation-stale",
        (confirmed({}), {"nb/01-lagring.md": BASE["nb/01-lagring.md"].replace(" navn", "\nnavn")}),
    ),
    ("translation-stale", ({"nb/01-lagring.md": BASE["nb/01-lagring.md"].replace("navn.", "navn!")},)),
    ("translation-stale", (confirmed({}), {**NEW_WORDS, **confirmed(NEW_WORDS)})),
    ("weighty-sentence", (PUBLISHED,)),
    ("weighty-sentence", ({**sentence("Vi deler navn med Facebook."), NOTE: MAJOR},)),
    (
        "weighty-sentence",
        (
            {
                **sentence("Vi deler navn med Facebook."),
                NOTE: MINOR + "lower_reason: {nb: Alltid slik., en: Always so.}\n",
            },
        ),
    ),
    # Only the form, the case of the first word, the place of a sentence, or its spelling is another.
    ("weighty-sentence", ({**sentence("Vi deler navn."), NOTE: MAJOR}, sentence("Vi **deler** navn."))),
    (
        "weighty-sentence",
        ({**sentence("Vi deler navn. Vi lagrer."), NOTE: MAJOR}, sentence("Vi lagrer. Vi deler navn.")),
    ),
    (
        "weighty-sentence",
        (
            {**sentence("Vi deler opplysniger."), NOTE: MAJOR},
            {**sentence("Vi deler opplysninger. Vi svarer."), "changes/b.yaml": MINOR},
        ),
    ),
    ("weighty-sentence", ({**sentence("Nordlys Forening lagrer en del navn."), NOTE: MINOR},)),
    ("weighty-sentence", ({**LONGER, NOTE: MINOR},)),
    ("consent-changed", (CONSENT,)),
    ("consent-changed", (CONSENT, sentence("Vi lagrer navn og adresse."))),
    (
        "consent-changed",
        (purpose("legal_basis: contract"), purpose("legal_basis: contract, data: [contact]")),
    ),
    (
        "consent-changed",
        (
            purpose("legal_basis: consent, data: [contact, health]"),
            purpose("legal_basis: consent, data: [contact]"),
        ),
    ),
    (
        "consent-changed",
        (CONSENT, {"facts/retention.yaml": BASE["facts/retention.yaml"].replace("P2Y", "P1Y")}),
    ),
    ("consent-changed", (CONSENT, {"facts/purposes.yaml": "[]"})),
]


@pytest.mark.parametrize(("rule", "changes"), TRIGGERS, ids=[row[0] for row in TRIGGERS])
@pytest.mark.parametrize("draft", [True, False], ids=["draft", "committed"])
def test_a_wrong_change_is_found_before_and_after_the_commit(rule, changes, draft):
    if draft is False and rule in {"note-rewritten", "note-deleted"}:
        changes = (*changes, {})
    assert rule in rules(*changes, draft=draft)


@pytest.mark.parametrize(("rule", "changes"), SILENT, ids=[row[0] for row in SILENT])
@pytest.mark.parametrize("draft", [True, False], ids=["draft", "committed"])
def test_a_right_change_has_no_finding(rule, changes, draft):
    assert rule not in rules(*changes, draft=draft)


def test_every_rule_about_changes_has_a_case():
    others = {rule.id for rule in RULES} - {rule for rule, _ in TRIGGERS} - RULES_TESTED_ELSEWHERE
    redactions = {"redaction-not-applied", "redaction-deleted"}  # tests/editing/test_redactions.py
    assert others == {"commit-from-the-future", "letter-too-long"} | redactions


def test_a_commit_dated_after_today_is_found():
    assert "commit-from-the-future" in rules(PUBLISHED, draft=False, day="2026-11-23")
    assert "commit-from-the-future" not in rules(PUBLISHED, draft=False, day="2026-11-22")


def test_an_unnoted_change_is_found_although_a_correction_follows():
    correction = {"nb/01-lagring.md": NEW_WORDS["nb/01-lagring.md"].replace("telefon.", "telefon!")}
    assert "unnoted-change" in rules(NEW_WORDS, correction, draft=False)


def test_since_a_base_text_and_note_may_be_in_different_commits():
    revisions = history(NEW_WORDS, {NOTE: MINOR}, draft=False)
    assert {finding.rule for finding in findings(revisions, revisions[:1])} == {"note-in-another-commit"}
    assert {finding.rule for finding in findings(revisions[:2], revisions[:1])} == {"unnoted-change"}


def test_since_a_base_a_note_of_the_same_change_may_be_rewritten():
    revisions = history(PUBLISHED, {NOTE: MAJOR}, draft=False)
    assert "note-rewritten" not in {finding.rule for finding in findings(revisions, revisions[:1])}
    assert "note-rewritten" in {finding.rule for finding in findings(revisions, revisions[:2])}


def test_commits_that_only_the_base_has_are_not_part_of_the_change():
    revisions = history(PUBLISHED, draft=False)
    ahead = history({"nb/02-mer.md": BASE["nb/01-lagring.md"]}, draft=False)
    base = [revisions[0], ahead[1].__class__("f" * 40, ahead[1].time, ahead[1].files)]
    assert findings(revisions, base) == []


def test_a_stale_translation_shows_what_changed_and_the_line_that_confirms_it():
    changes = (confirmed({}), {"nb/01-lagring.md": NEW_WORDS["nb/01-lagring.md"]})
    (found,) = [f for f in findings(history(*changes)) if f.rule == "translation-stale"]
    assert "[-navn.-] {+navn og telefon.+}" in str(found.message)
    assert f"translates: {mark(NEW_WORDS)}" in str(found.hint)
    assert found.location[:2] == ("content/en/01-lagring.md", 3)


def test_a_level_below_the_minimum_names_the_fact():
    (found,) = [
        found
        for found in findings(history({**NEW_WORDS, **LONGER, NOTE: MINOR}))
        if found.rule == "level-below-minimum"
    ]
    assert "retention.main.period grows from P2Y to P3Y" in str(found.message)
    assert found.location == ("content/changes/a.yaml", 1, 1)


def test_a_new_language_in_front_of_the_first_is_found_at_its_line():
    first = history(languages("en"), draft=False)[1:]
    newest = history(languages("nb, en"))[1:]
    (found,) = [f for f in findings([*first, *newest]) if f.rule == "languages-reordered"]
    assert found.location == ("content/policy.yaml", 3, 1)
    assert str(found.message).startswith("'languages' is [nb, en]")
    assert str(found.hint) == "write 'languages: [en, nb]'"


def test_since_a_base_only_the_newest_order_of_languages_counts():
    revisions = history(languages("en, nb"), languages("nb, en"), draft=False)
    assert "languages-reordered" in {finding.rule for finding in findings(revisions[:2], revisions[:1])}
    assert "languages-reordered" not in {finding.rule for finding in findings(revisions, revisions[:1])}
