"""Two snapshots compared, for a terminal, a pull request or a browser: the `diff` command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from changelog.history import read_revisions, read_working_tree
from changelog.redline import compute_redline
from changelog.redline_forms import FormChange
from changelog.redline_helpers import HelperWords
from changelog.redline_sections import RedlineKind, SectionRedline
from changelog.redline_text import PLAIN_SIGNS, MarkSigns, format_changed_lines
from changelog.replay import build_version_log
from changelog.section_ids import map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from common.characters import escape_log_commands_in_html, spell_out_invisible
from common.errors import InputError
from common.messages import Message, Translator, translate_text
from generator import redline_views
from generator.assets import load_stylesheet
from generator.brand import render_brand_styles
from generator.page_models import DiffPage
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from languages.loader import SOURCE_LANGUAGE
from policy.fields import Locale
from policy.models import Brand

# Red and struck, green and underlined: colour alone would not do for the colour-blind.
COLOR_SIGNS = MarkSigns(("\x1b[31;9m", "\x1b[0m"), ("\x1b[32;4m", "\x1b[0m"))
# A bot posts the redline as a comment. GitHub looks for @names, #1, GH-1 and addresses in the text that
# Markdown has become, where a backslash or an entity is gone already; it leaves code alone
# (docs/decisions/printed-text.md).
_REFERENCE_SIGN = re.compile(r"((?:[@#]|://|\bwww\.|\bGH-)+)", re.IGNORECASE)
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_BLOCK_SIGN = re.compile(r"^(\d*)(?=[-+=:.)])")  # of a list, a heading, a rule, a command to CI


def escape_markdown(text: str) -> str:
    """Return text that GitHub shows as it is: no markup, nobody told, nothing linked."""
    line = spell_out_invisible(re.sub(r"[\t\n]", " ", text))  # code has lines
    return "".join(
        f"`{part}`" if position % 2 else _MARKDOWN_SPECIAL.sub(r"\\\1", part)
        for position, part in enumerate(_REFERENCE_SIGN.split(line))
    )


MARKDOWN_SIGNS = MarkSigns(("~~", "~~"), ("**", "**"), escape_markdown)
_VERSION_NUMBER = re.compile(r"\d+\.\d+")
_KIND_LABELS = {
    RedlineKind.ADDED: Message("new section"),
    RedlineKind.REMOVED: Message("section removed"),
    RedlineKind.MOVED_HERE: Message("section moved here"),
    RedlineKind.MOVED_AWAY: Message("section moved from here"),
    RedlineKind.LINKS_CHANGED: Message("only link addresses changed"),
    RedlineKind.FORM_CHANGED: Message("only the form changed"),
}

_FORM_WORDS = {
    FormChange.BOLD: Message("now bold"),
    FormChange.NOT_BOLD: Message("no longer bold"),
    FormChange.PARTLY_BOLD: Message("bold added"),
    FormChange.PARTLY_NOT_BOLD: Message("bold removed"),
    FormChange.ITALIC: Message("now in italics"),
    FormChange.NOT_ITALIC: Message("no longer in italics"),
    FormChange.PARTLY_ITALIC: Message("italics added"),
    FormChange.PARTLY_NOT_ITALIC: Message("italics removed"),
    FormChange.CODE_FONT: Message("code font added"),
    FormChange.NO_CODE_FONT: Message("code font removed"),
    FormChange.EMPHASIS: Message("emphasis changed"),
    FormChange.FOOTNOTE: Message("footnote added"),
    FormChange.NO_FOOTNOTE: Message("footnote removed"),
    FormChange.LINE_BREAKS: Message("line breaks changed"),
    FormChange.HEADING: Message("now a heading"),
    FormChange.NOT_HEADING: Message("no longer a heading"),
    FormChange.HEADING_LEVEL: Message("heading level changed"),
    FormChange.CODE: Message("now code"),
    FormChange.NOT_CODE: Message("no longer code"),
    FormChange.SPLIT: Message("split into several"),
    FormChange.JOINED: Message("joined from several"),
    FormChange.DIVIDED: Message("divided differently"),
    FormChange.CUT_OFF: Message("was part of text above"),
    FormChange.LIST: Message("now a list"),
    FormChange.NUMBERED_LIST: Message("now a numbered list"),
    FormChange.NUMBERS: Message("numbers instead of bullets"),
    FormChange.BULLETS: Message("bullets instead of numbers"),
    FormChange.NUMBERING: Message("numbering changed"),
    FormChange.IN_LIST: Message("now in a list"),
    FormChange.NOT_IN_LIST: Message("no longer in a list"),
    FormChange.FURTHER_IN: Message("indented further"),
    FormChange.FURTHER_OUT: Message("indented less"),
    FormChange.QUOTATION: Message("now a quotation"),
    FormChange.NOT_QUOTATION: Message("no longer a quotation"),
    FormChange.TABLE: Message("now a table"),
    FormChange.OTHER: Message("form changed"),
}


class Comparison(NamedTuple):
    """Labels of both snapshots, and the redline in each language that both have.

    A label is a message, or the name of a commit as the editor wrote it.
    """

    old_label: str | Message
    new_label: str | Message
    redlines: Mapping[Locale, tuple[SectionRedline, ...]]

    @property
    def changed_sections(self) -> Mapping[Locale, list[SectionRedline]]:
        """The sections that differ, by language; languages without a difference are left out."""
        different = {
            locale: [section for section in sections if section.kind is not RedlineKind.SAME]
            for locale, sections in self.redlines.items()
        }
        # Where a section was only divided, no section has a change of its own.
        return {
            locale: [section for section in sections if section.has_own_change] or sections
            for locale, sections in different.items()
            if sections
        }


def compare_snapshots(source: Path, old: str, new: str, today: date) -> Comparison:
    """Compare two snapshots, each named by a version number or a commit; an empty name is the working tree.

    An empty `old` is the last commit. Raise InputError if a name is neither.
    """
    old_label, before = _load_snapshot(source, old or "HEAD", today)
    new_label, after = _load_snapshot(source, new, today)
    return Comparison(old_label, new_label, compute_redlines(before, after))


def compute_redlines(before: Snapshot, after: Snapshot) -> Mapping[Locale, tuple[SectionRedline, ...]]:
    """Return the redline in each language that both snapshots have."""
    current_ids = map_to_current_ids(after.documents.values(), after.policy.current_ids)
    return {
        locale: compute_redline(before.documents[locale], document, current_ids)
        for locale, document in after.documents.items()
        if locale in before.documents
    }


def _load_snapshot(source: Path, name: str, today: date) -> tuple[str | Message, Snapshot]:
    """Return a label for people, and the snapshot."""
    if _VERSION_NUMBER.fullmatch(name):
        return Message("version {number}", number=name), _load_version(source, name)
    label: str | Message
    if name:
        revisions = list(read_revisions(source, name))
        label = Message("last commit") if name == "HEAD" else name
    else:
        revisions = [read_working_tree(source, today)]
        label = Message("not committed")
    return label, list(read_snapshots(revisions, []))[-1]


def _load_version(source: Path, number: str) -> Snapshot:
    """Return a published version under today's section ids; raise InputError for an unknown number."""
    log = build_version_log(read_revisions(source))
    version = next((version for version in log.versions if version.number == number), None)
    if version is None:
        latest = log.latest.number
        raise InputError(
            Message("there is no version {number}; the latest is {latest}", number=number, latest=latest)
        )
    return Snapshot(version.commit, 0, log.policy, version.documents)


def _translate_helper_words(translator: Translator) -> HelperWords:
    """Return what is said in brackets of moved blocks, links and form; the texts have signs for the rest."""
    return HelperWords(
        moved_here=Message("[moved here]").translate(translator),
        moved_away=Message("[moved from here]").translate(translator),
        link_changed=Message("[link now goes to {new} (before: {old})]", new="{new}", old="{old}").translate(
            translator
        ),
        link_added=Message("[now a link to {new}]", new="{new}").translate(translator),
        link_removed=Message("[no longer a link (before: {old})]", old="{old}").translate(translator),
        forms={form: words.translate(translator) for form, words in _FORM_WORDS.items()},
    )


def format_lines(comparison: Comparison, translator: Translator, signs: MarkSigns = PLAIN_SIGNS) -> list[str]:
    """Return the changed lines of each section that differs, for a terminal."""
    lines = [_format_title(comparison, translator)]
    words = _translate_helper_words(translator)
    for locale, sections in comparison.changed_sections.items():
        for section in sections:
            label = _describe_section(section, translator)
            lines += ["", f"{locale}  {section.section.title}{f' ({label})' if label else ''}"]
            lines += [f"    {line}" for line in format_changed_lines(section, words, signs)]
    if not comparison.changed_sections:
        lines += ["", Message("no differences").translate(translator)]
    return lines


def _format_title(comparison: Comparison, translator: Translator) -> str:
    """Return the labels of both snapshots."""
    old, new = comparison.old_label, comparison.new_label
    return f"{translate_text(old, translator)} → {translate_text(new, translator)}"


def _describe_section(redline: SectionRedline, translator: Translator) -> str:
    """Return what happened to a section as a whole; an empty string if only its words changed."""
    kind, former = redline.kind, next(iter(redline.former_sections), None)
    if kind is RedlineKind.REMOVED and former and former.merged_into:
        return Message("merged into {section}", section=former.merged_into.title).translate(translator)
    if kind is RedlineKind.REMOVED and former and former.is_divided:
        return Message("text now in other sections").translate(translator)
    return _KIND_LABELS[kind].translate(translator) if kind in _KIND_LABELS else ""


def format_markdown(comparison: Comparison, translator: Translator) -> str:
    """Return the same for a comment on a pull request: deleted words struck, added ones bold."""
    legend = Message("~~deleted~~, **added**").translate(translator)
    lines = [f"**{escape_markdown(_format_title(comparison, translator))}**: {legend}"]
    for locale_lines in format_markdown_redlines(comparison, translator).values():
        lines += locale_lines
    if not comparison.changed_sections:
        lines += ["", Message("No differences.").translate(translator)]
    return "\n".join(lines)


def format_markdown_redlines(comparison: Comparison, translator: Translator) -> Mapping[Locale, list[str]]:
    """Return the lines of Markdown for the sections that differ, by language; each paragraph is one line."""
    words = _translate_helper_words(translator)
    redlines: dict[Locale, list[str]] = {}
    for locale, sections in comparison.changed_sections.items():
        lines = redlines[locale] = ["", f"## {locale}"]
        for section in sections:
            label = _describe_section(section, translator)
            title = MARKDOWN_SIGNS.escape(section.section.title)
            lines += ["", f"### {title}{f' *({MARKDOWN_SIGNS.escape(label)})*' if label else ''}"]
            for line in format_changed_lines(section, words, MARKDOWN_SIGNS):
                lines += ["", escape_block_sign(line)]
    return redlines


def escape_block_sign(line: str) -> str:
    """Return a line of Markdown that begins no list, heading or rule."""
    return _BLOCK_SIGN.sub(r"\1\\", line)


def format_html(comparison: Comparison, translator: Translator, templates: TemplateFiles) -> str:
    """Return one page that needs no other file."""
    renderer = Renderer(templates)
    old_label = translate_text(comparison.old_label, translator)
    new_label = translate_text(comparison.new_label, translator)
    redlines = {
        locale: redline_views.build_redline_view(
            old_label,
            new_label,
            redline_views.render_section_redlines(renderer, locale, comparison.redlines[locale]),
            prefix="_" if number == 0 else f"_{locale}-",  # ids are unique on a page
        )
        for number, locale in enumerate(comparison.changed_sections)
    }
    style = load_stylesheet(templates, render_brand_styles(Brand()))
    page = DiffPage(old_label, new_label, redlines, style)
    html = renderer.render("diff.html.j2", next(iter(comparison.redlines), SOURCE_LANGUAGE), page=page)
    return escape_log_commands_in_html(spell_out_invisible(html))
