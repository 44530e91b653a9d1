"""Sentences of a change that may matter more to readers than its note says.

They mention sharing, selling, consent, children, a country or a number (`weighty` in `checks.toml`). Only
what editors typed is looked at: the facts have a minimum level of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from changelog.change_set import Change
from changelog.check_context import ChangeCheckContext
from changelog.cosmetic import has_same_meaning
from changelog.weighty_words import find_weighty_words
from common.messages import Message
from policy.blocks import iter_leaves
from policy.checks.context import (
    PLACEHOLDER_SIGN,
    PolicyCheckContext,
    extract_source_text,
    split_sentences,
)
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.markdown import parse_markdown
from policy.models import Level, Policy

_MAX_LENGTH = 160  # of a sentence in a message
_MAX_WORDS = 3  # that are named for a sentence
_MAX_PAIRS = 2_500  # of old and new sentences that are compared
_LETTER = re.compile(r"[^\W\d_]")


class WeightySentence(NamedTuple):
    """A sentence that was written, or deleted, and the words that make it weighty."""

    locale: Locale
    section_id: str
    text: str
    words: tuple[str, ...]
    is_deleted: bool

    @property
    def excerpt(self) -> str:
        """The sentence with its placeholders as dots, cut to the length of a message."""
        text = self.text.replace(PLACEHOLDER_SIGN, "…")
        return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH].rsplit(' ', 1)[0]} …"


def find_weighty_sentences(context: ChangeCheckContext) -> Iterator[Finding]:
    """Yield the first weighty sentence of each section that changed without a note, or with a minor one.

    `lower_reason` says why a change is no major one, so a note that has it is not asked about.
    """
    policy_context = context.policy_context
    for change in context.change_set.changes:
        notes = [policy_context.policy.notes.get(name, note) for name, note in change.notes.items()]
        if any(note.level is not Level.MINOR or note.lower_reason for note in notes):
            continue
        reported: set[str] = set()
        for sentence in list_weighty_sentences(change):
            if sentence.section_id not in reported:
                reported.add(sentence.section_id)
                yield Finding(
                    _locate_sentence(policy_context, sentence),
                    _describe_sentence(sentence),
                    _suggest_level(policy_context, has_note=bool(notes)),
                )


def list_weighty_sentences(change: Change) -> list[WeightySentence]:
    """Return the weighty sentences that a change adds, then those that it deletes, in each language."""
    if change.assessment.is_cosmetic:
        return []
    before, after = change.before.policy, change.after.policy
    return [
        sentence
        for locale in after.languages
        if locale in before.sections
        for sentence in _compare_sentences(before, after, locale)
    ]


def _compare_sentences(before: Policy, after: Policy, locale: Locale) -> Iterator[WeightySentence]:
    """Yield the weighty sentences of one language that only one side has, those of the new text first."""
    old, new = _list_sentences(before, locale), _list_sentences(after, locale)
    added = {text: section_id for text, section_id in new.items() if text not in old}
    deleted = {text: section_id for text, section_id in old.items() if text not in new}
    if len(added) * len(deleted) <= _MAX_PAIRS:
        corrected = [
            (one, other) for one in deleted for other in added if has_same_meaning(one, other, locale)
        ]
        for one, other in corrected:
            deleted.pop(one, None)
            added.pop(other, None)
    names = _compile_controller_names(before, after)
    for sentences, is_deleted in ((added, False), (deleted, True)):
        for text, section_id in sentences.items():
            if words := tuple(dict.fromkeys(find_weighty_words(names.sub("", text), locale)))[:_MAX_WORDS]:
                yield WeightySentence(locale, section_id, text, words, is_deleted)


def _compile_controller_names(*policies: Policy) -> re.Pattern[str]:
    """Return a pattern for the names of the controller, which may have that of a country in them."""
    controllers = [policy.settings.controller for policy in policies]
    names = {
        name
        for controller in controllers
        for name in (
            *controller.former_names,
            controller.name.common,
            *(text for _, text in controller.name.by_locale),
        )
        if name
    }
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def _list_sentences(policy: Policy, locale: Locale) -> dict[str, str]:
    """Return all sentences of a language as they were typed, each with the id of its first section."""
    sentences: dict[str, str] = {}
    for section in policy.sections[locale]:
        leaves = iter_leaves(parse_markdown(section.body, section.id, section.locale))
        for text in (section.title, *map(extract_source_text, leaves)):
            # The number of a heading is not a sentence.
            for sentence in filter(_LETTER.search, split_sentences(text)):
                sentences.setdefault(sentence, section.id)
    return sentences


def _describe_sentence(sentence: WeightySentence) -> Message:
    """Return a question about a sentence: whether its change is a minor one."""
    words = ", ".join(sentence.words)
    if sentence.is_deleted:
        return Message(
            "is this a minor change? A sentence with '{words}' is gone: '{sentence}'",
            words=words,
            sentence=sentence.excerpt,
        )
    return Message(
        "is this a minor change? A sentence with '{words}' is new or different: '{sentence}'",
        words=words,
        sentence=sentence.excerpt,
    )


def _suggest_level(context: PolicyCheckContext, *, has_note: bool) -> Message:
    if not has_note:
        return Message("run: build.py note; choose the level with this sentence in mind")
    return Message(
        "if people must be told before it takes effect, write 'level: major'; "
        "if not, say why in 'lower_reason: {texts}'",
        texts=context.text_example,
    )


def _locate_sentence(context: PolicyCheckContext, sentence: WeightySentence) -> Location:
    """Return the place of a sentence; of one that is gone, the file of its section, or else policy.yaml."""
    for passage in context.section_passages:
        if (passage.section_id, passage.locale) == (sentence.section_id, sentence.locale) and (
            sentence.is_deleted or sentence.text in passage.sentences
        ):
            return passage.location if sentence.is_deleted else passage.locate(sentence.text)
    return Location("content/policy.yaml")
