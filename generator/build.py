"""Build the site and the letters: what the command `build` does.

A build with nothing to do is the common case (a pipeline runs on every push), so this module imports Jinja,
YAML and the like only if something has to be rendered.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from changelog.git_process import resolve_ref
from common.errors import InputError
from generator.build_options import BuildListener, BuildOptions, BuildResult
from generator.build_state import describe_build_inputs, find_unchanged_build
from generator.cache_key import load_cache_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from changelog.history import Revision
    from changelog.versions import VersionLog
    from generator.build_state import BuildInputs
    from generator.cache_key import CacheKey

_NEW_OBJECTS = 20_000  # between two searches for reference cycles


def build_site(options: BuildOptions, listener: BuildListener | None = None) -> BuildResult:
    """Build the site and the letters of a policy into `options.out`.

    Raises InputError if options or content are wrong, TryLaterError if the machine is at fault; what was
    published before stays then.
    """
    listener = listener or BuildListener()
    _reject_output_inside_content(options)
    options.templates.reject_unknown_replacements()
    published = _read_published_log(options)
    inputs = describe_build_inputs(options, resolve_ref(options.source, options.ref), published)
    key = load_cache_key(options.out)
    # What an earlier build let pass, a strict one may refuse.
    is_cached = options.use_cache and not options.strict
    if is_cached and (state := find_unchanged_build(options.out, inputs, key)):
        listener.on_history_read(state.history)
        return BuildResult(
            state.history,
            state.page_count,
            written_version_count=0,
            has_changed=False,
            is_clean=state.is_clean,
        )
    with _look_for_cycles_less_often():
        return _render_and_publish(options, inputs, listener, published, key)


@contextmanager
def _look_for_cycles_less_often() -> Iterator[None]:
    """Make Python's collector of reference cycles start less often than after 700 new objects.

    A history is hundreds of thousands of objects and hardly any cycles, and each search looks at many. But
    more often than `build.py` lets it, since pages leave cycles behind that take memory.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _read_published_log(options: BuildOptions) -> bytes | None:
    if options.published is None:
        return None
    from generator.published_log import read_published_log

    return read_published_log(options.published)


def _reject_output_inside_content(options: BuildOptions) -> None:
    if options.out.resolve().is_relative_to((options.source / "content").resolve()):
        raise InputError(
            f"{options.out}: a site inside content/ would be read as content; choose another --out"
        )


def _render_and_publish(
    options: BuildOptions,
    inputs: BuildInputs,
    listener: BuildListener,
    published: bytes | None,
    key: CacheKey | None,
) -> BuildResult:
    from changelog.replay import build_version_log
    from generator.context import create_site_context
    from generator.publication_warnings import describe_unnoted_change
    from generator.publisher import publish_site, summarize_history

    log = build_version_log(_read_history(options, inputs))
    reject_unpublishable_log(log, options.today)
    late = _compare_with_published_log(log, options, published)
    log = replace(log, warnings=(*log.warnings, *late))
    site = create_site_context(log, options.today, options.templates, options.base_url)
    listener.on_history_read(summarize_history(site))
    if options.strict and (problem := describe_unnoted_change(log)):
        raise InputError(problem)
    return publish_site(site, options, inputs, listener, key)


def _compare_with_published_log(
    log: VersionLog, options: BuildOptions, published: bytes | None
) -> Sequence[str]:
    """Return warnings of changes that would be announced too late; raise InputError for a rewritten log."""
    if options.published is None:
        return ()
    from generator.published_log import list_late_announcements, parse_log, reject_rewritten_log

    entries = () if published is None else parse_log(published, options.published)
    reject_rewritten_log([entry.describe() for entry in log.entries], entries)
    late = tuple(list_late_announcements(log, len(entries), options.today))
    if late and entries and options.refuse_late:
        raise InputError(*late)
    return late


def reject_unpublishable_log(log: VersionLog, today: date) -> None:
    """Raise ContentError or InputError for a log of which nothing may be published."""
    _reject_reordered_languages(log)
    _reject_invalid_adoption(log)
    _reject_ineffective_redactions(log, today)


def _reject_reordered_languages(log: VersionLog) -> None:
    """Raise ContentError if another language would prevail than the one that readers know as the first."""
    from changelog.language_order import find_reordered_languages
    from policy.findings import ContentError, Location

    location = Location("content/policy.yaml")
    if finding := find_reordered_languages(log.policy.languages, log.languages_by_age, location):
        raise ContentError([finding])


def _reject_invalid_adoption(log: VersionLog) -> None:
    """Raise ContentError if the newest policy calls other versions imported than those that are."""
    from policy.findings import ContentError, Finding, Location

    if log.adoption_problem:
        raise ContentError([Finding(Location("content/policy.yaml"), *log.adoption_problem)])


def _reject_ineffective_redactions(log: VersionLog, today: date) -> None:
    """Raise InputError if removed words would be published again, or a row would change the text in force."""
    if problems := [problem for problem in log.redaction_problems if problem.row_number]:
        raise InputError(*map(str, problems))
    if version := log.find_redacted_current_version(today):
        raise InputError(
            f"content/redactions.yaml: version {version.number} is the newest or in force, and its text is "
            "changed by a new version only; take the words out of content/ first"
        )


def _read_history(options: BuildOptions, inputs: BuildInputs) -> Iterable[Revision]:
    """Return the revisions, and the uncommitted content after them in a draft."""
    from changelog.history import read_revisions, read_working_tree

    revisions = read_revisions(options.source, inputs.commit or options.ref)
    return (
        chain(revisions, [read_working_tree(options.source, options.today)]) if options.draft else revisions
    )
