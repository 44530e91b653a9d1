"""Documents, redlines and versions as the values that templates print."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from policy.blocks import Block, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from markupsafe import Markup

    from changelog.redline import Change, Sections
    from changelog.versions import Log, Version
    from generator.environment import Printer
    from policy.blocks import Run
    from policy.document import Document, Part
    from policy.leaves import Locale

    Values = Mapping[str, Any]

# What stays the same from page to page is printed once: a section, and a section's redline.
_REMEMBERED = 2048
_NO_LONGER_THERE = {"removed", "moved-away"}


def parts(printer: Printer, text: Document, renamed: Mapping[str, str]) -> list[Values]:
    """Give the sections of a document, with the anchors that they had under older names."""
    return [
        {
            "id": part.id,
            "number": part.number,
            "title": part.title,
            "lang": part.lang,
            "aliases": _anchors(part.id, part.aliases, renamed, {other.id for other in text.parts}),
            "html": _part(printer, part),
        }
        for part in text.parts
    ]


@lru_cache(maxsize=_REMEMBERED)
def _part(printer: Printer, part: Part) -> Markup:
    return printer.html(part.lang, part.blocks)


def _anchors(own: str, aliases: Iterable[str], renamed: Mapping[str, str], taken: set[str]) -> list[str]:
    newer = [alias for alias, name in renamed.items() if name == own]
    return [alias for alias in dict.fromkeys((*aliases, *newer)) if alias not in taken]


def changes(printer: Printer, locale: Locale, found: Iterable[Change]) -> list[Values]:
    """Give the sections of a redline, each with its change before and after."""
    return [_change(printer, locale, change) for change in found]


@lru_cache(maxsize=_REMEMBERED)
def _change(printer: Printer, locale: Locale, change: Change) -> Values:
    """Print one section of a redline; `section` and `pairs` are its places on a page, printed."""
    gone = change.kind in _NO_LONGER_THERE
    same = change.kind == "same"
    values = {
        "anchor": "" if gone else change.part.id,
        "aliases": () if gone else change.part.aliases,
        "kind": change.kind,
        "label": _labels(printer.words(locale)).get(change.kind, ""),
        "lang": change.part.lang,
        "name": change.part.title,
        "number": change.part.number,
        "title": printer.html(locale, (Block("text", runs=change.title),)),
        "body": _part(printer, change.part) if same else printer.html(locale, change.blocks),
        "pairs": [] if same else list(_pairs(change)),
    }
    printed = printer.render("_partials/change.html.j2", locale, values)
    pairs = printer.render("_partials/pairs.html.j2", locale, values) if values["pairs"] else ""
    return {**values, "section": printer.printed(printed), "pairs": printer.printed(pairs)}


def _labels(say: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "added": say("new section"),
        "removed": say("section removed"),
        "moved-here": say("section moved here"),
        "moved-away": say("section moved from here"),
    }


def _pairs(change: Change) -> Iterator[tuple[str, str]]:
    for runs in (change.title, *(leaf.runs for leaf in leaves(change.blocks))):
        if any(mark in {"ins", "del"} for run in runs for mark in run.marks):
            yield _without("ins", runs), _without("del", runs)


def _without(mark: str, runs: Iterable[Run]) -> str:
    kept = (run for run in runs if mark not in run.marks and "note" not in run.marks)
    return " ".join("".join(run.text for run in kept).split())


def touched(printer: Printer, locale: Locale, sections: Sections, found: Iterable[Change]) -> list[Values]:
    """Name the sections that a change touches, in the order of the redline, each once."""
    say = printer.words(locale)
    labels = {**_labels(say), "moved-here": say("moved"), "moved-away": say("moved")}
    rows: dict[str, Values] = {}
    for change in found:
        name = change.part.id
        if change.kind not in {"same", "moved-away"}:
            anchor = "" if change.kind in _NO_LONGER_THERE else name
            rows[name] = {"anchor": anchor, "name": change.part.title, "label": labels.get(change.kind, "")}
    return [
        row
        for name, row in rows.items()
        if name in {*sections.added, *sections.removed, *sections.changed, *sections.moved}
    ]


def state(log: Log, version: Version, today: date) -> str:
    """Say where a version stands on a day: in-force, upcoming, superseded or former."""
    if version == log.in_force(today):
        return "in-force"
    if version.superseded:
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
