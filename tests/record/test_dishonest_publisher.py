"""A publisher who rewrites the history or the site is found by readers who saved a letter or the log.

`python -m tests.record` makes hundreds of alterations of as many generated histories.
"""

from __future__ import annotations

import re
from random import Random

import pytest

from tests.record.forged_data import DATA_FORGERIES
from tests.record.histories import HistoryGenerator
from tests.record.readers import read_entries, verify
from tests.record.rewritten_histories import REWRITES
from tests.record.site_copies import hash_article
from tests.record.trials import (
    FORGERIES,
    HONEST,
    build_base,
    continue_honestly,
    create_base,
    forge_site,
    rewrite_history,
)

KINDS = {
    "published", "explained", "note-mended", "withdrawn", "brought-forward", "redacted", "language-added",
}  # fmt: skip
# One of each kind; the command has all.
REWRITTEN = (
    "text: word", "text: digit", "text: kind of list, back", "text: level of a heading", "text: title",
    "note: word of a note", "note: lower level", "note: day", "settings: another key",
    "settings: channels of major changes", "history: swap sections", "history: move all days",
    "history: insert commit", "history: drop redaction", "history: drop language",
)  # fmt: skip
UNRECORDED = ("settings: lead time", "settings: title of the policy", "settings: controller")
FORGED = (
    "page: word", "page: hidden paragraph", "page: comment", "page: text between sections", "page: salts",
    "pages and text: word", "pages, text and log: section that is removed",
    "around: template around the text", "around: text area around the text",
    "front page: word", "change log: word", "changes: removal", "text: word",
    "everywhere: version that is missing", "appended: the same version",
)  # fmt: skip
# What each comparison of the verifier finds: of the chain, with the reader's letter and log, with the log.
DATA_FORGED_IN_CI = (
    "log: level", "log: deleted entry",
    "log with hashes: document", "log with hashes: note", "log with hashes: cut",
    "log with hashes: swapped entries", "log with hashes and data: level",
    "versions.json: effective", "versions.json: entry", "versions.json: title", "versions.json: url",
    "versions.json: withdrawn_by", "versions.json: redacted", "versions.json: version that is missing",
    "versions.json: language that is missing", "announcements.json: channels", "announcements.json: title",
    "announcements.json: version", "log: repeated key", "versions.json: repeated key",
)  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A history with every kind of entry, of which a reader has a letter and the log, and which goes on."""
    made = HistoryGenerator(Random(8))
    for step in (
        made.add_silent, made.explain, made.add_major, made.mend_note, made.withdraw, made.redact,
        made.add_language, made.add_salt, made.change_form, made.bring_forward, made.add_major,
    ):  # fmt: skip
        step()
    last = len(made.commits) - 1
    for step in (made.add_minor, made.mend_note, made.reorder):
        step()
    folder = tmp_path_factory.mktemp("record") / "base"
    return build_base(made.commits, last, folder, Random(1), "both")


def try_until_found(try_one, base, name, folder):
    """Return the first trial that alters what the witness vouches for; a few may alter nothing."""
    for seed in range(20):
        trial = try_one(base, name, folder, Random(seed))
        if trial and trial.must_be_found:
            return trial
    raise AssertionError(name)


def test_the_history_has_every_kind_of_entry_and_salts(base):
    entries = read_entries(base.site)
    assert {entry["kind"] for entry in entries[: base.witness.count]} == KINDS
    assert len(entries) > base.witness.count
    assert verify(base.site, base.witness).code == 0


def test_the_publisher_knows_how_to_hash_a_text(base):
    entry = next(each for each in reversed(read_entries(base.site)) if each["kind"] == "published")
    page = next(base.site.rglob(f"versjon/{entry['version']}/index.html")).read_text("utf-8")
    article = re.search(r"<article data-version.*?</article>", page, re.DOTALL)
    assert "data-salts" in article[0]
    assert hash_article(article[0]) == entry["languages"]["nb"]["document"]


@pytest.mark.long
@pytest.mark.parametrize("name", REWRITTEN)
def test_a_rewritten_history_is_found(base, name, tmp_path):
    trial = try_until_found(rewrite_history, base, name, tmp_path / "altered")
    assert trial.is_right, trial.verdict.output


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_site_is_found(base, name, tmp_path):
    trial = try_until_found(forge_site, base, name, tmp_path / "altered")
    assert trial.is_right, trial.verdict.output


@pytest.mark.cases_in_ci(*DATA_FORGED_IN_CI)
@pytest.mark.parametrize("name", DATA_FORGERIES)
def test_forged_data_is_found(base, name, tmp_path):
    trial = try_until_found(forge_site, base, name, tmp_path / "altered")
    assert trial.is_right, trial.verdict.output


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", UNRECORDED)
def test_what_is_no_part_of_the_record_may_change(base, name, tmp_path):
    trial = next(
        found
        for seed in range(20)
        if (found := rewrite_history(base, name, tmp_path / "altered", Random(seed)))
    )
    assert (trial.must_be_found, trial.verdict.code) == (False, 0), trial.verdict.output


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", HONEST)
def test_an_honest_publisher_is_not_accused(base, name, tmp_path):
    trial = continue_honestly(base, name, tmp_path / "later", Random(1))
    assert trial.is_right, trial.verdict.output


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("seed", range(6))
def test_any_honest_history_is_verified(seed, tmp_path):
    made = create_base(tmp_path, Random(seed))
    verdict = verify(made.site, made.witness)
    assert verdict.code == 0, verdict.output


def test_every_alteration_of_the_tests_exists():
    assert {*REWRITTEN, *UNRECORDED} <= REWRITES.keys()
    assert FORGERIES.keys() >= {*FORGED}
