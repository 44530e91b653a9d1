"""Three sites as a reader meets them, each behind a server that sends the headers of its own build.

`draft` carries everything a page may have to, `nothing` has no version in force yet, `own` is this house's.
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import rich
from tests.helpers.chromium import run_chromium
from tests.helpers.static_server import serve_static

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[3]
ROOT = "/personvern/"
OWN_DAY = "2026-12-01"  # 1.12 is in force in this house's own history, more is to come


@dataclass(frozen=True)
class Site:
    """A built site: its folder, and the address that it is served at."""

    folder: Path
    address: str

    def pages(self) -> list[str]:
        """Give every page by its path."""
        found = (path.relative_to(self.folder) for path in self._html())
        return sorted(str(path).removesuffix("index.html") for path in found)

    def kinds(self) -> list[str]:
        """Give the last page of each kind there is: paths that differ in a version's number are one kind."""
        return sorted({re.sub(r"\d+\.\d+", "N", page): page for page in self.pages()}.values())

    def fronts(self) -> list[str]:
        """Give the pages that tell how things stand on the day, and not what one version says."""
        return [page for page in self.kinds() if not re.search(r"\d+\.\d+", page)]

    def _html(self) -> Iterator[Path]:
        for folder, _, names in os.walk(self.folder, followlinks=True):
            yield from (Path(folder, name) for name in names if name.endswith(".html"))


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> dict[str, Path]:
    """Build the three sites, once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    room = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "three-sites"
    room.mkdir(exist_ok=True)
    with (room / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (room / "done").exists():
            _build(room)
            (room / "done").touch()
    return {name: room / name / "site" for name in ("draft", "nothing", "own")}


def _build(room: Path) -> None:
    (room / "rich").mkdir()
    rich.tell(room / "rich")
    _built(room / "draft", "--source", room / "rich", "--today", rich.TODAY, "--draft")
    _built(room / "nothing", "--source", room / "rich", "--today", rich.BEFORE_ALL)
    _built(room / "own", "--today", OWN_DAY)


def _built(out: Path, *options: object) -> None:
    command = [sys.executable, REPOSITORY / "build.py", "build", "--out", out, *options]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


@pytest.fixture(scope="session")
def sites(folders) -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serve_static(ROOT)) for name in folders}
        for name, server in servers.items():
            server.folder = folders[name]
        yield {name: Site(folders[name], server.origin + ROOT) for name, server in servers.items()}


@pytest.fixture(scope="module")
def browser():
    with run_chromium() as started:
        yield started


@pytest.fixture
def reader(browser, request):
    """Give a page in a window of its own; an indirect parameter sets the window up."""
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(300_000)
    yield context.new_page()
    context.close()
