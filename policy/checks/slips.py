"""Checks for slips that leave a policy readable, but not as it was meant (docs/reference/checks.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from common.messages import Message
from languages.loader import get_language
from policy.checks.context import TEXT_KEYS, PolicyCheckContext
from policy.fields import LOCALES, Locale
from policy.findings import Finding, Location
from policy.parsing import parse_section
from policy.yaml_reader import YamlTree

_WORD = re.compile(r"[^\W\d_]+")
_TITLE_KEYS = {"title", "address"}
# Fewer words may be a quotation or a name.
_MIN_FOREIGN_WORDS = 2
_MIN_FOREIGN_WORDS_OF_OTHERS = 3


def find_texts_cut_by_comments(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find texts without quotes in which YAML takes words such as `#2` for a comment."""
    yield from _find_comments_after_texts(context, after_blank=False)


def find_comments_after_texts(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find comments behind texts that readers see: `# ` may be part of the text or not."""
    yield from _find_comments_after_texts(context, after_blank=True)


def _find_comments_after_texts(context: PolicyCheckContext, *, after_blank: bool) -> Iterator[Finding]:
    """Yield the comments behind a text whose sign has a blank after it, or none."""
    for tree in _iter_trees(context):
        for path, (line, column, comment) in tree.comments.items():
            is_text = path[-1:] and path[0] != "accepted" and path[-1] in {*LOCALES, *TEXT_KEYS, *_TITLE_KEYS}
            if is_text and comment[1:2].isspace() is after_blank:
                message = Message("readers do not see '{words}': it is a comment", words=comment)
                hint = Message(
                    "put the whole text in quotes if it is text; write it on a line of its own if it is not"
                )
                yield Finding(Location(tree.file, line, column), message, hint)


def _iter_trees(context: PolicyCheckContext) -> Iterator[YamlTree]:
    """Yield the YAML of every file: the front matter of sections too."""
    for path, data in context.files.items():
        if not isinstance(data, bytes) or "/." in path:
            continue
        if path.endswith(".yaml") and (tree := context.get_tree(path)):
            yield tree
        elif path.endswith(".md"):
            yield parse_section(path, data).tree


def find_section_numbers_used_twice(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find two sections with the same number: their names decide which comes first."""
    for sections in context.policy.sections.values():
        first_stems: dict[int, str] = {}
        for section in sections:
            number, digits = section.sort_key[0], section.stem.partition("-")[0]
            if number in first_stems:
                message = Message(
                    "{first}.md has the number {number} too, so their names decide which comes first",
                    first=first_stems[number],
                    number=digits,
                )
                hint = Message("rename one of them, in every language; readers do not see the number")
                yield Finding(Location(section.path), message, hint)
            first_stems.setdefault(number, section.stem)


def find_unlisted_languages(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find folders of languages that policy.yaml does not list, so that nobody can read them."""
    folders = {
        path.split("/")[1]: path for path in sorted(context.files, reverse=True) if path.endswith(".md")
    }
    for code in sorted(folders.keys() & set(LOCALES) - set(context.policy.languages)):
        message = Message("'{code}' is not in 'languages', so nobody can read content/{code}", code=code)
        hint = Message("add it at the end of 'languages' in policy.yaml, or remove the folder")
        yield Finding(Location(folders[code]), message, hint)


def find_texts_in_another_language(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find texts of notes, facts and sections that are written in another language of the policy."""
    for location, locale, text in _iter_texts(context):
        minimum = _MIN_FOREIGN_WORDS if "/changes/" in location.path else _MIN_FOREIGN_WORDS_OF_OTHERS
        if actual := _find_language_of_words(text, locale, context.policy.languages, minimum):
            message = Message(
                "this text for '{locale}' is written in '{actual}'", locale=locale, actual=actual
            )
            hint = Message("write it in '{locale}'; the languages may have been swapped", locale=locale)
            yield Finding(location, message, hint)


def _iter_texts(context: PolicyCheckContext) -> Iterator[tuple[Location, Locale, str]]:
    """Yield the texts to judge with place and language: notes, facts, sections."""
    for name, note in context.policy.notes.items():
        for key, locale, text in note.texts:
            if locale:
                yield context.locate_key(f"content/{name}", (key, locale)), locale, text
    for passage in context.fact_passages:
        # A text without a language is a name, which may be in any.
        if passage.is_in_one_language:
            yield passage.location, passage.locale, passage.text
    for sections in context.policy.sections.values():
        for section in sections:
            yield Location(section.path, section.line), section.locale, section.body


def _find_language_of_words(text: str, locale: Locale, languages: tuple[Locale, ...], minimum: int) -> Locale:
    """Return the other language that a text is written in; empty if it may be in its own.

    It is in another one if it has `minimum` function words that only the other has, and none that only its
    own has.
    """
    words = Counter(_WORD.findall(text.casefold()))
    own = _list_function_words(locale)
    for other in languages:
        foreign = _list_function_words(other)
        has_foreign = sum(words[word] for word in foreign - own) >= minimum
        if own and has_foreign and not any(words[word] for word in own - foreign):
            return other
    return ""


def _list_function_words(locale: Locale) -> frozenset[str]:
    """Return words that every text of a language has many of; none if nobody has listed them."""
    patterns = get_language(locale).checks.import_
    return patterns.function_words if patterns else frozenset()


def find_untranslated_notes(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find texts of notes that are the same in languages that are not closely related."""
    for name, note in context.policy.notes.items():
        for key in dict.fromkeys(key for key, _, _ in note.texts):
            text = getattr(note, key)
            # A language that is younger than the note has no text in it.
            locales = [locale for locale in context.policy.languages if not text.is_missing_in(locale)]
            written = {locale: text.get_text(locale) for locale in locales}
            equal = [locale for locale in written if list(written.values()).count(written[locale]) > 1]
            families = {get_language(locale).words.family for locale in equal}
            if len(families) > 1 and _WORD.search(written[equal[0]]):
                message = Message(
                    "'{key}' is the same in {languages}",
                    key=key,
                    languages=", ".join(equal),
                )
                hint = Message("write it as '{key}: {texts}'", key=key, texts=context.text_example)
                yield Finding(context.locate_key(f"content/{name}", (key,)), message, hint)
