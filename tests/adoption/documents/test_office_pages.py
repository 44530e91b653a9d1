# ruff: noqa: E501 - the lines of pages are as long as programs write them
"""Web pages that Word and Google Docs write."""

from tests.helpers.imports import import_document

GOOGLE = """<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type">
<style>.c1{font-weight:700}</style></head><body class="c3 doc-content">
<p class="c0 title" id="h.t"><span>Personvernerklæring</span></p>
<p><span><a href="#h.1">Om oss</a></span></p><p><span><a href="#h.2">Deg</a></span></p>
<h1 id="h.1"><span>Om oss</span></h1><p><span>Vi er </span><span class="c1">Prøve AS</span><sup><a href="#ftnt1"
id="ftnt_ref1">[1]</a></sup><span>, og du leser </span><span><a
href="https://www.google.com/url?q=https://example.no/om?a%3D1&amp;sa=D&amp;source=editors&amp;ust=1">mer</a></span>
<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p>
<h1 id="h.2"><span>Deg</span></h1><ul class="c5 lst-kix_abc-0 start"><li><span>Navn</span></li></ul>
<ul class="c5 lst-kix_abc-1 start"><li><span>fornavn</span></li><li><span>etternavn</span></li></ul>
<ul class="c5 lst-kix_abc-0"><li><span>Adresse</span></li></ul>
<hr class="c7"><div><p class="c2"><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Ikke Prøve Ltd.</span></p></div>
<div class="c9"><p class="c2"><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>Er dette riktig? Spør Kari.</span></p></div>
</body></html>"""


def test_a_page_of_google_docs_becomes_sections_lists_and_footnotes(tmp_path):
    imported = import_document(tmp_path, GOOGLE, "page.html")
    assert imported.sections == {
        "nb/01-om-oss.md": (
            "Vi er Prøve AS[^1], og du leser [mer](https://example.no/om?a=1)\n\n[^1]: Ikke Prøve Ltd."
        ),
        "nb/02-deg.md": "- Navn\n  - fornavn\n  - etternavn\n- Adresse",
    }
    assert 'title: "Personvernerklæring"' in imported.files["policy.yaml"]


def test_comments_of_google_docs_are_reported_and_not_published(tmp_path):
    imported = import_document(tmp_path, GOOGLE, "page.html")
    assert "not imported: a comment, 'Er dette riktig? Spør Kari.'" in imported.report
    assert "Kari" not in "".join(imported.files.values())


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><title>Mal</title></head>
<body lang=NO-BOK><div class=WordSection1><p class=MsoTitle>Personvernerklæring</p>
<p class=MsoToc1><a href="#_Toc1">Om oss<span> 1</span></a></p><p class=MsoToc1><a href="#_Toc2">Deg<span> 1</span></a></p>
<h1><a name="_Toc1">Om oss</a></h1>
<p class=MsoNormal>Vi er Prøve AS.<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1"><span
class=MsoFootnoteReference>[1]</span></a></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt'>&nbsp;&nbsp; </span></span></span>
<![endif]>Navn<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o
</span>fornavn</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Adresse</p>
<h1><a name="_Toc2">Deg</a></h1><p class=MsoNormal>Du har rett.</p>
<p class=MsoListParagraphCxSpFirst style='margin-left:36.0pt'>1.<span style='font:7.0pt'>&nbsp;&nbsp; </span>Innsyn</p>
<p class=MsoListParagraphCxSpLast style='margin-left:36.0pt'>2.<span style='font:7.0pt'>&nbsp;&nbsp; </span>Sletting</p>
</div><div><hr align=left size=1 width="33%"><div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1"
name="_ftn1"><span class=MsoFootnoteReference>[1]</span></a> Org.nr. 1.</p></div></div></body></html>"""


def test_a_page_of_word_becomes_sections_lists_and_footnotes(tmp_path):
    imported = import_document(tmp_path, WORD.encode("windows-1252"), "page.html")
    assert imported.sections == {
        "nb/01-om-oss.md": "Vi er Prøve AS.[^1]\n\n- Navn\n  - fornavn\n- Adresse\n\n[^1]: Org.nr. 1.",
        "nb/02-deg.md": "Du har rett.\n\n1. Innsyn\n2. Sletting",
    }
    assert 'title: "Personvernerklæring"' in imported.files["policy.yaml"]
    assert "not imported: a contents list, 'Om oss 1 Deg 1'" in imported.report
