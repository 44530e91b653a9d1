"""The live preview: draft, redline and findings, reloaded at every save; the admin page at admin/.

It listens on 127.0.0.1 only, and answers no page of another site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from time import sleep
from types import MappingProxyType
from urllib.parse import urlsplit

from watchfiles import watch

from common.cli import print_lines
from common.messages import Message
from editing import admin
from editing.preview_page import PreviewBuilder, PreviewOptions

_KEEPALIVE_SECONDS = 15  # a closed page is noticed only when something is sent to it
_WATCH_AGAIN_SECONDS = 0.5


class PreviewServer(ThreadingHTTPServer):
    """Serves one policy; every open page waits at /saves and reloads when a file is saved.

    One builder renders the page for all requests, so that templates are compiled once. Port 0 is any free
    port. Raises OSError if the port is taken.
    """

    daemon_threads = True

    def __init__(self, options: PreviewOptions, port: int) -> None:
        super().__init__(("127.0.0.1", port), _RequestHandler)
        self.options = options
        self.builder = PreviewBuilder(options)
        self.saved = Condition()
        self.save_count = 0

    @property
    def address(self) -> str:
        """The URL of the preview."""
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def admin_address(self) -> str:
        """The URL of the admin page; empty if its npm packages are not installed."""
        return f"{self.address}admin/" if admin.list_admin_files() else ""

    def run(self) -> None:
        """Watch the files and serve pages until the process is interrupted."""
        Thread(target=self._watch_files, daemon=True).start()
        self.serve_forever()

    def _watch_files(self) -> None:
        """Wake every waiting page when a file below content/ changes."""
        for _ in self._iter_changes():
            with self.saved:
                self.save_count += 1
                self.saved.notify_all()

    def _iter_changes(self) -> Iterator[None]:
        """Yield at every change, without end; say why in one line when the watch has to begin again.

        It ends at a file whose name is not UTF-8, and when content/ itself is renamed or deleted.
        """
        reported: set[str] = set()
        while True:
            try:
                # Editors write a file in several steps; 50 ms make one event of them and are not noticed.
                for _ in watch(self.options.source / "content", debounce=50, step=10):
                    yield
            except (RuntimeError, OSError) as error:  # the library's own errors are RuntimeErrors
                message = Message(
                    "the preview could not follow a change ({reason}); it goes on with the next", reason=error
                )
                if str(error) not in reported:
                    reported.add(str(error))
                    print_lines(message.translate(self.options.language.translator), err=True)
                sleep(_WATCH_AGAIN_SECONDS)
                yield  # what has changed meanwhile is not known

    def wait_for_save(self, known_count: int) -> int:
        """Return the number of saves when it is no longer `known_count`, or after some seconds as it is."""
        with self.saved:
            self.saved.wait_for(lambda: self.save_count != known_count, timeout=_KEEPALIVE_SECONDS)
            return self.save_count


class _RequestHandler(BaseHTTPRequestHandler):
    server: PreviewServer

    def do_GET(self) -> None:
        """Answer a browser on this machine."""
        port = self.server.server_port
        # DNS rebinding: a page elsewhere could read the draft under a host name of its own.
        if self.headers.get("Host") not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path == "/":
            self._send_body("text/html; charset=utf-8", self.server.builder.render_page().encode())
        elif self.path == "/saves":
            self._stream_saves()
        elif file := admin.list_admin_files().get(self._parse_admin_name()):
            self._send_body(admin.TYPES.get(file.suffix, "font/woff2"), file.read_bytes(), admin.HEADERS)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _parse_admin_name(self) -> str:
        """Return the file of the admin page that is asked for; an empty string for any other path."""
        folder, _, name = urlsplit(self.path).path.removeprefix("/").partition("/")
        return name or "index.html" if folder == "admin" else ""

    def _send_body(
        self, content_type: str, body: bytes, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Send a whole response; nothing of it may be cached."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream_saves(self) -> None:
        """Send a server-sent event at every save, and a comment now and then, until the page is closed."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        known_count = self.server.save_count
        try:
            # Sent at once, so that the browser knows the connection is open.
            self._send_event(b": connected\n\n")
            while True:
                count = self.server.wait_for_save(known_count)
                self._send_event(b"data: saved\n\n" if count != known_count else b": keep-alive\n\n")
                known_count = count
        except (BrokenPipeError, ConnectionResetError):
            return

    def _send_event(self, event: bytes) -> None:
        self.wfile.write(event)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Log no requests: the terminal is for what the editor does."""
