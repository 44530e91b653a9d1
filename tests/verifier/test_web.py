"""A site on the web is verified as its readers get it: its own files, from its own origin, within limits."""

from __future__ import annotations

import socket
from threading import Thread

import pytest

from common.errors import InputError, TryLaterError
from tests.helpers.static_server import serve_static
from verifier import site_files
from verifier.verification import verify_site

PAGE = "/mirror/versjon/2.0/"


@pytest.fixture
def web(site):
    """The site as a mirror: at another address than its own."""
    with serve_static("/mirror/") as server:
        server.folder = site.folder
        yield server


def test_a_mirror_is_verified_below_its_own_address(web, site):
    address = f"{web.origin}/mirror"
    assert verify_site(address) == verify_site(f"{address}/") == site.verify()
    assert {path for path, _ in web.requests} >= {
        "/mirror/api/log.json",
        "/mirror/",
        PAGE,
        f"{PAGE}policy.txt",
    }
    assert all(path.startswith("/mirror/") for path, _ in web.requests)


def test_an_alteration_on_the_web_is_found(web, site):
    site.replace("versjon/2.0/index.html", "trykkeriet", "alle")
    assert any(
        "versjon/2.0/: the text is not" in problem for problem in verify_site(f"{web.origin}/mirror").problems
    )


def test_a_redirection_within_the_site_is_followed_and_one_to_another_is_not(web):
    text = web.folder.joinpath("versjon/2.0/policy.txt").read_text("utf-8")
    web.serve_text("/other.txt", text)
    web.serve_text(f"{PAGE}policy.txt", "", {"Location": "/other.txt"}, 302)
    assert verify_site(f"{web.origin}/mirror").problems == []
    with serve_static() as other:
        other.serve_text("/policy.txt", text)
        web.serve_text(f"{PAGE}policy.txt", "", {"Location": f"{other.origin}/policy.txt"}, 302)
        (problem,) = verify_site(f"{web.origin}/mirror").problems
        assert problem == (
            f"versjon/2.0/policy.txt is redirected to another site; to verify that one, pass {other.origin}/"
        )
        assert other.requests == []
    web.serve_text(f"{PAGE}policy.txt", "", {"Location": "file:///etc/passwd"}, 302)
    (problem,) = verify_site(f"{web.origin}/mirror").problems
    assert problem == "versjon/2.0/policy.txt is redirected to something that is not on the web"
    web.serve_text(f"{PAGE}policy.txt", "", {"Location": "policy.txt"}, 302)
    (problem,) = verify_site(f"{web.origin}/mirror").problems
    assert problem == "versjon/2.0/policy.txt is redirected in a circle, or too many times"
    web.serve_text(f"{PAGE}policy.txt", "", {}, 302)
    (problem,) = verify_site(f"{web.origin}/mirror").problems
    assert problem == "versjon/2.0/policy.txt is redirected, but the server does not say where to"


def test_a_site_that_moved_is_named_by_its_new_address(web):
    with serve_static("/moved/") as other:
        other.folder = web.folder
        target = other.origin.replace("//", "//user:secret@")
        web.serve_text("/mirror/api/log.json", "", {"Location": f"{target}/moved/api/log.json"}, 301)
        with pytest.raises(
            InputError, match=rf"another site; to verify that one, pass {other.origin}/moved/$"
        ):
            verify_site(f"{web.origin}/mirror")
        assert other.requests == []
        assert verify_site(f"{other.origin}/moved/").problems == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_is_tried_again_later(web, status):
    web.serve_text(PAGE, "", status=status)
    with pytest.raises(TryLaterError, match=f"the server answers {status}; try again later"):
        verify_site(f"{web.origin}/mirror")


def test_an_address_without_a_server_is_tried_again_later():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(TryLaterError, match="no answer"):
            verify_site(f"http://127.0.0.1:{unused.getsockname()[1]}/")


def test_a_server_that_speaks_no_http_is_tried_again_later():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"\x00\xff garbage\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        with pytest.raises(TryLaterError, match="no answer"):
            verify_site(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()


def test_an_address_of_something_else_is_no_site(web):
    with pytest.raises(InputError, match="pass the folder or the address of a whole site"):
        verify_site(f"{web.origin}/elsewhere/")


def test_a_file_that_is_too_large_or_too_slow_is_not_read_to_its_end(web, monkeypatch):
    monkeypatch.setattr(site_files, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="is larger than"):
        verify_site(f"{web.origin}/mirror")
    monkeypatch.undo()
    monkeypatch.setattr(site_files, "_FILE_SECONDS", -1)
    with pytest.raises(TryLaterError, match="no answer"):
        verify_site(f"{web.origin}/mirror")
