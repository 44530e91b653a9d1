"""Write site and letters to the disk, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from common.errors import InputError, TryLaterError
from common.machine_faults import describe_machine_fault
from generator.assets import Asset
from generator.build_options import BuildListener, BuildOptions, BuildResult, HistorySummary
from generator.build_state import (
    BuildInputs,
    BuildState,
    FolderStats,
    list_file_stats,
    load_build_state,
    save_build_state,
)
from generator.cache_key import CacheKey
from generator.context import SiteContext
from generator.generations import (
    Generation,
    find_current_generation,
    hash_assets,
    list_asset_files,
    read_previous_assets,
    write_generation,
)
from generator.output_folder import (
    lock_output,
    make_current,
    remove_leftovers,
    remove_on_failure,
    remove_unused,
)
from generator.publication_warnings import list_publication_warnings
from generator.site_files import FileProducer, create_shared_file_producers
from generator.version_store import VersionStore


def publish_site(
    site: SiteContext,
    options: BuildOptions,
    inputs: BuildInputs,
    listener: BuildListener,
    key: CacheKey | None,
) -> BuildResult:
    """Replace what `options.out` publishes by this site, completely or not at all.

    Nothing is reused that `key` does not authenticate. Raises InputError if the folder was not created by a
    build or cannot be written, TryLaterError if the disk is full; then nothing has changed.
    """
    out = options.out
    try:
        with lock_output(out), remove_on_failure(out):
            return _publish_locked(site, options, inputs, listener, key)
    except OSError as error:
        if fault := describe_machine_fault(error):
            raise TryLaterError(f"{out}: nothing was changed: {fault} and build again") from None
        raise InputError(
            f"{error.filename or out}: {error.strerror}; choose another folder with --out"
        ) from None


def _publish_locked(
    site: SiteContext,
    options: BuildOptions,
    inputs: BuildInputs,
    listener: BuildListener,
    key: CacheKey | None,
) -> BuildResult:
    out = options.out
    previous, state = find_current_generation(out), load_build_state(out, key)
    if state and (previous is None or previous.name != state.generation):
        state = None  # of a build whose files are no longer current
    reusable_state = state if options.use_cache else None
    store = VersionStore(site, options, inputs, key)
    remove_leftovers(out, store.names)
    if options.jobs > 1:
        site.renderer.compile_templates()  # once, instead of in each process that is started
    versions, days = store.write_missing(options.jobs, listener, reusable_state)
    assets = read_previous_assets(site, previous, reusable_state) if previous and reusable_state else []
    generation = _write_generation(site, options, store, assets)
    make_current(out, generation.name)  # readers see the new site from here on
    keep = {generation.name}
    if previous and _can_keep_generation(site, state):
        keep.add(previous.name)  # a reader may be loading its pages right now
    remove_unused(out, keep, store.names)
    result = BuildResult(
        summarize_history(site),
        generation.page_count,
        len(versions),
        has_changed=generation.is_new or previous is None or previous.name != generation.name,
        is_clean=len(versions) + len(days) == len(store.names) and not assets,
    )
    with suppress(OSError):  # the site is published, and the next build does without a state
        new_state = BuildState(
            inputs=inputs,
            history=result.history,
            page_count=result.page_count,
            is_clean=result.is_clean,
            generation=generation.name,
            assets=hash_assets(site),
            redactions=_hash_redactions(site),
            folders=dict(_collect_stats(out, generation.name, store, reusable_state)),
        )
        save_build_state(out, new_state, key)
    return result


def _write_generation(
    site: SiteContext, options: BuildOptions, store: VersionStore, assets: list[Asset]
) -> Generation:
    producers: list[FileProducer] = [
        partial(list_asset_files, site, assets),
        *create_shared_file_producers(site, store.read_stored_file),
    ]
    return write_generation(options.out / "generations", producers, store, options.jobs)


def summarize_history(site: SiteContext) -> HistorySummary:
    """Return the warnings and the counts of a history."""
    warnings = (*site.log.warnings, *list_publication_warnings(site))
    return HistorySummary(warnings, site.log.revision_count, site.log.version_count)


def _collect_stats(
    out: Path, generation: str, store: VersionStore, state: BuildState | None
) -> Iterator[tuple[str, FolderStats]]:
    """Yield the file stats of every folder that is published; those of unchanged folders are known."""
    current = f"generations/{generation}"
    yield current, dict(list_file_stats(out / current))
    known: Mapping[str, FolderStats] = state.folders if state else {}
    for name in store.names:
        folder = f"store/{name}"
        yield folder, known[folder] if name in store.unchanged_names else dict(list_file_stats(out / folder))


def _can_keep_generation(site: SiteContext, state: BuildState | None) -> bool:
    """Whether readers may still see the previous generation: not if it may show text that is now redacted."""
    return not any(version.redactions for version in site.log.versions) or (
        state is not None and state.redactions == _hash_redactions(site)
    )


def _hash_redactions(site: SiteContext) -> str:
    applied = [(version.number, version.redactions) for version in site.log.versions if version.redactions]
    return hashlib.sha256(repr(applied).encode()).hexdigest()
