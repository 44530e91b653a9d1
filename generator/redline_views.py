"""Redlines as the values that templates receive, and the list of the sections that one touches."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from markupsafe import Markup

from changelog.before_after import list_text_pairs
from changelog.redline_changes import AWAY, HERE, MOVE_KEY, MOVED
from changelog.redline_former import FormerSection
from changelog.redline_helpers import HelperWords, add_helper_words, create_move_anchor
from changelog.redline_sections import ABSENT_KINDS, RedlineKind, SectionRedline
from changelog.redline_words import DELETED, INSERTED, UNCHANGED, Mark
from generator.redline_layout import COUNTER_PLACE, add_counter_places, collapse_unchanged_blocks
from generator.rendering import Renderer
from generator.view_models import (
    ParagraphChange,
    RedlineView,
    RenderedSectionRedline,
    SectionRedlineView,
    TouchedSection,
)
from policy.blocks import Block
from policy.cell_labels import label_cells
from policy.fields import Locale


def render_section_redlines(
    renderer: Renderer, locale: Locale, redlines: Iterable[SectionRedline]
) -> list[RenderedSectionRedline]:
    """Render the sections of a redline."""
    return [render_section_redline(renderer, locale, redline) for redline in redlines]


def render_section_redline(
    renderer: Renderer, locale: Locale, redline: SectionRedline
) -> RenderedSectionRedline:
    """Render one section of a redline."""
    render = partial(_render_section_redline, renderer, locale, redline)
    return renderer.section_redline_cache.get_or_render((locale, redline), render)


def _render_section_redline(
    renderer: Renderer, locale: Locale, redline: SectionRedline
) -> RenderedSectionRedline:
    section = redline.section
    is_same = redline.kind is RedlineKind.SAME
    html = before_after = ""
    if not is_same:
        view = _build_section_redline_view(renderer, locale, redline)
        html = renderer.render("_partials/section_redline.html.j2", locale, section=view)
        if view.paragraphs:
            before_after = renderer.render("_partials/before_after.html.j2", locale, section=view)
    return RenderedSectionRedline(
        id=section.id,
        number=section.number,
        name=section.title,
        lang=section.locale,
        kind=redline.kind,
        anchor=_find_anchor(redline),
        parts=() if is_same else tuple(renderer.mark_safe(part) for part in html.split(COUNTER_PLACE)),
        before_after=renderer.mark_safe(before_after),
        has_moves='id="_moved-' in html,  # quotation marks in a text are escaped
        former_sections=redline.former_sections,
    )


def _build_section_redline_view(
    renderer: Renderer, locale: Locale, redline: SectionRedline
) -> SectionRedlineView:
    """Return a changed section of a redline as its template receives it."""
    section, kind = redline.section, redline.kind
    heading, blocks = _explain_section(renderer, locale, redline)
    # Before tables are split: the cells of each part have the headings of the whole table.
    heading, blocks = add_counter_places(redline, heading, label_cells(blocks))
    blocks = collapse_unchanged_blocks(redline, blocks, renderer.get_summary_words(locale))
    words = renderer.get_helper_words(locale)
    is_absent = kind in ABSENT_KINDS
    here, away = (create_move_anchor(redline.move_key, place) for place in (HERE, AWAY))
    return SectionRedlineView(
        id=section.id,
        number=section.number,
        name=section.title,
        title=renderer.render_blocks(locale, (Block("text", runs=heading.runs),)),
        body=renderer.render_blocks(locale, blocks),
        kind=kind,
        label=find_section_label(renderer, locale, redline),
        label_href={RedlineKind.MOVED_HERE: f"#{away}", RedlineKind.MOVED_AWAY: f"#{here}"}.get(
            kind, _find_new_place(redline)
        ),
        lang=section.locale,
        anchor=_find_anchor(redline),
        place={RedlineKind.MOVED_HERE: here, RedlineKind.MOVED_AWAY: away}.get(kind, ""),
        aliases=() if is_absent else section.aliases,
        has_deletions=redline.has_deletions,
        paragraphs=tuple(_list_changed_paragraphs(redline, words, renderer.get_translator(locale))),
    )


def _find_anchor(redline: SectionRedline) -> str:
    """Return the anchor of a section; of one that moved away, its `place` has one."""
    if redline.kind is RedlineKind.REMOVED:
        return next((former.anchor for former in redline.former_sections), "")
    return "" if redline.kind in ABSENT_KINDS else redline.section.id


def _find_new_place(redline: SectionRedline) -> str:
    """Return a link to the section that has most of the text of a removed one now, if there is one."""
    if redline.kind is not RedlineKind.REMOVED:
        return ""
    targets = (former.merged_into for former in redline.former_sections)
    return next((f"#{target.id}" for target in targets if target), "")


# The mark that the label of a section announces for all of it.
ANNOUNCED_MARKS: Mapping[RedlineKind, Mark] = {
    RedlineKind.ADDED: INSERTED,
    RedlineKind.REMOVED: DELETED,
    RedlineKind.MOVED_AWAY: DELETED,
}


def _explain_section(
    renderer: Renderer, locale: Locale, redline: SectionRedline
) -> tuple[Block, tuple[Block, ...]]:
    """Return the title and the blocks of a section with helper words."""
    body = redline.blocks
    if redline.kind is RedlineKind.MOVED_AWAY:
        body = tuple(_mark_moved_with_section(block, redline) for block in body)
    blocks = (Block("h2", runs=redline.title), *body)
    announced = ANNOUNCED_MARKS.get(redline.kind, UNCHANGED)
    heading, *rest = add_helper_words(blocks, renderer.get_helper_words(locale), announced)
    return heading, tuple(rest)


def _mark_moved_with_section(block: Block, redline: SectionRedline) -> Block:
    """Return a block without the label of a move that its section has; with its class if not all moved."""
    if (MOVE_KEY, redline.move_key) not in block.attrs:
        children = tuple(_mark_moved_with_section(child, redline) for child in block.children)
        return replace(block, children=children) if children else block
    attrs = tuple(pair for pair in block.attrs if pair[0] not in {MOVED, MOVE_KEY})
    marks = (("class", "moved moved-away"),) if redline.has_deletions else ()
    return replace(block, attrs=(*attrs, *marks))


def find_section_label(renderer: Renderer, locale: Locale, redline: SectionRedline) -> str:
    """Return what happened to a section as a whole, unless its blocks say so."""
    if redline.kind in {RedlineKind.FORM_CHANGED, RedlineKind.LINKS_CHANGED} and redline.changes:
        return ""
    gettext = renderer.get_translator(locale)
    if redline.kind is RedlineKind.CHANGED and not redline.changes:
        return gettext("divided differently")
    if redline.kind is RedlineKind.REMOVED:
        removed = gettext("section removed")
        return next((_describe_former(former, gettext) for former in redline.former_sections), removed)
    return _translate_section_labels(gettext).get(redline.kind, "")


def _describe_former(former: FormerSection, gettext: Callable[[str], str]) -> str:
    """Return what became of a section that is gone."""
    if former.merged_into:
        return gettext("merged into {section}").format(section=former.merged_into.title)
    return gettext("text now in other sections") if former.is_divided else gettext("section removed")


def _translate_section_labels(gettext: Callable[[str], str]) -> Mapping[RedlineKind, str]:
    return {
        RedlineKind.ADDED: gettext("new section"),
        RedlineKind.REMOVED: gettext("section removed"),
        RedlineKind.MOVED_HERE: gettext("section moved here"),
        RedlineKind.MOVED_AWAY: gettext("section moved from here"),
        RedlineKind.FORM_CHANGED: gettext("only the form changed"),
        RedlineKind.LINKS_CHANGED: gettext("only link addresses changed"),
    }


def _list_changed_paragraphs(
    redline: SectionRedline, words: HelperWords, gettext: Callable[[str], str]
) -> Iterator[ParagraphChange]:
    for pair in list_text_pairs(redline):
        # Where words changed too, the two texts show it, and the addresses of links stand in them.
        is_same = pair.has_same_words
        notes = (
            pair.is_moved and (gettext("Moved.") if is_same else gettext("Moved and changed.")),
            pair.has_other_link and is_same and gettext("A link has changed."),
            _capitalize(words.describe_forms(pair.forms)),
        )
        yield ParagraphChange(pair.before, pair.after, " ".join(note for note in notes if note))


def _capitalize(words: str) -> str:
    """Return words as a sentence."""
    return words and f"{words[0].upper()}{words[1:]}."


def build_redline_view(
    old: str,
    new: str,
    sections: Sequence[RenderedSectionRedline],
    document_href: str = "",
    prefix: str = "_",
) -> RedlineView:
    """Join the rendered sections of a redline; `old` and `new` name the compared states."""
    # Of a section without a counter, some text is in another one now.
    changed_kinds = {
        RedlineKind.FORM_CHANGED
        if section.kind is RedlineKind.CHANGED and len(section.parts) == 1
        else section.kind
        for section in sections
    } - {RedlineKind.SAME}
    return RedlineView(
        old=old,
        new=new,
        sections=sections,
        before_after=Markup().join(section.before_after for section in sections),
        document_href=document_href,
        prefix=prefix,
        change_count=sum(max(len(section.parts) - 1, 0) for section in sections),
        has_changes=bool(changed_kinds),
        has_moves=any(section.has_moves for section in sections),
        has_insertions=_has_element(sections, "ins"),
        has_deletions=_has_element(sections, "del"),
        has_unchanged_sections=any(section.kind is RedlineKind.SAME for section in sections),
        has_only_other_links=changed_kinds == {RedlineKind.LINKS_CHANGED},
        has_only_other_form=changed_kinds == {RedlineKind.FORM_CHANGED},
    )


def _has_element(sections: Iterable[RenderedSectionRedline], name: str) -> bool:
    return any(f"<{name}>" in part for section in sections for part in section.parts)


def list_touched_sections(
    renderer: Renderer,
    locale: Locale,
    sections: Sequence[RenderedSectionRedline],
    touched_ids: Container[str] | None = None,
) -> list[TouchedSection]:
    """Return the sections that a redline touches, in its order, each once: a moved one in its new place.

    Of the sections of the new document, only those of `touched_ids`, if given.
    """
    gettext = renderer.get_translator(locale)
    labels = {**_translate_section_labels(gettext), RedlineKind.MOVED_HERE: gettext("moved")}
    touched: list[TouchedSection] = []
    for section in sections:
        is_listed = touched_ids is None or section.id in touched_ids
        if is_listed and section.kind not in {RedlineKind.SAME, *ABSENT_KINDS}:
            touched.append(TouchedSection(section.name, labels.get(section.kind, ""), section.anchor))
        touched += (
            TouchedSection(former.section.title, _describe_former(former, gettext), former.anchor)
            for former in section.former_sections
        )
    return touched
