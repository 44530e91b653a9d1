"""Write site and letters to the disk, all or nothing.

    out/site      -> current/site         what to publish
    out/letters   -> current/letters      what to mail
    out/current   -> generations/<name>   the one link whose replacement makes a build current
    out/store/<name>/                     one folder per version, which no later version changes

A generation holds the few files that change and a link for each version. The previous generation stays, for
readers who are still loading a page; its style sheet stays in the next one too (docs/reference/output.md).
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from common.errors import InputError, TryLaterError
from generator.build_options import BuildListener, BuildOptions, BuildResult, HistorySummary
from generator.build_state import (
    PUBLISHED_LINKS,
    BuildInputs,
    BuildState,
    FolderStats,
    list_file_stats,
    load_build_state,
    save_build_state,
)
from generator.context import SiteContext
from generator.generations import build_manifest, list_asset_files, read_manifest, write_generation
from generator.public_files import create_public_folder
from generator.publication_warnings import list_publication_warnings
from generator.site_files import FileProducer, create_shared_file_producers
from generator.version_store import VersionStore

_LOCK_FILE = ".lock"
# Files of earlier versions of the software, with words that may have been redacted since.
_FORMER_FILES = ("fold.kept", "standing.json", ".checkpoint", ".new-.checkpoint")
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def publish_site(
    site: SiteContext, options: BuildOptions, inputs: BuildInputs, listener: BuildListener
) -> BuildResult:
    """Replace what `options.out` publishes by this site, completely or not at all.

    Raises InputError if the folder was not created by a build or cannot be written, TryLaterError if the disk
    is full; then nothing has changed.
    """
    out = options.out
    try:
        with _lock_output(out):
            return _publish_locked(site, options, inputs, listener)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise TryLaterError(
                f"{out}: the disk is full and nothing was changed; free some space and build again"
            ) from None
        raise InputError(
            f"{error.filename or out}: {error.strerror}; choose another folder with --out"
        ) from None


@contextmanager
def _lock_output(out: Path) -> Iterator[None]:
    """Let one build at a time into `out`; the next waits. The system releases the lock of a killed build."""
    create_public_folder(out)
    if path := _find_path_not_from_build(out):
        raise InputError(f"{path}: was not created by a build; move it away or choose another --out")
    # flock, not a file that must be removed: it ends with the process that holds it, however that ends.
    with open(out / _LOCK_FILE, "w", opener=_open_lock) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _find_path_not_from_build(out: Path) -> Path | None:
    """Return a path that a build would replace but did not create. A folder with a lock file is ours."""
    links = {**PUBLISHED_LINKS, "current": "generations/"}
    for path, target in ((out / name, target) for name, target in links.items()):
        if path.is_symlink():
            if not str(path.readlink()).startswith(target):
                return path
        elif path.exists():
            return path
    if (out / _LOCK_FILE).exists():
        return None
    return next((out / name for name in ("store", "generations") if (out / name).exists()), None)


def _publish_locked(
    site: SiteContext,
    options: BuildOptions,
    inputs: BuildInputs,
    listener: BuildListener,
) -> BuildResult:
    out = options.out
    state, previous = load_build_state(out), _find_current_generation(out)
    store = VersionStore(site, options, inputs)
    written = store.write_missing(options.jobs, listener, state)

    producers: list[FileProducer] = [
        partial(list_asset_files, site, options.templates, previous),
        *create_shared_file_producers(site, store.read_stored_file, options.jobs),
    ]
    generation = write_generation(out / "generations", producers, store, options.jobs)
    _make_current(out, generation.name)  # readers see the new site from here on
    keep = {generation.name}
    if previous and _can_keep_generation(previous, site):
        keep.add(previous.name)  # a reader may be loading its pages right now
    _remove_unused(out, store, keep)
    history = summarize_history(site)
    folders = dict(_collect_stats(out, generation.name, store, state))
    save_build_state(out, BuildState(inputs, history, generation.page_count, generation.name, folders))
    has_changed = generation.is_new or previous is None or previous.name != generation.name
    return BuildResult(history, generation.page_count, written, has_changed)


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
    for name in store.versions_by_name:
        folder = f"store/{name}"
        yield folder, known[folder] if name in store.unchanged_names else dict(list_file_stats(out / folder))


def _find_current_generation(out: Path) -> Path | None:
    """Return the folder of the current generation; None if there is none or it is damaged."""
    current = out / "current"
    return out / current.readlink() if current.is_symlink() and read_manifest(current) else None


def _can_keep_generation(previous: Path, site: SiteContext) -> bool:
    """Whether readers may still see the previous generation: not if it shows text that is now redacted."""
    manifest = read_manifest(previous)
    return manifest is not None and manifest.redactions == build_manifest(site).redactions


def _make_current(out: Path, generation: str) -> None:
    """Make a generation current: site and letters together, by the rename of one link."""
    for name, target in PUBLISHED_LINKS.items():
        if not (out / name).is_symlink():
            _replace_link(out / name, target)
    current = out / "current"
    if not current.is_symlink() or current.readlink().name != generation:
        _replace_link(current, f"generations/{generation}")


def _replace_link(path: Path, target: str) -> None:
    """Point a link to another target; rename(2) is atomic, so that no reader finds it missing."""
    new = path.with_name(f".new-{path.name}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(path)


def _open_lock(path: str, flags: int) -> int:
    return os.open(path, flags, 0o644)  # whatever the umask, nobody else may write it


def _remove_unused(out: Path, store: VersionStore, keep: set[str]) -> None:
    """Remove all generations but those to keep, and the version folders that none of these links to."""
    used = set(store.versions_by_name)
    for generation in (out / "generations").iterdir():
        if generation.name not in keep:
            shutil.rmtree(generation, ignore_errors=True)
            continue
        for folder, names, _ in os.walk(generation):
            paths = (os.path.join(folder, name) for name in names)  # noqa: PTH118 - thousands of them
            used |= {os.readlink(path).split("/")[-2] for path in paths if os.path.islink(path)}  # noqa: PTH114, PTH115
    store.remove_unused(used)
    for name in _FORMER_FILES:
        (out / name).unlink(missing_ok=True)
