"""Two states of the policy compared: in a terminal, for a pull request, as a page (contract §6, `diff`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from changelog.history import read_revisions, read_working_tree
from changelog.redline import SectionRedline, compute_redline, map_to_current_ids
from changelog.redline_text import PLAIN_SIGNS, MarkSigns, format_changed_lines
from changelog.replay import build_version_log
from changelog.snapshots import read_snapshots
from common.errors import InputError
from generator import views
from generator.rendering import Renderer
from policy.document import render_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from policy.document import Document
    from policy.fields import Locale

COLOR_SIGNS = MarkSigns(("\x1b[31;9m", "\x1b[0m"), ("\x1b[32;4m", "\x1b[0m"))  # and struck, underlined
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")
MARKDOWN_SIGNS = MarkSigns(("~~", "~~"), ("**", "**"), lambda words: _SPECIAL.sub(r"\\\1", words))
_KINDS = {
    "added": "new section",
    "removed": "section removed",
    "moved-here": "section moved here",
    "moved-away": "section moved from here",
}


class Comparison(NamedTuple):
    """Both sides by name, and in each language that both have, the redline of the sections."""

    old: str
    new: str
    changes: Mapping[Locale, tuple[SectionRedline, ...]]

    @property
    def changed_sections(self) -> Mapping[Locale, list[SectionRedline]]:
        """What differs, by language."""
        found = {code: [c for c in changes if c.kind != "same"] for code, changes in self.changes.items()}
        return {code: changes for code, changes in found.items() if changes}


class _State(NamedTuple):
    name: str
    documents: Mapping[Locale, Document]
    renamed: Mapping[str, str]


def compare_snapshots(source: Path, old: str, new: str, today: date) -> Comparison:
    """Compare two states, each a version's number, a commit, or empty: what stands on the disk.

    An empty `old` is what was committed last. InputError where a name is neither.
    """
    before = _state(source, old or "HEAD", today)
    after = _state(source, new, today)
    names = map_to_current_ids(after.documents.values(), after.renamed)
    changes = {
        locale: compute_redline(before.documents[locale], text, names)
        for locale, text in after.documents.items()
        if locale in before.documents
    }
    return Comparison(before.name, after.name, changes)


def _state(source: Path, name: str, today: date) -> _State:
    if not name:
        line = [read_working_tree(source, today)]
        title = "not committed"
    elif re.fullmatch(r"\d+\.\d+", name):
        found = build_version_log(read_revisions(source))
        version = next((version for version in found.versions if version.number == name), None)
        if version is None:
            raise InputError(f"there is no version {name}; the latest is {found.latest.number}")
        return _State(f"version {name}", version.documents, found.policy.aliases)
    else:
        line = list(read_revisions(source, name))
        title = "last commit" if name == "HEAD" else name
    policy = list(read_snapshots(line, []))[-1].policy
    return _State(title, {code: render_document(policy, code) for code in policy.languages}, policy.aliases)


def format_text(found: Comparison, signs: MarkSigns = PLAIN_SIGNS) -> str:
    """Print each section that differs, and of it the lines that do."""
    lines = [f"{found.old} → {found.new}"]
    for locale, changes in found.changed_sections.items():
        for change in changes:
            kind = f" ({_KINDS[change.kind]})" if change.kind in _KINDS else ""
            lines += ["", f"{locale}  {change.section.title}{kind}"]
            lines += [f"    {line}" for line in _lines(change, signs)]
    return "\n".join(lines if found.changed_sections else [*lines, "", "no words differ"])


def format_markdown(found: Comparison) -> str:
    """Print it as a comment on a pull request: one heading a section, deleted struck, added bold."""
    lines = [f"**{found.old} → {found.new}**: ~~deleted~~, **added**"]
    for locale, changes in found.changed_sections.items():
        lines += ["", f"## {locale}"]
        for change in changes:
            kind = f" *({_KINDS[change.kind]})*" if change.kind in _KINDS else ""
            lines += ["", f"### {MARKDOWN_SIGNS.escape(change.section.title)}{kind}"]
            lines += [text for line in _lines(change, MARKDOWN_SIGNS) for text in ("", line)]
    return "\n".join(lines if found.changed_sections else [*lines, "", "No words differ."])


def _lines(change: SectionRedline, signs: MarkSigns) -> Iterator[str]:
    """Give what differs; a section that only moved is told by its title."""
    return format_changed_lines(change, signs) if change.kind in {"changed", "added", "removed"} else iter(())


def format_html(found: Comparison, templates: Path) -> str:
    """Print it as one page that needs no other file."""
    printer = Renderer(templates)
    languages = [
        {"locale": code, "changes": views.whole(printer, views.changes(printer, code, changes))}
        for code, changes in found.changed_sections.items()
    ]
    style = (templates / "assets" / "style.css").read_text(encoding="utf-8")
    values = {"old": found.old, "new": found.new, "languages": languages, "style": style}
    return printer.render("diff.html.j2", next(iter(found.changes), "en"), values)
