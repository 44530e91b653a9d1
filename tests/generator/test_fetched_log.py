"""The published log comes from the web within a limit of time, and every other answer says what to do."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Thread

import pytest

from common import web_files
from common.errors import InputError, TryLaterError
from generator.published_log import read_published_log
from tests.helpers.static_server import serve_static


@pytest.fixture
def web():
    with serve_static() as server:
        yield server


def test_a_log_is_fetched_through_redirections_on_the_web(web):
    web.serve_text("/api/log.json", "", {"Location": "/other.json"}, 302)
    web.serve_text("/other.json", "{}")
    assert read_published_log(web.origin) == b"{}"
    assert read_published_log(f"{web.origin}/other.json".replace("http", "HTTP")) == b"{}"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_tried_again_later(web, status):
    web.serve_text("/api/log.json", "", {}, status)
    with pytest.raises(TryLaterError, match=f"the server answers {status}; try again later"):
        read_published_log(web.origin)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 410])
def test_only_a_missing_file_may_mean_that_nothing_was_published(web, status):
    web.serve_text("/api/log.json", "", {"Location": "/api/log.json"}, status)
    with pytest.raises(InputError, match=f"the server answers {status}") as caught:
        read_published_log(web.origin)
    assert ("'none'" in str(caught.value)) == (status == 404)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/log.json", "data:,{}"])
def test_a_redirection_out_of_the_web_is_refused(web, target):
    web.serve_text("/api/log.json", "", {"Location": target}, 302)
    with pytest.raises(InputError, match="a redirection in a circle or out of the web"):
        read_published_log(web.origin)


@pytest.mark.parametrize(
    "source", ["http://[::1", "http:///", "https:///x", "http://x:y/", "http://x\u00e5.no/", "http://x y/"]
)
def test_what_is_no_address_is_wrong_input(source):
    with pytest.raises(InputError, match="not an address; pass the log"):
        read_published_log(source)


@pytest.mark.parametrize("source", ["", " "])
def test_an_empty_value_is_not_the_current_folder(source):
    with pytest.raises(InputError, match="an empty value, perhaps of a variable that is not set"):
        read_published_log(source)


def test_a_server_that_sends_byte_by_byte_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(web_files, "_TOTAL_SECONDS", 0)
    has_ended = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send_slowly() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    # It sends no more, and does not close: then there would be an answer, a broken one.
                    has_ended.wait()

        thread = Thread(target=send_slowly, daemon=True)
        thread.start()
        try:
            with pytest.raises(TryLaterError, match=r"no answer \(TimeoutError\); try again later"):
                read_published_log(f"http://127.0.0.1:{server.getsockname()[1]}/")
        finally:
            has_ended.set()
