"""What a text says for sure, as settings and facts: contacts, names, periods. The rest is the editor's."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policy.wordpress.export import Page
    from policy.wordpress.sections import Part

_COUNTS = {
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
_UNITS = {
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
    rf"(?<!\w)(\d{{1,4}}|{'|'.join(_COUNTS)})[ \u00a0]+({'|'.join(_UNITS)})(?:er|en|ene|r|s)?(?!\w)",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\d+])(?:\+47 ?)?\d{2} \d{2} \d{2} \d{2}(?!\d)|(?<![\d+])(?:\+47 ?)?\d{3} \d{2} \d{3}(?!\d)"
)
_NAME = r"[A-ZÆØÅ][\w&.-]*(?: (?:[A-ZÆØÅ][\w&.-]*)){0,3}"
_CONTROLLER = re.compile(
    rf"({_NAME})(?: \([^()]{{1,80}}\))? (?:er|is) (?:the )?(?:data )?(?:behandlingsansvarlig|controller)"
)
_FORMER = re.compile(rf"(?:[Tt]idligere|[Ff]ormerly)(?: kjent som| known as| kalt)? ({_NAME})")
_AUTHORITY = re.compile(r"\bDatatilsynet\b")
_NORWEGIAN = re.compile(r"\b(?:og|vi|du|til|på|som|er|av|ikke|om)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:and|we|you|to|the|that|is|of|not|about)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A period where it stands: the sentence with it, and its ISO 8601 form."""

    sentence: str
    words: str
    iso: str


def language(page: Page, text: str) -> str:
    """Give nb or en: what the file says, else what its small words say."""
    if page.language:
        return "en" if page.language.lower().startswith("en") else "nb"
    return "en" if len(_ENGLISH.findall(text)) > len(_NORWEGIAN.findall(text)) else "nb"


def periods(parts: Iterable[Part]) -> tuple[Said, ...]:
    """Find every period that the text names, in order."""
    found = []
    for part in parts:
        for piece in part.pieces:
            for sentence in (s for line in piece.lines for s in re.split(r"(?<=[.!?]) +", line)):
                for match in _PERIOD.finditer(sentence):
                    count, unit = match[1].lower(), match[2].lower()
                    number = int(count) if count.isdecimal() else _COUNTS[count]
                    found.append(Said(sentence, match[0], f"P{number}{_UNITS[unit]}"))
    return tuple(found)


def former_names(text: str, name: str) -> tuple[str, ...]:
    """Give the names that the text says the controller once had."""
    return tuple(
        dict.fromkeys(found.strip(" .") for found in _FORMER.findall(text) if found.strip(" .") != name)
    )


def settings(page: Page, title: str, text: str, locale: str) -> tuple[str, tuple[str, ...]]:
    """Draft policy.yaml; give its text and what is left for the editor."""
    left = []
    names = Counter(name.strip(" .") for name in _CONTROLLER.findall(text))
    name = names.most_common(1)[0][0] if names else page.owner
    if not name:
        left.append("controller.name: the text does not say who the controller is")
    site = f"https://{urlsplit(page.site).hostname}" if urlsplit(page.site).hostname else ""
    if not site:
        left.append("base_url: the file does not say which site it is from, so the address is no real one")
    controller = {
        "name": name or title,
        "email": _only(_EMAIL.findall(text), "controller.email", left),
        "phone": _only(_PHONE.findall(text), "controller.phone", left),
        "website": site,
    }
    lines = [
        f"title: {_quoted(title)}",
        f"base_url: {site or 'https://example.org'}/{'personvern' if locale == 'nb' else 'privacy'}/",
        f"languages: [{locale}]",
        "controller:",
        *(f"  {key}: {_quoted(value)}" for key, value in controller.items() if value),
    ]
    if former := former_names(text, name):
        lines.append(f"  former_names: [{', '.join(map(_quoted, former))}]")
    if _AUTHORITY.search(text):
        lines += ["authority:", "  name: Datatilsynet"]
    return "\n".join(lines) + "\n", tuple(left)


def retention(said: tuple[Said, ...]) -> str:
    """Draft facts/retention.yaml: a row for each sentence that names exactly one period, in its own words."""
    count = Counter(one.sentence for one in said)
    rows = [one for one in said if count[one.sentence] == 1]
    return "".join(
        f"- id: period-{place}\n  what: {_quoted(one.sentence)}\n  period: {one.iso}\n"
        for place, one in enumerate(rows, start=1)
    )


def _only(found: list[str], what: str, left: list[str]) -> str:
    """Give what was found where it is one and the same; two are for the editor to choose from."""
    kinds = tuple(dict.fromkeys(found))
    if len(kinds) == 1:
        return kinds[0]
    several = ": the text has " + ", ".join(kinds) if kinds else ": the text has none"
    left.append(what + several)
    return ""


def _quoted(words: str) -> str:
    """Give words as a YAML string; JSON's strings are such."""
    return json.dumps(words, ensure_ascii=False)
