"""What changes on a day, as a card: on the front page, and on the page of what is to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from changelog.redline import compute_redline
from changelog.section_ids import map_to_current_ids
from changelog.versions import Version
from generator import redline_views
from generator.context import SiteContext, format_versions, format_withdrawal
from generator.fact_rows import build_fact_rows
from generator.urls import relative_url
from generator.version_cards import EffectiveDay
from generator.view_models import FactRowsView, Link, RedlineView, TouchedSection
from policy.blocks import Block
from policy.fields import Locale
from policy.localization import format_day, format_enumeration, format_language_name


@dataclass(frozen=True, slots=True)
class NoteItem:
    """The note of one version. `language_note` is set if the version has no text in the page's language."""

    number: str
    title: str
    summary: tuple[Block, ...]
    reason: tuple[Block, ...]
    href: str
    locale: Locale
    language_note: str


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """What changes on one day, in the facts and in words.

    `notes` are those that readers are told of, `minor_notes` the others. `sections` are the titles of those
    that change. `effects` are sentences on what happens to versions that were announced before.
    """

    anchor: str
    heading: str
    facts: FactRowsView | None
    sections: Sequence[str]
    notes: Sequence[NoteItem]
    minor_notes: Sequence[NoteItem]
    minor_label: str
    actions: Sequence[tuple[Block, ...]]
    effects: Sequence[str]
    link: Link | None
    is_upcoming: bool

    @property
    def has_fact_rows(self) -> bool:
        """Whether facts say what changes."""
        return bool(self.facts and self.facts.rows)

    @property
    def has_titles(self) -> bool:
        """Whether every note has a title that says what changes."""
        return all(note.title or note.language_note for note in self.notes)


def build_change_card(
    site: SiteContext, day: EffectiveDay, locale: Locale, here: str, link: Link | None
) -> ChangeCard:
    """Return what changes on a day, for the page in the folder `here`."""
    gettext = site.renderer.get_translator(locale)
    # Minor changes stand for themselves where there are no others.
    announced, minor = (day.announced, day.unannounced) if day.announced else (day.changes, ())
    notes = [_build_note_item(site, version, locale, here) for version in announced]
    label = (
        gettext("1 minor change on the same day")
        if len(minor) == 1
        else gettext("{count} minor changes on the same day")
    )
    return ChangeCard(
        anchor=create_day_anchor(day.day),
        heading=_format_heading(site, day, locale),
        facts=build_fact_rows(site, day.before, day.after, locale) if day.before else None,
        sections=_list_touched_sections(site, day, announced, locale),
        notes=notes,
        minor_notes=[_build_note_item(site, version, locale, here) for version in minor],
        minor_label=label.format(count=len(minor)),
        actions=list_actions([day], locale),
        effects=list(_list_effects(site, announced, locale)),
        link=link,
        is_upcoming=day.day > site.today,
    )


def create_day_anchor(day: date) -> str:
    """Return the id of the element that tells of a day."""
    return f"_{day.isoformat()}"


def format_whole_day(day: date, locale: Locale) -> str:
    """Return a date in words that no line break parts, for headings."""
    return format_day(day, locale).replace(" ", "\N{NO-BREAK SPACE}")


def list_actions(days: Iterable[EffectiveDay], locale: Locale) -> list[tuple[Block, ...]]:
    """Return what readers can do about the changes of some days, the same words once."""
    notes = [version.note_texts.get(locale) for day in days for version in day.changes]
    return list(dict.fromkeys(note.action for note in notes if note and note.action))


def link_day(site: SiteContext, day: EffectiveDay, locale: Locale, here: str) -> Link | None:
    """Return a link to all that changed on a day in the past; None if no page has it in this language."""
    gettext = site.renderer.get_translator(locale)
    single = day.single_version
    if has_day_page(site, day, locale):
        path = site.urls.day_path(locale, day.day)
    elif single and locale in single.documents and site.find_redline_base(single, locale):
        path = site.urls.changes_path(locale, single.number)
    else:
        return None
    text = gettext("See everything that changed on {day}").format(day=format_whole_day(day.day, locale))
    if day.is_withdrawal:  # then nothing changed
        text = gettext("See what was withdrawn on {day}").format(day=format_whole_day(day.day, locale))
    return Link(text, relative_url(here, path), locale)


def has_day_page(site: SiteContext, day: EffectiveDay, locale: Locale) -> bool:
    """Whether a page of its own shows all that changed on a day, since no page of one version does.

    Only days in the past have one: what is to come may still be withdrawn, and pages stay.
    """
    is_comparable = day.before and locale in day.before.documents and locale in day.after.documents
    return bool(is_comparable and day.day <= site.today and day.announced and not day.single_version)


def build_redline_of_days(
    site: SiteContext, before: Version, after: Version, locale: Locale, here: str
) -> tuple[RedlineView, Sequence[TouchedSection]]:
    """Return the redline from one version in force to another, and the sections that it touches."""
    later = site.log.list_versions_after(before)
    documents = [version.documents[locale] for version in reversed(later) if locale in version.documents]
    ids = map_to_current_ids(documents, site.log.policy.current_ids)
    redline = compute_redline(before.documents[locale], after.documents[locale], ids)
    sections = redline_views.render_section_redlines(site.renderer, locale, redline)
    document_href = relative_url(here, site.urls.version_path(locale, after.number))
    view = redline_views.build_redline_view(before.number, after.number, sections, document_href)
    return view, redline_views.list_touched_sections(site.renderer, locale, sections)


def format_language_note(site: SiteContext, version: Version, locale: Locale) -> str:
    """Return in which languages a version was published, in a sentence for readers of another one."""
    gettext = site.renderer.get_translator(locale)
    names = [format_language_name(code, locale, site.locales) for code in version.documents]
    return gettext("Published in {language} only").format(language=format_enumeration(names, locale))


def _format_heading(site: SiteContext, day: EffectiveDay, locale: Locale) -> str:
    gettext = site.renderer.get_translator(locale)
    if day.day > site.today:
        line = gettext("From {day}")
    elif day.is_withdrawal:
        line = gettext("Withdrawn on {day}")
    else:
        line = gettext("Changed on {day}")
    return line.format(day=format_whole_day(day.day, locale))


def _build_note_item(site: SiteContext, version: Version, locale: Locale, here: str) -> NoteItem:
    own = locale if locale in version.documents else next(iter(version.documents))
    page_in = site.urls.changes_path if site.find_redline_base(version, own) else site.urls.version_path
    href = relative_url(here, page_in(own, version.number))
    if own != locale:
        language_note = format_language_note(site, version, locale)
        return NoteItem(version.number, "", (), (), href, own, language_note)
    note = version.note_texts[locale]
    return NoteItem(version.number, note.title, note.summary, note.reason, href, own, "")


def _list_touched_sections(
    site: SiteContext, day: EffectiveDay, versions: Sequence[Version], locale: Locale
) -> list[str]:
    """Return the titles of the sections that versions touch, in its order; those gone at the end."""
    olds = [site.find_redline_base(version, locale) for version in versions]
    documents = [own.documents.get(locale) for own in (day.after, *versions, *olds) if own]
    titles: dict[str, str] = {}
    for document in filter(None, documents):
        for section in document.sections:
            titles.setdefault(section.id, section.title)
    touched = {name for version in versions for name in version.touched_sections.ids}
    return [title for name, title in titles.items() if name in touched]


def _list_effects(site: SiteContext, versions: Iterable[Version], locale: Locale) -> Iterator[str]:
    gettext = site.renderer.get_translator(locale)
    for version in versions:
        if withdrawal := format_withdrawal(site, version, locale):
            yield withdrawal
        if version.brings_forward:
            names = format_versions(site, version.brings_forward, locale)
            yield gettext("Brings forward the changes of {versions}.").format(versions=names)
