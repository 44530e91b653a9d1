"""A static server on loopback that says with each page what the site's `_headers` file tells it to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
}


@dataclass
class Static:
    """One origin. `pages` stand before the files of `folder`, which is served below `root`."""

    origin: str
    root: str = "/"
    folder: Path | None = None
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def page(self, path: str, text: str, headers: dict[str, str] | None = None, status: int = 200) -> str:
        """Serve a text at a path; give its address."""
        kind = TYPES.get(Path(path).suffix, TYPES[".html"])
        self.pages[path] = (status, {"Content-Type": kind, **(headers or {})}, text.encode())
        return self.origin + path

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Give status, headers and body; a page's own headers add to those of `_headers`."""
        spoken = self.headers(path)
        if path in self.pages:
            status, headers, body = self.pages[path]
            return status, {**spoken, **headers}, body
        file = self.file(path)
        if file is None:
            return 404, {**spoken, "Content-Type": TYPES[".html"]}, b"not here"
        return 200, {**spoken, "Content-Type": TYPES.get(file.suffix, "text/plain")}, file.read_bytes()

    def file(self, path: str) -> Path | None:
        if self.folder is None or not path.startswith(self.root):
            return None
        file = self.folder / (path.removeprefix(self.root) or "index.html")
        file = file / "index.html" if file.is_dir() else file
        return file if file.is_file() else None

    def headers(self, path: str) -> dict[str, str]:
        if self.folder is None or not (self.folder / "_headers").is_file():
            return {}
        found: dict[str, str] = {}
        within = False
        for line in (self.folder / "_headers").read_text().splitlines():
            word = line.strip()
            if line.startswith("/"):
                within = fnmatchcase("/" + path.removeprefix(self.root), word)
            elif within and word.startswith("! "):
                found.pop(word[2:], None)
            elif within and word and not word.startswith("#"):
                name, _, value = word.partition(": ")
                found[name] = value
        return found


@contextmanager
def static(root: str = "/") -> Iterator[Static]:
    """Serve on a free loopback port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    # By name: to Chromium two ports of one IP address are no "same site", which the headers ask for.
    site = Static(f"http://localhost:{server.server_address[1]}", root)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            # A browser asks every host for it, at a moment of its own: no page of ours did.
            if self.path == "/favicon.ico" and self.path not in site.pages:
                self.send_response(204)
                self.end_headers()
                return
            site.asked.append((self.path, dict(self.headers)))
            status, headers, body = site.answer(urlsplit(self.path).path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server.RequestHandlerClass = Handler
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
