"""Documents, redlines and versions as the values that templates print."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from policy.blocks import Block, iter_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from changelog.redline import SectionRedline
    from changelog.versions import Version, VersionLog
    from generator.rendering import Renderer
    from policy.blocks import TextRun
    from policy.document import Document, RenderedSection
    from policy.fields import Locale

    Values = Mapping[str, Any]

# What stays the same from page to page is printed once: a section, and a section's redline.
_REMEMBERED = 512
_NO_LONGER_THERE = {"removed", "moved-away"}


def document(printer: Renderer, text: Document, renamed: Mapping[str, str]) -> Values:
    """Print the sections of a document, with the anchors of their older names, and its contents."""
    taken = {part.id for part in text.sections}
    printed = [
        _part(printer, text.locale, part, tuple(_anchors(part.id, part.aliases, renamed, taken)))
        for part in text.sections
    ]
    return {
        "sections": _joined(printer, (section for section, _ in printed)),
        "entries": _joined(printer, (entry for _, entry in printed)),
    }


@lru_cache(maxsize=_REMEMBERED)
def _part(
    printer: Renderer, locale: Locale, part: RenderedSection, aliases: tuple[str, ...]
) -> tuple[str, str]:
    values = {
        "id": part.id,
        "number": part.number,
        "title": part.title,
        "lang": part.lang,
        "aliases": aliases,
        "body": _body(printer, part),
    }
    section = printer.render("_partials/section.html.j2", locale, values)
    return section, printer.render("_partials/entry.html.j2", locale, values)


@lru_cache(maxsize=_REMEMBERED)
def _body(printer: Renderer, part: RenderedSection) -> Markup:
    return printer.render_blocks(part.lang, part.blocks)


def _joined(printer: Renderer, printed: Iterable[str]) -> Markup:
    """Join what was printed; the line that it stands on in a template ends it."""
    return printer.mark_safe("".join(printed).removesuffix("\n"))


def _anchors(own: str, aliases: Iterable[str], renamed: Mapping[str, str], taken: set[str]) -> list[str]:
    newer = [alias for alias, name in renamed.items() if name == own]
    return [alias for alias in dict.fromkeys((*aliases, *newer)) if alias not in taken]


def changes(printer: Renderer, locale: Locale, found: Iterable[SectionRedline]) -> list[Values]:
    """Give the sections of a redline, each with its change before and after."""
    return [change(printer, locale, one) for one in found]


def whole(printer: Renderer, found: Sequence[Values]) -> Values:
    """Join the sections of a redline to what stands on a page; `folded` where some have no change."""
    return {
        "sections": _joined(printer, (row["section"] for row in found)),
        "pairs": _joined(printer, (row["pairs"] for row in found)),
        "folded": any(row["kind"] == "same" for row in found),
    }


@lru_cache(maxsize=_REMEMBERED)
def change(printer: Renderer, locale: Locale, found: SectionRedline) -> Values:
    """Print one section of a redline; `section` and `pairs` are its places on a page, printed."""
    part, kind = found.section, found.kind
    gone = kind in _NO_LONGER_THERE
    values = {
        "id": part.id,
        "anchor": "" if gone else part.id,
        "aliases": () if gone else part.aliases,
        "kind": kind,
        "label": _labels(printer.translator(locale)).get(kind, ""),
        "lang": part.lang,
        "name": part.title,
        "number": part.number,
        "title": printer.render_blocks(locale, (Block("text", runs=found.title),)),
        "body": _body(printer, part) if kind == "same" else printer.render_blocks(locale, found.blocks),
        "pairs": [] if kind == "same" else list(_pairs(found)),
    }
    printed = printer.render("_partials/change.html.j2", locale, values)
    pairs = printer.render("_partials/pairs.html.j2", locale, values) if values["pairs"] else ""
    return {**values, "section": printer.mark_safe(printed), "pairs": printer.mark_safe(pairs)}


def _labels(say: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "added": say("new section"),
        "removed": say("section removed"),
        "moved-here": say("section moved here"),
        "moved-away": say("section moved from here"),
    }


def _pairs(found: SectionRedline) -> Iterator[tuple[str, str]]:
    for runs in (found.title, *(leaf.runs for leaf in iter_leaves(found.blocks))):
        if any(mark in {"ins", "del"} for run in runs for mark in run.marks):
            yield _without("ins", runs), _without("del", runs)


def _without(mark: str, runs: Iterable[TextRun]) -> str:
    kept = (run for run in runs if mark not in run.marks and "note" not in run.marks)
    return " ".join("".join(run.text for run in kept).split())


def touched(printer: Renderer, locale: Locale, found: Iterable[Values]) -> list[Values]:
    """Name the sections that a printed redline touches, in its order, each once."""
    say = printer.translator(locale)
    labels = {**_labels(say), "moved-here": say("moved"), "moved-away": say("moved")}
    rows = {
        row["id"]: {"anchor": row["anchor"], "name": row["name"], "label": labels.get(row["kind"], "")}
        for row in found
        if row["kind"] not in {"same", "moved-away"}
    }
    return list(rows.values())


def state(log: VersionLog, version: Version, today: date) -> str:
    """Say where a version stands on a day: in-force, upcoming, superseded or former."""
    if version == log.find_version_in_force(today):
        return "in-force"
    if version.is_superseded:
        return "superseded"
    return "upcoming" if version.effective > today else "former"


def level_name(level: str, say: Callable[[str], str]) -> str:
    """Name a level to a reader."""
    return {
        "first": say("First version"),
        "minor": say("Minor change"),
        "major": say("Major change"),
        "special": say("Change of special importance"),
    }[level]


def state_name(name: str, say: Callable[[str], str]) -> str:
    """Name a state to a reader; a former version needs no name."""
    return {
        "in-force": say("In force"),
        "upcoming": say("Not in force yet"),
        "superseded": say("Superseded, never in force"),
        "former": "",
    }[name]
