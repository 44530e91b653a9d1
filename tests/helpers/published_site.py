"""Invariants of every published site, whatever its history (docs/reference/output.md)."""

from __future__ import annotations

import json
import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from tests.helpers.cli import read_versions
from tests.helpers.html_page import HtmlPage, read_page
from verifier.verification import verify_site

if TYPE_CHECKING:
    from pathlib import Path

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PATH_WORDS = {
    "nb": ("versjon", "endringer"),
    "nn": ("versjon", "endringar"),
    "en": ("version", "changes"),
}


class PublishedSite:
    """A published site; each page is parsed once."""

    def __init__(self, out: Path) -> None:
        self.root = out / "site"
        self.versions: dict[str, Any] = read_versions(out)
        self.base: str = self.versions["base_url"]
        self.first_language = next(iter(self.versions["versions"][0]["languages"]))

    @cached_property
    def pages(self) -> dict[str, HtmlPage]:
        found = (path.relative_to(self.root).as_posix() for path in _find_html_files(self.root))
        return {path: read_page(self.root / path) for path in sorted(found)}

    def assert_consistent(self) -> None:
        """Check every invariant."""
        self.assert_agrees_with_its_log()
        self.assert_markup_is_valid()
        self.assert_links_resolve()
        self.assert_no_external_resources()
        self.assert_canonical_urls()
        self.assert_urls_in_json_resolve()
        self.assert_sitemap_lists_pages()
        self.assert_redlines_match_texts()

    def assert_agrees_with_its_log(self) -> None:
        """Check the log and everything that it has hashes of, with the verifier."""
        verification = verify_site(str(self.root))
        assert verification.problems == []
        assert verification.results[0].startswith(f"verified  {len(self.versions['versions'])} version")

    def assert_markup_is_valid(self) -> None:
        for path, found in self.pages.items():
            assert not found.unclosed, (path, found.unclosed)
            assert len(found.ids) == len(set(found.ids)), path

    def assert_links_resolve(self) -> None:
        for path, found in self.pages.items():
            for _, address, _ in found.links:
                self._assert_link_resolves(path, address)

    def _assert_link_resolves(self, path: str, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme and not address.startswith(self.base):
            return
        inside = urlsplit(self.base).path
        if parts.path and (parts.scheme or path == "404.html"):
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

    def assert_no_external_resources(self) -> None:
        for path, found in self.pages.items():
            for tag, address, known in found.links:
                loads = tag != "a" and known.get("rel") not in {
                    "canonical", "alternate", "version-history", "predecessor-version",
                }  # fmt: skip
                assert not (loads and urlsplit(address).netloc), (path, tag, address)

    def assert_canonical_urls(self) -> None:
        for path, found in self.pages.items():
            if path == "404.html":
                schemes = ("/", "#", "https:", "mailto:")
                assert all(address.startswith(schemes) for _, address, _ in found.links)
                continue
            own = [address for _, address, known in found.links if known.get("rel") == "canonical"]
            assert own == [self.base + path.removesuffix("index.html")], path
            others = [k["href"] for _, _, k in found.links if k.get("rel") == "alternate" and "hreflang" in k]
            assert own[0] in others, path
            assert all(address.startswith(self.base) for address in others), path
            for _, address, known in found.links:
                if known.get("rel") == "alternate" and "hreflang" in known:
                    translation = self.pages[f"{address.removeprefix(self.base)}index.html"]
                    assert f'<html lang="{known["hreflang"]}">' in translation.text, (path, address)

    def assert_urls_in_json_resolve(self) -> None:
        """Check the addresses in both JSON files, and that each version is where the reference says."""
        announcements = json.loads((self.root / "api" / "announcements.json").read_bytes())["announcements"]
        for row in (*self.versions["versions"], *announcements):
            for locale, known in row["languages"].items():
                assert known["url"] == f"{self.base}{self.version_folder(locale, row['version'])}/"
                for name in ("url", "redline_url", "since_url"):
                    if address := known.get(name):
                        assert f"{address.removeprefix(self.base)}index.html" in self.pages, address

    def assert_sitemap_lists_pages(self) -> None:
        entries = ET.parse(self.root / "sitemap.xml").iter(f"{SITEMAP}loc")  # noqa: S314 - our own
        listed = sorted(str(entry.text) for entry in entries)
        pages = [self.base + path.removesuffix("index.html") for path in self.pages if path != "404.html"]
        assert listed == sorted(pages)

    def assert_redlines_match_texts(self) -> None:
        """Check that a redline is the new text without its deletions, the old one without its insertions.

        Sections that it only names have the words of the new text.
        """
        rows = {row["version"]: row for row in self.versions["versions"]}
        for new in self.versions["versions"][1:]:
            old = rows[new["predecessor"]]
            for locale in set(old["languages"]) & set(new["languages"]):
                place = self.version_folder(locale, new["version"])
                changes = self.pages[f"{place}/{PATH_WORDS[locale][1]}/index.html"]
                before = self.pages[f"{self.version_folder(locale, old['version'])}/index.html"]
                after = self.pages[f"{place}/index.html"]
                expected = before.read_text(), after.read_text()
                assert changes.read_redline(after.read_sections()) == expected, place

    def version_folder(self, locale: str, number: str) -> str:
        return version_folder(locale, number, self.first_language)


def version_folder(locale: str, number: str, first_language: str = "nb") -> str:
    """Return the folder of a version's page, relative to the site (docs/reference/output.md).

    `first_language` is that of the first version.
    """
    home = "" if locale == first_language else f"{locale}/"
    return f"{home}{PATH_WORDS[locale][0]}/{number}"


def _find_html_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _find_html_files(entry)
        elif entry.suffix == ".html":
            found.append(entry)
    return found
