"""Three sites as readers see them, each behind a server that sends the headers of its own build.

`draft` has everything that a page may have, `nothing` no version in force yet, `own` is this repository's.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import rich
from tests.helpers.in_process import build
from tests.helpers.static_server import serve_static

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[3]
ROOT = "/personvern/"
OWN_DAY = "2026-12-01"  # 1.12 is in force in this repository's own history, and more versions are upcoming


@dataclass(frozen=True)
class Site:
    """A built site: its folder, and the address that it is served at."""

    folder: Path
    address: str

    def pages(self) -> list[str]:
        """Return the paths of all pages."""
        found = (path.relative_to(self.folder) for path in self._html())
        return sorted(str(path).removesuffix("index.html") for path in found)

    def kinds(self) -> list[str]:
        """Return the last page of each kind: paths that differ only in a version's number are one kind."""
        return sorted({re.sub(r"\d+\.\d+", "N", page): page for page in self.pages()}.values())

    def fronts(self) -> list[str]:
        """Return the pages that depend on the day, not on one version."""
        return [page for page in self.kinds() if not re.search(r"\d+\.\d+", page)]

    def _html(self) -> Iterator[Path]:
        for folder, _, names in os.walk(self.folder, followlinks=True):
            yield from (Path(folder, name) for name in names if name.endswith(".html"))


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> dict[str, Path]:
    """Build the three sites, once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "three-sites"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _build_sites(folder)
            (folder / "done").touch()
    return {name: folder / name / "site" for name in ("draft", "nothing", "own")}


def _build_sites(folder: Path) -> None:
    (folder / "rich").mkdir()
    rich.tell(folder / "rich")
    build(folder / "rich", folder / "draft", today=rich.TODAY, draft=True)
    build(folder / "rich", folder / "nothing", today=rich.BEFORE_ALL)
    build(PROJECT, folder / "own", today=OWN_DAY)


@pytest.fixture(scope="session")
def sites(folders) -> Iterator[dict[str, Site]]:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serve_static(ROOT)) for name in folders}
        for name, server in servers.items():
            server.folder = folders[name]
        yield {name: Site(folders[name], server.origin + ROOT) for name, server in servers.items()}


@pytest.fixture
def reader(browser, request):
    """Open a page in a browser context of its own; an indirect parameter configures the context."""
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(300_000)
    yield context.new_page()
    context.close()
