"""A static web server on loopback that sends the headers of the site's `_headers` file."""

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
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass
class StaticServer:
    """One origin. `responses` take precedence over the files of `folder`, which is served below `root`."""

    origin: str
    root: str = "/"
    folder: Path | None = None
    responses: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def serve_text(
        self, path: str, text: str, headers: dict[str, str] | None = None, status: int = 200
    ) -> str:
        """Serve a text at a path; return its URL."""
        kind = TYPES.get(Path(path).suffix, TYPES[".html"])
        self.responses[path] = (status, {"Content-Type": kind, **(headers or {})}, text.encode())
        return self.origin + path

    def respond(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body; headers of a response override those of `_headers`."""
        site_headers = self.configured_headers(path)
        if path in self.responses:
            status, headers, body = self.responses[path]
            return status, {**site_headers, **headers}, body
        file = self.find_file(path)
        if file is None:
            return 404, {**site_headers, "Content-Type": TYPES[".html"]}, b"not here"
        return 200, {**site_headers, "Content-Type": TYPES.get(file.suffix, "text/plain")}, file.read_bytes()

    def find_file(self, path: str) -> Path | None:
        if self.folder is None or not path.startswith(self.root):
            return None
        file = self.folder / (path.removeprefix(self.root) or "index.html")
        file = file / "index.html" if file.is_dir() else file
        return file if file.is_file() else None

    def configured_headers(self, path: str) -> dict[str, str]:
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
def serve_static(root: str = "/") -> Iterator[StaticServer]:
    """Serve on a free loopback port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    # By name: for Chromium two ports of one IP address are not the "same site" that the headers require.
    site = StaticServer(f"http://localhost:{server.server_address[1]}", root)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            # Browsers request it from every host, whenever they like; no page of ours does.
            if self.path == "/favicon.ico" and self.path not in site.responses:
                self.send_response(204)
                self.end_headers()
                return
            site.requests.append((self.path, dict(self.headers)))
            status, headers, body = site.respond(urlsplit(self.path).path)
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
