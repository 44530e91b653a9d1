# ruff: noqa: E501 - the lines of documents are as long as programs write them
"""Documents of Word and LibreOffice: read whole, with limits, and never anything outside of them."""

import io
import zipfile

import pytest

from common.errors import InputError
from tests.helpers.imports import import_document

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
    'ContentType="application/xml"/></Types>'
)
_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_ROOT = _RELATION.format(
    '<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/>'
)
_STYLES = (
    f"<w:styles {_W}>"
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style></w:styles>'
)


def _paragraph(text, style="", before=""):
    style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{style}<w:r><w:t>{text}</w:t></w:r>{before}</w:p>"


BODY = (
    _paragraph("Personvernerklæring", "T")
    + _paragraph("Om oss", "H")
    + _paragraph(
        "Vi er Prøve.",
        before='<w:r><w:commentReference w:id="0"/></w:r>'
        "<w:del><w:r><w:delText>Ikke Andre.</w:delText></w:r></w:del>",
    )
    + _paragraph("Deg", "H")
    + _paragraph("Du har rett.", before='<w:r><w:footnoteReference w:id="2"/></w:r>')
)
NOTES = f'<w:footnotes {_W}><w:footnote w:id="2">{_paragraph("Alltid.")}</w:footnote></w:footnotes>'
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _zip(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _docx(body=BODY, **parts):
    relations = _RELATION.format(
        f'<Relationship Id="s" Type="{_TYPE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="c" Type="{_TYPE}/comments" Target="comments.xml"/>'
        f'<Relationship Id="f" Type="{_TYPE}/footnotes" Target="footnotes.xml"/>'
        f'<Relationship Id="p" Type="{_TYPE}/image" Target="file:///etc/passwd" TargetMode="External"/>'
    )
    return _zip(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _ROOT,
            "word/_rels/document.xml.rels": relations,
            "word/document.xml": f"<w:document {_W} {_R}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": _STYLES,
            "word/footnotes.xml": NOTES,
            "word/header1.xml": f"<w:hdr {_W}>{_paragraph('Utkast')}</w:hdr>",
            "word/comments.xml": f'<w:comments {_W}><w:comment w:id="0">{_paragraph("Spør Kari")}</w:comment></w:comments>',
        }
        | parts
    )


def test_a_document_of_word_becomes_sections(tmp_path):
    imported = import_document(tmp_path, _docx(), "policy.docx")
    assert imported.sections == {
        "nb/01-om-oss.md": "Vi er Prøve.",
        "nb/02-deg.md": "Du har rett.[^1]\n\n[^1]: Alltid.",
    }
    assert 'title: "Personvernerklæring"' in imported.files["policy.yaml"]
    assert imported.report[:3] == [
        "not imported: a comment, 'Spør Kari'",
        "not imported: deleted text, 'Ikke Andre.'",
        "not imported: a header or footer, 'Utkast'",
    ]


def test_words_that_the_converter_leaves_out_are_reported(tmp_path):
    lost = "<w:p><w:unknownThing><w:r><w:t>Glemte ord</w:t></w:r></w:unknownThing></w:p>"
    imported = import_document(tmp_path, _docx(BODY + lost), "policy.docx")
    assert "not imported: words of the document, 'Glemte ord'" in imported.report


ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:automatic-styles>
<style:style style:name="P1" style:parent-style-name="Title"/>
<style:style style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>
<text:list-style style:name="L1"><text:list-level-style-number/></text:list-style></office:automatic-styles>
<office:body><office:text><text:tracked-changes><text:p>Ikke Andre.</text:p></text:tracked-changes>
<text:p text:style-name="P1">Personvernerklæring</text:p>
<text:table-of-content><text:p>Om oss 1</text:p></text:table-of-content><text:h text:outline-level="1">Om oss</text:h>
<text:p>Vi er <text:span text:style-name="T1">Prøve</text:span>,<text:s text:c="3"/>altså
<text:a xlink:href="https://example.no/">oss</text:a>.<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>Alltid.</text:p></text:note-body></text:note><office:annotation><text:p>Spør Kari</text:p>
</office:annotation></text:p><text:h text:outline-level="1">Deg</text:h><text:list text:style-name="L1">
<text:list-item><text:p>navn</text:p></text:list-item><text:list-item><text:p>adresse</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>Hva</text:p></table:table-cell><table:table-cell><text:p>Hvor lenge</text:p>
</table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Navn</text:p></table:table-cell>
<table:table-cell><text:p>2 år</text:p></table:table-cell></table:table-row></table:table></office:text></office:body>
</office:document-content>"""


def _odt(content=ODT):
    return _zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def test_a_document_of_libreoffice_becomes_sections(tmp_path):
    imported = import_document(tmp_path, _odt(), "policy.odt")
    assert imported.sections == {
        "nb/01-om-oss.md": "Vi er **Prøve**, altså\n[oss](https://example.no/).[^1]\n\n[^1]: Alltid.",
        "nb/02-deg.md": "1. navn\n2. adresse\n\n| Hva | Hvor lenge |\n| --- | --- |\n| Navn | 2 år |",
    }
    assert 'title: "Personvernerklæring"' in imported.files["policy.yaml"]
    assert imported.report[:3] == [
        "not imported: deleted text, 'Ikke Andre.'",
        "not imported: a contents list, 'Om oss 1'",
        "not imported: a comment, 'Spør Kari'",
    ]


def test_a_web_page_that_google_docs_packed_is_read(tmp_path):
    page = '<html lang="nb"><body><h1>Om oss</h1><p>A.</p><h1>Deg</h1><p>B.</p></body></html>'
    imported = import_document(tmp_path, _zip({"Policy.html": page, "images/image1.png": b"x"}), "policy.zip")
    assert imported.titles == ["Om oss", "Deg"]


_ENTITY = '<!DOCTYPE a [<!ENTITY b "{}"><!ENTITY c "&b;&b;&b;">]>'
_DEEP = "<w:ins>" * 20_000 + "</w:ins>" * 20_000
_BOMB = b"<a>" + b" " * (17 << 20) + b"</a>"


def _damage(data):
    return data[:60] + b"\0\0\0\0" + data[64:]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (_docx(**{"word/document.xml": _ENTITY.format("x" * 1000) + "<a>&c;</a>"}), "no DOCTYPE"),
        (_docx(**{"word/footnotes.xml": _ENTITY.format("x") + "<a/>"}), "no DOCTYPE"),
        (_odt(_ENTITY.format("x") + "<a>&c;</a>"), "no DOCTYPE"),
        (_docx(**{"word/theme.xml": _BOMB}), "more text than a policy has"),
        (_zip({"word/document.xml": "<a/>"} | {f"{n}.xml": "" for n in range(2001)}), "too many files"),
        (_docx(**{"word/document.xml": "<a>"}), "damaged"),
        (_docx()[:2000], "damaged"),
        (_damage(_docx()), "damaged"),
        (_zip({"word/document.xml": "<a/>"}), "damaged|no text"),
        (_zip({"a.txt": "x"}), "neither a text of Word"),
        (b"%PDF-1.7 x", "a PDF"),
        (b"{\\rtf1 x}", "rich text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 x", "an old Word"),
        (b"MIME-Version: 1.0\nx", "MHTML"),
    ],
    ids=range(14),
)
def test_a_file_that_does_harm_or_is_damaged_is_refused(tmp_path, data, words):
    with pytest.raises(InputError, match=words) as caught:
        import_document(tmp_path, data, "policy.docx")
    assert len(caught.value.lines) == 1
    assert not (tmp_path / "site").exists()


def test_deep_nesting_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match="nested too deeply"):
        import_document(tmp_path, _docx(BODY + f"<w:p>{_DEEP}</w:p>"), "policy.docx")


def test_a_picture_outside_of_the_document_is_not_read(tmp_path):
    picture = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><wp:docPr descr="Et kart"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/'
        'drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/'
        'picture"><pic:blipFill><a:blip r:link="p"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )
    imported = import_document(tmp_path, _docx(BODY + picture), "policy.docx")
    assert "root:" not in "".join(imported.files.values())
    assert "Et kart" in imported.sections["nb/02-deg.md"]
