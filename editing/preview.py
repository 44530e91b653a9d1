"""The draft beside its redline and its findings, shown anew at every save; the admin page under admin/.

Only on 127.0.0.1.
"""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from watchfiles import watch

from changelog.history import read_working_tree
from common.errors import InputError
from editing import admin
from editing.checking import check_content
from editing.diffing import compare_snapshots
from generator import views
from generator.rendering import Renderer
from policy.document import render_document
from policy.loader import load_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

_HEARTBEAT = 15  # seconds: how soon a closed page is noticed


class PreviewOptions(NamedTuple):
    """What is shown: the folder that holds content/, where the templates are, and the day to judge by."""

    source: Path
    templates: Path
    today: date


class PreviewServer(ThreadingHTTPServer):
    """Serves the page of a desk; each save tells every open page to load anew. Port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, desk: PreviewOptions, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.desk = desk
        self.saved = Condition()
        self.saves = 0

    @property
    def address(self) -> str:
        """Where to look."""
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def admin_address(self) -> str:
        """Where to fill in forms instead; nothing where the admin page is not installed."""
        return f"{self.address}admin/" if admin.list_admin_files() else ""

    def run(self) -> None:
        """Watch and serve until somebody stops it."""
        Thread(target=self._watch, daemon=True).start()
        self.serve_forever()

    def _watch(self) -> None:
        for _ in watch(self.desk.source / "content", debounce=50, step=10):
            with self.saved:
                self.saves += 1
                self.saved.notify_all()

    def wait(self, seen: int) -> int:
        """Give the number of saves once it is another than `seen`, or after a while as it is."""
        with self.saved:
            self.saved.wait_for(lambda: self.saves != seen, timeout=_HEARTBEAT)
            return self.saves


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:
        """Answer a browser on this machine; a page elsewhere that names us by another host gets nothing."""
        port = self.server.server_port
        if self.headers.get("Host") not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._send("text/html; charset=utf-8", render_preview(self.server.desk).encode())
        elif self.path == "/saves":
            self._tell()
        elif piece := admin.list_admin_files().get(self._piece()):
            self._send(admin.TYPES.get(piece.suffix, "font/woff2"), piece.read_bytes(), admin.HEADERS)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _piece(self) -> str:
        folder, _, name = urlsplit(self.path).path.removeprefix("/").partition("/")
        return name or "index.html" if folder == "admin" else ""

    def _send(self, kind: str, body: bytes, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _tell(self) -> None:
        """Send an event at every save, and a comment now and then, until the page is closed."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = self.server.saves
        try:
            self._write(b": here\n\n")
            while True:
                now = self.server.wait(seen)
                self._write(b"data: saved\n\n" if now != seen else b": still here\n\n")
                seen = now
        except (BrokenPipeError, ConnectionResetError):
            return

    def _write(self, event: bytes) -> None:
        self.wfile.write(event)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing of each request: the terminal is for what the editor does."""


def render_preview(desk: PreviewOptions) -> str:
    """Print the draft, its redline and its findings; what cannot be read is said in their place."""
    printer = Renderer(desk.templates)
    shown: dict[str, Any] = {"languages": [], "troubles": [], "findings": []}
    shown["findings"] = _tried(lambda: list(check_content(desk.source, desk.today)), shown)
    shown["languages"] = _tried(lambda: _languages(desk, printer), shown)
    style = (desk.templates / "assets" / "style.css").read_text(encoding="utf-8")
    return printer.render("preview.html.j2", "en", {**shown, "style": style})


def _tried(show: Callable[[], list[Any]], shown: dict[str, Any]) -> list[Any]:
    """Give what could be made, or nothing and say why."""
    try:
        return show()
    except InputError as error:
        shown["troubles"] += [line for line in error.lines if line not in shown["troubles"]]
        return []


def _languages(desk: PreviewOptions, printer: Renderer) -> list[dict[str, Any]]:
    policy = load_policy(read_working_tree(desk.source, desk.today).files)
    try:
        changes = compare_snapshots(desk.source, "", "", desk.today).changed_sections
    except InputError:
        changes = {}  # nothing is committed yet: there is a draft, and nothing to compare it with
    return [
        {
            "locale": code,
            "document": views.document(printer, render_document(policy, code), policy.aliases),
            "changes": views.whole(printer, views.changes(printer, code, changes.get(code, ()))),
        }
        for code in policy.languages
    ]
