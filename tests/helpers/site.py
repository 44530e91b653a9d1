"""What holds for every published site, whatever its history (contract §4, §5): one thing a function."""

from __future__ import annotations

import hashlib
import posixpath
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from tests.helpers.command import versions
from tests.helpers.page import Page, page

if TYPE_CHECKING:
    from pathlib import Path

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
WORDS = {"nb": ("", "versjon", "endringer"), "en": ("en/", "version", "changes")}


class Site:
    """A published site, each page read once."""

    def __init__(self, out: Path) -> None:
        self.root = out / "site"
        self.versions: dict[str, Any] = versions(out)
        self.base: str = self.versions["base_url"]

    @cached_property
    def pages(self) -> dict[str, Page]:
        found = (path.relative_to(self.root).as_posix() for path in _html(self.root))
        return {path: page(self.root / path) for path in sorted(found)}

    def whole(self) -> None:
        """Assert all of it."""
        self.chain_holds()
        self.texts_hold()
        self.markup_holds()
        self.links_hold()
        self.nothing_is_loaded_from_elsewhere()
        self.absolute_addresses_hold()
        self.sitemap_lists_the_pages()
        self.redlines_hold()

    def chain_holds(self) -> None:
        before = "-"
        for row in self.versions["versions"]:
            lines = [before, row["version"], row["level"], row["published"], row["effective"]]
            lines += [f"{locale}={digest}" for locale, digest in row["text_sha256"].items()]
            before = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
            assert row["chain_sha256"] == before, row["version"]

    def texts_hold(self) -> None:
        for row in self.versions["versions"]:
            assert row["text_sha256"].keys() == row["languages"].keys()
            for locale, digest in row["text_sha256"].items():
                text = self.root / folder(locale, row["version"]) / "policy.txt"
                assert hashlib.sha256(text.read_bytes()).hexdigest() == digest, text

    def markup_holds(self) -> None:
        for path, found in self.pages.items():
            assert not found.unclosed, (path, found.unclosed)
            assert len(found.ids) == len(set(found.ids)), path

    def links_hold(self) -> None:
        for path, found in self.pages.items():
            for _, address, _ in found.links:
                self._leads_somewhere(path, address)

    def _leads_somewhere(self, path: str, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme and not address.startswith(self.base):
            return
        inside = urlsplit(self.base).path
        if parts.scheme or path == "404.html":
            assert parts.path.startswith(inside), (path, address)
            target = parts.path.removeprefix(inside)
        else:
            assert not parts.path.startswith("/"), (path, address)
            here = path if not parts.path else posixpath.join(posixpath.dirname(path), unquote(parts.path))
            target = posixpath.normpath(here) + ("/" if parts.path.endswith("/") else "")
        assert not target.startswith(".."), (path, address)
        name = f"{target}index.html" if target.endswith("/") or not target else target
        name = posixpath.normpath(name)
        assert (self.root / name).is_file(), (path, address)
        if parts.fragment:
            assert unquote(parts.fragment) in self.pages[name].ids, (path, address)

    def nothing_is_loaded_from_elsewhere(self) -> None:
        for path, found in self.pages.items():
            for tag, address, known in found.links:
                loads = tag != "a" and known.get("rel") not in {
                    "canonical", "alternate", "version-history", "predecessor-version",
                }  # fmt: skip
                assert not (loads and urlsplit(address).netloc), (path, tag, address)

    def absolute_addresses_hold(self) -> None:
        for path, found in self.pages.items():
            if path == "404.html":
                assert all(address.startswith("/") for _, address, _ in found.links)
                continue
            own = [address for _, address, known in found.links if known.get("rel") == "canonical"]
            assert own == [self.base + path.removesuffix("index.html")], path
            others = [k["href"] for _, _, k in found.links if k.get("rel") == "alternate" and "hreflang" in k]
            assert own[0] in others, path
            assert all(address.startswith(self.base) for address in others), path

    def sitemap_lists_the_pages(self) -> None:
        entries = ET.parse(self.root / "sitemap.xml").iter(f"{SITEMAP}loc")  # noqa: S314 - our own
        listed = sorted(str(entry.text) for entry in entries)
        pages = [self.base + path.removesuffix("index.html") for path in self.pages if path != "404.html"]
        assert listed == sorted(pages)

    def redlines_hold(self) -> None:
        """Assert that without deletions stand the new words, and without insertions the old ones."""
        for old, new in pairwise(self.versions["versions"]):
            for locale in set(old["languages"]) & set(new["languages"]):
                place = folder(locale, new["version"])
                changes = self.pages[f"{place}/{WORDS[locale][2]}/index.html"]
                before = self.pages[f"{folder(locale, old['version'])}/index.html"]
                assert changes.saying("del") == self.pages[f"{place}/index.html"].saying(), place
                assert changes.saying("ins") == before.saying(), place


def folder(locale: str, number: str) -> str:
    """Give the folder of a version's page below the site (contract §5)."""
    home, word, _ = WORDS[locale]
    return f"{home}{word}/{number}"


def _html(folder: Path) -> list[Path]:
    found: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _html(entry)
        elif entry.suffix == ".html":
            found.append(entry)
    return found
