"""Generations: the files of a site that may differ from build to build, with a link to each version's folder.

The name of a generation is a digest of its files, so a build that changes nothing writes nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from generator.assets import Asset
from generator.build_state import BuildState
from generator.context import SiteContext
from generator.letters import has_letter
from generator.parallel import parallel_map
from generator.public_files import create_public_folder, is_real_folder, read_regular_file, remove_path
from generator.site_files import FileProducer
from generator.stored_folders import (
    create_empty_folder,
    create_new_folder,
    describe_link,
    hash_digests,
    hash_folder,
    install_folder,
    write_files,
)
from generator.version_store import VersionStore

CURRENT_TARGET = re.compile(r"generations/[0-9a-f]{32}")
_STORE_TARGET = re.compile(r"(?:\.\./)+store/([0-9a-f]{32})/")
_MAX_ASSET_BYTES = 1 << 24
_SERIAL_LIMIT = 32  # pages: fewer are rendered sooner than a second process starts


class Generation(NamedTuple):
    """The result of writing a generation: its name, its number of pages, whether it had to be written."""

    name: str
    page_count: int
    is_new: bool


def find_current_generation(out: Path) -> Path | None:
    """Return the folder of the current generation; None if there is none."""
    try:
        target = os.readlink(out / "current")  # noqa: PTH115 - compared as text
    except OSError:
        return None
    return out / target if CURRENT_TARGET.fullmatch(target) and is_real_folder(out / target) else None


def write_generation(
    root: Path, producers: Sequence[FileProducer], store: VersionStore, jobs: int
) -> Generation:
    """Write a generation below `root`, its files rendered by up to `jobs` processes.

    If an intact generation of the same content exists, nothing is replaced.
    """
    create_public_folder(root)
    new = create_new_folder(root)
    try:
        digests: dict[str, str] = {}
        write = partial(_write_producer_files, new / "site")
        with closing(parallel_map(write, producers, jobs, _SERIAL_LIMIT)) as results:
            for written in results:
                digests |= {f"site/{path}": digest for path, digest in written.items()}
        page_count = len(digests)
        links = _link_versions(new, store)
        if not any(path.startswith("letters/") for path in links):
            digests |= create_empty_folder(new, "letters")
        digests |= links
        name = hash_digests(digests)[:32]
        # The name is a digest of the content, so a folder of that name either has it or is damaged.
        is_new = not _has_digests(root / name, digests)
        if is_new:
            install_folder(new, root / name)
    finally:
        remove_path(new)
    return Generation(name, page_count, is_new)


def _write_producer_files(folder: Path, produce: FileProducer) -> Mapping[str, str]:
    return write_files(folder, produce())


def _link_versions(generation: Path, store: VersionStore) -> dict[str, str]:
    """Link the pages and letters of versions and days to their folders; return what stands for each link."""
    targets = {}  # relative, so that the output folder can be moved as a whole
    for path, target in _list_links(store):
        link = generation / path
        create_public_folder(link.parent)
        address = f"{'../' * (path.count('/') + 2)}store/{target}"
        link.symlink_to(address)
        targets[path] = describe_link(address)
    return targets


def _list_links(store: VersionStore) -> Iterator[tuple[str, str]]:
    """Yield the path of each link in a generation and its target in the store."""
    announced = {
        announcement.version.number
        for announcement in store.site.announcements
        if not announcement.version.withdrawn_by
    }
    for name, version in store.versions_by_name.items():
        for locale in version.documents:
            yield (
                f"site/{store.site.urls.version_path(locale, version.number)}".rstrip("/"),
                f"{name}/{locale}",
            )
        if version.number in announced and has_letter(version):
            yield f"letters/{version.number}", f"{name}/letter"
    for name, pages in store.days_by_name.items():
        for locale in pages.locales:
            yield f"site/{store.site.urls.day_path(locale, pages.day.day)}".rstrip("/"), f"{name}/{locale}"


def _has_digests(generation: Path, digests: Mapping[str, str]) -> bool:
    try:
        return hash_folder(generation) == digests
    except OSError:
        return False


def list_version_folders(generation: Path) -> Iterator[str]:
    """Yield the names of the folders in the store that a generation links to."""
    for folder, names, _ in os.walk(generation):
        for path in (os.path.join(folder, name) for name in names):  # noqa: PTH118 - thousands of them
            if os.path.islink(path) and (found := _STORE_TARGET.match(os.readlink(path))):  # noqa: PTH114, PTH115
                yield found[1]


def read_previous_assets(site: SiteContext, generation: Path, state: BuildState) -> list[Asset]:
    """Return the assets of the previous generation that today's do not replace.

    A reader may still be loading one of its pages. Assets that were altered are left out.
    """
    # Only the assets of its own pages, not those it has from the one before: one generation back is enough.
    assets = []
    for path in sorted(state.assets.keys() - {asset.path for asset in site.assets.values()}):
        try:
            content = read_regular_file(generation / "site" / path, _MAX_ASSET_BYTES)
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == state.assets[path]:
            assets.append(Asset(path, content))
    return assets


def hash_assets(site: SiteContext) -> dict[str, str]:
    """Return the SHA-256 of each of today's assets by its path in the site."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in site.assets.values()}


def list_asset_files(site: SiteContext, previous: Sequence[Asset]) -> Iterator[Asset]:
    """Yield today's assets, and those of the previous generation."""
    yield from site.assets.values()
    yield from previous
