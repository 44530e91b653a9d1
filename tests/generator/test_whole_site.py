"""What holds for every page, link and hash of a published site (docs/reference/output.md)."""

from __future__ import annotations

import json

import pytest

from tests.helpers.published_site import PublishedSite

PAGES = """
404.html index.html en/index.html endringslogg/index.html en/changelog/index.html
endringslogg/siden/1.0/index.html en/changelog/since/1.0/index.html
versjon/2.0/index.html versjon/2.0/endringer/index.html
en/version/2.0/index.html en/version/2.0/changes/index.html
"""


@pytest.fixture(scope="module")
def site(sample_out) -> PublishedSite:
    return PublishedSite(sample_out)


def test_the_log_can_be_verified_from_the_published_files(site):
    site.assert_agrees_with_its_log()


def test_every_element_is_closed_and_every_id_is_unique(site):
    site.assert_markup_is_valid()


def test_every_link_leads_somewhere_and_stays_relative(site):
    site.assert_links_resolve()


def test_no_page_loads_anything_from_elsewhere(site):
    site.assert_no_external_resources()


def test_canonical_and_alternates_are_absolute_below_the_base(site):
    site.assert_canonical_urls()


def test_the_sitemap_lists_the_pages_and_nothing_else(site):
    site.assert_sitemap_lists_pages()


def test_a_redline_holds_the_new_words_and_the_old_ones(site):
    site.assert_redlines_match_texts()


def test_every_kind_of_page_is_there(site):
    assert set(PAGES.split()) <= set(site.pages)
    rows = site.versions["versions"]
    assert [row["version"] for row in rows] == ["1.0", "2.0", "2.1", "2.2", "2.3", "3.0"]
    kinds = {kind for row in rows[1:] for kind, names in row["sections"].items() if names}
    assert kinds == {"added", "changed", "moved"}


def test_every_policy_stands_in_an_article_of_its_version_and_language(site):
    for path, found in site.pages.items():
        if path.endswith(("versjon/2.0/index.html", "version/2.0/index.html")):
            code = "en" if path.startswith("en/") else "nb"
            assert f'<article data-version="2.0" lang="{code}">' in found.text
            assert {"kontakt", "deling", "sletting"} <= set(found.ids)
        if path.endswith(("2.0/endringer/index.html", "2.0/changes/index.html")):
            assert 'data-from="1.0" data-to="2.0"' in found.text


def test_the_version_in_force_is_published_as_json_ld(site):
    policy = json.loads((site.root / "api" / "policy.jsonld").read_bytes())
    assert (policy["version"], policy["inLanguage"]) == (site.versions["in_force"], ["nb", "en"])
    assert isinstance(policy["@context"], dict)
