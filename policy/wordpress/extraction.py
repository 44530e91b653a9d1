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

from policy.wordpress.export import Page
from policy.wordpress.sections import ImportedSection

_NUMBER_WORDS = {
    "en": 1,
    "ett": 1,
    "to": 2,
    "tre": 3,
    "fire": 4,
    "fem": 5,
    "seks": 6,
    "sju": 7,
    "syv": 7,
    "åtte": 8,
    "ni": 9,
    "ti": 10,
    "tolv": 12,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
}
_UNIT_CODES = {
    "år": "Y",
    "måned": "M",
    "uke": "W",
    "dag": "D",
    "døgn": "D",
    "year": "Y",
    "month": "M",
    "week": "W",
    "day": "D",
}
_PERIOD = re.compile(
    rf"(?<!\w)(\d{{1,4}}|{'|'.join(_NUMBER_WORDS)})[ \u00a0]+"
    rf"({'|'.join(_UNIT_CODES)})(?:er|en|ene|r|s)?(?!\w)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# Norwegian numbers as they are usually grouped: 23 35 70 10 and 400 12 345.
_PHONE = re.compile(
    r"(?<![\d+])(?:\+47 ?)?\d{2} \d{2} \d{2} \d{2}(?!\d)|(?<![\d+])(?:\+47 ?)?\d{3} \d{2} \d{3}(?!\d)"
)
# One to four capitalized words.
_NAME = r"[A-ZÆØÅ][\w&.-]*(?: (?:[A-ZÆØÅ][\w&.-]*)){0,3}"
# "SMB Norge (org.nr. 987) er behandlingsansvarlig".
_CONTROLLER = re.compile(
    rf"({_NAME})(?: \([^()]{{1,80}}\))? (?:er|is) (?:the )?(?:data )?(?:behandlingsansvarlig|controller)"
)
# "tidligere Bedriftsforbundet", "formerly known as X".
_FORMER_NAME = re.compile(rf"(?:[Tt]idligere|[Ff]ormerly)(?: kjent som| known as| kalt)? ({_NAME})")
_AUTHORITY = re.compile(r"\bDatatilsynet\b")
# Words that every text has many of, and that the other language lacks.
_NORWEGIAN_WORDS = re.compile(r"\b(?:og|vi|du|til|på|som|er|av|ikke|om)\b", re.IGNORECASE)
_ENGLISH_WORDS = re.compile(r"\b(?:and|we|you|to|the|that|is|of|not|about)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period in the text: its sentence, its own words, and its ISO 8601 form."""

    sentence: str
    text: str
    iso: str


def detect_language(page: Page, text: str) -> str:
    """Return nb or en: the language that the page declares, or else the one with more function words."""
    if page.language:
        return "en" if page.language.lower().startswith("en") else "nb"
    return "en" if len(_ENGLISH_WORDS.findall(text)) > len(_NORWEGIAN_WORDS.findall(text)) else "nb"


def find_periods(sections: Iterable[ImportedSection]) -> tuple[FoundPeriod, ...]:
    """Return every period in the text, in order."""
    sentences = (
        sentence
        for section in sections
        for block in section.blocks
        for text in block.item_texts
        for sentence in re.split(r"(?<=[.!?]) +", text)
    )
    periods = []
    for sentence in sentences:
        for match in _PERIOD.finditer(sentence):
            count, unit = match[1].lower(), match[2].lower()
            number = int(count) if count.isdecimal() else _NUMBER_WORDS[count]
            periods.append(FoundPeriod(sentence, match[0], f"P{number}{_UNIT_CODES[unit]}"))
    return tuple(periods)


def extract_former_names(text: str, name: str) -> tuple[str, ...]:
    """Return the names that the text calls former ones, except for `name`."""
    names = (match.strip(" .") for match in _FORMER_NAME.findall(text))
    return tuple(dict.fromkeys(former for former in names if former != name))


def draft_settings(page: Page, title: str, text: str, locale: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of a draft policy.yaml, and the questions that the editor has to answer."""
    open_questions: list[str] = []
    # The name that most sentences call the controller; the title of the site if none does.
    names = Counter(name.strip(" .") for name in _CONTROLLER.findall(text))
    name = names.most_common(1)[0][0] if names else page.owner
    if not name:
        open_questions.append("controller.name: the text does not say who the controller is")
    site = f"https://{urlsplit(page.site).hostname}" if urlsplit(page.site).hostname else ""
    if not site:
        open_questions.append(
            "base_url: the file does not say which site it is from; replace the example address"
        )
    controller = {
        "name": name or title,
        "email": _choose_only_candidate(_EMAIL.findall(text), "controller.email", open_questions),
        "phone": _choose_only_candidate(_PHONE.findall(text), "controller.phone", open_questions),
        "website": site,
    }
    lines = [
        f"title: {_quote_yaml(title)}",
        f"base_url: {site or 'https://example.org'}/{'personvern' if locale == 'nb' else 'privacy'}/",
        f"languages: [{locale}]",
        "controller:",
        *(f"  {key}: {_quote_yaml(value)}" for key, value in controller.items() if value),
    ]
    if former := extract_former_names(text, name):
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


def _choose_only_candidate(candidates: list[str], key: str, open_questions: list[str]) -> str:
    """Return the candidate if there is only one; otherwise add a question for the editor and return ""."""
    distinct = tuple(dict.fromkeys(candidates))
    if len(distinct) == 1:
        return distinct[0]
    answer = f"the text has {', '.join(distinct)}" if distinct else "the text has none"
    open_questions.append(f"{key}: {answer}")
    return ""


def _quote_yaml(words: str) -> str:
    """Return text as a double-quoted YAML string; every JSON string is one."""
    return json.dumps(words, ensure_ascii=False)
