"""An older history that was imported: what the log says of it, and which rules leave it alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from changelog.announcements import list_announcements
from changelog.change_set import collect_changes_since_base, collect_changes_since_last_note
from changelog.check_context import ChangeCheckContext
from changelog.checks import check_changes
from changelog.history import Revision
from changelog.log_entries import EntryKind
from changelog.replay import build_version_log
from common.errors import InputError
from generator.build import reject_unpublishable_log
from generator.published_log import reject_rewritten_log
from policy.checks.context import PolicyCheckContext
from policy.findings import ContentError
from tests.changelog.test_checks_changes import BASE, MAJOR, MINOR, NEW_WORDS, history
from verifier.log import compare_with_old_log, read_log

TODAY = date(2026, 11, 22)
# Without an action and a title, at once, below the minimum: no rule about changes would let it pass.
OLD_MAJOR = "level: major\nsummary: {nb: Nytt., en: New.}\n"
AT_ONCE = OLD_MAJOR + "effective: 2026-11-22\n"
SETTINGS = BASE["policy.yaml"]
NEWER_WORDS = {
    path: text.replace("og telefon", "og alt").replace("and phones", "and all")
    for path, text in NEW_WORDS.items()
}
IMPORTED = ({**NEW_WORDS, "changes/old.yaml": AT_ONCE}, NEWER_WORDS)
LAST_IMPORTED = f"{len(IMPORTED) + 1:040x}"
ADOPTED = {"policy.yaml": f"{SETTINGS}adopted: {LAST_IMPORTED}\n"}
LATER = {"nb/01-lagring.md": BASE["nb/01-lagring.md"], "en/01-lagring.md": BASE["en/01-lagring.md"]}


def find_rules(revisions: list[Revision], base: list[Revision] | None = None) -> set[str]:
    change_set = (
        collect_changes_since_last_note(revisions, TODAY)
        if base is None
        else collect_changes_since_base(base, revisions, TODAY)
    )
    context = PolicyCheckContext(change_set.newest_snapshot.policy, revisions[-1].files)
    return {one.rule for one in check_changes(ChangeCheckContext(change_set, context, revisions, TODAY))}


def test_the_log_says_which_versions_are_older_than_it():
    log = build_version_log(history(*IMPORTED, ADOPTED, {**LATER, "changes/a.yaml": MINOR}, draft=False))
    assert [(version.number, version.is_imported) for version in log.versions] == [
        ("1.0", True), ("2.0", True), ("2.1", True), ("2.2", False),
    ]  # fmt: skip
    kinds = [entry.kind for entry in log.entries]
    assert kinds == [*[EntryKind.PUBLISHED] * 3, EntryKind.ADOPTED, EntryKind.PUBLISHED]
    assert log.entries[3].fields == {"version": "2.1"}


def test_a_history_without_it_has_the_same_entries_as_ever():
    revisions = history(*IMPORTED, draft=False)
    adopted = build_version_log([*revisions, *history(*IMPORTED, ADOPTED, draft=False)[-1:]])
    plain = build_version_log(revisions)
    # The first version is announced nowhere; the second was, before it was called imported.
    assert plain.entries[0] == adopted.entries[0]
    assert plain.entries[1] != adopted.entries[1]
    assert not any(entry.kind is EntryKind.ADOPTED for entry in plain.entries)


def test_nobody_is_told_of_an_imported_version():
    log = build_version_log(history(*IMPORTED, ADOPTED, draft=False))
    assert list_announcements(log) == ()
    assert not any(version.channels or version.lead_days for version in log.versions)


def test_an_imported_version_may_overtake_another():
    early = OLD_MAJOR + f"effective: {TODAY + timedelta(days=3)}\n"
    late = OLD_MAJOR + f"effective: {TODAY + timedelta(days=30)}\n"
    steps = ({**NEW_WORDS, "changes/a.yaml": late}, {**LATER, "changes/b.yaml": early})
    adopted = {"policy.yaml": f"{SETTINGS}adopted: {3:040x}\n"}
    log = build_version_log(history(*steps, adopted, draft=False))
    assert [version.is_superseded for version in log.versions] == [False, True, False]
    assert log.note_problems == ()


@pytest.mark.parametrize("draft", [True, False])
def test_no_rule_about_changes_finds_anything_in_it(draft):
    assert find_rules(history(*IMPORTED, draft=draft)) >= {"action-missing"}
    assert find_rules(history(*IMPORTED, ADOPTED, draft=draft)) == set()


def test_the_rules_apply_to_what_comes_after_it():
    assert find_rules(history(*IMPORTED, ADOPTED, LATER)) == {"unnoted-change"}
    assert "title-missing" in find_rules(
        history(*IMPORTED, ADOPTED, {**LATER, "changes/a.yaml": MAJOR.partition("title")[0]})
    )


def test_a_branch_that_brings_it_along_changes_nothing():
    revisions = history(*IMPORTED, ADOPTED, draft=False)
    assert find_rules(revisions, revisions[:1]) == set()
    assert find_rules(history(*IMPORTED, ADOPTED, LATER), revisions[:1]) == {"unnoted-change"}


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param((*IMPORTED, LATER, ADOPTED), id="too late"),
        pytest.param((*IMPORTED, {"policy.yaml": f"{SETTINGS}adopted: {'a' * 40}\n"}), id="no commit"),
        pytest.param((*IMPORTED, ADOPTED, {"policy.yaml": SETTINGS}), id="removed"),
        pytest.param(
            (*IMPORTED, ADOPTED, {"policy.yaml": f"{SETTINGS}adopted: {len(IMPORTED) + 2:040x}\n"}),
            id="moved",
        ),
    ],
)
def test_any_other_commit_is_a_finding_and_no_build(steps):
    revisions = history(*steps, draft=False)
    assert "adoption-invalid" in find_rules(revisions)
    with pytest.raises(ContentError, match="adopted"):
        reject_unpublishable_log(build_version_log(revisions), TODAY)


def test_versions_with_a_time_stamp_were_published_here():
    revisions = history(*IMPORTED, ADOPTED, draft=False)
    stamp = {"content/timestamps/2026-11-22-0123456789abcdef.tsr": b"0\x82\x00\x01\x00"}
    stamped = [revisions[0], *(replace(one, files={**one.files, **stamp}) for one in revisions[1:])]
    assert find_rules(stamped) >= {"adoption-invalid"}
    assert not any(version.is_imported for version in build_version_log(stamped).versions)


def test_a_wrong_one_may_be_removed_again():
    steps = (*IMPORTED, LATER, ADOPTED, {"policy.yaml": SETTINGS})
    assert "adoption-invalid" not in find_rules(history(*steps, draft=False))


def test_what_was_adopted_stays_imported_while_the_key_is_missing():
    log = build_version_log(history(*IMPORTED, ADOPTED, {"policy.yaml": SETTINGS}, draft=False))
    assert all(version.is_imported for version in log.versions)


def test_what_was_published_here_cannot_be_called_imported_later():
    before, later = (
        [entry.describe() for entry in build_version_log(history(*steps, draft=False)).entries]
        for steps in ((NEW_WORDS, NEWER_WORDS), (NEW_WORDS, NEWER_WORDS, ADOPTED))
    )
    assert later[: len(before)] == before
    with pytest.raises(InputError, match="have been published here"):
        reject_rewritten_log(later, before)
    reject_rewritten_log(later, later)
    reject_rewritten_log(later, ())
    logs = [
        read_log(json.dumps({"schema": 2, "entries": rows}).encode(), "log.json") for rows in (before, later)
    ]
    assert "called imported after" in compare_with_old_log(logs[1], logs[0], "old.json")
    assert compare_with_old_log(logs[1], logs[1], "new.json") == ""
