"""The policy in a folder of a real WordPress, as docs/website.md says, behind Apache and behind nginx."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.helpers.web_servers import make_public_folder, run_apache, run_nginx
from tests.helpers.wordpress import run_wordpress
from tests.servers.conftest import (
    CACHING_PLUGIN,
    NOWHERE,
    ROOT,
    ServedSite,
    find_problems,
    list_public_files,
    quote_for,
    run_quoted_shell,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.helpers.wordpress import WordPress

pytestmark = pytest.mark.xdist_group("servers")

# WordPress would send every reader to the one address that it was installed at.
STAY_HERE = "<?php\nremove_action( 'template_redirect', 'redirect_canonical' );\n"
# https://developer.wordpress.org/advanced-administration/server/web-server/nginx/
NGINX_FOR_WORDPRESS = """
root {root};
index index.php;
location / {{ try_files $uri $uri/ /index.php?$args; }}
location ~ \\.php$ {{ proxy_pass {php}$request_uri; proxy_set_header Host $http_host; }}
location ~* \\.(js|css|png|jpg|jpeg|gif|ico)$ {{ expires max; log_not_found off; }}
location ~ /\\. {{ deny all; }}
"""


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    """A WordPress that servers may read."""
    with run_wordpress() as instance:
        instance.path.parent.chmod(0o755)
        (instance.path / "wp-content" / "mu-plugins" / "stay.php").write_text(STAY_HERE)
        instance.run_php("update_option( 'permalink_structure', '/%postname%/' );")
        yield instance


@pytest.fixture(scope="module")
def running(target, wordpress) -> Iterator[dict[str, ServedSite]]:
    with ExitStack() as stack:
        folder = stack.enter_context(make_public_folder())
        (folder / "snippets").mkdir()
        run_quoted_shell("apache-link.sh", target, wordpress.path, folder)
        run_quoted_shell("nginx-copy.sh", target, wordpress.path, folder / "snippets")
        (wordpress.path / ".htaccess").write_text(CACHING_PLUGIN)
        root = (
            f'DocumentRoot "{wordpress.path}"\n<FilesMatch "\\\\.php$">\nSetHandler application/x-httpd-php\n'
        )
        lines = f"{root}</FilesMatch>\n{quote_for('apache-web-root.conf', target, wordpress.path)}"
        modules = ("headers", "rewrite", "expires")
        apache = run_apache(folder, f"DirectoryIndex index.php\n{lines}", modules, with_php=True)
        rules = NGINX_FOR_WORDPRESS.format(
            root=wordpress.path, php=wordpress.url.replace("localhost", "127.0.0.1")
        )
        nginx = run_nginx(folder, rules + quote_for("nginx-server.conf", target, wordpress.path))
        yield {
            name: ServedSite(stack.enter_context(server), target / "site")
            for name, server in {"Apache": apache, "nginx": nginx}.items()
        }


@pytest.fixture(params=["Apache", "nginx"])
def served(running, request) -> ServedSite:
    return running[request.param]


def test_every_file_has_its_type_and_its_headers(served):
    problems = [problem for path in list_public_files(served.site) for problem in find_problems(served, path)]
    assert problems == []


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_there_is_answered_by_the_policy_and_not_by_wordpress(served, path):
    answer = served.get(path)
    if answer.status == 301:
        answer = served.server.get(f"{ROOT}{path}/")
    assert (answer.status, answer.body) == (404, (served.site / "404.html").read_bytes())


def test_wordpress_goes_on_as_before(served):
    front = served.server.get("/")
    assert front.status == 200
    assert b"<body" in front.body
    missing = served.server.get("/no-such-page/")
    assert missing.status == 404
    assert b"<body" in missing.body
    assert missing.body != (served.site / "404.html").read_bytes()
    assert "require-trusted-types-for" not in front.get_header("Content-Security-Policy")
