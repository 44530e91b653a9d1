"""Fact rows and what did not change, in the words of readers: on pages, in letters, notices and feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from changelog.fact_rows import FactRow, FactRowKind, list_fact_rows
from changelog.fact_topics import LISTS, SETTINGS
from changelog.unchanged_facts import FactForm, FactKind, UnchangedFacts, list_unchanged_facts
from changelog.versions import Version
from generator.context import SiteContext
from generator.view_models import FactRowsView, FactRowView
from policy.document import have_same_text
from policy.fields import Locale
from policy.localization import format_enumeration

_VISIBLE_ROWS = 5  # more are no answer at a glance
_LIST_TOPICS = {f"purposes.{topic}" for topic in LISTS}


def build_fact_rows(
    site: SiteContext, before: Version, after: Version, locale: Locale
) -> FactRowsView | None:
    """Return what changed from one version to another in a language; None if there is nothing to say.

    The versions may be far apart: the rows are the net change.
    """
    if locale not in before.documents or locale not in after.documents:
        return None
    texts = ({locale: version.documents[locale]} for version in (before, after))
    if have_same_text(*texts):
        return None
    gettext = site.renderer.get_translator(locale)
    rows = [_build_row(row, gettext) for row in list_fact_rows(before, after, locale)]
    unchanged = _list_unchanged(site, before, after, locale)
    if not rows and not unchanged:
        return None
    hidden = rows[_VISIBLE_ROWS:]
    more = gettext("and {count} more").format(count=len(hidden)) if hidden else ""
    return FactRowsView(rows[:_VISIBLE_ROWS], hidden, more, unchanged)


def _list_unchanged(site: SiteContext, before: Version, after: Version, locale: Locale) -> list[str]:
    """Return a sentence for each kind of facts that has not changed; one for a table of two of them."""
    gettext = site.renderer.get_translator(locale)
    found = {facts.kind: facts for facts in list_unchanged_facts(site.log, before, after, locale)}
    purposes, legal_bases = found.get(FactKind.PURPOSES), found.get(FactKind.LEGAL_BASES)
    has_one_table = (
        purposes is not None
        and purposes.form is FactForm.TABLE
        and legal_bases is not None
        and legal_bases.form is FactForm.TABLE_OF_PURPOSES
    )
    if has_one_table:
        del found[FactKind.LEGAL_BASES]
    return [
        gettext("The table of purposes and legal bases is unchanged.")
        if has_one_table and facts is purposes
        else _format_unchanged(facts, locale, gettext)
        for facts in found.values()
    ]


def _format_unchanged(facts: UnchangedFacts, locale: Locale, gettext: Callable[[str], str]) -> str:
    """Return what is known: that a table, a list or what stands in certain sections is the same."""
    kind = facts.kind
    match facts.form:
        case FactForm.TABLE:
            return {
                FactKind.RECIPIENTS: gettext("The table of recipients is unchanged."),
                FactKind.PURPOSES: gettext("The table of purposes is unchanged."),
                FactKind.STORAGE_PERIODS: gettext("The table of storage periods is unchanged."),
            }[kind]
        case FactForm.LIST:
            return {
                FactKind.RECIPIENTS: gettext("The list of recipients is unchanged."),
                FactKind.PURPOSES: gettext("The list of purposes is unchanged."),
                FactKind.STORAGE_PERIODS: gettext("The list of storage periods is unchanged."),
            }[kind]
        case FactForm.TABLE_OF_PURPOSES:
            return {
                FactKind.LEGAL_BASES: gettext("The legal bases in the table of purposes are unchanged."),
                FactKind.STORAGE_PERIODS: gettext(
                    "The storage periods in the table of purposes are unchanged."
                ),
            }[kind]
    quotes = gettext("“{title}”")
    titles = [quotes.format(title=title) for title in facts.titles]
    singular, plural = _translate_sections(gettext)[kind]
    return (plural if len(titles) > 1 else singular).format(sections=format_enumeration(titles, locale))


def _translate_sections(gettext: Callable[[str], str]) -> Mapping[FactKind, tuple[str, str]]:
    return {
        FactKind.RECIPIENTS: (
            gettext("The recipients in the section {sections} are unchanged."),
            gettext("The recipients in the sections {sections} are unchanged."),
        ),
        FactKind.PURPOSES: (
            gettext("The purposes in the section {sections} are unchanged."),
            gettext("The purposes in the sections {sections} are unchanged."),
        ),
        FactKind.LEGAL_BASES: (
            gettext("The legal bases in the section {sections} are unchanged."),
            gettext("The legal bases in the sections {sections} are unchanged."),
        ),
        FactKind.STORAGE_PERIODS: (
            gettext("The storage periods in the section {sections} are unchanged."),
            gettext("The storage periods in the sections {sections} are unchanged."),
        ),
    }


def _build_row(row: FactRow, gettext: Callable[[str], str]) -> FactRowView:
    before, after = row.before, row.after
    before_word, after_word = _find_value_words(row, gettext)
    remark = {FactRowKind.LONGER: gettext("longer"), FactRowKind.SHORTER: gettext("shorter")}.get(row.kind)
    label = _format_label(row, gettext)
    values = [
        f"{word[:1].lower()}{word[1:]}: {value}" if word else value
        for word, value in ((before_word, before), (after_word, after))
        if value
    ]
    line = f"{label}{' – ' if before_word else ': '}{', '.join(values)}{f' ({remark})' if remark else ''}"
    return FactRowView(row.kind, label, before_word, before, after_word, after, remark or "", line)


def _find_value_words(row: FactRow, gettext: Callable[[str], str]) -> tuple[str, str]:
    """Return what the values before and after are called; nothing where the label says it."""
    if row.before and row.after and row.topic not in _LIST_TOPICS:
        return gettext("Before"), gettext("After")
    if "." not in row.topic:
        return "", ""
    return gettext("Removed"), gettext("Added")


def _format_label(row: FactRow, gettext: Callable[[str], str]) -> str:
    """Return what a row is about: "Storage period: Main rule"."""
    is_new, is_gone = not row.before and bool(row.after), bool(row.before) and not row.after
    labels = _translate_labels(gettext)
    if row.topic in labels.new and (is_new or is_gone):
        label = (labels.new if is_new else labels.gone)[row.topic][row.count > 1]
    else:
        label = labels.changed[row.topic]
    if row.name:
        return f"{label}: {row.name}"
    is_complete = "." not in row.topic or row.topic in SETTINGS
    if is_complete or not row.section:
        return label
    return gettext("{label}, in the section “{section}”").format(label=label, section=row.section)


class _Labels(NamedTuple):
    """The labels of topics: of what changed, and of one or several rows that are new or gone."""

    changed: Mapping[str, str]
    new: Mapping[str, tuple[str, str]]
    gone: Mapping[str, tuple[str, str]]


def _translate_labels(gettext: Callable[[str], str]) -> _Labels:
    settings = {
        "controller.name": gettext("Controller"),
        "controller.address": gettext("Address"),
        "controller.email": gettext("E-mail address"),
        "controller.phone": gettext("Telephone"),
        "controller.website": gettext("Website"),
        "dpo.name": gettext("Data protection officer"),
        "dpo.email": gettext("E-mail address of the data protection officer"),
        "dpo.phone": gettext("Telephone of the data protection officer"),
        "authority.name": gettext("Supervisory authority"),
        "authority.url": gettext("Website of the supervisory authority"),
    }
    rows = {
        "recipients": gettext("Recipient"),
        "purposes": gettext("Purpose"),
        "categories": gettext("Kind of data"),
        "retention": gettext("Storage period"),
        "cookies": gettext("Cookie"),
        "sources": gettext("Source of data"),
        "audiences": gettext("Group of people"),
        "rights": gettext("Right"),
    }
    topics = {
        "recipients.country": gettext("Country"),
        "recipients.safeguard": gettext("Safeguard for transfers"),
        "recipients.role": gettext("Role"),
        "purposes.legal_basis": gettext("Legal basis"),
        "purposes.interest": gettext("Legitimate interest"),
        "purposes.data": gettext("Data"),
        "purposes.retention": gettext("Storage period"),
        "purposes.audience": gettext("Applies to"),
        "retention.period": gettext("Storage period"),
        "retention.after": gettext("What happens afterwards"),
        "cookies.provider": gettext("Provider"),
        "cookies.purpose": gettext("Purpose"),
        "cookies.period": gettext("Storage period"),
        "sources.kind": gettext("Comes from"),
        "sources.public": gettext("Public source"),
    }
    new = {
        "recipients": (gettext("New recipient"), gettext("New recipients")),
        "purposes": (gettext("New purpose"), gettext("New purposes")),
        "categories": (gettext("New kind of data"), gettext("New kinds of data")),
        "retention": (gettext("New storage period"), gettext("New storage periods")),
        "cookies": (gettext("New cookie"), gettext("New cookies")),
        "sources": (gettext("New source of data"), gettext("New sources of data")),
        "audiences": (gettext("New group of people"), gettext("New groups of people")),
        "rights": (gettext("Right added"), gettext("Rights added")),
    }
    gone = {
        "recipients": (gettext("Removed recipient"), gettext("Removed recipients")),
        "purposes": (gettext("Removed purpose"), gettext("Removed purposes")),
        "categories": (gettext("Removed kind of data"), gettext("Removed kinds of data")),
        "retention": (gettext("Removed storage period"), gettext("Removed storage periods")),
        "cookies": (gettext("Removed cookie"), gettext("Removed cookies")),
        "sources": (gettext("Removed source of data"), gettext("Removed sources of data")),
        "audiences": (gettext("Removed group of people"), gettext("Removed groups of people")),
        "rights": (gettext("Right no longer mentioned"), gettext("Rights no longer mentioned")),
    }
    return _Labels({**settings, **rows, **topics}, new, gone)
