"""Hugo, MkDocs, Pelican and Eleventy on ready Markdown, with the least of templates: title and content.

They get the text as it is: no history to read, no redline to make, no note, no link to check.
"""

from __future__ import annotations

import json
import shlex
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bench import history
from bench.paired import Command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TOOLS = Path(__file__).resolve().parents[1] / ".bench"
_PAGE = "<!doctype html><title>{{{{ {title} }}}}</title>{{{{ {content} }}}}"
_MORE = "more"
_LESS = ("home", "section", "taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404")
_SETTINGS = {
    "hugo.toml": f'baseURL = "https://example.no/"\ntitle = "Policy"\ndisableKinds = {json.dumps(_LESS)}\n'
    'publishDir = "hugo"\n[markup.goldmark.extensions]\ntypographer = false\n',
    "layouts/_default/single.html": _PAGE.format(title=".Title", content=".Content"),
    "mkdocs.yml": "site_name: Policy\ndocs_dir: content\nsite_dir: mkdocs\nplugins: []\n"
    "theme: {name: null, custom_dir: mkdocs-theme}\n",
    "mkdocs-theme/main.html": _PAGE.format(title="page.title", content="page.content"),
    "pelicanconf.py": "PATH = 'content'\nOUTPUT_PATH = 'pelican'\nTHEME = 'pelican-theme'\n"
    "PAGE_PATHS = ['']\nARTICLE_PATHS = []\nDIRECT_TEMPLATES = []\nSITENAME = 'Policy'\nTIMEZONE = 'UTC'\n"
    "FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None\n"
    "PATH_METADATA = r'(?P<slug>.*)\\.md'\nPAGE_URL = PAGE_SAVE_AS = '{slug}.html'\n",
    "pelican-theme/templates/page.html": _PAGE.format(title="page.title", content="page.content"),
    "pelican-theme/static/.keep": "",
    "eleventy.config.mjs": "export default () => ({ markdownTemplateEngine: false, dir: "
    '{ input: "content", includes: "../eleventy-layouts", output: "eleventy" } });\n',
    "content/content.json": '{"layout": "page.njk"}\n',
    "eleventy-layouts/page.njk": _PAGE.format(title="title", content="content | safe"),
}


def _states(versions: int) -> Iterator[Mapping[str, str]]:
    """Walk the sections of each version, by their paths."""
    files: dict[str, str] = {}
    for _, written in history.commits(versions, seed=1):
        files |= {path: text for path, text in written.items() if path.endswith(".md")}
        yield files


def current(versions: int) -> Iterator[tuple[str, str]]:
    """Give each section of the newest version as a page of its own: path below content/, Markdown."""
    *_, newest = _states(versions)
    for path, text in newest.items():
        yield path.removeprefix("content/"), text


def archive(versions: int) -> Iterator[tuple[str, str]]:
    """Give each version, whole, in each language, as a page: path below content/, Markdown."""
    for number, files in enumerate(_states(versions), start=1):
        for locale in ("nb", "en"):
            own = [text for path, text in sorted(files.items()) if path.startswith(f"content/{locale}/")]
            body = "\n".join(_as_part(text) for text in own)
            yield f"{locale}/{number:05d}.md", f"---\ntitle: Version {number}\n---\n{body}"


def _as_part(text: str) -> str:
    """Turn a section's front matter into a heading."""
    _, front, body = text.split("---\n", 2)
    return f"## {front.removeprefix('title: ')}\n{body}"


def lay(folder: Path, pages: Iterable[tuple[str, str]]) -> None:
    """Write pages, and the settings of every peer beside them."""
    for path, text in chain(_SETTINGS.items(), ((f"content/{path}", text) for path, text in pages)):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def edited(folder: Path) -> tuple[str, ...]:
    """Mend a word in a section of the current site: what is done before a run."""
    return ("sh", "-c", f"echo More. >> {shlex.quote(str(folder / 'content/nb/01-del-1.md'))}")


def one_more(folder: Path) -> tuple[str, ...]:
    """Add a version to the archive: what is done before a run."""
    into = f"cd {shlex.quote(str(folder / 'content'))}"
    return ("sh", "-c", f"{into} && for l in nb en; do cp $l/00001.md $l/{_MORE}-$(date +%s%N).md; done")


def clean(folder: Path, peer: str) -> tuple[str, ...]:
    """Take away what a peer built, and versions added by other runs: what is done before a run."""
    return ("sh", "-c", f"cd {shlex.quote(str(folder))} && rm -rf {peer} content/*/{_MORE}-*")


def hugo(folder: Path, *before: str) -> Command:
    """Run the program itself: `bin/hugo` of the package starts Python first, which is not Hugo's time."""
    found = sorted((TOOLS / "venv").glob("lib/python*/site-packages/hugo/binaries/hugo"))
    return Command((str(found[0]) if found else "hugo", "--quiet", "--source", str(folder)), before)


def mkdocs(folder: Path, *before: str) -> Command:
    """Build only pages whose files are newer than their results."""
    line = ("venv/bin/mkdocs", "build", "--quiet", "--dirty", "-f", str(folder / "mkdocs.yml"))
    return Command((str(TOOLS / line[0]), *line[1:]), before)


def pelican(folder: Path, *before: str) -> Command:
    line = (str(TOOLS / "venv/bin/pelican"), "--quiet", "-s", "pelicanconf.py")
    return Command(("env", "-C", str(folder), *line), before)


def eleventy(folder: Path, *before: str) -> Command:
    return Command(("env", "-C", str(folder), str(TOOLS / "node_modules/.bin/eleventy"), "--quiet"), before)
