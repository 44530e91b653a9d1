"""The redlines of a built history, measured page by page, with what peers mark on the same versions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.redline_measures import RedlineMeasure, measure_redline
from bench.redline_pages import read_redline, read_version
from bench.redline_peers import count_words_marked_by_peers
from bench.timing import CannotRunError


@dataclass(frozen=True)
class ChangePage:
    """The paths of a change page and of the pages of its two versions."""

    path: Path
    old: Path
    new: Path


@dataclass(frozen=True)
class MeasuredPage:
    """A change page with its measures, and how many words each peer marks, where one could run."""

    path: Path
    size: int  # bytes
    own: RedlineMeasure
    peers: Mapping[str, int]


@dataclass(frozen=True)
class MeasuredHistory:
    """All change pages of a history; `peer_error` says why no peer could run."""

    name: str
    pages: tuple[MeasuredPage, ...]
    peer_error: str = ""


def measure_history(name: str, site: Path, *, with_peers: bool = True) -> MeasuredHistory:
    """Measure every change page of the built site of a history."""
    pages = [*_list_change_pages(site)]
    peers: list[dict[str, int]] = []
    peer_error = "" if with_peers else "not asked for"
    if with_peers:
        try:
            peers = count_words_marked_by_peers((_read(page.old), _read(page.new)) for page in pages)
        except CannotRunError as error:
            peer_error = str(error)
    measured = tuple(
        MeasuredPage(page.path, page.path.stat().st_size, _measure_page(page), marked)
        for page, marked in zip(pages, peers or [{}] * len(pages), strict=True)
    )
    return MeasuredHistory(name, measured, peer_error)


def _measure_page(page: ChangePage) -> RedlineMeasure:
    return measure_redline(
        read_redline(_read(page.path)), read_version(_read(page.old)), read_version(_read(page.new))
    )


def _list_change_pages(site: Path) -> Iterator[ChangePage]:
    """Yield each page that compares a version with the one before it, in every language."""
    index = json.loads(_read(site / "api" / "versions.json"))
    versions = {version["version"]: version for version in index["versions"]}

    def locate_page(address: str) -> Path:
        return site / address.removeprefix(index["base_url"]) / "index.html"

    for version in versions.values():
        for locale, texts in version["languages"].items():
            if texts["redline_url"]:
                path = locate_page(texts["redline_url"])
                compared = versions[read_redline(_read(path)).attributes["data-from"]]
                old_address = compared["languages"][locale]["url"]
                yield ChangePage(path, locate_page(old_address), locate_page(texts["url"]))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
