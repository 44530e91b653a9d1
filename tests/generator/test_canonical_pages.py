"""The published page of a version has the canonical form of its document."""

from __future__ import annotations

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
