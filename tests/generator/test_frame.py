"""The frame of every page, and what of it comes from the policy: name, colour, logo, description."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import run_command
from tests.helpers.in_process import build

if TYPE_CHECKING:
    from pathlib import Path

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 48"><path d="M0 0h240v48H0z"/></svg>'
PAGES = ("index.html", "en/index.html", "versjon/1.0/index.html", "endringslogg/index.html", "404.html")


@pytest.fixture
def branded(sample_history, tmp_path) -> Path:
    """The sample history and one more commit, which gives it a colour and a logo."""
    source = shutil.copytree(sample_history, tmp_path / "branded")
    settings = source / "content" / "policy.yaml"
    settings.write_text(settings.read_text() + 'brand: {colour: "#7a1f3d", logo: logo.svg}\n')
    (source / "content" / "logo.svg").write_text(LOGO)
    run_command(source, "git", "add", "content")
    run_command(source, "git", "commit", "-qm", "Brand")
    return source


def _read(out: Path, path: str) -> str:
    return (out / "site" / path).read_text("utf-8")


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_four_files_at_most_and_all_are_there(branded, tmp_path, path):
    build(branded, tmp_path / "out")
    text = _read(tmp_path / "out", path)
    loaded = re.findall(
        r'<(?:img|script) src="([^"]+)"|<link rel="(?:icon|stylesheet)"[^>]* href="([^"]+)"', text
    )
    names = [("".join(pair)).rpartition("/")[2] for pair in loaded]
    assert len(names) == 4
    assert all((tmp_path / "out" / "site" / "assets" / name).is_file() for name in names)
    assert {name.partition(".")[0] for name in names} == {"icon", "logo", "site", "style"}


def test_a_brand_makes_no_version_and_reaches_the_pages_of_old_ones(branded, sample_history, tmp_path):
    out = tmp_path / "out"
    build(sample_history, out)
    before = _read(out, "versjon/1.0/index.html")
    result = build(branded, out)
    assert result.history.version_count == build(sample_history, tmp_path / "other").history.version_count
    after = _read(out, "versjon/1.0/index.html")
    logo = _find(
        r'<img src="\.\./\.\./(assets/logo\.[0-9a-f]{12}\.svg)" width="240" height="48" alt="[^"]+">', after
    )
    assert _read(out, logo) == LOGO
    assert "<img" not in before
    style = _read(out, _find(r'<link rel="stylesheet" href="\.\./\.\./([^"]+)"', after))
    assert "--link: #7a1f3d; --accent: #7a1f3d;" in style
    assert "/*" not in style
    assert '<rect width="32" height="32" rx="6" fill="#7a1f3d"/>' in _read(
        out, _find(r'href="\.\./\.\./(assets/icon[^"]+)"', after)
    )


def test_every_page_has_a_description_of_its_own_kind(sample_out):
    descriptions = {
        path: _find(r'<meta name="description" content="([^"\n]+)">', _read(sample_out, path))
        for path in PAGES
    }
    assert len(set(descriptions.values())) == len(PAGES)
    assert "personopplysninger" in descriptions["index.html"]
    assert "versjon 1.0" in descriptions["versjon/1.0/index.html"]


def test_a_name_is_escaped_wherever_it_stands(sample_history, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    settings = source / "content" / "policy.yaml"
    name = '"<b>&\\"\'Nord"'
    settings.write_text(re.sub(r"name: [^,}\n]+", lambda _: f"name: {name}", settings.read_text(), count=1))
    assert name in settings.read_text()
    build(source, tmp_path / "out", draft=True, today="2028-01-01")
    for path in ("index.html", "404.html"):
        text = _read(tmp_path / "out", path)
        assert "<b>" not in text
        assert "&lt;b&gt;&amp;&#34;&#39;Nord" in text


def test_the_tab_of_the_page_is_marked_and_every_other_language_linked(sample_out):
    text = _read(sample_out, "endringslogg/index.html")
    assert re.findall(r'aria-current="(\w+)">([^<]+)', text) == [("page", "Endringer")]
    assert re.findall(r'aria-current="(\w+)">([^<]+)', _read(sample_out, "versjon/1.0/index.html")) == [
        ("true", "Endringer")
    ]
    assert '<a href="../en/changelog/" hreflang="en" lang="en">English</a>' in text


def test_the_page_for_unknown_addresses_lists_versions_in_every_language(sample_out):
    text = _read(sample_out, "404.html")
    for locale, folder in (("nb", "versjon"), ("en", "en/version")):
        assert f'<section id="_{locale}" lang="{locale}">' in text
        assert f'<a href="#_{locale}"' in text or locale == "nb"
        assert re.search(rf'<a href="/[^"]*{folder}/1\.0/">', text)
    assert "canonical" not in text
    relative = [
        address
        for address in re.findall(r'(?:href|src)="([^"]+)"', text)
        if not address.startswith(("/", "#", "https:", "mailto:"))
    ]
    assert relative == []
