"""The sites of the gallery: small policies with a Git history, built on a day and served to a browser."""

from __future__ import annotations

import email
import subprocess
from contextlib import ExitStack, contextmanager
from datetime import date
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml.ElementTree import fromstring

from editing.redacting import write_redaction
from tests.helpers.atom import ATOM
from tests.helpers.cli import create_history, run_command
from tests.helpers.in_process import build
from tests.helpers.static_server import StaticServer, serve_static

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gallery.states import Site, State

_ROOT = "/personvern/"
_FOLDER = Path(__file__).parent
_FIRST_SECOND, _DAY = 1_577_880_000, 86_400  # 1 January 2020, noon in Greenwich
_FEED_READER = """<!doctype html><html lang="nb"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Endringer</title>
<style>body {{ font-family: sans-serif; overflow-wrap: break-word }}</style><h1>Endringer</h1>{}"""
_MEMBERS_PAGE = """<!doctype html><html lang="nb"><meta charset="utf-8"><title>Medlem</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<script src="/notice.js" defer></script><body><main><h1>Medlemssider</h1>
<policy-notice src="/announcements.json" base="https://example.no/personvern/" channel="{}" seen="1.0">
</policy-notice></main>"""


class Gallery:
    """Builds each history once, and each site when it is first asked for; both are kept in a folder."""

    def __init__(self, folder: Path, servers: ExitStack) -> None:
        self._folder = folder
        self._servers = servers
        self._sites: dict[Site, StaticServer] = {}
        self._others: dict[Site, StaticServer] = {}

    def find_address(self, state: State) -> str:
        """Return the address of the page that a state is seen on."""
        kind, _, rest = state.page.partition("/")
        match kind:
            case "letter":
                return self._serve_elsewhere(state).serve_text("/letter", self._read_letter(state.site, rest))
            case "feed":
                return self._serve_elsewhere(state).serve_text("/feed", self._read_feed_entry(state.site))
            case "notice":
                return self._serve_elsewhere(state).serve_text("/", _MEMBERS_PAGE.format(rest))
        if state.site not in self._sites:
            server = self._servers.enter_context(serve_static(_ROOT))
            server.folder = self._find_folder(state.site) / "site"
            self._sites[state.site] = server
        return self._sites[state.site].origin + _ROOT + state.page

    def _serve_elsewhere(self, state: State) -> StaticServer:
        """Return a server without the headers of the policy, with what notices ask for."""
        if state.site not in self._others:
            server = self._servers.enter_context(serve_static())
            site = self._find_folder(state.site) / "site"
            for name, path in (("notice.js", "notice.js"), ("announcements.json", "api/announcements.json")):
                server.serve_text(f"/{name}", (site / path).read_text(encoding="utf-8"))
            self._others[state.site] = server
        return self._others[state.site]

    def _read_letter(self, site: Site, name: str) -> str:
        data = (self._find_folder(site) / "letters" / f"{name}.eml").read_bytes()
        body = email.message_from_bytes(data, policy=policy.SMTP).get_body(("html",))
        assert body
        return body.get_content()

    def _read_feed_entry(self, site: Site) -> str:
        feed = fromstring((self._find_folder(site) / "site/endringslogg/feed.xml").read_bytes())
        return _FEED_READER.format(feed.findtext(f"{ATOM}entry/{ATOM}content"))

    def _find_folder(self, site: Site) -> Path:
        folder = self._folder / f"{site.history}-{site.day}"
        if not folder.exists():
            build(self._find_source(site.history), folder, today=site.day)
        return folder

    def _find_source(self, history: str) -> Path:
        source = self._folder / history
        if source.exists():
            return source
        if history == "thousand":
            _import_versions(source, 1_000)
            return source
        create_history(source, _read_script(history))
        if history == "redacted":
            _redact(source, "hvem", "Kari Nordmann")
        return source


@contextmanager
def open_gallery(folder: Path) -> Iterator[Gallery]:
    """Serve the gallery until the block ends; its histories and sites are kept in a folder."""
    with ExitStack() as servers:
        yield Gallery(folder, servers)


def _read_script(history: str) -> str:
    """Return the script of a history of the gallery, or of a scenario of that name."""
    own = _FOLDER / "histories" / f"{history}.sh"
    if own.is_file():
        return f"source '{_FOLDER / 'base.sh'}'\n{own.read_text(encoding='utf-8')}"
    return (_FOLDER.parent / "scenarios" / history / "history.sh").read_text(encoding="utf-8")


def _redact(source: Path, section: str, words: str) -> None:
    """Take words out of all published versions, as `build.py redact` does."""
    day = "2026-03-01"
    list(write_redaction(source, section, words, "Navnet skulle ikke stå der.", date.fromisoformat(day)))
    noon = f"{day}T12:00:00+0100"
    run_command(source, "git", "add", "--all")
    run_command(
        source, "git", "commit", "--quiet", "--message=Fjern", GIT_AUTHOR_DATE=noon, GIT_COMMITTER_DATE=noon
    )


def _import_versions(folder: Path, count: int) -> None:
    """Create a history of small edits, one each second day, with `git fast-import`."""
    folder.mkdir()
    settings = (
        "title: Personvern\nbase_url: https://example.no/personvern/\nlanguages: [nb]\n"
        "controller: {name: Eksempel AS, email: post@example.no}\n"
    )
    commits = []
    for number in range(count):
        text = f"---\ntitle: Om oss\n---\nVi lagrer navnet ditt i {number + 10} dager.\n"
        files = {"nb/01-om.md": text, **({} if number else {"policy.yaml": settings})}
        second = _FIRST_SECOND + 2 * _DAY * number
        commits.append(
            f"commit refs/heads/main\ncommitter Editor <editor@example.no> {second} +0000\ndata 5\nEndre\n"
        )
        commits += [
            f"M 644 inline content/{name}\ndata {len(text.encode())}\n{text}\n"
            for name, text in files.items()
        ]
    run_command(folder, "git", "init", "--quiet", "--initial-branch=main")
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    subprocess.run(command, input="".join(commits).encode(), check=True)
