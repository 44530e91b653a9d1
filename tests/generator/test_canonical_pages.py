"""The published page of a version has the canonical form of its document."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP

from changelog.history import read_revisions
from changelog.replay import build_version_log
from tests.helpers.canonical_page import read_canonical_sections
from tests.helpers.cli import create_history
from tests.helpers.in_process import build

HISTORY = """
start
section nb/04-mer Mer "Vi **lagrer** [her](https://example.no/)" "- navn" "- adresse" "| a | b |
|---|---|
| c | d |" "Ord[^1]" "[^1]: Note" "{{ table: retention }}" "\\`\\`\\`
a  b
\\`\\`\\`"
commit 2026-01-06
"""


def test_the_form_of_a_version_can_be_read_from_its_page(tmp_path):
    source = create_history(tmp_path / "source", HISTORY)
    build(source, tmp_path / "out")
    version = build_version_log(read_revisions(source)).latest
    for locale, page in (("nb", "versjon/1.1/index.html"), ("en", "en/version/1.1/index.html")):
        html = (tmp_path / "out/site" / page).read_text(encoding="utf-8")
        forms = [section.canonical_form for section in version.documents[locale].sections]
        assert read_canonical_sections(html) == forms


FORM_ALONE = """
start
section nb/04-mer Mer "Vi lagrer" "navn" "adresse"
commit 2026-01-06
words nb/04-mer "Vi lagrer" "- navn" "- adresse"
note liste major 2026-03-01
commit 2026-01-07
"""


def test_a_letter_says_that_only_the_form_changed(tmp_path):
    source = create_history(tmp_path / "source", FORM_ALONE)
    build(source, tmp_path / "out")
    letter = (tmp_path / "out/letters/2.0/nb.eml").read_bytes()
    text = message_from_bytes(letter, policy=SMTP).get_body(("plain",)).get_content()
    assert "Bare formen er endret.\n\nMer\n\n- [nå en liste] navn" in text.replace("\r\n", "\n")
