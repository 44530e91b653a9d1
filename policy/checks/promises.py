"""Checks that the text promises the announcements that the settings provide (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from common.messages import Message
from languages.loader import get_language
from languages.models import ChannelPatterns, Checks, LevelPatterns
from policy.checks.context import Passage, PolicyCheckContext, find_phrase
from policy.findings import Finding, Location
from policy.models import AnnouncementChannels, Channel, Level

AnyValue = TypeVar("AnyValue", Level, Channel)

_NEGATION_REACH = 100  # characters before a channel in which a "not" still belongs to it
_CLAUSE_END = re.compile(r"[,;:()–]")


class Mention(NamedTuple, Generic[AnyValue]):
    """A level or a channel that a sentence names, and where."""

    start: int
    end: int
    value: AnyValue


class Promise(NamedTuple):
    """What a part of a sentence says about one level.

    `is_additional` is true if the channels come on top of those of the level below: "we also show an alert".
    """

    level: Level
    channels: set[Channel]
    denied: set[Channel]
    is_additional: bool


def find_untrue_announcement_promises(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find sentences that promise channels that differ from `announce:` in policy.yaml."""
    announce = context.policy.settings.announce
    for passage in context.section_passages:
        checks = get_language(passage.locale).checks
        for sentence in passage.sentences:
            if not find_phrase("announcement", sentence, passage.locale):
                continue
            for promise in _iter_promises(sentence, checks):
                extra, missing = _compare_with_settings(promise, announce)
                if extra or missing:
                    yield _create_promise_finding(passage, promise.level, extra, missing)


def _compare_with_settings(
    promise: Promise, announce: AnnouncementChannels
) -> tuple[set[Channel], set[Channel]]:
    """Return the channels that a promise mentions or omits, contrary to the settings."""
    configured = set(announce.list_channels(promise.level))
    if not promise.channels:
        return set(), configured & promise.denied
    missing = configured - promise.channels
    if promise.is_additional:
        lower = [level for level in Level if level.weight < promise.level.weight]
        missing -= {channel for level in lower for channel in announce.list_channels(level)}
    return promise.channels - configured, missing


def _iter_promises(sentence: str, checks: Checks) -> Iterator[Promise]:
    """Yield what a sentence says about each level; nothing if it names no level or no channel."""
    if checks.levels is None or checks.channels is None:
        return
    levels = _find_mentions(sentence, Level, checks.levels)
    channels = _find_mentions(sentence, Channel, checks.channels)
    denied = [mention for mention in channels if _is_denied(sentence, mention, checks.negation)]
    for start, end in _divide_by_level(sentence, levels, channels):
        named = _list_values(channels, start, end)
        refused = _list_values(denied, start, end)
        # "Larger changes, and in special cases …": what is said is about the special cases.
        highest = max(_list_values(levels, start, end), key=lambda level: level.weight, default=None)
        if named and highest:
            addition = checks.phrases.addition
            is_additional = bool(addition and addition.search(sentence, start, end))
            yield Promise(highest, named - refused, refused, is_additional)


def _find_mentions(
    sentence: str, values: Iterable[AnyValue], patterns: LevelPatterns | ChannelPatterns
) -> list[Mention[AnyValue]]:
    """Return the levels or the channels that a sentence names."""
    return [
        Mention(match.start(), match.end(), value)
        for value in values
        for match in getattr(patterns, value.value).finditer(sentence)
    ]


def _list_values(mentions: Iterable[Mention[AnyValue]], start: int, end: int) -> set[AnyValue]:
    """Return what is named in a part of a sentence."""
    return {mention.value for mention in mentions if start <= mention.start < end}


def _divide_by_level(
    sentence: str, levels: Sequence[Mention[Level]], channels: Sequence[Mention[Channel]]
) -> list[tuple[int, int]]:
    """Return the start and the end of each part of a sentence that is about one level.

    "Larger changes by e-mail, special ones with an alert" names the level first, and "by e-mail about larger
    changes, with an alert about special ones" names it last.
    """
    if not levels or not channels or len({mention.value for mention in levels}) == 1:
        return [(0, len(sentence))]
    is_level_first = min(levels).start < min(channels).start
    first, last = (levels, channels) if is_level_first else (channels, levels)
    mentions = sorted([*((m.start, m.end, True) for m in first), *((m.start, m.end, False) for m in last)])
    bounds = [0]
    for (_, end, was_first), (start, _, is_first) in pairwise(mentions):
        if is_first and not was_first:
            bounds.append(start if is_level_first else end)
    return list(pairwise((*bounds, len(sentence))))


def _is_denied(sentence: str, mention: Mention[Channel], negation: re.Pattern[str] | None) -> bool:
    """Whether a negation stands before a channel in its clause: "not by e-mail"."""
    reach = max(mention.start - _NEGATION_REACH, 0)
    start = max(
        (match.end() for match in _CLAUSE_END.finditer(sentence, reach, mention.start)), default=reach
    )
    return bool(negation and negation.search(sentence, start, mention.end))


def _create_promise_finding(
    passage: Passage, level: Level, promised: set[Channel], configured: set[Channel]
) -> Finding:
    location = Location(passage.location.path, passage.location.line, 1)
    hint = Message("make the text and 'announce: {level}:' in policy.yaml agree", level=level.value)
    return Finding(location, _describe_promise(level, promised - configured, configured - promised), hint)


def _describe_promise(level: Level, extra: set[Channel], missing: set[Channel]) -> Message:
    """Return which channels a sentence mentions or omits, contrary to the settings."""
    mentioned = ", ".join(channel.value for channel in Channel if channel in extra)
    omitted = ", ".join(channel.value for channel in Channel if channel in missing)
    if not omitted:
        return Message(
            "the sentence about {level} changes mentions {channels}", level=level.value, channels=mentioned
        )
    if not mentioned:
        return Message(
            "the sentence about {level} changes omits {channels}", level=level.value, channels=omitted
        )
    return Message(
        "the sentence about {level} changes mentions {mentioned} but omits {omitted}",
        level=level.value,
        mentioned=mentioned,
        omitted=omitted,
    )
