"""Each rule that reads prose, on sentences as editors write them: what it must find, and what it must not.

`corpora/RULE.txt` has the sentences below a heading such as `[nb silent]`: the language, and `fires`,
`silent` or the severity that the finding must have. `⏎` is the end of a line.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changelog.change_set import collect_changes_since_last_note
from changelog.checks import ChangeCheckContext, check_changes
from changelog.history import Revision
from policy.checks import check_policy
from policy.checks.context import PolicyCheckContext
from policy.loader import load_policy

_FOLDER = Path(__file__).parent / "corpora"
_RULES = sorted(path.stem for path in _FOLDER.glob("*.txt"))
_HEADING = re.compile(r"\[(\w+) (fires|silent|error|warning)\]")
_LEAST = 10  # sentences of each kind for each rule and language
_TODAY = date(2026, 11, 22)
_NOON = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp())
# These rules look for a statement that a language must have somewhere.
_REQUIRING = ("obligation-to-provide", "automated-decisions", "supervisory-complaint")

_SETTINGS = """\
title: Personvern
base_url: https://eksempel.no/personvern/
languages: [CODE]
controller:
  name: Nordlys Forening
  email: post@nordlys.example
  former_names: [Lysforeningen, Bygdelaget Lys]
authority: {name: Datatilsynet, url: https://www.datatilsynet.no}
"""
_NO_ANNOUNCEMENTS = "announce: {major: [], special: [email]}\n"
_RIGHTS = "access: {CODE: Skriv til oss.}\n"
_RETENTION = "- {id: contact, what: {CODE: Navn}, data: [contact], period: P2Y}\n"


def read_corpus(rule: str) -> dict[tuple[str, str], list[str]]:
    """Return the sentences of a rule by language and verdict."""
    corpus: dict[tuple[str, str], list[str]] = defaultdict(list)
    key = ("", "")
    for line in (_FOLDER / f"{rule}.txt").read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.fullmatch(line):
            key = (heading[1], heading[2])
        elif line:
            corpus[key].append(line)
    return corpus


_LANGUAGES = sorted({code for rule in _RULES for code, _ in read_corpus(rule)})


def write_policy(rule: str, code: str, sentences: Iterable[str]) -> dict[str, bytes]:
    """Return the files of a policy that has each sentence as a section, a title or a note."""
    settings = _SETTINGS.replace("CODE", code)
    content = {
        "policy.yaml": settings + (_NO_ANNOUNCEMENTS if rule == "check-this-page" else ""),
        "facts/rights.yaml": _RIGHTS.replace("CODE", code),
        f"{code}/01-start.md": "---\ntitle: A\n---\n\nNordlys Forening\n",
    }
    if rule != "retention-as-long-as-necessary":
        content["facts/retention.yaml"] = _RETENTION.replace("CODE", code)
    for number, sentence in enumerate(sentences):
        title, body = f"Tekst {number} her", sentence.replace("⏎", "\n")
        if rule == "promotion-in-note":
            content[f"changes/{number}.yaml"] = f"level: minor\nsummary: {{{code}: {json.dumps(sentence)}}}\n"
            continue
        if rule == "typed-number":
            title, body = sentence, "Tekst."
        path = f"{code}/{number + 2:02}-s{number}.md"
        content[path] = f"---\ntitle: {json.dumps(title)}\n---\n\n{body}\n"
    return {f"content/{path}": text.encode() for path, text in content.items()}


def find_verdicts(rule: str, code: str, sentences: list[str]) -> Mapping[int, set[str]]:
    """Return the severities of the findings of a rule, by the number of the sentence."""
    files = write_policy(rule, code, sentences)
    context = PolicyCheckContext(load_policy(files), files)
    findings = check_policy(context)
    if rule == "promotion-in-note":
        revisions = [Revision("", _NOON, files)]
        change_set = collect_changes_since_last_note(revisions, _TODAY)
        findings = check_changes(ChangeCheckContext(change_set, context, revisions, _TODAY))
    verdicts: dict[int, set[str]] = defaultdict(set)
    for finding in findings:
        number = re.search(r"(\d+)\.\w+$", finding.location.path)
        if finding.rule == rule:
            # What a language lacks is reported at its first section, which has no number.
            verdicts[int(number[1]) if number else -1].add(finding.severity.value)
    return verdicts


def is_stated(rule: str, code: str, sentence: str) -> bool:
    """Whether a policy that has this sentence, and nothing else about the matter, satisfies a rule."""
    return not find_verdicts(rule, code, [sentence])


def test_there_are_sentences_in_every_language_that_we_publish_in():
    assert {"nb", "nn", "en"} <= set(_LANGUAGES)


@pytest.mark.parametrize("rule", _RULES)
@pytest.mark.parametrize("code", _LANGUAGES)
def test_a_corpus_has_enough_sentences_of_each_kind(rule, code):
    corpus = read_corpus(rule)
    silent = corpus.pop((code, "silent"))
    found = [
        sentence for (language, _), sentences in corpus.items() if language == code for sentence in sentences
    ]
    assert len(set(silent)) >= _LEAST
    assert len(set(found)) >= _LEAST


@pytest.mark.parametrize("rule", [rule for rule in _RULES if rule not in _REQUIRING])
@pytest.mark.parametrize("code", _LANGUAGES)
def test_a_rule_finds_every_wrong_sentence_and_no_correct_one(rule, code):
    rows = [
        (verdict, sentence)
        for (language, verdict), sentences in read_corpus(rule).items()
        if language == code
        for sentence in sentences
    ]
    verdicts = find_verdicts(rule, code, [sentence for _, sentence in rows])
    wrong = []
    for number, (expected, sentence) in enumerate(rows):
        found = verdicts.get(number, set())
        matches = bool(found) if expected == "fires" else found == ({expected} - {"silent"})
        if not matches:
            wrong.append((expected, sentence))
    assert wrong == []


@pytest.mark.parametrize("rule", _REQUIRING)
@pytest.mark.parametrize("code", _LANGUAGES)
def test_a_rule_knows_every_statement_and_takes_nothing_else_for_one(rule, code):
    corpus = read_corpus(rule)
    assert [sentence for sentence in corpus[code, "silent"] if not is_stated(rule, code, sentence)] == []
    assert [sentence for sentence in corpus[code, "fires"] if is_stated(rule, code, sentence)] == []
