"""The content of a new policy: without errors for all answers, and with nothing that nobody answered."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations, permutations, product

import pytest
from pydantic import ValidationError

from adoption.new_policy.answers import YES_OR_NO_QUESTIONS
from adoption.new_policy.clauses import list_sections
from adoption.new_policy.content import create_content
from changelog.history import create_uncommitted_revision
from editing.checking import check_revisions
from policy.fields import LOCALES
from policy.findings import ContentError
from policy.loader import load_policy

_SALT = "0" * 64
_CONTACTS = {"phone": "23 45 67 89", "address": "Storgata 1, 0155 Oslo", "officer_email": "ombud@prove.no"}
_LANGUAGES = tuple(order for count in (1, 2, 3) for order in permutations(LOCALES, count))
_PARAMETERS = {
    **dict.fromkeys(YES_OR_NO_QUESTIONS, (True, False)),
    **dict.fromkeys(_CONTACTS, (True, False)),
    "languages": _LANGUAGES,
}
# What only the controller can answer.
_EXPECTED = {
    "purpose-legal-basis",
    "retention-stated",
    "source-of-data",
    "recipients-named",
    "open-questions",
}


def cover_pairs() -> list[dict[str, object]]:
    """Return combinations in which every pair of values of two parameters occurs, found greedily."""
    names, chance = list(_PARAMETERS), random.Random(18)
    missing = {
        ((first, a), (second, b))
        for first, second in combinations(names, 2)
        for a, b in product(_PARAMETERS[first], _PARAMETERS[second])
    }
    rows = []
    while missing:
        row = dict(chance.choice(sorted(missing, key=repr)))
        for name in names:
            if name not in row:
                values = list(_PARAMETERS[name])
                chance.shuffle(values)
                row[name] = max(values, key=lambda value: _count_new_pairs(name, value, row, missing))
        missing -= set(combinations(((name, row[name]) for name in names), 2))
        rows.append(row)
    return rows


def _count_new_pairs(name: str, value: object, row: dict, missing: set) -> int:
    pairs = ((other, known) for other, known in row.items())
    return sum(((name, value), pair) in missing or (pair, (name, value)) in missing for pair in pairs)


def _answer_row(answer, row):
    yes = [name for name in YES_OR_NO_QUESTIONS if row[name]]
    contacts = {name: text for name, text in _CONTACTS.items() if row[name]}
    return answer(*yes, languages=list(row["languages"]), **contacts)


def test_no_combination_of_answers_and_languages_has_an_error(answer):
    rows = cover_pairs()
    assert len(rows) < 45
    for row in rows:
        content = create_content(_answer_row(answer, row), _SALT)  # raises if there are errors
        assert b"[[" not in b"".join(content.values())
        assert b"<!--" not in b"".join(content.values())


@pytest.mark.parametrize(
    ("yes", "languages"),
    [
        (tuple(YES_OR_NO_QUESTIONS), ["nb", "nn", "en"]),
        ((), ["en"]),
        (("other_sources", "letters"), ["nn", "en"]),
    ],
)
def test_all_that_check_finds_is_what_only_the_controller_can_answer(answer, yes, languages):
    content = create_content(answer(*yes, languages=languages, **_CONTACTS), _SALT)
    day = date(2026, 11, 26)
    findings = check_revisions([create_uncommitted_revision(content, day)], day)
    assert {finding.rule for finding in findings} <= _EXPECTED
    assert not any(finding.severity == "error" for finding in findings)
    hints = [str(finding.hint) for finding in findings if finding.rule == "retention-stated"]
    assert hints
    assert all("to the row" in hint for hint in hints)


def test_the_same_answers_give_the_same_content(answer):
    assert create_content(answer("members"), _SALT) == create_content(answer("members"), _SALT)


def test_nothing_is_claimed_that_was_not_answered(answer):
    policy = load_policy(create_content(answer(*YES_OR_NO_QUESTIONS), _SALT))
    assert {purpose.legal_basis for purpose in policy.facts.purposes} == {None}
    assert {(row.period, row.criteria, row.after) for row in policy.facts.retention} == {(None, None, None)}
    assert {(row.role, row.country, row.safeguard) for row in policy.facts.recipients} == {(None, None, None)}
    assert policy.facts.cookies == ()


@pytest.mark.parametrize("languages", [["nb"], ["nn", "en"], ["en", "nb"]])
def test_every_question_names_a_file_of_facts_or_a_section(answer, languages):
    content = create_content(answer(*YES_OR_NO_QUESTIONS, languages=languages), _SALT)
    files = {question.file for question in load_policy(content).questions}
    assert {file for file in files if not file.startswith("facts/")} == {
        path.removeprefix("content/") for path in content if path.startswith(f"content/{languages[0]}/02-")
    }


def test_the_salt_is_in_the_settings(answer):
    assert load_policy(create_content(answer(), _SALT)).settings.salt == _SALT


def test_names_of_section_files_are_those_of_the_first_language(answer):
    content = create_content(answer(languages=["en", "nn"]), _SALT)
    assert "content/nn/06-storage.md" in content
    assert "content/nb/06-storage.md" not in content


def test_channels_are_promised_only_if_they_were_answered(answer):
    for yes, channels in (((), ("help_centre",)), (("letters",), ("help_centre", "email"))):
        policy = load_policy(create_content(answer(*yes), _SALT))
        assert policy.settings.announce.major == policy.settings.announce.special == channels
        assert (policy.settings.mail is not None) == bool(yes)


@pytest.mark.parametrize(
    "name",
    [
        "O'Hara & Sønner: #1",
        '"AS" – 50 % \\ Co',
        "- no",
        "123",
        "Ærlig ☃ 🙂",
        "yes",
        "x" * 500,
        "a: b",
        "@post",
    ],
)
def test_any_name_comes_back_as_it_was_answered(answer, name):
    policy = load_policy(create_content(answer(name=name), _SALT))
    assert policy.settings.controller.name.common == name


def test_a_name_that_would_be_an_error_in_the_policy_is_refused(answer):
    with pytest.raises(ContentError, match="U\\+202E"):
        create_content(answer(name="Prøve\u202eAS"), _SALT)


def test_the_languages_of_the_library_have_the_same_sections_and_parts():
    shapes = {
        locale: [
            (clause.number, clause.name, clause.when, _list_conditions(clause.body))
            for clause in list_sections(locale)
        ]
        for locale in LOCALES
    }
    assert len({str(shape) for shape in shapes.values()}) == 1
    assert len(shapes["nb"]) == 9


def _list_conditions(body: str) -> list[str]:
    return [line for line in body.splitlines() if line.startswith("<!--")]


def test_a_language_that_the_library_lacks_is_refused(answer, monkeypatch):
    monkeypatch.setattr("adoption.new_policy.answers.list_clause_languages", lambda: ("nb", "en"))
    with pytest.raises(ValidationError, match="no policy can be made in 'nn' yet"):
        answer(languages=["nb", "nn"])
