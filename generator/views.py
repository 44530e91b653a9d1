"""Documents, redlines and versions as the values that templates receive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType

from markupsafe import Markup

from changelog.record_hashes import list_section_salts
from changelog.versions import Version, VersionLevel, VersionLog
from generator.rendering import Renderer
from generator.view_models import (
    DocumentView,
    Link,
    SectionView,
    VersionState,
)
from policy.document import RenderedSection
from policy.fields import Locale


def build_document_view(
    renderer: Renderer,
    version: Version,
    locale: Locale,
    current_ids: Mapping[str, str],
    changes: Mapping[str, Link] = MappingProxyType({}),
) -> DocumentView:
    """Return a document of a version as HTML, with old section ids as anchors.

    `current_ids` maps them to today's. `changes` has links to the last changes of sections, by their ids.
    """
    document = version.documents[locale]
    ids = {section.id for section in document.sections}
    rendered = []
    for section in document.sections:
        anchors = _list_old_anchors(section, current_ids, ids)
        change = changes.get(section.id)
        key = document.locale, section, anchors, change
        render = partial(_render_section, renderer, document.locale, section, anchors, change)
        rendered.append(renderer.section_cache.get_or_render(key, render))
    return DocumentView(
        sections=_join_lines(renderer, (section for section, _ in rendered)),
        entries=_join_lines(renderer, (entry for _, entry in rendered)),
        salts=" ".join(list_section_salts(version, document)).strip(),
    )


def _render_section(
    renderer: Renderer,
    locale: Locale,
    section: RenderedSection,
    anchors: tuple[str, ...] = (),
    change: Link | None = None,
) -> tuple[str, str]:
    """Render a section and its entry in the table of contents."""
    body = _get_section_body(renderer, section)
    view = SectionView(section.id, section.number, section.title, section.locale, anchors, body)
    return (
        renderer.render("_partials/section.html.j2", locale, section=view),
        renderer.render("_partials/entry.html.j2", locale, section=view, change=change),
    )


def format_version_count(count: int, gettext: Callable[[str], str]) -> str:
    """Return a number of versions in words."""
    return gettext("1 version") if count == 1 else gettext("{count} versions").format(count=count)


def render_section(renderer: Renderer, locale: Locale, section: RenderedSection) -> Markup:
    """Render one section as readers will see it."""
    return renderer.mark_safe(_render_section(renderer, locale, section)[0])


def _get_section_body(renderer: Renderer, section: RenderedSection) -> Markup:
    render = partial(renderer.render_blocks, section.locale, section.blocks)
    return renderer.section_body_cache.get_or_render(section, render)


def _join_lines(renderer: Renderer, rendered: Iterable[str]) -> Markup:
    """Join rendered fragments; the template's own line break replaces the last one."""
    return renderer.mark_safe("".join(rendered).removesuffix("\n"))


def _list_old_anchors(
    section: RenderedSection, current_ids: Mapping[str, str], taken: set[str]
) -> tuple[str, ...]:
    """Return the ids under which a section was known, except those that another section now has."""
    renamed = (old for old, current in current_ids.items() if current == section.id)
    return tuple(alias for alias in dict.fromkeys((*section.aliases, *renamed)) if alias not in taken)


def find_version_state(log: VersionLog, version: Version, today: date) -> VersionState:
    """Return the status of a version on a day."""
    if version == log.find_version_in_force(today):
        return VersionState.IN_FORCE
    if version.withdrawn_by:
        return VersionState.WITHDRAWN
    if version.is_superseded:
        return VersionState.SUPERSEDED
    return VersionState.UPCOMING if version.effective > today else VersionState.FORMER


def format_level(level: VersionLevel, gettext: Callable[[str], str]) -> str:
    """Return a level in the words that readers see."""
    return {
        VersionLevel.FIRST: gettext("First version"),
        VersionLevel.MINOR: gettext("Minor change"),
        VersionLevel.MAJOR: gettext("Major change"),
        VersionLevel.SPECIAL: gettext("Change of special importance"),
    }[level]


def format_state(state: VersionState, gettext: Callable[[str], str]) -> str:
    """Return a state in the words that readers see; a former version needs none."""
    return {
        VersionState.IN_FORCE: gettext("In force"),
        VersionState.UPCOMING: gettext("Not in force yet"),
        VersionState.SUPERSEDED: gettext("Superseded before taking effect"),
        VersionState.WITHDRAWN: gettext("Withdrawn"),
        VersionState.FORMER: "",
    }[state]
