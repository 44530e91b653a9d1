"""Servers that differ from the documented ones in one thing, and hosts of the policy's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from generator.server_config import CACHE_CONTROL, HEADERS
from tests.helpers.in_process import build
from tests.helpers.static_server import StaticServer
from tests.helpers.web_servers import make_public_folder, run_apache, run_nginx
from tests.servers.conftest import (
    HTTP_LINES,
    ROOT,
    list_headers,
    list_public_files,
    quote_for,
    run_documented_apache,
    run_documented_nginx,
)

pytestmark = pytest.mark.xdist_group("servers")

OWN_HOST = "https://personvern.dinbedrift.no/"


def test_apache_without_mod_headers_serves_pages_without_headers(target):
    with run_documented_apache(target, "apache-web-root.conf", modules=()) as served:
        answer = served.get("")
        assert answer.status == 200
        assert b'<meta http-equiv="Content-Security-Policy" content="default-src' in answer.body
        assert "content-security-policy" not in answer.headers
        assert served.get("versjon/").status == 404


def test_apache_follows_links_of_one_owner(target):
    block = quote_for("apache-web-root.conf", target, Path("/var/www/html"))
    assert "Options FollowSymLinks" in block
    with make_public_folder() as folder:
        (folder / "personvern").symlink_to(target / "site")
        lines = f'DocumentRoot "{folder}"\n' + block.replace("/var/www/html", str(folder)).replace(
            "FollowSymLinks", "SymLinksIfOwnerMatch"
        )
        with run_apache(folder, lines) as server:
            assert server.get(f"{ROOT}versjon/1.0/").status == 200
            assert server.get(f"{ROOT}nowhere").status == 404


@pytest.fixture(scope="module")
def own_host(sample_history):
    """The site of a policy that has a host of its own."""
    with make_public_folder() as folder:
        build(sample_history, folder / "policy", base_url=OWN_HOST)
        yield folder / "policy" / "site"


def test_nginx_serves_a_host_of_the_policys_own(own_host):
    with make_public_folder() as folder:
        shutil.copy(own_host / "nginx.conf", folder / "klartekst.conf")
        with run_nginx(folder, f"set $klartekst_site {own_host};\ninclude klartekst.conf;") as server:
            assert_is_served(server, own_host)


def test_apache_serves_a_host_of_the_policys_own(own_host):
    with make_public_folder() as folder:
        block = quote_for("apache-web-root.conf", own_host.parent, own_host.parent)
        with run_apache(folder, f'DocumentRoot "{own_host}"\n{block}') as server:
            assert_is_served(server, own_host)


def assert_is_served(server, site):
    answer = server.get("/")
    assert answer.body == (site / "index.html").read_bytes()
    assert {name: answer.get_header(name) for name, _ in HEADERS} == dict(HEADERS)
    assert answer.get_header("Cache-Control") == CACHE_CONTROL
    assert server.get("/api/log.json").get_header("Cross-Origin-Resource-Policy") == "same-site"
    assert server.get("/en").get_header("Location") in {"/en/", f"{server.origin}/en/"}
    missing = server.get("/nowhere/")
    assert (missing.status, missing.body) == (404, (site / "404.html").read_bytes())


def test_nginx_serves_the_new_generation_at_once_although_the_host_keeps_files_open(target):
    with make_public_folder() as folder:
        policy = shutil.copytree(target, folder / "policy", symlinks=True)
        with run_documented_nginx(policy, http_lines=HTTP_LINES) as served:
            assert [served.get("").status for _ in range(3)] == [200] * 3
            publish_another_generation(policy, "index.html", "the new page")
            assert served.get("").body == b"the new page"


def publish_another_generation(policy: Path, page: str, text: str) -> None:
    """Change one page by renaming a link, as a deployment does."""
    (old,) = (policy / "generations").iterdir()
    new = shutil.copytree(old, policy / "generations" / "new", symlinks=True)
    (new / "site" / page).write_text(text)
    (policy / "next").symlink_to("generations/new")
    (policy / "next").replace(policy / "current")
    shutil.rmtree(old)


def test_hosts_that_read_a_file_of_headers_send_the_same(target):
    host = StaticServer("https://dinbedrift.no", ROOT, target / "site")
    found = {path: host.configured_headers(ROOT + path) for path in list_public_files(target / "site")}
    types = {path: headers.pop("Content-Type", "") for path, headers in found.items()}
    assert found == {path: list_headers(path) for path in found}
    # All other types are those that such hosts have for the suffix.
    assert {path: kind for path, kind in types.items() if kind} == {
        path: "application/atom+xml; charset=utf-8" for path in found if path.endswith("feed.xml")
    }


def test_an_upload_without_links_is_the_same_site(target, tmp_path):
    code = quote_for("folder.sh", target, tmp_path)
    assert code == "cp -rL out/site upload\n"
    shutil.copytree(target, tmp_path / "out", symlinks=True)
    subprocess.run(["sh", "-euc", code], cwd=tmp_path, check=True)
    links = [path for path in (tmp_path / "upload").rglob("*") if path.is_symlink()]
    assert links == []
    assert (tmp_path / "upload" / "versjon" / "1.0" / "index.html").is_file()
