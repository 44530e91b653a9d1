"""Where a policy says two things at once (law.md, Contradictions and wording)."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from policy.checks.quantities import period, quantities
from policy.findings import Finding, Location
from policy.models import Channel, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.checks.context import Passage, PolicyCheckContext
    from policy.fields import Duration

_TYPED = re.compile(
    r"\s*((?:§|del|punkt|kapittel|section|part|chapter)\s*\d+(?:\.\d+)*[.):]?|\d+(?:\.\d+)*[.):]|[IVX]+[.)]|"
    r"\d+(?:\.\d+)*(?=\s+[A-ZÆØÅ]))(?!\S)",
    re.IGNORECASE,
)
_KEEPING = re.compile(
    r"lagre|oppbevar|behold|slett|kept|keep|stor(e|ed|age)\b|retain|delet|eras", re.IGNORECASE
)
_HEADINGS = {"title", "h3", "h4", "h5", "h6"}
_FORMERLY = re.compile(r"(tidligere|før|het|formerly|previously|known as)\W+(\w+\W+){0,2}$", re.IGNORECASE)
_LONG_ENOUGH = 8  # words: a shorter paragraph may well stand twice
_LEVELS = {
    Level.SPECIAL: r"(særlige?|spesielle) tilfelle|særlig viktig|special (cases|importance)|exceptional",
    Level.MAJOR: r"\b(større|vesentlige?|betydelige?)\b|\b(larger|major|material|significant|substantial)\b",
    Level.MINOR: r"\b(vanlige|ordinære|mindre|små)\b|\b(ordinary|minor|small(er)?)\b",
}
_CHANNELS = {
    Channel.HELP_CENTRE: r"hjelpesent|help cent",
    Channel.LOGIN: r"innlogging|logger (deg )?(på|inn)|\blog ?-?in\b|logging in|sign(ing)? in",
    Channel.EMAIL: r"\be-?post|\be-?mail",
    Channel.ALERT: r"\b(et|med|som) varsel\b|banner|\balert",
}
_TELLING = re.compile(r"endring|varsl|beskjed|sier fra|change|announce|notif|inform|tell", re.IGNORECASE)


def typed_number(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Section numbers are computed; a typed one is soon wrong."""
    for passage in subject.prose:
        if passage.kind in _HEADINGS and (found := _TYPED.match(passage.text)):
            hint = "remove it: sections are numbered when they are printed"
            message = f"the number '{found[1]}' is typed in a title"
            yield Finding(passage.at(found[1]), message, hint)


def number_against_facts(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a period in prose that contradicts the facts: no row of retention.yaml has it."""
    yield from _typed_quantities(subject, against=True)


def number_outside_facts(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a period, amount or date in prose that should be a fact."""
    yield from _typed_quantities(subject, against=False)


def _typed_quantities(subject: PolicyCheckContext, *, against: bool) -> Iterator[Finding]:
    known = {_value(row.period) for row in subject.policy.facts.retention if row.period}
    for passage in subject.prose:
        for sentence in passage.sentences:
            for found in quantities(sentence, passage.locale):
                if found.kind == "number" or not found.sure:
                    continue
                wrong = found.kind == "period" and known and found.value not in known
                if bool(wrong and _KEEPING.search(sentence)) is against:
                    yield _number_finding(passage, found.typed, against=against)


def _number_finding(passage: Passage, typed: str, *, against: bool) -> Finding:
    hint = "write it as a fact and name it here, like {{ retention.account.period }}"
    if against:
        message = f"'{typed}' contradicts the facts: no row of facts/retention.yaml has that period"
        return Finding(passage.at(typed), message, hint)
    return Finding(passage.at(typed), f"'{typed}' stands in the text and not in the facts", hint)


def _value(duration: Duration) -> str:
    counts = dict(duration.parts)
    months = 12 * counts.get("year", 0) + counts.get("month", 0)
    return period(months, 7 * counts.get("week", 0) + counts.get("day", 0))


def retention_conflict(subject: PolicyCheckContext) -> Iterator[Finding]:
    """One category of data has one period."""
    rows = [row for row in subject.policy.facts.retention if row.period]
    for first, second in combinations(rows, 2):
        both = [name for name in second.data if name in first.data]
        if both and first.period and second.period and _value(first.period) != _value(second.period):
            hint = "give each category of data one period, or make the categories narrower"
            message = (
                f"'{both[0]}' is kept for {first.period.iso} by '{first.id}' "
                f"and for {second.period.iso} by '{second.id}'"
            )
            yield Finding(subject.row("retention", second.id, "period"), message, hint)


def former_name(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a name that the controller no longer bears, also misspelt; telling what it was is no fault."""
    controller = subject.policy.settings.controller
    own = {controller.name.in_locale(locale).casefold() for locale in subject.policy.languages}
    for passage in subject.passages:
        for name in controller.former_names:
            for start, found in _nearly(name, passage.text):
                told = found.casefold() == name.casefold() and _FORMERLY.search(passage.text[:start])
                if found.casefold() not in own and not told:
                    hint = f"write {{{{ controller.name }}}}, or 'tidligere {name}' where the history is told"
                    message = f"'{found}' is a former name of the controller"
                    yield Finding(passage.at(found), message, hint)


def _nearly(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Find the stretches of as many words as the name that are it, or nearly, each with its start."""
    more = len(name.split()) - 1
    for found in re.finditer(rf"\b(?=(\w+(?:\s+\w+){{{more}}}))", text):
        if one_off(name.casefold(), found[1].casefold()):
            yield found.start(), found[1]


def one_off(one: str, other: str) -> bool:
    """Whether two words are equal but for one letter added, left out, changed or swapped with the next."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 4:  # noqa: PLR2004 - «SMB» is near to all
        return one == other
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] in {other[at + 1 :], other[at:]} or one[at:] == other[at + 1 :]


def duplicate_paragraph(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a paragraph that stands twice: the second will one day say something else."""
    seen: dict[tuple[str, str], Passage] = {}
    for passage in subject.prose:
        key = (passage.locale, " ".join(passage.text.casefold().split()))
        if len(passage.text.split()) < _LONG_ENOUGH:
            continue
        if key in seen:
            first = seen[key].place
            hint = "tell it in one place, and lead there with a link"
            yield Finding(passage.place, f"this stands in {first.path}, line {first.line}, too", hint)
        seen.setdefault(key, passage)


def section_9_true(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Compare what the text says of announcements with what `announce:` does."""
    announce = subject.policy.settings.announce
    for passage in subject.prose:
        for sentence in passage.sentences:
            level = next(
                (level for level, words in _LEVELS.items() if re.search(words, sentence, re.IGNORECASE)), None
            )
            said = {
                channel for channel, words in _CHANNELS.items() if re.search(words, sentence, re.IGNORECASE)
            }
            if level is None or not said or not _TELLING.search(sentence):
                continue
            true = set(announce.channels(level))
            if said != true:
                yield _untrue(passage, level, said, true)


def _untrue(passage: Passage, level: Level, said: set[Channel], true: set[Channel]) -> Finding:
    parts = [
        f"{verb} {', '.join(channel.value for channel in Channel if channel in channels)}"
        for verb, channels in (("names", said - true), ("leaves out", true - said))
        if channels
    ]
    hint = f"make the text and 'announce: {level.value}:' in policy.yaml say the same"
    place = Location(passage.place.path, passage.place.line, 1)
    return Finding(place, f"what is said of {level.value} changes {' and '.join(parts)}", hint)
