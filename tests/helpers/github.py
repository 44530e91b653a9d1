"""GitHub's API as far as comments need it, on loopback."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class GitHub:
    """The part of GitHub's API for comments of pull request 7, with the answers of its documentation."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.writes: list[tuple[str, str]] = []
        self.address = ""

    def add(self, login: str, body: str) -> dict[str, Any]:
        comment = {"id": 100 + len(self.comments), "user": {"login": login}, "body": body}
        self.comments.append(comment)
        return comment

    def answer(self, method: str, path: str, content: dict[str, str] | None) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        if path == "/repos/owner/policy/issues/7/comments" and method == "GET":
            options = dict(part.split("=") for part in query.split("&"))
            size, page = int(options["per_page"]), int(options["page"])
            return 200, self.comments[(page - 1) * size : page * size]
        self.writes.append((method, path))
        if path == "/repos/owner/policy/issues/7/comments":
            return 201, self.add("github-actions[bot]", content["body"])
        for comment in self.comments:
            if path == f"/repos/owner/policy/issues/comments/{comment['id']}":
                comment["body"] = content["body"]
                return 200, comment
        return 404, {}

    @contextmanager
    def serve(self) -> Iterator[GitHub]:
        github = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                size = int(self.headers.get("Content-Length", 0))
                content = json.loads(self.rfile.read(size)) if size else None
                is_allowed = self.headers["Authorization"] == "Bearer token"
                status, answer = github.answer(self.command, self.path, content) if is_allowed else (403, {})
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PATCH = do_GET  # noqa: N815 - the names that http.server calls

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that GitHub Actions sets for a job."""
        return {"GITHUB_API_URL": self.address, "GITHUB_REPOSITORY": "owner/policy"}
