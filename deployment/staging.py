"""The copy of a build that is verified and then deployed, so that another build cannot change it meanwhile.

    out/.deployment/store/<digest>/            one folder per version, named by what is in it
    out/.deployment/generations/<name>/        the files that change, and a link to each version's folder

A clean build gives the folders of versions new names, so that nothing of an earlier build is used. On a
target the same content has the same name: what has not changed is neither copied nor touched.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError, TryLaterError
from deployment.target_state import GENERATION_FILE, GenerationFacts
from generator.generations import find_current_generation
from generator.public_files import create_public_folder, remove_path, write_public_file
from generator.stored_folders import describe_link, hash_digests, hash_folder

_FOLDER, _LOCK = ".deployment", ".deployment.lock"
_STORE_LINK = re.compile(r"((?:\.\./)+store/)([0-9a-f]{32})(/.*)")
_PRIVATE = ".authentication"  # the code with which a build finds its own folders again
_NAME_LENGTH = 32


@dataclass(frozen=True, slots=True)
class StagedSite:
    """A copy of a build: where it is, the name of its generation, and the facts about it."""

    root: Path
    name: str
    facts: GenerationFacts

    @property
    def generation(self) -> Path:
        """The folder of the generation."""
        return self.root / "generations" / self.name

    @property
    def site(self) -> Path:
        """The folder that readers get."""
        return self.generation / "site"

    def read_json(self, path: str) -> Any:
        """Return the value of a JSON file of the site."""
        return json.loads((self.site / path).read_bytes())


@contextmanager
def stage_site(out: Path, number: int) -> Iterator[StagedSite]:
    """Copy what a build has written into `out`, as the generation of this number; remove the copy at the end.

    Raises TryLaterError if another deployment of the same folder is running.
    """
    with open(out / _LOCK, "a", opener=_open_lock) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TryLaterError(f"{out}: is being deployed by another process; try again later") from None
        root = Path(os.path.abspath(out / _FOLDER))  # noqa: PTH100 - rsync takes a colon in it for a host
        remove_path(root)  # of a deployment that was killed
        try:
            yield _copy_build(out, root, number)
        finally:
            remove_path(root)


def _open_lock(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o644)


def _copy_build(out: Path, root: Path, number: int) -> StagedSite:
    generation = find_current_generation(out)
    if generation is None:
        raise InputError(f"{out}: another build has removed what was built; build into a folder of its own")
    names = _copy_store(out / "store", root / "store", _list_linked_folders(generation))
    new = root / "generations" / "new"
    _copy_generation(generation, new, names)
    content = hash_digests(hash_folder(new))
    site = new / "site"
    log, versions = (json.loads((site / "api" / name).read_bytes()) for name in ("log.json", "versions.json"))
    facts = GenerationFacts(
        number=number,
        content=content,
        base_url=versions["base_url"],
        log_head=log["entries"][-1]["hash"],
        redactions=_hash_redactions(log["entries"]),
        assets=sorted(f"assets/{path.name}" for path in (site / "assets").iterdir()),
        folders=sorted(names.values()),
    )
    write_public_file(new / GENERATION_FILE, facts.format_json().encode())
    name = secrets.token_hex(_NAME_LENGTH // 2)  # of no other generation, whatever is on the target
    new.rename(new.with_name(name))
    return StagedSite(root, name, facts)


def _list_linked_folders(generation: Path) -> set[str]:
    """Return the names of the folders of the store that a generation links to."""
    targets = (path.readlink() for path in generation.rglob("*") if path.is_symlink())
    return {found[2] for target in targets if (found := _STORE_LINK.fullmatch(str(target)))}


def _copy_store(store: Path, copy: Path, names: set[str]) -> Mapping[str, str]:
    """Copy folders of the store, each named by a digest of its content; return these names by the old."""
    create_public_folder(copy)
    new_names = {}
    for name in names:
        digests = hash_folder(store / name)
        digests.pop(_PRIVATE, None)
        new_names[name] = hash_digests(digests)[:_NAME_LENGTH]
        target = copy / new_names[name]
        if not target.exists():
            shutil.copytree(store / name, target, ignore=shutil.ignore_patterns(_PRIVATE))
    return new_names


def _copy_generation(generation: Path, copy: Path, names: Mapping[str, str]) -> None:
    """Copy a generation, its links leading to the new names of the folders."""
    for path in sorted(generation.rglob("*")):
        target = copy / path.relative_to(generation)
        if path.is_symlink():
            found = _STORE_LINK.fullmatch(os.readlink(path))  # noqa: PTH115 - compared as text
            assert found, describe_link(str(path))
            create_public_folder(target.parent)
            target.symlink_to(f"{found[1]}{names[found[2]]}{found[3]}")
        elif path.is_dir():
            create_public_folder(target)
        else:
            create_public_folder(target.parent)
            write_public_file(target, path.read_bytes())


def _hash_redactions(entries: list[dict[str, Any]]) -> str:
    """Return a digest of which words were removed from published versions, by their entries in the log."""
    removed = [entry["hash"] for entry in entries if entry["kind"] == "redacted"]
    return hashlib.sha256(" ".join(removed).encode()).hexdigest()
