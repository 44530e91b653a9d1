"""A reader with a browser on the page that checks the log, and a publisher who alters what is served."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import REPOSITORY, neutral_environment
from tests.helpers.in_process import build
from tests.helpers.static_server import StaticServer, serve_static

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

SCENARIOS = REPOSITORY / "tests" / "scenarios"
ROOT = "/personvern/"
TODAY = "2026-06-01"
REMOVED = "Kari Nordmann"
# Every kind of block in each language; a note that is mended; salts from one version on; a name to remove.
_MORE = rf"""
for code in nb nn en; do
  section $code/05-former Former 'Vi *lagrer* **alt** [her](https://example.no/a?b=1&c=%22).[^1] Ola
Nordmann svarer.' '3. tre
4. fire
   - **under** fire

   med to avsnitt' 'Ord
: Forklaring med `kode`.' '| a | b |
|---|---|
| c |   |' '> Sitat\
> på to linjer' '```
  to  blanke
linjer
```' '---' '## Under' 'Slutt[^2] & igjen[^1] 3 < 4' '[^1]: Merknad' '[^2]: Merknad *to*'
done
file changes/former.yaml <<< 'level: minor
summary: {{nb: Du kan **klage**., nn: Du kan **klage**., en: You can **complain**.}}
reason: {{nb: Vi glemte det., nn: Vi gløymde det., en: We forgot it.}}'
commit 2026-05-04
printf 'salt: %s\n' 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef >>content/policy.yaml
words nb/04-rettigheter "Du kan klage." "Skriv til {REMOVED}."
file changes/klage.yaml <<< 'level: minor
summary: {{nb: Du kan klage til Kari., nn: Du kan klage til Kari., en: You can write to Kari.}}'
commit 2026-05-05
sed -i 's/glemte det/hadde glemt det/' content/changes/former.yaml
sed -i 's/klage til Kari/klage/' content/changes/klage.yaml
commit 2026-05-06
words nb/04-rettigheter "Du kan klage." "Skriv til oss."
commit 2026-05-07
"""


@dataclass
class Outcome:
    """What the page says: verdicts, whether each is good, and problems with the pages that they link to."""

    verdicts: list[str]
    kinds: list[str | None]
    problems: list[str]
    links: list[str]


@dataclass
class Reader:
    """Opens the page, asks it to check, and notes what the console says and what is requested."""

    page: Page
    server: StaticServer
    said: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.server.origin + ROOT + path)

    def check(
        self, path: str = "endringslogg/kontroll/", code: str = "", file: Path | None = None
    ) -> Outcome:
        self.open(path)
        if code:
            self.page.fill("#_code", code)
        if file:
            self.page.set_input_files("#_file", file)
        self.page.click("#_check button")
        return self.read_outcome()

    def read_outcome(self) -> Outcome:
        """Wait for the end of the check; return what the page says."""
        self.page.wait_for_selector("#_result .fits, #_result .differs")
        verdicts = self.page.locator("#_result p")
        return Outcome(
            verdicts.all_inner_texts(),
            [verdict.get_attribute("class") for verdict in verdicts.all()],
            self.page.locator("#_problems li").all_inner_texts(),
            [link.get_attribute("href") or "" for link in self.page.locator("#_problems a").all()],
        )


@dataclass(frozen=True)
class Publisher:
    """Serves other texts than those that were built."""

    server: StaticServer

    def read(self, path: str) -> str:
        status, _, body = self.server.respond(ROOT + path)
        assert status == 200, path
        return body.decode()

    def serve(self, path: str, text: str) -> None:
        self.server.serve_text(ROOT + path, text)

    def alter(self, path: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text on a page."""
        text = self.read(path)
        assert old in text, (path, old)
        self.serve(path, text.replace(old, new, 1))

    def read_entries(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = json.loads(self.read("api/log.json"))["entries"]
        return entries

    def serve_entries(self, entries: object) -> None:
        self.serve("api/log.json", json.dumps({"schema": 2, "entries": entries}))

    def forge(self, change: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change entries, recompute all hashes, and serve the new ones wherever a page or file has them."""
        entries = self.read_entries()
        hashes = [entry["hash"] for entry in entries]
        change(entries)
        previous = None
        replaced = {}
        for entry, before in zip(entries, hashes, strict=True):
            content = {**{key: entry[key] for key in entry if key != "hash"}, "previous": previous}
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            previous = hashlib.sha256(text.encode()).hexdigest()
            entry.update(content, hash=previous)
            replaced[before] = previous
        for path in self._list_pages():
            text = self.read(path)
            for before, after in replaced.items():
                text = text.replace(before, after)
            self.serve(path, text)
        self.serve_entries(entries)

    def _list_pages(self) -> list[str]:
        versions = json.loads(self.read("api/versions.json"))
        base = versions["base_url"]
        texts = [text for row in versions["versions"] for text in row["languages"].values()]
        return ["api/versions.json", *(text["url"].removeprefix(base) for text in texts)]


@pytest.fixture(scope="session")
def out(tmp_path_factory) -> Path:
    """A site in three languages with every kind of block and of entry that one policy can have."""
    folder = tmp_path_factory.mktemp("verified")
    script = (SCENARIOS / "three-languages" / "history.sh").read_text(encoding="utf-8") + _MORE
    source = create_history(folder / "source", script)
    redact = ["redact", "rettigheter", "--source", source, "--reason", "Lekket.", "--today", TODAY]
    subprocess.run(
        [sys.executable, REPOSITORY / "build.py", *redact],
        input=REMOVED, text=True, check=True, capture_output=True, env=neutral_environment(),
    )  # fmt: skip
    run_command(source, "git", "add", "--all")
    noon = "2026-05-08T12:00:00+0200"
    run_command(
        source, "git", "commit", "--quiet", "--message=Sladd", GIT_AUTHOR_DATE=noon, GIT_COMMITTER_DATE=noon
    )
    build(source, folder / "out", today=TODAY)
    return folder / "out"


@pytest.fixture
def server(out) -> Iterator[StaticServer]:
    with serve_static(ROOT) as started:
        started.folder = out / "site"
        yield started


@pytest.fixture
def publisher(server) -> Publisher:
    return Publisher(server)


@pytest.fixture
def reader(browser, server, request) -> Iterator[Reader]:
    """A reader in a browser context of its own, who must find the console empty in the end.

    An indirect parameter configures the context.
    """
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(300_000)
    reader = Reader(context.new_page(), server)
    reader.page.on("console", lambda line: reader.said.append(line.text))
    reader.page.on("pageerror", lambda error: reader.said.append(str(error)))
    reader.page.on("request", lambda sent: reader.requested.append(sent.url))
    yield reader
    context.close()
    # Chromium itself says so of a page that is missing.
    assert [line for line in reader.said if not line.startswith("Failed to load resource")] == []
    assert [url for url in reader.requested if not url.startswith(server.origin + ROOT)] == []
