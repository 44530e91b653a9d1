"""Two states of the policy compared: in a terminal, for a pull request, as a page (contract §6, `diff`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from changelog.history import revisions, uncommitted
from changelog.redline import Change, identities, redline
from changelog.redline_text import PLAIN, Signs, changed_lines
from changelog.replay import log
from changelog.snapshots import readable
from common.errors import InputError
from generator import views
from generator.rendering import Printer
from policy.document import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from policy.document import Document
    from policy.fields import Locale

COLOUR = Signs(("\x1b[31;9m", "\x1b[0m"), ("\x1b[32;4m", "\x1b[0m"))  # and struck, underlined
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&])")
MARKDOWN = Signs(("~~", "~~"), ("**", "**"), lambda words: _SPECIAL.sub(r"\\\1", words))
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
    changes: Mapping[Locale, tuple[Change, ...]]

    @property
    def touched(self) -> Mapping[Locale, list[Change]]:
        """What differs, by language."""
        found = {code: [c for c in changes if c.kind != "same"] for code, changes in self.changes.items()}
        return {code: changes for code, changes in found.items() if changes}


class _State(NamedTuple):
    name: str
    documents: Mapping[Locale, Document]
    renamed: Mapping[str, str]


def compare(source: Path, old: str, new: str, today: date) -> Comparison:
    """Compare two states, each a version's number, a commit, or empty: what stands on the disk.

    An empty `old` is what was committed last. InputError where a name is neither.
    """
    before = _state(source, old or "HEAD", today)
    after = _state(source, new, today)
    names = identities(after.documents.values(), after.renamed)
    changes = {
        locale: redline(before.documents[locale], text, names)
        for locale, text in after.documents.items()
        if locale in before.documents
    }
    return Comparison(before.name, after.name, changes)


def _state(source: Path, name: str, today: date) -> _State:
    if not name:
        line = [uncommitted(source, today)]
        title = "not committed"
    elif re.fullmatch(r"\d+\.\d+", name):
        found = log(revisions(source))
        version = next((version for version in found.versions if version.number == name), None)
        if version is None:
            raise InputError(f"there is no version {name}; the latest is {found.latest.number}")
        return _State(f"version {name}", version.documents, found.policy.renamed)
    else:
        line = list(revisions(source, name))
        title = "last commit" if name == "HEAD" else name
    policy = list(readable(line, []))[-1].policy
    return _State(title, {code: document(policy, code) for code in policy.languages}, policy.renamed)


def as_text(found: Comparison, signs: Signs = PLAIN) -> str:
    """Print each section that differs, and of it the lines that do."""
    lines = [f"{found.old} → {found.new}"]
    for locale, changes in found.touched.items():
        for change in changes:
            kind = f" ({_KINDS[change.kind]})" if change.kind in _KINDS else ""
            lines += ["", f"{locale}  {change.part.title}{kind}"]
            lines += [f"    {line}" for line in _lines(change, signs)]
    return "\n".join(lines if found.touched else [*lines, "", "no words differ"])


def as_markdown(found: Comparison) -> str:
    """Print it as a comment on a pull request: one heading a section, deleted struck, added bold."""
    lines = [f"**{found.old} → {found.new}**: ~~deleted~~, **added**"]
    for locale, changes in found.touched.items():
        lines += ["", f"## {locale}"]
        for change in changes:
            kind = f" *({_KINDS[change.kind]})*" if change.kind in _KINDS else ""
            lines += ["", f"### {MARKDOWN.escape(change.part.title)}{kind}"]
            lines += [text for line in _lines(change, MARKDOWN) for text in ("", line)]
    return "\n".join(lines if found.touched else [*lines, "", "No words differ."])


def _lines(change: Change, signs: Signs) -> Iterator[str]:
    """Give what differs; a section that only moved is told by its title."""
    return changed_lines(change, signs) if change.kind in {"changed", "added", "removed"} else iter(())


def as_html(found: Comparison, templates: Path) -> str:
    """Print it as one page that needs no other file."""
    printer = Printer(templates)
    languages = [
        {"locale": code, "changes": views.whole(printer, views.changes(printer, code, changes))}
        for code, changes in found.touched.items()
    ]
    style = (templates / "assets" / "style.css").read_text(encoding="utf-8")
    values = {"old": found.old, "new": found.new, "languages": languages, "style": style}
    return printer.render("diff.html.j2", next(iter(found.changes), "en"), values)
