"""What page builders, editors and old servers do to a page, and what `build.py import` makes of it."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.helpers.imports import import_document


def _import(folder, content, name="page.txt"):
    return import_document(folder, content, name).report


def _text(folder):
    return "\n".join(file.read_text() for file in sorted((folder / "site" / "content" / "nb").iterdir()))


def _raw(html):
    return base64.b64encode(quote(html).encode()).decode()


HEAD = "<h2>Om oss</h2>\n\n"
ROWS = quote('[{"label": "Navn", "value": "9"}, {"label": "Adresse"}]')
MANY = quote(json.dumps([{"label": "Navn og adresse"}] * 60))
FORM = "<fieldset><legend>Valg</legend><label>Navn</label><button>Send</button></fieldset>"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            '[vc_cta h2="Spør oss" h4="Vi svarer" txt_align="left"]Ring.[/vc_cta]',
            "Spør oss\n\nVi svarer\n\nRing.",
        ),
        ('[vc_message color="info" show_title="true"]Husk.[/vc_message]', "Husk."),
        ('[vc_btn title="Vilkår" link="url:https%3A%2F%2Fx.no%2Fvilkar||"]', "[Vilkår](https://x.no/vilkar)"),
        ('[vc_btn title="Ond" link="url:javascript%3Aalert(1)||"]', "Ond"),
        (
            f'[vc_list values="{quote("""[{"label": "Navn", "value": "9"}, {"label": "Adresse"}]""")}"]',
            "Navn\n\nAdresse",
        ),
        ('[vc_list values="%5B%7B broken"]Her.', "Her."),
        (f'[vc_list values="{MANY}"]', "\n\n".join(["Navn og adresse"] * 60)),
        (f'[vc_cta h2="{"lang " * 400}"]', ("lang " * 400).strip()),
        (f"[vc_raw_js]{_raw('<script>alert(1)</script>')}[/vc_raw_js]Etter", "Etter"),
        (f"[vc_raw_html]{_raw('<p>Rå <b>fet</b></p><script>x()</script>')}[/vc_raw_html]", "Rå **fet**"),
        (f"[vc_raw_html]{_raw('<a href=javascript:x()>Klikk</a>')}[/vc_raw_html]", "Klikk"),
        ("[vc_row][vc_column][vc_column_text]Uten slutt [vc_row_inner]mer", "Uten slutt\n\nmer"),
        ("[/vc_column][/vc_row]Bare slutt[/vc_row]", "Bare slutt"),
        ("<details><summary>Kort</summary>Langt</details>", "Kort\n\nLangt"),
        (
            "<fieldset><legend>Valg</legend><label>Navn</label><button>Send</button></fieldset>",
            "Valg\n\nNavn\n\nSend",
        ),
        (
            '<a href="https://x.no/a b(c)?d=&quot;e&quot;">Rar</a>',
            "[Rar](https://x.no/a%20b%28c%29?d=%22e%22)",
        ),
        ('<a href="#del">Hopp</a> <a href="&#106;avascript:x()">Ond</a>', "Hopp Ond"),
        ("Storgata 1\n0155 Oslo", "Storgata 1  \n0155 Oslo"),
        ('I 2 år<sup><a href="#n">1</a></sup>, H<sub>2</sub>O, n<sup>te</sup>', "I 2 år¹, H2O, nte"),
        ("<sup>a<sup>1</sup></sup>", "a¹"),
        ("<ul>\n<li>A</li>\n<li>B</li>\n</ul>\nSlutt\n<p>P</p>", "- A\n- B\n\nSlutt\n\nP"),
        ("<!-- wp:paragraph --><p>En\nto</p><!-- /wp:paragraph -->", "En\nto"),
        ("Pris &lt; 5 &amp; &#248;re &laquo;ja&raquo;", "Pris < 5 & øre «ja»"),
    ],
)
def test_a_shortcode_becomes_its_words(tmp_path, code, words):
    _import(tmp_path, HEAD + code)
    assert _text(tmp_path) == f'---\ntitle: "Om oss"\n---\n\n{words}\n'


def test_a_cell_that_spans_rows_keeps_the_others_in_their_columns(tmp_path):
    head = "<tr><th>A</th><th>B</th><th>C</th></tr>"
    rows = '<tr><td rowspan="3">1</td><td>2</td><td rowspan="2">3</td></tr>'
    _import(tmp_path, f"{HEAD}<table>{head}{rows}<tr><td>4</td></tr><tr><td>5</td><td>6</td></tr></table>")
    assert "| 1 | 2 | 3 |\n|  | 4 |  |\n|  | 5 | 6 |\n" in _text(tmp_path)


def test_an_enormous_span_costs_no_time(tmp_path):
    cells = '<td rowspan="999999999" colspan="999999999">1</td><td rowspan="x">2</td>'
    _import(tmp_path, f"{HEAD}<table><tr>{cells}</tr><tr><td>3</td></tr></table>")
    assert "3" in _text(tmp_path)


@pytest.mark.long
def test_blanks_and_spans_without_end_are_imported(tmp_path):
    spans = "<table>" + "<tr><td rowspan=100 colspan=100>a" * 200 + "</table>"
    _import(tmp_path, f"{HEAD}<p>Vi deler{' ' * 50_000}navn.</p>{spans}")
    assert "Vi deler navn." in _text(tmp_path)


@pytest.mark.long
def test_a_huge_table_keeps_every_row(tmp_path):
    rows = "".join(f"<tr><td>rad {n}</td><td>{n} | {n}</td></tr>" for n in range(3000))
    _import(tmp_path, f"{HEAD}<table><tr><th>A</th><th>B</th></tr>{rows}</table>")
    assert _text(tmp_path).count("| rad ") == 3000


def test_what_cannot_be_imported_is_reported(tmp_path):
    text = (
        f'{HEAD}[rev_slider alias="a"] [min_kode]Inni[/min_kode] [1] [se vedlegg]\n\n'
        '[vc_pricing el_class="en to" promise="Gratis i dag" css=".a{b:c}"]'
        '<img src="x.png" alt="Et kart">\n\n<a href="/kontakt/">Kontakt</a>'
    )
    report = [line for line in _import(tmp_path, text) if not line.startswith("to do: controller")]
    assert report[:-3] == [
        "to do: in 'Om oss' write the full address of the link /kontakt/",
        "not imported: promise of [vc_pricing], 'Gratis i dag'",
        "to do: [rev_slider] looks like a shortcode; write what it showed",
        "to do: [min_kode] looks like a shortcode; write what it showed",
        "not imported: images (1); their alternative texts take their place",
    ]
    assert "Et kart" in _text(tmp_path)


SAVED = """<!DOCTYPE html><html lang="nb"><head><meta charset="{}"></head>
<body><h2>Ære</h2><p>«Blåbær»</p></body></html>"""


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-8", "utf-16"),
        ("iso-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "utf-8"),
    ],
)
def test_a_file_is_read_in_its_own_encoding(tmp_path, declared, encoding):
    _import(tmp_path, SAVED.format(declared).encode(encoding), "page.html")
    assert _text(tmp_path) == '---\ntitle: "Ære"\n---\n\n«Blåbær»\n'


ITEM = """<item><title>{}</title>
<content:encoded><![CDATA[<p>{}</p><a href="/kontakt/">Kontakt</a>]]></content:encoded>
<wp:post_type>page</wp:post_type><wp:status>{}</wp:status></item>"""
EXPORT = """<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Prøve</title><language>nb-NO</language>
<wp:base_site_url>https://proeve.no</wp:base_site_url>{}</channel></rss>"""


@pytest.mark.parametrize(
    "pages",
    [
        ["Om oss|publish", "*Personvern|publish"],
        ["Personvern for ansatte|publish", "*Personvernerklæring|publish"],
        ["Personvernerklæring|trash", "Personvernerklæring|draft", "*Vår personvernerklæring|publish"],
        ["Personvernerklæring for jobbsøkere|publish", "*Personvernerklæring|publish"],
        ["Om oss|publish", "*Personvernerklæring|draft"],
        ["*Privacy policy|publish", "Personvernerklæring|publish"],
    ],
    ids=range(6),
)
def test_of_several_pages_the_published_policy_is_imported(tmp_path, pages):
    parted = [page.lstrip("*").split("|") for page in pages]
    items = [ITEM.format(title, f"Tekst {place}", status) for place, (title, status) in enumerate(parted)]
    report = _import(tmp_path, EXPORT.format("".join(items)), "export.xml")
    [chosen] = [place for place, page in enumerate(pages) if page.startswith("*")]
    assert f"Tekst {chosen}\n" in _text(tmp_path)
    assert "[Kontakt](https://proeve.no/kontakt/)" in _text(tmp_path)
    reported = [line for line in report if line.startswith("not imported: the page")]
    assert len(reported) == len(pages) - 1
