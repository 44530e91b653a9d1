"""What a policy can put into the files of web servers, and that the real servers load them."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from policy.loader import load_policy
from policy.web_addresses import get_origin, is_base_address
from tests.helpers.factories import POLICY_YAML, policy_files, property_settings
from tests.helpers.in_process import build
from tests.helpers.ports import free_port
from tests.helpers.programs import require_program
from tests.helpers.small_policy import build_small_site

GOOD = [
    ("https://example.no/", "https://example.no"),
    ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
    ("https://xn--blbr-roah.no/person-vern_2.0/~a/", "https://WWW.Example.NO:65535/medlem?a=b#c"),
    ("https://example.no/.well-known/personvern/", "https://example.no/s%C3%B8k?q=æ"),
]
BAD_BASE = [
    "https://example.no\\/", "https://$nosuch/", "https://x%41.no/", "https://example.no/a;}{/", "https://example.no/x(/",
    "https://example.no/a b/", "https://example.no/a\\/", "https://example.no/$uri/", "https://example.no/%2F/",
    "https://example.no/%{REQUEST_URI}/", "https://example.no/../", "https://example.no/./", "https://example.no//",
    "https://blåbær.no/", "https://example.no/æ/", "https://user:secret@example.no/", "https://[::1]/",
    "https://example.no:0/", "https://example.no:65536/", "https://example.no:/", "https://-a.no/", "https://a..no/",
    "https://example.no/?a/", "https://example.no/#a/", "https:///", "ftp://example.no/", "//example.no/",
    'https://example.no/a"/', "https://example.no/a'/", "https://example.no/#/", "https://example.no/a\n/",
]  # fmt: skip
BAD_WEBSITE = [
    "https://example.no\\", "https://$nosuch", "https://x%41.no", "https://blåbær.no", "https://u:p@example.no",
    "https://[::1]", "https://example.no:99999", 'https://example.no"x', "https://example.no;", "https://example.no{a",
    "https://", "https://.no", "https://example.no/a\\b", "javascript:alert(1)",
]  # fmt: skip


BAD_ORIGIN = [
    "https://example.no/", "https://example.no/medlem", "example.no", "*", "null", "https://*.example.no", "https://example.no?",
    'https://example.no"', "https://example.no;}", "https://blåbær.no", "https://example.no:0", "https://u:p@example.no",
]  # fmt: skip


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("base_url", "website"), GOOD)
def test_nginx_and_apache_load_what_is_accepted(tmp_path, base_url, website):
    origins = ("https://xn--blbr-roah.no", "http://127.0.0.1:8000") if "xn--" in base_url else ()
    site = build_small_site(tmp_path, base_url, website, origins)
    _check_nginx(tmp_path, site)
    _check_apache(tmp_path, site)


def _check_nginx(tmp_path, site):
    nginx = require_program("nginx", "nginx-light")
    config = tmp_path / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(
        f"{user}pid {tmp_path}/nginx.pid;error_log stderr;events {{}}http {{access_log off;"
        f"client_body_temp_path {tmp_path}/b;proxy_temp_path {tmp_path}/p;fastcgi_temp_path {tmp_path}/f;"
        f"uwsgi_temp_path {tmp_path}/u;scgi_temp_path {tmp_path}/s;"
        f"server {{listen 127.0.0.1:{free_port()};set $klartekst_site {site};include {site}/nginx.conf;}}}}"
    )
    done = subprocess.run([nginx, "-t", "-p", tmp_path, "-c", config], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def _check_apache(tmp_path, site):
    apache = require_program("apache2", "apache2-bin")
    config = tmp_path / "apache.conf"
    modules = {
        "mpm_event": "mpm_event",
        "authz_core": "authz_core",
        "dir": "dir",
        "mime": "mime",
        "headers": "headers",
    }
    loaded = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{file}.so\n" for name, file in modules.items()
    )
    # What .htaccess may hold is checked where it is included, in a folder.
    config.write_text(
        f"ServerRoot {tmp_path}\nServerName localhost\nListen 127.0.0.1:9\nPidFile {tmp_path}/pid\n"
        f"ErrorLog /dev/null\n{loaded}TypesConfig /dev/null\nDocumentRoot {site}\n"
        f"<Directory {site}>\nInclude {site}/.htaccess\n</Directory>\n"
    )
    done = subprocess.run([apache, "-t", "-f", config], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def _settings(base_url: str, website: str) -> dict[str, bytes]:
    text = POLICY_YAML.replace("https://example.no/", f"'{base_url.replace(chr(39), chr(39) * 2)}'", 1)
    quoted = website.replace("'", "''")
    return policy_files({"policy.yaml": text.replace("{name: SMB", f"{{website: '{quoted}', name: SMB")})


@pytest.mark.parametrize("base_url", BAD_BASE)
def test_no_other_base_address_is_accepted(sample_history, tmp_path, base_url):
    with pytest.raises(InputError) as error:
        load_policy(_settings(base_url, "https://example.no"))
    assert len(str(error.value).splitlines()) == 1
    with pytest.raises(InputError) as error:
        build(sample_history, tmp_path / "out", base_url=base_url)
    assert "secret" not in str(error.value)
    assert not (tmp_path / "out" / "site").exists()


@pytest.mark.parametrize("website", BAD_WEBSITE)
def test_no_other_website_is_accepted(website):
    with pytest.raises(InputError) as error:
        load_policy(_settings("https://example.no/", website))
    assert "policy.yaml:4:" in str(error.value)


@pytest.mark.parametrize("origin", BAD_ORIGIN)
def test_no_other_origin_is_accepted(origin):
    text = f"{POLICY_YAML}allowed_origins: [https://example.no, {json.dumps(origin)}]\n"
    with pytest.raises(InputError) as error:
        load_policy(policy_files({"policy.yaml": text}))
    line = len(text.splitlines())
    assert f"policy.yaml:{line}:" in str(error.value)
    assert "not an origin; write https:// and the host only" in str(error.value)


@given(st.text(st.sampled_from("abc.:/\\$%{}()'\"; \n#?@[]~-_09é"), max_size=30))
@property_settings
def test_what_is_accepted_has_nothing_that_a_server_reads_as_syntax(rest):
    address = f"https://{rest}"
    if is_base_address(address):
        assert not set(address) & set("\\$%{}()'\"; \n#?@[]é")
    assert not set(get_origin(address)) & set("\\$%{}()'\"; \n#?@[]é_~")


def test_a_dot_in_the_path_is_a_dot_to_apache(tmp_path):
    site = build_small_site(tmp_path, "https://example.no/v2.0/", "https://example.no")
    assert '"^/v2\\.0/(api|assets|versjon|' in (site / ".htaccess").read_text()
