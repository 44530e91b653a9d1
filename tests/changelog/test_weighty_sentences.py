"""The sentences of weighty.tsv: those that a minor change must be asked about, and those that it must not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changelog.change_set import Change
from changelog.snapshots import Snapshot
from changelog.weighty_sentences import list_weighty_sentences
from policy.loader import load_policy

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "weighty.tsv").read_text(encoding="utf-8").splitlines()
]
CODES = sorted({code for code, _, _ in ROWS})


def create_snapshot(code: str, words: str) -> Snapshot:
    files = {
        "content/policy.yaml": f"title: T\nbase_url: https://eksempel.no/\nlanguages: [{code}]\n"
        "controller: {name: Nordlys Forening, former_names: [SMB Norge]}\n",
        f"content/{code}/01-a.md": f"---\ntitle: A\n---\n\n{words}\n",
    }
    return Snapshot("", 0, load_policy({path: text.encode() for path, text in files.items()}))


def find_sentences(code: str, before: str, after: str) -> list[tuple[str, bool]]:
    change = Change(create_snapshot(code, before), create_snapshot(code, after), {}, date(2026, 11, 22), "")
    return [(sentence.text, sentence.is_deleted) for sentence in list_weighty_sentences(change)]


@pytest.mark.parametrize("code", CODES)
def test_exactly_the_weighty_sentences_of_a_change_are_found(code):
    expected = [text for language, verdict, text in ROWS if (language, verdict) == (code, "fires")]
    everything = " ".join(text for language, _, text in ROWS if language == code)
    assert find_sentences(code, "A.", f"A. {everything}") == [(text, False) for text in expected]
    assert find_sentences(code, f"A. {everything}", "A.") == [(text, True) for text in expected]


def test_a_sentence_that_moves_or_is_corrected_is_not_weighty():
    before = "Vi deler adressen med banken. Du kan ringe.\n\nVi selger aldri adresser."
    assert (
        find_sentences("nb", before, "Vi selger aldri adresser. Nytt.\n\n- Vi deler adressen med banken.")
        == []
    )
    assert find_sentences("nb", "Vi deler opplysniger. A.", "Vi deler opplysninger. B.") == []


def test_the_name_of_the_controller_is_not_a_country():
    assert find_sentences("nb", "A.", "SMB Norge har nytt navn.") == []
    assert find_sentences("nb", "A.", "Vi holder til i Norge.") == [("Vi holder til i Norge.", False)]
