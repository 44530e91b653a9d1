"""What WordPress and its page builders keep beside the text of a page is read or reported."""

import json

from tests.helpers.imports import import_document

EXPORT = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Prøve</title><link>https://example.no</link><language>nb-NO</language>
{shared}<item><title>Personvernerklæring</title><content:encoded><![CDATA[{body}]]></content:encoded>
<wp:post_id>3</wp:post_id><wp:post_date>2024-05-01 10:00:00</wp:post_date><wp:status>publish</wp:status>
<wp:post_type>page</wp:post_type>{meta}</item></channel></rss>
"""
META = "<wp:postmeta><wp:meta_key>{}</wp:meta_key><wp:meta_value><![CDATA[{}]]></wp:meta_value></wp:postmeta>"
SHARED = """<item><title>Kontakt</title><content:encoded><![CDATA[{}]]></content:encoded>
<wp:post_id>{}</wp:post_id><wp:status>publish</wp:status><wp:post_type>wp_block</wp:post_type></item>"""
MARK = '<sup data-fn="6a72" class="fn"><a href="#6a72" id="6a72-link">1</a></sup>'


def _import(folder, body, meta="", shared=""):
    return import_document(folder, EXPORT.format(body=body, meta=meta, shared=shared), "export.xml")


def test_footnotes_are_those_of_the_section_that_refers_to_them(tmp_path):
    notes = json.dumps([{"content": "Bare <em>navn</em>.", "id": "6a72"}, {"content": "Ellers.", "id": "b1"}])
    body = f"<h2>Om</h2><p>Vi.</p><h2>Deling</h2><p>Vi deler{MARK} data.</p><!-- wp:footnotes /-->"
    imported = _import(tmp_path, body, META.format("footnotes", notes))
    assert imported.sections["nb/01-om.md"] == "Vi."
    assert imported.sections["nb/02-deling.md"] == ("Vi deler[^1] data.\n\nEllers.\n\n[^1]: Bare *navn*.")


def test_shared_blocks_are_filled_in_and_missing_ones_reported(tmp_path):
    body = (
        '<!-- wp:heading --><h2>Om</h2><!-- /wp:heading --><!-- wp:block {"ref":7} /-->'
        '<!-- wp:block {"ref":8} /--><!-- wp:pattern {"slug":"tema/fot"} /-->'
    )
    imported = _import(tmp_path, body, shared=SHARED.format("<p>Ring oss.</p>", 7))
    assert imported.sections == {"nb/01-om.md": "Ring oss."}
    assert imported.report[:2] == [
        "to do: the block 'block' shows '8', which is not in the file; write what it showed",
        "to do: the block 'pattern' shows 'tema/fot', which is not in the file; write what it showed",
    ]


def test_a_shared_block_that_holds_itself_is_filled_in_only_a_few_times(tmp_path):
    shared = SHARED.format('<p>Igjen.</p><!-- wp:block {"ref":7} /--><!-- wp:block {"ref":7} /-->', 7)
    imported = _import(tmp_path, '<h2>Om</h2><!-- wp:block {"ref":7} /-->', shared=shared)
    assert 5 <= imported.sections["nb/01-om.md"].count("Igjen.") < 100


def test_words_in_the_attributes_of_blocks_are_reported(tmp_path):
    attributes = {
        "heading": "Spør",
        "items": [{"answer": "Vi <b>svarer</b> fort."}],
        "className": "en to tre",
    }
    body = (
        f"<h2>Om</h2><p>Spør i dag.</p><!-- wp:acme/faq {json.dumps(attributes)} /-->"
        '<!-- wp:image {"caption":"Spør i dag"} --><p>A</p><!-- /wp:image -->'
    )
    assert _import(tmp_path, body).report[0] == (
        "not imported: a text of the block 'acme/faq', 'Vi svarer fort.'"
    )
    assert len([line for line in _import(tmp_path, body).report if "acme/faq" in line]) == 1


DATA = [
    {
        "elType": "section",
        "elements": [
            {"elType": "widget", "widgetType": "heading", "settings": {"title": "Om oss"}},
            {"elType": "widget", "widgetType": "text-editor", "settings": {"editor": "<p>Vi er Prøve.</p>"}},
            {"elType": "widget", "widgetType": "heading", "settings": {"title": "Deg", "header_size": "h2"}},
            {
                "elType": "widget",
                "widgetType": "accordion",
                "settings": {
                    "tabs": [{"tab_title": "Navn", "tab_content": "<p>Ditt <b>navn</b>.</p>"}],
                    "_css_classes": "en to tre",
                    "badge": "Helt nytt i år",
                },
            },
        ],
    }
]


def test_a_page_that_only_elementor_has_is_read(tmp_path):
    imported = _import(tmp_path, "", META.format("_elementor_data", json.dumps(DATA)))
    assert imported.sections == {
        "nb/01-om-oss.md": "Vi er Prøve.",
        "nb/02-deg.md": "## Navn\n\nDitt **navn**.",
    }
    assert imported.report[0] == "not imported: a text of Elementor, 'Helt nytt i år'"


def test_what_elementor_has_beside_the_page_is_reported(tmp_path):
    body = "<h2>Om oss</h2><p>Vi er Prøve.</p><h2>Deg</h2><p>Navn: Ditt navn.</p>"
    imported = _import(tmp_path, body, META.format("_elementor_data", json.dumps(DATA)))
    assert [line for line in imported.report if "Elementor" in line] == [
        "not imported: a text of Elementor, 'Helt nytt i år'"
    ]


def test_a_template_of_elementor_is_read(tmp_path):
    file = json.dumps({"title": "Personvern", "content": DATA})
    assert import_document(tmp_path, file, "template.json").titles == ["Om oss", "Deg"]


def test_a_page_of_another_builder_is_reported(tmp_path):
    imported = _import(tmp_path, "<h2>Om</h2><p>A</p>", META.format("panels_data", "a:1:{}"))
    assert imported.report[0].startswith("to do: SiteOrigin keeps texts of this page elsewhere")
