"""`--templates DIR`: single files replace ours, everything else stays, and a build notices each of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from common.errors import InputError
from tests.helpers.cli import hash_files
from tests.helpers.in_process import build
from tests.helpers.quoted_code import read_quoted_code

if TYPE_CHECKING:
    from pathlib import Path

LINK = '<a href="https://dinbedrift.no/informasjonskapsler/">Informasjonskapsler</a>'


@pytest.fixture
def own(tmp_path) -> Path:
    (tmp_path / "own" / "styles").mkdir(parents=True)
    return tmp_path / "own"


def test_the_recipe_of_the_webmasters_page_adds_a_link_to_every_footer(
    sample_history, sample_out, own, tmp_path
):
    (own / "base.html.j2").write_text(read_quoted_code("website.md", "base.html.j2"))
    build(sample_history, tmp_path / "out", own_templates=own)
    pages = list((tmp_path / "out" / "site").glob("**/*.html"))
    assert len(pages) > 5
    for page in pages:
        assert page.read_text("utf-8").count(LINK) == 1, page
    version = "site/versjon/1.0/index.html"
    assert (tmp_path / "out" / version).read_text().replace(f"<p>{LINK}</p>\n", "").split() == (
        sample_out / version
    ).read_text().split()


def test_a_part_of_the_style_sheet_is_replaced_and_the_others_stay(sample_history, own, tmp_path):
    (own / "styles" / "30-frame.css").write_text(".brand { color: teal }")
    build(sample_history, tmp_path / "out", own_templates=own)
    (style,) = (tmp_path / "out" / "site" / "assets").glob("style.*.css")
    text = style.read_text()
    assert ".brand { color: teal }" in text
    assert ".languages" not in text
    assert "--paper" in text
    assert "--link" in text


def test_a_build_notices_a_changed_file_and_reuses_an_unchanged_one(
    sample_history, sample_out, own, tmp_path
):
    out, template = tmp_path / "out", own / "version.html.j2"
    build(sample_history, out)
    template.write_text('{% extends "klartekst/version.html.j2" %}{% block title %}En{% endblock %}')
    assert build(sample_history, out, own_templates=own).written_version_count > 0
    page = out / "site" / "versjon" / "1.0" / "index.html"
    assert "<title>En – " in page.read_text()
    assert not build(sample_history, out, own_templates=own).has_changed
    template.write_text(template.read_text().replace("En", "To"))
    assert build(sample_history, out, own_templates=own).has_changed
    assert "<title>To – " in page.read_text()
    build(sample_history, out)
    assert hash_files(out / "site") == hash_files(sample_out / "site")


def test_without_replacing_files_the_pages_are_the_same(sample_history, sample_out, own, tmp_path):
    (own / ".DS_Store").write_text("x")
    build(sample_history, tmp_path / "out", own_templates=own)
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_mistake_in_a_template_that_a_build_does_not_render_is_none_of_its_business(
    sample_history, own, tmp_path
):
    (own / "preview.html.j2").write_text("{% if %}")
    assert build(sample_history, tmp_path / "out", own_templates=own, jobs=2).has_changed


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("polcy.html.j2", "", "name to replace; did you mean 'policy.html.j2'?"),
        ("styles/35-own.css", "", "styles/35-own.css: there is no template "),
        ("policy.html.j2", "{{ nothing }}", "policy.html.j2: 'nothing' is undefined; "),
        ("policy.html.j2", "\n{% if %}", "policy.html.j2:2: Expected an expression, "),
        ("policy.html.j2", "{{ page.version + 1 }}", "policy.html.j2: can only concatenate str "),
        ("policy.html.j2", "{{ 1 / 0 }}", "policy.html.j2: division by zero; "),
        ("policy.html.j2", '{% extends "nothing.j2" %}', "policy.html.j2: there is no template 'nothing"),
        ("policy.html.j2", "\udcff", "policy.html.j2: 'utf-8' codec can't decode "),
        ("styles/30-frame.css", "\udcff", "styles/30-frame.css: not UTF-8; save it as UTF-8"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_folder_is_one_line(sample_history, own, tmp_path, name, text, message):
    (own / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        build(sample_history, tmp_path / "out", own_templates=own)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out" / "site").exists()


def test_a_folder_that_is_missing_is_an_error(sample_history, tmp_path):
    with pytest.raises(InputError, match="not a folder; name one with --templates"):
        build(sample_history, tmp_path / "out", own_templates=tmp_path / "missing")
