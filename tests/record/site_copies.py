"""A copy of a site that its publisher edits, with the hashes of the log by docs/reference/record.md."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.record.readers import read_entries

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random


_TEXT_FILES = {".html", ".json", ".txt", ".xml", ".htm"}


_ATTRIBUTES = {"a": ("href",), "ol": ("start",), "section": ("data-salt", "data-part")}


_SPACE_AROUND = re.compile(r" ?(</?(?!/?(?:a|code|em|strong|sup)\b)[^>]*>) ?")


def render_plain(html: str) -> str:
    """Return the plain markup of an element of a page, by the rules of docs/reference/record.md."""
    html = re.sub(r"</?(?:div|span)\b[^>]*>", "", html)

    def write_tag(found: re.Match[str]) -> str:
        slash, name, attributes = found.groups()
        kept = re.findall(r' [a-z-]+="[^"]*"', attributes)
        names = _ATTRIBUTES.get(name, ())
        return f"<{slash}{name}{''.join(text for text in kept if text[1:].split('=')[0] in names)}>"

    html = re.sub(r"<(/?)([a-z0-9]+)([^>]*)>", write_tag, html)
    html = re.sub(
        r"(?<=<pre><code>)[^<]*",
        lambda found: re.sub(r"\s", lambda space: f"&#{ord(space[0])};", found[0]),
        html,
    )
    html = _SPACE_AROUND.sub(r"\1", re.sub(r"\s+", " ", html))
    return html.strip()


def hash_text(text: str) -> str:
    """Return a SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_article(article: str) -> str:
    """Return the hash of the text of a version from `<article data-version>`."""
    sections = re.findall(r"<section .*?</section>", article, re.DOTALL)
    salts = re.search(r'data-salts="([^"]*)"', article)
    words = salts[1].split() if salts else [""] * len(sections)
    hashes = [hash_text(salt + render_plain(text)) for salt, text in zip(words, sections, strict=True)]
    return hash_text("".join(hashes))


def drop_surplus_salts(article: str) -> str:
    """Return a text with as many salts as it has sections."""
    count = len(re.findall(r"<section ", article))

    def write_salts(found: re.Match[str]) -> str:
        return f'data-salts="{" ".join(found[1].split()[:count])}"'

    return re.sub(r'data-salts="([^"]*)"', write_salts, article)


@dataclass
class Site:
    """A copy of a site that its publisher edits, and how many entries a reader's witness vouches for."""

    folder: Path
    count: int
    random: Random

    @cached_property
    def entries(self) -> list[dict[str, Any]]:
        return read_entries(self.folder)

    @property
    def published(self) -> list[dict[str, Any]]:
        """The entries of versions that the reader's witness vouches for."""
        return [entry for entry in self.entries[: self.count] if entry["kind"] == "published"]

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._read_json("api/versions.json")["versions"]
        return rows

    def _read_json(self, path: str) -> Any:
        return json.loads(self.read(path))

    def write_json(self, path: str, value: object) -> None:
        self.write(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, "utf-8")

    def choose_version(self) -> tuple[dict[str, Any], dict[str, Any], str]:
        """Return an entry of a version, its row in versions.json and a language."""
        entry = self.random.choice(self.published)
        row = next(row for row in self.rows if row["version"] == entry["version"])
        return entry, row, self.random.choice(sorted(row["languages"]))

    def folder_of(self, row: dict[str, Any], code: str) -> str:
        """Return the path of the folder of a version's page."""
        base = self._read_json("api/versions.json")["base_url"]
        path: str = row["languages"][code]["url"].removeprefix(base)
        return path

    def find_changelog(self, folder: str) -> str:
        found = re.search(r'rel="version-history" href="([^"]*)"', self.read(folder + "index.html"))
        assert found
        parts: list[str] = []
        for part in (folder + found[1]).strip("/").split("/"):
            parts = parts[:-1] if part == ".." else [*parts, part]
        return "/".join(parts) + "/index.html"

    def list_pages_of(self, number: str, code: str) -> list[str]:
        """Return the pages that have the text of a version in a language."""
        pages = []
        for path in sorted(self.folder.rglob("index.html")):
            text = path.read_text("utf-8")
            if f'<article data-version="{number}"' in text and f'<html lang="{code}"' in text:
                pages.append(path.relative_to(self.folder).as_posix())
        return pages

    def save_log(self, *, recompute: bool) -> None:
        """Write the entries; if wanted, compute the chain anew and write its hashes wherever the old were."""
        previous, replaced = None, {}
        if recompute:
            for entry in self.entries:
                before = entry.get("hash")
                content = {
                    **{key: value for key, value in entry.items() if key != "hash"},
                    "previous": previous,
                }
                text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
                previous = hash_text(text)
                entry.update(content, hash=previous)
                if before:
                    replaced[before] = previous
            self.replace_everywhere(replaced)
        self.write_json("api/log.json", {"schema": 2, "entries": self.entries})

    def replace_everywhere(self, replaced: dict[str, str]) -> None:
        if not replaced:
            return
        pattern = re.compile("|".join(map(re.escape, replaced)))
        for path in self.folder.rglob("*"):
            if path.is_file() and path.suffix in _TEXT_FILES:
                text = path.read_text("utf-8")
                new = pattern.sub(lambda found: replaced[found[0]], text)
                if new != text:
                    path.write_text(new, "utf-8")
