"""The configuration that docs/website.md names, and nothing else, makes a server send a site as it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.server_config import CACHE_CONTROL, CONFIGURATION_FILES, HEADERS
from tests.servers.conftest import NOWHERE, ROOT, find_problems, list_public_files

pytestmark = pytest.mark.xdist_group("servers")


def test_every_file_has_its_type_and_its_headers(served):
    paths = list_public_files(served.site)
    assert len({Path(path).suffix for path in paths}) >= 8
    assert [problem for path in paths for problem in find_problems(served, path)] == []


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_there_is_answered_with_the_page_of_the_policy(served, path):
    answer = served.get(path)
    if answer.status == 301:
        answer = served.server.get(answer.get_header("Location").removeprefix(served.server.origin))
    assert answer.status == 404
    assert answer.body == (served.site / "404.html").read_bytes()
    assert answer.get_header("Content-Type") == "text/html; charset=utf-8"
    assert answer.get_header("Cache-Control") == CACHE_CONTROL
    assert {name: answer.get_header(name) for name, _ in HEADERS} == dict(HEADERS)


def test_a_folder_without_a_page_is_not_listed(served):
    folders = {
        str(folder.relative_to(served.site))
        for path in list_public_files(served.site)
        for folder in (served.site / path).parents
        if folder.is_relative_to(served.site) and not (folder / "index.html").exists()
    }
    assert {"api", "assets", "versjon", "en/version", "endringslogg/siden", "en/changelog/since"} == folders
    assert {folder: served.get(f"{folder}/").status for folder in folders} == dict.fromkeys(folders, 404)


@pytest.mark.parametrize("name", CONFIGURATION_FILES)
def test_files_for_servers_are_not_served(served, name):
    answer = served.get(name)
    assert answer.status in {403, 404}
    assert answer.body == (served.site / "404.html").read_bytes()


@pytest.mark.parametrize("path", [ROOT[:-1], f"{ROOT}en", f"{ROOT}versjon/1.0"])
def test_a_folder_without_its_slash_is_redirected_on_the_same_host(served, path):
    answer = served.server.get(path)
    assert answer.status == 301
    assert answer.get_header("Location").removeprefix(served.server.origin) == f"{path}/"


def test_nginx_redirects_behind_a_proxy_that_speaks_https(running):
    assert running["nginx"].get("en").get_header("Location") == f"{ROOT}en/"


def test_a_page_that_has_not_changed_is_not_sent_again(served):
    tag = served.get("").get_header("ETag")
    assert tag
    answer = served.get("", {"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, b"")
    assert answer.get_header("Cache-Control") == CACHE_CONTROL


def test_the_rest_of_the_host_stays_as_it_is(served):
    answer = served.server.get("/nowhere.html")
    assert b"personvern" not in answer.body
    assert "content-security-policy" not in answer.headers
