"""Servers that are configured wrongly, each found by `smoke` in a line that says what to change."""

from __future__ import annotations

import json
import shutil
from typing import NamedTuple

import pytest

from deployment.web_client import fetch
from tests.deployment.conftest import run
from tests.deployment.web_servers import KINDS, PATH, copy_output, serve_site
from tests.helpers.in_process import build
from tests.helpers.small_policy import build_small_site
from tests.helpers.web_servers import make_public_folder


@pytest.fixture(scope="module")
def site(sample_history, tmp_path_factory):
    """Two generations of the sample history, as folders: today's and one of another day."""
    folder = tmp_path_factory.mktemp("sites")
    build(sample_history, folder / "out")
    shutil.copytree(folder / "out" / "site", folder / "new")
    build(sample_history, folder / "out", today="2026-07-02")
    shutil.copytree(folder / "out" / "site", folder / "other")
    build(sample_history, folder / "out")
    return folder


class Sabotage(NamedTuple):
    """A part of a server's configuration that is replaced, and words of the line that must say so."""

    server: str
    old: str
    new: str
    said: str


SABOTAGES = {
    "feed type": Sabotage("nginx", "atom+xml xml;", "xml xml;", "feed.xml: Content-Type is application/xml"),
    "page type": Sabotage("apache", "text/html .html", "text/plain .html", "Content-Type is text/plain"),
    "charset": Sabotage("nginx", "charset utf-8;", "charset latin1;", "the charset of text/html is latin1"),
    "no CSP": Sabotage("nginx", "header Content-Sec", "header X", "Content-Security-Policy is missing"),
    "other CSP": Sabotage("apache", "script-src", "style-src", "Content-Security-Policy is not ours"),
    "second CSP": Sabotage(
        *(
            "nginx",
            "add_header Referrer",
            'add_header Content-Security-Policy "img-src *" always; add_header Referrer',
        ),
        "a second Content-Security-Policy: 'img-src *'",
    ),
    "no nosniff": Sabotage(
        "apache", "set X-Content-Type-Options", "set X", "X-Content-Type-Options is missing"
    ),
    "nothing on errors": Sabotage(
        "nginx", " always;", ";", "an address that does not exist: Content-Security-Policy is missing"
    ),
    "WordPress' rule for static files": Sabotage(
        *(
            "nginx",
            f"location ^~ {PATH} {{",
            f"location ~* \\.(css|js|png)$ {{ root /no; }} location {PATH} {{",
        ),
        "give the site's folder precedence (nginx: location ^~)",
    ),
    "data may be old": Sabotage("nginx", '"no-cache"', '"max-age=600"', "api/announcements.json and"),
    "all may be old": Sabotage("apache", "always set Cache-Control", "set X", "Cache-Control is missing"),
    "assets are asked for": Sabotage(
        "apache", "public, max-age=31536000, immutable", "no-cache", "immutable' for assets/"
    ),
    "another site's 404": Sabotage(
        "apache", "ErrorDocument 404", "ErrorDocument 410", "not the site's 404.html"
    ),
    "pages for everything": Sabotage(
        *("nginx", f"error_page 404 {PATH}404.html", f"error_page 404 =200 {PATH}index.html"),
        "an address that does not exist: the server answers 200",
    ),
    "lists": Sabotage(
        "nginx", "autoindex off", "autoindex on", "assets/, api/: is served as a list of files"
    ),
    "configuration": Sabotage("nginx", "return 404;", "", "_headers, .htaccess, nginx.conf: is served"),
    "redirection to another host": Sabotage(
        *("nginx", "absolute_redirect off", "port_in_redirect off"),
        "is redirected to http://127.0.0.1/personvern/",
    ),
    "open to all": Sabotage(
        *("apache", 'Allow-Origin "https://example.no"', 'Allow-Origin "*"'),
        "Access-Control-Allow-Origin is *; send https://example.no, once",
    ),
    "links are not followed": Sabotage(
        *("apache", "Options FollowSymLinks", "Options None"),
        "the server answers 403; let the server read the folder and follow its links",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_right_server_has_no_problem(site, kind):
    with make_public_folder() as folder:
        copy = copy_output(site / "out", folder / "target")
        with serve_site(kind, copy, folder / "server", site / "new") as url:
            for options in ([], ["--no-compare"], ["--max-age", 1, "--today", "2026-06-02"]):
                done = run("smoke", url, "--out", site / "out", *options)
                assert (done.code, done.err) == (0, ()), done.out
                assert done.out.startswith(f"tested    {url}: ")
                assert done.out.endswith(" answers are right\n")


@pytest.mark.cases_in_ci("feed type", "no CSP", "data may be old", "nothing on errors")
@pytest.mark.parametrize("name", SABOTAGES)
def test_a_wrong_configuration_is_found(site, name):
    kind, old, new, said = SABOTAGES[name]
    with make_public_folder() as folder:
        copy = copy_output(site / "out", folder / "target")
        changes = []

        def change(text):
            changes.append(old in text)
            return text.replace(old, new)

        with serve_site(kind, copy, folder / "server", site / "new", change) as url:
            done = run("smoke", url, "--out", site / "out")
    assert any(changes)
    assert done.code == 1
    assert said in done.out
    assert done.out.count("\n") <= 8, done.out  # one cause is not said page by page


ORIGINS = ("https://example.no", "https://medlem.example.no", "https://example.se")
WRONG_ORIGINS = {
    "one is missing": (
        *("nginx", '"https://example.se"', '"https://example.dk"'),
        "Access-Control-Allow-Origin is missing for https://example.se",
    ),
    "caches are not told": (
        *("nginx", 'add_header Vary "Origin"', 'add_header Vary "Cookie"'),
        "is chosen by origin, and Vary does not say so; send 'Vary: Origin'",
    ),
}


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory):
    """The output of a build for several origins."""
    folder = tmp_path_factory.mktemp("shared")
    return build_small_site(folder, f"https://example.no{PATH}", ORIGINS[0], ORIGINS[1:]).parent


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("kind", KINDS)
def test_several_origins_read_the_notices_and_no_others(shared_site, kind):
    with make_public_folder() as folder:
        copy = copy_output(shared_site, folder / "target")
        with serve_site(kind, copy, folder / "server", shared_site / "site") as url:
            for options in ([], ["--no-compare"]):
                done = run("smoke", url, "--out", shared_site, *options)
                assert (done.code, done.err) == (0, ()), done.out
            for path in ("notice.js", "api/announcements.json"):
                for origin in ORIGINS:
                    headers = fetch(url + path, origin).headers
                    assert headers.get_all("Access-Control-Allow-Origin") == [origin]
                    assert headers.get_all("Vary") == ["Origin"]
                for origin in ("", "https://example.no.evil.example", "https://example.no:8443", "null"):
                    headers = fetch(url + path, origin).headers
                    assert headers["Access-Control-Allow-Origin"] is None
                    assert headers.get_all("Vary") == ["Origin"]
            assert fetch(url, ORIGINS[0]).headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("name", WRONG_ORIGINS)
def test_a_server_that_forgets_an_origin_is_found(shared_site, name):
    kind, old, new, said = WRONG_ORIGINS[name]
    with make_public_folder() as folder:
        copy = copy_output(shared_site, folder / "target")
        with serve_site(
            kind, copy, folder / "server", shared_site / "site", lambda text: text.replace(old, new)
        ) as url:
            done = run("smoke", url, "--out", shared_site)
    assert done.code == 1
    assert said in done.out
    assert done.out.count("\n") <= 3, done.out


MIXED = {
    "old api cached": (["api/versions.json"], "api/versions.json"),
    "old announcements cached": (["api/announcements.json"], "api/announcements.json"),
    "old log cached": (["api/log.json"], "api/log.json"),
    "old page": (["index.html"], "the front page"),
    "old page in another language": (["en/index.html"], "en/"),
    "old feed": (["endringslogg/feed.xml"], "endringslogg/feed.xml"),
    "half of a copy": (["index.html", "en/index.html", "api/versions.json", "404.html"], "the front page"),
}


@pytest.mark.parametrize("name", MIXED)
def test_files_of_another_generation_are_found(site, address, name):
    url, target = address
    paths, named = MIXED[name]
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(site / "new", target / "site")
    for path in paths:
        copy = target / "site" / path
        other = (site / "other" / path).read_bytes()
        copy.write_bytes(other if other != copy.read_bytes() else b" " + other)
    done = run("smoke", url, "--out", site / "out")
    assert done.code == 1
    assert named in done.out
    assert (
        "is not the file that was built; the server, or a cache in front of it, has files of several"
        in done.out
    )


def test_alone_a_site_must_agree_with_itself(site, address):
    url, target = address
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(site / "new", target / "site")
    smoke = ("smoke", url, "--no-compare", "--out", target / "nothing")
    assert run(*smoke).code == 0
    (target / "site" / "index.html").write_bytes((site / "other" / "index.html").read_bytes())
    done = run(*smoke)
    assert done.code == 1
    assert "the front page: shows version" in done.out
    log = json.loads((site / "new" / "api" / "log.json").read_bytes())
    text = json.dumps({**log, "entries": log["entries"][:-1]})
    (target / "site" / "api" / "log.json").write_text(text)
    assert "api/versions.json has other versions than the log" in run(*smoke).out
    (target / "site" / "api" / "log.json").write_text("{}")
    assert run(*smoke).code == 1


def test_a_site_that_is_not_built_any_more_is_found(site, address):
    url, target = address
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(site / "new", target / "site")
    path = target / "site" / "api" / "versions.json"
    versions = json.loads(path.read_bytes())
    smoke = ("smoke", url, "--no-compare", "--max-age", 2, "--today")
    path.write_text(json.dumps({name: value for name, value in versions.items() if name != "built"}))
    assert "api/versions.json: does not say when it was built" in run(*smoke, "2026-06-02").out
    path.write_text(json.dumps({**versions, "built": "2026-06-01"}))
    assert run(*smoke, "2026-06-03").code == 0
    done = run(*smoke, "2026-06-04")
    assert done.code == 1
    assert "was built 3 days ago, on 2026-06-01; the job that builds every night does not run" in done.out
    path.write_text(json.dumps({**versions, "built": "2026-06-30"}))
    assert run(*smoke, "2026-06-30").code == 0
    assert "took effect on 2026-07-01, after the build of 2026-06-30" in run(*smoke, "2026-07-01").out


def test_a_server_that_does_not_answer_is_tried_later(site):
    done = run("smoke", "http://127.0.0.1:9/", "--out", site / "out")
    assert (done.code, done.out, len(done.err)) == (75, "", 1)


@pytest.mark.parametrize(
    "url", ["ftp://example.no/", "https://", "https://u:p@example.no/", "https://example.no/?a", "out/site"]
)
def test_only_an_address_of_a_site_is_tested(site, url):
    done = run("smoke", url, "--out", site / "out")
    assert (done.code, len(done.err)) == (2, 1)
    assert "u:p" not in done.err[0]


def test_without_a_build_there_is_nothing_to_compare(tmp_path):
    done = run("smoke", "--out", tmp_path)
    assert (done.code, len(done.err)) == (2, 1)
    assert "name the folder of a build with --out" in done.err[0]


def test_the_address_is_that_of_the_build(site, tmp_path):
    versions = json.loads((site / "out/site/api/versions.json").read_bytes())
    (tmp_path / "site" / "api").mkdir(parents=True)
    (tmp_path / "site/api/versions.json").write_text(
        json.dumps({**versions, "base_url": "http://127.0.0.1:9/"})
    )
    done = run("smoke", "--out", tmp_path)
    assert done.code == 75
    assert done.err[0].startswith("http://127.0.0.1:9/api/log.json: no answer")


HOSTILE = {
    "": [
        "<![foo[",
        "<html lang=nb><link rel=alternate hreflang=en href='http://[x'>",
        '<script src="//other/x.js">',
        "\xff",
    ],
    "api/versions.json": ["", "[]", "1", '{"versions": 1}', '{"base_url": 1, "versions": [1]}', "[" * 9000],
    "api/log.json": ["", "{}", '{"schema": 2, "entries": [{}]}'],
    "api/announcements.json": ["null", '{"schema": 2, "announcements": [{"version": []}]}'],
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", HOSTILE)
def test_nothing_that_a_server_answers_ends_in_a_traceback(site, address, path):
    url, target = address
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(site / "new", target / "site")
    for text in HOSTILE[path]:
        (target / "site" / (path or "index.html")).write_text(text)
        for options in ([], ["--no-compare"]):
            done = run("smoke", url, "--out", site / "out", "--max-age", 1, *options)
            assert done.code == 1
            assert done.err == ()
