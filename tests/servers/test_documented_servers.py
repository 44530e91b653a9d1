"""The configuration that docs/website.md names, and nothing else, makes a server send a site as it should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.server_config import (
    ASSETS_CACHE_CONTROL,
    CACHE_CONTROL,
    CONFIGURATION_FILES,
    CONTENT_TYPES,
    FEED_TYPE,
    HEADERS,
)
from tests.servers.conftest import ROOT


def list_site_files(site: Path) -> list[str]:
    """Return the paths of all files, in folders that are links as well."""
    return [
        str((Path(folder) / name).relative_to(site))
        for folder, _, names in os.walk(site, followlinks=True)
        for name in names
    ]


def find_problems(served, path: str) -> list[str]:
    """Return what is wrong with the answer to a request for a file."""
    answer = served.get(path.removesuffix("index.html"))
    file = served.site / path
    suffix = file.suffix[1:]
    expected = dict(HEADERS)
    expected["Cache-Control"] = ASSETS_CACHE_CONTROL if path.startswith("assets/") else CACHE_CONTROL
    is_shared = path.startswith("api/") or path == "notice.js"
    if is_shared:
        expected["Cross-Origin-Resource-Policy"] = "same-site"
    expected["Access-Control-Allow-Origin"] = "https://dinbedrift.no" if is_shared else ""
    expected["Expires"] = ""
    kind = FEED_TYPE if file.name == "feed.xml" else CONTENT_TYPES[suffix]
    expected["Content-Type"] = kind if suffix == "png" else f"{kind}; charset=utf-8"
    found = {name: answer.get_header(name) for name in expected}
    problems = [
        f"{path}: {name} is {found[name]!r}" for name, value in expected.items() if found[name] != value
    ]
    if answer.status != 200 or answer.body != file.read_bytes():
        problems.append(f"{path}: {answer.status}")
    return problems


def test_every_file_has_its_type_and_its_headers(served):
    paths = [path for path in list_site_files(served.site) if path not in CONFIGURATION_FILES]
    assert len({Path(path).suffix for path in paths}) >= 8
    assert [problem for path in paths for problem in find_problems(served, path)] == []


NOWHERE = [
    "nowhere",
    "versjon/9.9/",
    "versjon/",
    "empty/",
    "empty",
    "assets/",
    "assets/style.0.css",
    "api/x.json",
]


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
