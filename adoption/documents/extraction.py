"""Extracts settings and facts from the imported text: contact details, names, periods.

Only what the text says beyond doubt is used; everything else is left to the editor.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from adoption.documents.languages import is_name
from adoption.documents.reading import Document, Section
from common.messages import Message
from languages.loader import get_language
from policy.fields import Locale
from policy.web_addresses import get_origin

# ISO 8601 has a letter for each of these units.
_UNIT_CODES = {"year": "Y", "month": "M", "week": "W", "day": "D"}
_MAX_COUNT_DIGITS = 4
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# Norwegian numbers as they are usually grouped: 23 35 70 10 and 400 12 345.
_PHONE = re.compile(
    r"(?<![\d+])(?:\+47 ?)?\d{2} \d{2} \d{2} \d{2}(?!\d)|(?<![\d+])(?:\+47 ?)?\d{3} \d{2} \d{3}(?!\d)"
)
# One to four capitalized words.
_NAME = r"[A-ZÆØÅ][\w&.-]*(?: (?:[A-ZÆØÅ][\w&.-]*)){0,3}"
_AUTHORITY = re.compile(r"\bDatatilsynet\b")


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period in the text: its sentence, its own words, and its ISO 8601 form."""

    sentence: str
    text: str
    iso: str


def find_periods(sections: Iterable[Section], locale: Locale) -> tuple[FoundPeriod, ...]:
    """Return every period in the text, in order."""
    words = get_language(locale).checks.quantities
    if words is None:
        return ()
    numbers = {word: count for word, count in words.numbers.items() if count and word not in words.articles}
    units = {code: getattr(words.units, unit) for unit, code in _UNIT_CODES.items()}
    pattern = re.compile(
        rf"(?<!\w)(?P<count>\d{{1,{_MAX_COUNT_DIGITS}}}|{'|'.join(numbers)})[ \u00a0]+"
        rf"(?:{'|'.join(f'(?P<{code}>{unit})' for code, unit in units.items())})(?!\w)",
        re.IGNORECASE,
    )
    sentences = (
        sentence
        for section in sections
        for block in section.blocks
        for text in block.item_texts
        for sentence in re.split(r"(?<=[.!?]) +", text)
    )
    periods = []
    for sentence in sentences:
        for match in pattern.finditer(sentence):
            count = match["count"].lower()
            number = int(count) if count.isdecimal() else numbers[count]
            code = next(code for code in units if match[code])
            periods.append(FoundPeriod(sentence, match[0], f"P{number}{code}"))
    return tuple(periods)


def extract_former_names(text: str, name: str, locale: Locale) -> tuple[str, ...]:
    """Return the names that the text calls former ones, except for `name`."""
    patterns = get_language(locale).checks.import_
    if patterns is None:
        return ()
    # "tidligere Bedriftsforbundet" and "formerly known as X" name X.
    found = re.findall(rf"(?:{patterns.former_name}) ({_NAME})", text)
    names = (match.strip(" .") for match in found)
    return tuple(dict.fromkeys(former for former in names if former != name))


def _extract_controller_name(text: str, locale: Locale) -> str:
    """Return the name that most sentences call the controller; empty if none does."""
    patterns = get_language(locale).checks.import_
    if patterns is None:
        return ""
    # As in "SMB Norge (org.nr. 987) er behandlingsansvarlig", but not in a question.
    # Not from the middle of a word: it would be read again from each of its capitals.
    found = re.findall(
        rf"(?<![\w&.-])({_NAME})(?: \([^()]{{1,80}}\))? (?:{patterns.controller})([^.?!\n]{{0,200}}\??)", text
    )
    names = Counter(
        name.strip(" .") for name, rest in found if not rest.endswith("?") and is_name(name, locale)
    )
    return names.most_common(1)[0][0] if names else ""


def draft_settings(
    document: Document, title: str, text: str, locale: Locale
) -> tuple[str, tuple[Message, ...]]:
    """Return the text of a draft policy.yaml, and the questions that the editor has to answer."""
    open_questions: list[Message] = []
    # The title of the site if no sentence names the controller.
    name = _extract_controller_name(text, locale) or document.owner
    if not name:
        open_questions.append(Message("to do: controller.name: the text does not say who the controller is"))
    origin = get_origin(document.site)
    site = f"https://{urlsplit(origin).hostname}" if origin else ""
    if not site:
        open_questions.append(
            Message(
                "to do: base_url: the file does not say which site it is from; replace the example address"
            )
        )
    controller = {
        "name": name or title,
        "email": _choose_only_candidate(_EMAIL.findall(text), "controller.email", open_questions),
        "phone": _choose_only_candidate(_PHONE.findall(text), "controller.phone", open_questions),
        "website": site,
    }
    lines = [
        f"title: {_quote_yaml(title)}",
        f"base_url: {site or 'https://example.org'}/{get_language(locale).words.import_.folder}/",
        f"languages: [{locale}]",
        "controller:",
        *(f"  {key}: {_quote_yaml(value)}" for key, value in controller.items() if value),
    ]
    if former := extract_former_names(text, name, locale):
        lines.append(f"  former_names: [{', '.join(map(_quote_yaml, former))}]")
    # Only the Norwegian authority is recognized; others are left to the editor.
    if _AUTHORITY.search(text):
        lines += ["authority:", "  name: Datatilsynet"]
    return "\n".join(lines) + "\n", tuple(open_questions)


def draft_retention(periods: tuple[FoundPeriod, ...]) -> str:
    """Return the text of a draft facts/retention.yaml: a row for each sentence with exactly one period."""
    # A sentence with two periods could mean either for the same data.
    count = Counter(period.sentence for period in periods)
    rows = [period for period in periods if count[period.sentence] == 1]
    return "".join(
        f"- id: period-{number}\n  what: {_quote_yaml(row.sentence)}\n  period: {row.iso}\n"
        for number, row in enumerate(rows, start=1)
    )


def _choose_only_candidate(candidates: list[str], key: str, open_questions: list[Message]) -> str:
    """Return the candidate if there is only one; otherwise add a question for the editor and return ""."""
    distinct = tuple(dict.fromkeys(candidates))
    if len(distinct) == 1:
        return distinct[0]
    if distinct:
        open_questions.append(
            Message("to do: {key}: the text has {candidates}", key=key, candidates=", ".join(distinct))
        )
    else:
        open_questions.append(Message("to do: {key}: the text has none", key=key))
    return ""


def _quote_yaml(words: str) -> str:
    """Return text as a double-quoted YAML string; every JSON string is one."""
    return json.dumps(words, ensure_ascii=False)
