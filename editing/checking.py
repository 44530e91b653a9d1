"""All rules applied to the working tree and the history: the `check` command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from changelog import checks as change_checks
from changelog.change_set import (
    ChangeSet,
    UpstreamBranch,
    collect_changes_since_base,
    collect_changes_since_last_note,
)
from changelog.check_context import ChangeCheckContext
from changelog.history import Revision, read_revisions, read_working_tree
from changelog.history_errors import NoHistoryError
from changelog.replay import build_version_log
from changelog.staged_files import read_staged_files
from changelog.versions import VersionLog
from changelog.working_copy import WorkingCopy, read_working_copy
from generator.build_options import PROJECT
from generator.context import create_site_context
from generator.publication_warnings import find_long_letters
from generator.template_files import TemplateFiles
from generator.urls import SiteUrls
from policy import checks as policy_checks
from policy.checks.context import PolicyCheckContext
from policy.checks.rule import apply_acceptances
from policy.fields import Locale
from policy.findings import ContentError, Finding
from policy.models import Channel


def check_content(
    source: Path, today: date, base: str | None = None, *, staged: bool = False, strict: bool = False
) -> tuple[Finding, ...]:
    """Return everything that an editor must fix, in the order of files and lines.

    With `staged`, the files are those of the index, as the next commit will hold them, and not those on the
    disk. With a `base`, all commits since it count as one change. Without any history the policy is checked
    by itself. Raise HistoryError if the clone is shallow or `base` is not a commit.
    """
    # Read once: the rules see the same files even if an editor saves in the meantime.
    working_tree = read_staged_files(source, today) if staged else read_working_tree(source, today)
    revisions = append_working_tree(read_committed(source, base), working_tree)
    base_revisions = list(read_revisions(source, base)) if base else None
    working_copy = read_working_copy(source)
    upstream = None if base else read_upstream(source, revisions, working_copy)
    return check_revisions(revisions, today, base_revisions, working_copy, upstream, strict=strict)


def check_revisions(
    revisions: Sequence[Revision],
    today: date,
    base_revisions: Sequence[Revision] | None = None,
    working_copy: WorkingCopy | None = None,
    upstream: UpstreamBranch | None = None,
    *,
    strict: bool = False,
) -> tuple[Finding, ...]:
    """Return what an editor must fix in the last of these revisions, which are the history, oldest first.

    With the revisions of a base, all that came after them counts as one change. Without a working copy
    nothing is judged about files that are not committed.
    """
    try:
        if base_revisions is None:
            change_set = collect_changes_since_last_note(revisions, today, upstream)
        else:
            change_set = collect_changes_since_base(base_revisions, revisions, today)
    except ContentError as error:
        return error.findings
    policy = change_set.newest_snapshot.policy
    base_url = policy.settings.base_url
    links_to_site = any(
        base_url in section.body
        for sections_in_locale in policy.sections.values()
        for section in sections_in_locale
    )
    # Addresses and letters need the whole version log, which takes far longer than the other rules.
    needs_letters = _may_have_long_letter(change_set)
    log = build_version_log(revisions) if links_to_site or needs_letters else None
    site_urls = _list_stable_urls(log, base_url) if log and links_to_site else {}
    long_letters = _measure_letters(log, today) if log and needs_letters else {}
    context = PolicyCheckContext(policy, revisions[-1].files, site_urls)
    change_context = ChangeCheckContext(
        change_set, context, revisions, today, working_copy or WorkingCopy(), long_letters
    )
    findings = policy_checks.check_policy(context, strict=strict) + change_checks.check_changes(
        change_context
    )
    return apply_acceptances(findings, policy.settings.accepted, today)


def read_upstream(
    source: Path, revisions: Sequence[Revision], working_copy: WorkingCopy
) -> UpstreamBranch | None:
    """Return the branch that commits are pushed to; None if there is none."""
    if not working_copy.upstream:
        return None
    if working_copy.upstream == working_copy.head:
        return UpstreamBranch([revision for revision in revisions if revision.commit], ())
    try:
        return UpstreamBranch(list(read_revisions(source, working_copy.upstream)), working_copy.unpushed)
    except NoHistoryError:
        return UpstreamBranch((), working_copy.unpushed)


def read_committed(source: Path, base: str | None = None) -> list[Revision]:
    """Return the committed revisions; an empty list if there are none and no `base` is given."""
    try:
        return list(read_revisions(source))
    except NoHistoryError:
        if base:
            raise
        return []


def append_working_tree(revisions: list[Revision], working_tree: Revision) -> list[Revision]:
    """Return the revisions and the working tree, if it differs from the last of them."""
    is_committed = bool(revisions) and revisions[-1].files == working_tree.files
    return revisions if is_committed else [*revisions, working_tree]


def _may_have_long_letter(change_set: ChangeSet) -> bool:
    """Whether the newest change is announced by mail."""
    change = change_set.changes[-1] if change_set.changes else None
    if change is None or not change.notes:
        return False
    level = max((note.level for note in change.notes.values()), key=lambda level: level.weight)
    return Channel.EMAIL in change.after.policy.settings.announce.list_channels(level)


def _measure_letters(log: VersionLog, today: date) -> Mapping[Locale, int]:
    """Return the languages in which the letter of the newest version is too long, with its size."""
    if log.latest not in log.find_upcoming_versions(today):
        return {}
    site = create_site_context(log, today, TemplateFiles(PROJECT / "templates"))
    return dict(find_long_letters(site, log.latest))


def _list_stable_urls(log: VersionLog, base_url: str) -> Mapping[str, str]:
    """Return the addresses that a text may link to, each with that of the same page in the first language.

    They are the pages of every version and of each language.
    """
    urls = SiteUrls(log.languages_by_age[0])
    common = (
        urls.home_path, urls.upcoming_path, urls.dates_path, urls.changelog_path, urls.verification_path,
        urls.rights_path, urls.contact_path, urls.accessibility_path, urls.help_centre_path, urls.feed_path,
    )  # fmt: skip
    pages: list[tuple[Callable[[Locale], str], Iterable[Locale]]] = [
        (path_in, log.languages_by_age) for path_in in common
    ]
    pages += [
        (partial(path_in, number=version.number), version.documents)
        for version in log.versions
        for path_in in (urls.version_path, urls.changes_path)
    ]
    return {
        base_url + path_in(locale): base_url + path_in(next(iter(locales)))
        for path_in, locales in pages
        for locale in locales
    }
