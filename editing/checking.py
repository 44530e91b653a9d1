"""All rules applied to the working tree and the history: the `check` command."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urldefrag

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
from changelog.language_order import list_languages_by_age
from changelog.replay import build_version_log
from changelog.staged_files import read_staged_files
from changelog.versions import VersionLog
from changelog.working_copy import WorkingCopy, read_working_copy
from generator.urls import SiteUrls
from policy import checks as policy_checks
from policy.blocks import iter_leaves
from policy.checks.context import PolicyCheckContext
from policy.checks.rule import apply_acceptances
from policy.fields import Locale
from policy.findings import ContentError, Finding
from policy.markdown import parse_markdown
from policy.models import Channel, Policy


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
    needs_letters = _may_have_long_letter(change_set)
    languages = list_languages_by_age(snapshot.policy.languages for snapshot in change_set.snapshots)
    site_urls = SiteUrls(languages[0])
    stable_urls = _list_page_urls(site_urls, policy, languages)
    needs_versions = _links_elsewhere(policy, stable_urls)
    # Both need the whole version log, which takes far longer than the other rules.
    log = build_version_log(revisions) if needs_versions or needs_letters else None
    if log and needs_versions:
        stable_urls |= _list_version_urls(site_urls, policy, log)
    long_letters = _measure_letters(log, today) if log and needs_letters else {}
    context = PolicyCheckContext(policy, revisions[-1].files, stable_urls)
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
    # Most checks need no letter, and Jinja and the pages would take a fifth of their time to import.
    from generator.build_options import PROJECT  # noqa: PLC0415 - see above
    from generator.context import create_site_context  # noqa: PLC0415 - see above
    from generator.publication_warnings import find_long_letters  # noqa: PLC0415 - see above
    from generator.template_files import TemplateFiles  # noqa: PLC0415 - see above

    site = create_site_context(log, today, TemplateFiles(PROJECT / "templates"))
    return dict(find_long_letters(site, log.latest))


def _list_page_urls(urls: SiteUrls, policy: Policy, languages: Iterable[Locale]) -> dict[str, str]:
    """Return the addresses of the pages that every site has, each with the one in the first language."""
    paths = (
        urls.home_path, urls.upcoming_path, urls.dates_path, urls.changelog_path, urls.verification_path,
        urls.rights_path, urls.contact_path, urls.accessibility_path, urls.help_centre_path, urls.feed_path,
    )  # fmt: skip
    return _pair_languages(policy, ((path_in, languages) for path_in in paths))


def _links_elsewhere(policy: Policy, urls: Collection[str]) -> bool:
    """Whether a text links to the site, and to another page than these."""
    pages = (
        urldefrag(run.href)[0]
        for sections in policy.sections.values()
        for section in sections
        for leaf in iter_leaves(parse_markdown(section.body, section.id, section.locale))
        for run in leaf.runs
    )
    return any(page.startswith(policy.settings.base_url) and page not in urls for page in pages)


def _list_version_urls(urls: SiteUrls, policy: Policy, log: VersionLog) -> dict[str, str]:
    """Return the addresses of the pages of versions, each with the one in its first language."""
    return _pair_languages(
        policy,
        (
            (partial(path_in, number=version.number), version.documents)
            for version in log.versions
            for path_in in (urls.version_path, urls.changes_path)
        ),
    )


def _pair_languages(
    policy: Policy, pages: Iterable[tuple[Callable[[Locale], str], Iterable[Locale]]]
) -> dict[str, str]:
    """Return the address of each page in each language, with that of the same page in the first."""
    base_url = policy.settings.base_url
    return {
        base_url + path_in(locale): base_url + path_in(next(iter(locales)))
        for path_in, locales in pages
        for locale in locales
    }
