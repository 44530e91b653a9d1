"""Site and letters onto the disk, all or nothing.

    out/site      -> current/site         what to publish
    out/letters   -> current/letters      what to mail
    out/current   -> generations/<name>   the one link whose renaming makes a build current
    out/store/<name>/                     one folder a version, which no later version changes

A generation holds the few pages that change, and a link for each version. The one before stays, for readers
who are in the middle of a page; its style sheet stays in the next one too (contract §5).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from common.errors import InputError, TryLaterError
from generator import urls
from generator.build_state import BuildState, BuildSummary, file_stats, load_build_state, save_build_state
from generator.context import SiteFile, load_assets
from generator.letters import has_letter
from generator.pages import front_file_producers
from generator.parallel import parallel_map
from generator.version_store import VersionStore, digest_files, hash_folder, install_folder, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from generator.build_state import Folders, Stamps
    from generator.context import SiteContext
    from generator.pages import FileProducer
    from generator.version_store import Progress

_MANIFEST = "manifest.json"
_FEW = 32  # pages: fewer are printed sooner than a second process starts
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Workshop:
    """How a build works: where its software is, processes, cache, what it was ordered by, who watches it.

    `place` is the source's in its repository; `keep` keeps beside the site what the next build goes on from.
    """

    house: Path
    place: str
    jobs: int
    cache: bool
    order: Mapping[str, str]
    watch: Progress
    keep: Callable[[], None]


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What a build did: version folders written, whether the generation is new, and what there is now."""

    written: int
    changed: bool
    report: BuildSummary


def publish_site(out: Path, edition: SiteContext, workshop: Workshop) -> PublishResult:
    """Replace what `out` publishes by this edition, completely or not at all.

    InputError where `out` cannot be ours; TryLaterError where the disk is full. Either leaves it as it was.
    """
    os.umask(0o022)
    try:
        with _alone(out):
            return _publish(out, edition, workshop)
    except OSError as error:
        if error.errno in _FULL:
            raise TryLaterError(
                f"{out}: the disk is full; make room and build again, nothing was changed"
            ) from None
        raise InputError(
            f"{error.filename or out}: {error.strerror}; choose another folder with --out"
        ) from None


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Let one build at a time into `out`; the next waits. A killed one leaves no lock behind."""
    out.mkdir(parents=True, exist_ok=True)
    if strange := _not_ours(out):
        raise InputError(f"{strange}: this was not made by a build; move it away or choose another --out")
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _not_ours(out: Path) -> Path | None:
    """Find what a build would replace or sweep away and has not made; its first act is to lay the lock."""
    links = {
        out / "site": "current/site",
        out / "letters": "current/letters",
        out / "current": "generations/",
    }
    folders = (out / name for name in ("store", "generations") if not (out / ".lock").exists())
    found = [
        path
        for path, target in links.items()
        if (path.is_symlink() and not str(path.readlink()).startswith(target))
        or (path.exists() and not path.is_symlink())
    ]
    return next(iter([*found, *(path for path in folders if path.exists())]), None)


def _publish(out: Path, edition: SiteContext, workshop: Workshop) -> PublishResult:
    before, previous = load_build_state(out), _current(out)
    store = VersionStore(out / "store", edition, workshop.house, workshop.place, cache=workshop.cache)
    written = store.write_missing(workshop.jobs, workshop.watch, before)
    assets_of = partial(_asset_files, edition, workshop.house, previous)
    front = front_file_producers(edition, store.read_stored_file, workshop.jobs)
    makers: list[FileProducer] = [assets_of, *front, partial(_kept, workshop)]
    name, pages, changed = _generation(out / "generations", makers, _links(store), edition, workshop.jobs)
    changed |= previous is None or previous.name != name
    _switch(out, name)
    _sweep(out, store, {name, *([previous.name] if previous and _may_stay(previous, edition) else [])})
    log = edition.log
    report = BuildSummary(log.warnings, log.revision_count, log.version_count, pages)
    folders = dict(_folders(out, name, store, before.folders if before else {}))
    save_build_state(out, BuildState(workshop.order, report, name, folders))
    return PublishResult(len(written), changed, report)


def _generation(
    root: Path, makers: Sequence[FileProducer], links: Mapping[str, str], edition: SiteContext, jobs: int
) -> tuple[str, int, bool]:
    """Write a generation, page by page; give its name, which tells what is in it, and how many pages.

    Where the very same stands there already and nothing of it is damaged, it is left as it is: then False.
    """
    new = root / ".new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        (new / "letters").mkdir(parents=True)
        whole: dict[str, str] = {}
        for laid in parallel_map(partial(_laid, new / "site"), makers, jobs, _FEW):
            whole |= {f"site/{path}": digest for path, digest in laid.items()}
        pages = len(whole)
        for path, target in links.items():
            link = new / path
            link.parent.mkdir(parents=True, exist_ok=True)
            whole[path] = f"{'../' * (path.count('/') + 2)}store/{target}"
            link.symlink_to(whole[path])
        manifest = {
            "schema": 1,
            "assets": sorted(edition.assets.values()),
            "redactions": _redactions(edition),
        }
        whole |= write_files(new, [SiteFile(_MANIFEST, json.dumps(manifest))])
        name = digest_files(whole)[:32]
        changed = not _holds(root / name, whole)
        if changed:
            install_folder(new, root / name)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return name, pages, changed


def _laid(folder: Path, make: FileProducer) -> Mapping[str, str]:
    return write_files(folder, make())


def _kept(workshop: Workshop) -> Iterable[SiteFile]:
    """Keep what the next build goes on from, while the others print."""
    workshop.keep()
    return ()


def _holds(generation: Path, whole: Mapping[str, str]) -> bool:
    """Whether a generation stands there already, no more and no less, and nothing of it is damaged."""
    try:
        return hash_folder(generation) == whole
    except OSError:
        return False


def _manifest(generation: Path) -> dict[str, Any] | None:
    """Give what a generation says of itself; none where it is not whole."""
    try:
        found = json.loads((generation / _MANIFEST).read_text())
        ours = found["schema"] == 1 and all(isinstance(path, str) for path in found["assets"])
        return {"assets": list(found["assets"]), "redactions": found["redactions"]} if ours else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _folders(
    out: Path, generation: str, store: VersionStore, before: Folders
) -> Iterator[tuple[str, Stamps]]:
    """Give the stamps of every folder that is published; those that stand as they were left have theirs."""
    current = f"generations/{generation}"
    yield current, dict(file_stats(out / current))
    for name in store.names:
        folder = f"store/{name}"
        yield folder, before[folder] if name in store.untouched else dict(file_stats(out / folder))


def _current(out: Path) -> Path | None:
    """Give the generation that is current, if it is whole."""
    current = out / "current"
    return out / current.readlink() if current.is_symlink() and _manifest(current) else None


def _may_stay(previous: Path, edition: SiteContext) -> bool:
    """Whether readers may go on with the generation before; not with one that shows words that must go."""
    manifest = _manifest(previous)
    return manifest is not None and manifest["redactions"] == _redactions(edition)


def _redactions(edition: SiteContext) -> str:
    return hashlib.sha256(repr(edition.log.policy.redactions).encode()).hexdigest()


def _asset_files(edition: SiteContext, house: Path, previous: Path | None) -> Iterator[SiteFile]:
    """Give today's assets and those that the pages before named: a reader may still be loading one."""
    own = dict(load_assets(house / "templates").values())
    yield from (SiteFile(path, text) for path, text in own.items())
    if previous is None:
        return
    for path in (_manifest(previous) or {"assets": ()})["assets"]:
        old = previous / "site" / path
        if path not in own and path not in edition.assets.values() and old.is_file():
            yield SiteFile(path, old.read_text(encoding="utf-8"))


def _links(store: VersionStore) -> dict[str, str]:
    """Lead from each version's place in a generation to its folder in the store."""
    announced = {announcement.version.number for announcement in store.edition.announcements}
    links = {}
    for name, version in store.names.items():
        for locale in version.documents:
            links[f"site/{urls.version_path(locale, version.number)}".rstrip("/")] = f"{name}/{locale}"
        if version.number in announced and has_letter(version):
            links[f"letters/{version.number}"] = f"{name}/letter"
    return links


def _switch(out: Path, name: str) -> None:
    """Make a generation current: site and letters together, by one rename."""
    for part in ("site", "letters"):
        if not (out / part).is_symlink():
            _link(out / part, f"current/{part}")
    if not (out / "current").is_symlink() or (out / "current").readlink().name != name:
        _link(out / "current", f"generations/{name}")


def _link(path: Path, target: str) -> None:
    new = path.with_name(f".new-{path.name}")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(path)


def _sweep(out: Path, store: VersionStore, keep: set[str]) -> None:
    """Remove generations older than the one before, and the folders that only they linked to."""
    wanted = set(store.names)
    for generation in (out / "generations").iterdir():
        if generation.name not in keep:
            shutil.rmtree(generation, ignore_errors=True)
            continue
        for folder, names, _ in os.walk(generation):
            targets = (os.path.join(folder, name) for name in names)  # noqa: PTH118 - thousands of them
            wanted |= {os.readlink(target).split("/")[-2] for target in targets if os.path.islink(target)}  # noqa: PTH114, PTH115
    store.remove_unused(wanted)
