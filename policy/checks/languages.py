"""Checks that two languages say the same.

Whether a translation is outdated depends on the history, so `changelog.checks` finds that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import attrgetter
from urllib.parse import urldefrag

from common.messages import Message
from languages.loader import get_language
from policy.blocks import Block, iter_leaves
from policy.checks.context import PolicyCheckContext, extract_source_text
from policy.checks.quantities import Quantity, QuantityKind, find_quantities
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.markdown import TABLE_PLACEHOLDER_TAG, parse_markdown
from policy.models import Section

_BLOCK_NAMES = {
    "p": Message("paragraphs"),
    "ul": Message("lists"),
    "ol": Message("numbered lists"),
    "li": Message("list items"),
    "table": Message("tables"),
    "tr": Message("table rows"),
    TABLE_PLACEHOLDER_TAG: Message("tables of facts"),
    "h3": Message("headings"),
    "h4": Message("headings below headings"),
    "pre": Message("blocks of code"),
    "blockquote": Message("quotations"),
    "dt": Message("terms"),
    "dd": Message("definitions"),
}


# By part of `Checks`: the rules that are not applied, or not completely, in a language that lacks it.
_RULES_OF_PATTERNS = {
    "phrases.obligation": ("obligation-to-provide",),
    "phrases.automation": ("automated-decisions",),
    "phrases.complaint": ("supervisory-complaint",),
    "quantities": ("number-outside-facts", "translation-facts-differ", "weighty-sentence"),
    "phrases.storage": ("number-outside-facts",),
    "phrases.former_name": ("former-name",),
    "phrases.section_number": ("typed-number",),
    "phrases.consent_by_use": ("consent-by-use",),
    "phrases.check_for_changes": ("check-this-page",),
    "phrases.as_long_as_necessary": ("retention-as-long-as-necessary",),
    "phrases.hedged_purpose": ("hedged-purpose",),
    "phrases.personal_data": ("hedged-purpose",),
    "negation": (
        "consent-by-use",
        "check-this-page",
        "retention-as-long-as-necessary",
        "hedged-purpose",
        "unlinked-page",
    ),
    "levels": ("section-9-true",),
    "channels": ("section-9-true",),
    "phrases.announcement": ("section-9-true",),
    "phrases.link": ("unlinked-page",),
    "phrases.promotion": ("promotion-in-note",),
    "phrases.weighty": ("weighty-sentence",),
}


def find_unchecked_languages(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find languages in which some rules look for nothing, because nobody has written down the phrases."""
    for locale in context.policy.languages:
        checks = get_language(locale).checks
        rules = dict.fromkeys(
            rule
            for path, names in _RULES_OF_PATTERNS.items()
            if attrgetter(path)(checks) is None
            for rule in names
        )
        if rules:
            message = Message("not checked in '{locale}': {rules}", locale=locale, rules=", ".join(rules))
            hint = Message(
                "add their patterns to languages/{locale}/checks.toml (docs/languages.md)", locale=locale
            )
            yield Finding(context.locate_setting("languages"), message, hint)


def find_incomplete_languages(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find languages that lack words, so that readers see those of another language."""
    for locale in context.policy.languages:
        language = get_language(locale)
        if language.borrowed_words:
            message = Message(
                "'{locale}' lacks {count} words, such as {word}, and readers see those of '{fallback}'",
                locale=locale,
                count=len(language.borrowed_words),
                word=language.borrowed_words[0],
                fallback=language.words.fallback,
            )
            hint = Message(
                "complete languages/{locale}/words.toml before the first publication: words are frozen then",
                locale=locale,
            )
            yield Finding(context.locate_setting("languages"), message, hint)


def find_missing_translations(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find sections that are missing in a language; the loader requires the languages of facts and notes."""
    languages = context.policy.languages
    sections = {
        section.id: section for locale in reversed(languages) for section in context.policy.sections[locale]
    }
    stems = {
        section.id: section.stem
        for sections_in_locale in context.policy.sections.values()
        for section in sections_in_locale
    }
    for locale in languages:
        translated = {section.id for section in context.policy.sections[locale]}
        for section_id, stem in stems.items():
            if section_id not in translated:
                message = Message("the section '{id}' is missing in '{locale}'", id=section_id, locale=locale)
                hint = Message(
                    "write content/{locale}/{stem}.md; until then readers see another language",
                    locale=locale,
                    stem=stem,
                )
                yield Finding(Location(sections[section_id].path), message, hint)


def find_differing_translated_facts(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find a number, date, link or placeholder that only one of two languages has."""
    for first, other in context.policy.iter_translations():
        placeholders = _count_placeholders(first), _count_placeholders(other)
        links = _count_link_targets(context, first), _count_link_targets(context, other)
        for noun, (in_first, in_other) in ((Message("placeholder"), placeholders), (Message("link"), links)):
            yield from _report_differences(noun, first, other, in_first - in_other, in_other - in_first)
        # Placeholders are compared by name above, so only typed quantities are left.
        yield from _find_differing_quantities(first, other)


def find_differing_translation_structure(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find translations with another number of paragraphs, list items, rows or other blocks."""
    for first, other in context.policy.iter_translations():
        in_first, in_other = (
            Counter(_iter_tags(parse_markdown(section.body, section.id, section.locale)))
            for section in (first, other)
        )
        # One finding is enough: the first difference usually causes the others.
        tag = next((tag for tag in _BLOCK_NAMES if in_first[tag] != in_other[tag]), None)
        if tag:
            message = Message(
                "{count} {blocks} here, {first_count} in {path}",
                count=in_other[tag],
                blocks=_BLOCK_NAMES[tag],
                first_count=in_first[tag],
                path=first.path,
            )
            hint = Message("divide the text in the same way in every language")
            yield Finding(Location(other.path, other.line), message, hint)


def _report_differences(
    noun: Message, first: Section, other: Section, only_first: Iterable[str], only_other: Iterable[str]
) -> Iterator[Finding]:
    """Yield a finding for each text that only one of the two sections has."""
    location = Location(other.path, other.line)
    hint = Message("make the languages say the same")
    for words in dict.fromkeys(only_first):
        message = Message(
            "the {noun} '{words}' of {path} is missing", noun=noun, words=words, path=first.path
        )
        yield Finding(location, message, hint)
    for words in dict.fromkeys(only_other):
        message = Message("the {noun} '{words}' is not in {path}", noun=noun, words=words, path=first.path)
        yield Finding(location, message, hint)


def _find_differing_quantities(first: Section, other: Section) -> Iterator[Finding]:
    """Yield numbers that only one language has, unless one of them has no words for numbers."""
    if any(get_language(section.locale).checks.quantities is None for section in (first, other)):
        return
    first_text, other_text = _join_texts(first), _join_texts(other)
    in_first = list(find_quantities(first_text, first.locale))
    in_other = list(find_quantities(other_text, other.locale))
    missing = [
        quantity.text
        for quantity in _subtract_quantities(in_first, in_other)
        if not _is_named_without_unit(quantity, other_text, other.locale)
    ]
    extra = [
        quantity.text
        for quantity in _subtract_quantities(in_other, in_first)
        if not _is_named_without_unit(quantity, first_text, first.locale)
    ]
    yield from _report_differences(Message("number"), first, other, missing, extra)


def _join_texts(section: Section) -> str:
    """Return the title and the texts of a section, separated so that no quantity spans two of them."""
    leaves = iter_leaves(parse_markdown(section.body, section.id, section.locale))
    return " . ".join([section.title, *map(extract_source_text, leaves)])


def _is_named_without_unit(quantity: Quantity, text: str, locale: Locale) -> bool:
    """Whether another language has the years of a period as a number alone: "femten år", "under fifteen"."""
    count, _, unit = quantity.value.partition(" ")
    words = get_language(locale).checks.quantities
    if quantity.kind is not QuantityKind.PERIOD or unit != "months" or not count.isdigit() or words is None:
        return False
    years, rest = divmod(int(count), 12)
    names = {word for word, number in words.numbers.items() if number == years} - words.articles
    return not rest and not names.isdisjoint(text.casefold().split())


def _subtract_quantities(quantities: Iterable[Quantity], others: Iterable[Quantity]) -> list[Quantity]:
    """Return the quantities that have no counterpart in `others`.

    An uncertain one ("et år" may be a number or only an article) needs no counterpart, but can be one.
    """
    available = Counter(item.value for item in others)
    missing: list[Quantity] = []
    # Certain ones first, so that they take the counterparts.
    for item in sorted(quantities, key=lambda item: not item.is_certain):
        if available[item.value]:
            available[item.value] -= 1
        elif item.is_certain:
            missing.append(item)
    return missing


def _count_placeholders(section: Section) -> Counter[str]:
    """Count each placeholder in the body of a section."""
    return Counter(
        run.placeholder
        for leaf in iter_leaves(parse_markdown(section.body, section.id, section.locale))
        for run in leaf.runs
        if run.placeholder
    )


def _count_link_targets(context: PolicyCheckContext, section: Section) -> Counter[str]:
    """Count each link target of a section, once for each leaf that has it.

    A page of the site counts as the same in every language.
    """
    targets = (
        href
        for leaf in iter_leaves(parse_markdown(section.body, section.id, section.locale))
        # A link whose words are partly bold is several runs.
        for href in dict.fromkeys(run.href for run in leaf.runs if "footnote" not in run.marks)
    )
    return Counter(_find_first_language(context, href) for href in targets if href)


def _find_first_language(context: PolicyCheckContext, href: str) -> str:
    page, anchor = urldefrag(href)
    address = context.page_urls.get(page, page)
    return f"{address}#{anchor}" if anchor else address


def _iter_tags(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield block.tag
        yield from _iter_tags(block.children)
