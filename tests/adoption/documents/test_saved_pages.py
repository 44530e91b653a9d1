"""Of a page saved from a browser the policy is imported, and everything else is reported."""

import pytest

from common.errors import InputError
from tests.helpers.imports import import_document

BANK = """<!-- saved from url=(0031)https://bank.example.no/personvern -->
<!DOCTYPE html><html lang="nb"><head><meta charset="utf-8"><title>Personvern | Banken</title>
<meta property="og:site_name" content="Banken"><link rel="canonical" href="https://www.example.no/om/personvern">
<meta property="article:modified_time" content="2024-05-02T10:00:00+02:00"></head><body>
<div id="CybotCookiebotDialog" role="dialog"><h2>Vi bruker informasjonskapsler</h2><p>Godta alle</p></div>
<header><nav><a href="/">Hjem</a> <a href="/lan">Lån</a></nav></header>
<main><nav aria-label="breadcrumb"><ul><li><a href="/">Forsiden</a></li></ul></nav>
<h1>Slik behandler vi personopplysninger</h1>
<h2>Innhold</h2><ul><li><a href="#hvem">Hvem er ansvarlig?</a></li>
<li><a href="#hva">Hva lagrer vi?</a></li></ul>
<h2 id="hvem">Hvem er behandlingsansvarlig?</h2><p>Banken ASA er behandlingsansvarlig. Se
<a href="../kontakt">kontakt</a>.</p>
<h2 id="hva">Hva lagrer vi?</h2><p>Navn og adresse, til du ikke er kunde mer.</p>
<div class="CookieDeclaration"><p>Vi bruker disse informasjonskapslene.</p></div></main>
<aside>Les også om lån</aside><footer>© Banken</footer></body></html>
"""


def test_only_the_policy_is_imported(tmp_path):
    imported = import_document(tmp_path, BANK, "page.html")
    assert imported.sections == {
        "nb/01-hvem-er-behandlingsansvarlig.md": (
            "Banken ASA er behandlingsansvarlig. Se\n[kontakt](https://www.example.no/kontakt)."
        ),
        "nb/02-hva-lagrer-vi.md": (
            "Navn og adresse, til du ikke er kunde mer.\n\nVi bruker disse informasjonskapslene."
        ),
    }


def test_what_was_around_it_is_reported(tmp_path):
    assert import_document(tmp_path, BANK, "page.html").report[:-2] == [
        "not imported: a consent banner, 'Vi bruker informasjonskapsler Godta alle'",
        "not imported: the text around the policy, 'Hjem Lån Les også om lån © Banken'",
        "not imported: a menu or the like, 'Forsiden'",
        "not imported: a contents list, 'Innhold Hvem er ansvarlig? Hva lagrer vi?'",
    ]


def test_its_title_controller_and_site_are_its_own(tmp_path):
    settings = import_document(tmp_path, BANK, "page.html").files["policy.yaml"]
    assert 'title: "Slik behandler vi personopplysninger"' in settings
    assert "base_url: https://www.example.no/personvern/" in settings
    assert 'name: "Banken ASA"' in settings


def test_the_title_of_the_window_is_used_where_the_page_has_none(tmp_path):
    page = BANK.replace("<h1>Slik behandler vi personopplysninger</h1>", "")
    assert 'title: "Personvern"' in import_document(tmp_path, page, "page.html").files["policy.yaml"]


def test_without_a_main_element_menus_and_footers_are_left_out(tmp_path):
    page = BANK.replace("<main>", "<div class='cookie-banner-off'>").replace("</main>", "</div>")
    imported = import_document(tmp_path, page, "page.html")
    assert imported.titles == ["Hvem er behandlingsansvarlig?", "Hva lagrer vi?"]
    assert "not imported: a menu or the like, '© Banken'" in imported.report


SWEDISH = "<h2>Vem är ansvarig?</h2><p>Vi är ansvariga för att dina uppgifter är säkra och inte sprids.</p>"


@pytest.mark.parametrize("language", ['lang="sv-SE"', "", 'lang="nb"'], ids=["declared", "silent", "wrong"])
def test_a_language_without_a_pack_is_refused_by_its_name(tmp_path, language):
    page = f"<!DOCTYPE html><html {language}><body><main>{SWEDISH}</main></body></html>"
    with pytest.raises(InputError, match=r"Swedish \('sv'\)"):
        import_document(tmp_path, page, "page.html")
    assert not (tmp_path / "site").exists()


def test_a_language_that_the_words_contradict_is_reported(tmp_path):
    page = BANK.replace('lang="nb"', 'lang="en-US"')
    imported = import_document(tmp_path, page, "page.html")
    assert any(path.startswith("en/") for path in imported.files)
    assert "language: 'en-US' is stated, but most words are those of 'nb'" in imported.report


def test_paragraphs_of_links_are_a_contents_list_and_a_single_one_is_a_reference(tmp_path):
    lines = '<p><a href="#a">Om oss</a> 1</p><p><a href="#b">Deg</a> 2</p>'
    page = f'{lines}<h2 id="a">Om oss</h2><p>A.</p><h2 id="b">Deg</h2><p><a href="#a">Om oss</a></p>'
    imported = import_document(tmp_path, page)
    assert imported.sections == {"nb/01-om-oss.md": "A.", "nb/02-deg.md": "Om oss"}
    assert imported.report[0] == "not imported: a contents list, 'Om oss 1 Deg 2'"


def test_tables_that_arrange_a_page_are_no_tables(tmp_path):
    table = "<table><tr><td>Navn</td><td>Ett år</td></tr></table>"
    page = (
        "<table><tr><td><a href='https://example.no/'>Forside</a></td>"
        f"<td><h1>Personvern</h1><h2>Hva vi lagrer</h2>{table}"
        "<h2>Kontakt</h2><p>Ring oss.</p></td></tr></table>"
    )
    imported = import_document(tmp_path, page, "page.html")
    assert [text for name, text in imported.sections.items() if "01" not in name][-2:] == [
        "| Navn | Ett år |\n| --- | --- |",
        "Ring oss.",
    ]
    assert any(line.startswith("lost structure: the cells of a table") for line in imported.report)


def test_a_paragraph_above_a_contents_list_is_its_title(tmp_path):
    page = (
        "<p class=MsoTocHeading>Innhold</p><p class=MsoToc1><a href='#a'>1. Om oss 1</a></p>"
        "<p class=MsoToc1><a href='#b'>2. Lagring 2</a></p>"
        "<h1><a name=a></a>1. Om oss</h1><p>Vi er AS.</p><h1><a name=b></a>2. Lagring</h1><p>Ett år.</p>"
    )
    imported = import_document(tmp_path, f"<html><body>{page}</body></html>", "page.html")
    assert list(imported.sections.values()) == ["Vi er AS.", "Ett år."]
    assert "not imported: a contents list, 'Innhold 1. Om oss 1 2. Lagring 2'" in imported.report
