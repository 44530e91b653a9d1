"""Two snapshots compared, for a terminal, a pull request or a browser: the `diff` command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from changelog.history import read_revisions, read_working_tree
from changelog.redline import RedlineKind, SectionRedline, compute_redline, map_to_current_ids
from changelog.redline_text import PLAIN_SIGNS, MarkSigns, format_changed_lines
from changelog.replay import build_version_log
from changelog.snapshots import Snapshot, read_snapshots
from common.errors import InputError
from generator import views
from generator.page_models import DiffPage
from generator.rendering import Renderer
from policy.fields import Locale

# Red and struck, green and underlined: colour alone would not do for the colour-blind.
COLOR_SIGNS = MarkSigns(("\x1b[31;9m", "\x1b[0m"), ("\x1b[32;4m", "\x1b[0m"))
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")
MARKDOWN_SIGNS = MarkSigns(("~~", "~~"), ("**", "**"), lambda text: _MARKDOWN_SPECIAL.sub(r"\\\1", text))
_VERSION_NUMBER = re.compile(r"\d+\.\d+")
_KIND_LABELS = {
    RedlineKind.ADDED: "new section",
    RedlineKind.REMOVED: "section removed",
    RedlineKind.MOVED_HERE: "section moved here",
    RedlineKind.MOVED_AWAY: "section moved from here",
}
_KINDS_WITH_CHANGED_LINES = {RedlineKind.CHANGED, RedlineKind.ADDED, RedlineKind.REMOVED}


class Comparison(NamedTuple):
    """Labels of both snapshots, and the redline in each language that both have."""

    old_label: str
    new_label: str
    redlines: Mapping[Locale, tuple[SectionRedline, ...]]

    @property
    def changed_sections(self) -> Mapping[Locale, list[SectionRedline]]:
        """The sections that differ, by language; languages without a difference are left out."""
        changed = {
            locale: [section for section in sections if section.kind is not RedlineKind.SAME]
            for locale, sections in self.redlines.items()
        }
        return {locale: sections for locale, sections in changed.items() if sections}


def compare_snapshots(source: Path, old: str, new: str, today: date) -> Comparison:
    """Compare two snapshots, each named by a version number or a commit; an empty name is the working tree.

    An empty `old` is the last commit. Raise InputError if a name is neither.
    """
    old_label, before = _load_snapshot(source, old or "HEAD", today)
    new_label, after = _load_snapshot(source, new, today)
    current_ids = map_to_current_ids(after.documents.values(), after.policy.current_ids)
    redlines = {
        locale: compute_redline(before.documents[locale], document, current_ids)
        for locale, document in after.documents.items()
        if locale in before.documents
    }
    return Comparison(old_label, new_label, redlines)


def _load_snapshot(source: Path, name: str, today: date) -> tuple[str, Snapshot]:
    """Return a label for people, and the snapshot."""
    if _VERSION_NUMBER.fullmatch(name):
        return f"version {name}", _load_version(source, name)
    if name:
        revisions = list(read_revisions(source, name))
        label = "last commit" if name == "HEAD" else name
    else:
        revisions = [read_working_tree(source, today)]
        label = "not committed"
    return label, list(read_snapshots(revisions, []))[-1]


def _load_version(source: Path, number: str) -> Snapshot:
    """Return a published version under today's section ids; raise InputError for an unknown number."""
    log = build_version_log(read_revisions(source))
    version = next((version for version in log.versions if version.number == number), None)
    if version is None:
        raise InputError(f"there is no version {number}; the latest is {log.latest.number}")
    return Snapshot(version.commit, 0, log.policy, version.documents)


def format_text(comparison: Comparison, signs: MarkSigns = PLAIN_SIGNS) -> str:
    """Return the changed lines of each section that differs, for a terminal."""
    lines = [f"{comparison.old_label} → {comparison.new_label}"]
    for locale, sections in comparison.changed_sections.items():
        for section in sections:
            label = f" ({_KIND_LABELS[section.kind]})" if section.kind in _KIND_LABELS else ""
            lines += ["", f"{locale}  {section.section.title}{label}"]
            lines += [f"    {line}" for line in _iter_changed_lines(section, signs)]
    return "\n".join(lines if comparison.changed_sections else [*lines, "", "no differences"])


def format_markdown(comparison: Comparison) -> str:
    """Return the same for a comment on a pull request: deleted words struck, added ones bold."""
    lines = [f"**{comparison.old_label} → {comparison.new_label}**: ~~deleted~~, **added**"]
    for locale, sections in comparison.changed_sections.items():
        lines += ["", f"## {locale}"]
        for section in sections:
            label = f" *({_KIND_LABELS[section.kind]})*" if section.kind in _KIND_LABELS else ""
            lines += ["", f"### {MARKDOWN_SIGNS.escape(section.section.title)}{label}"]
            lines += [text for line in _iter_changed_lines(section, MARKDOWN_SIGNS) for text in ("", line)]
    return "\n".join(lines if comparison.changed_sections else [*lines, "", "No differences."])


def _iter_changed_lines(section: SectionRedline, signs: MarkSigns) -> Iterator[str]:
    """Return the changed lines; none for a section that only moved, whose title says so."""
    return format_changed_lines(section, signs) if section.kind in _KINDS_WITH_CHANGED_LINES else iter(())


def format_html(comparison: Comparison, templates: Path) -> str:
    """Return one page that needs no other file."""
    renderer = Renderer(templates)
    redlines = {
        locale: views.build_redline_view(
            renderer,
            comparison.old_label,
            comparison.new_label,
            views.render_section_redlines(renderer, locale, sections),
        )
        for locale, sections in comparison.changed_sections.items()
    }
    style = (templates / "assets" / "style.css").read_text(encoding="utf-8")
    page = DiffPage(comparison.old_label, comparison.new_label, redlines, style)
    return renderer.render("diff.html.j2", next(iter(comparison.redlines), "en"), page=page)
