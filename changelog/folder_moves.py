"""Where a repository has policies: one that moved to another folder, or is in a submodule, is refused.

A policy's history is that of its folder. After a move it would begin again, with 1.0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from changelog.history_errors import create_moved_source_error, create_submodule_error
from changelog.repository import Commit, Entry

_NAME = "content/"
_SETTINGS = "policy.yaml"
_REMOVED_MODE, _SUBMODULE_MODE = b"000000", b"160000"


class PolicyFolders:
    """Follows the commits of a repository and remembers the blobs below each folder `content/`.

    `own_folder` is that of the policy, from the top of the repository.
    """

    def __init__(self, source: Path, own_folder: str) -> None:
        self.source = source
        self.own_folder = own_folder
        self._own_path = own_folder.removesuffix("/")
        self._is_submodule = False
        self._has_begun = False
        # The last blob of every path ever, also of removed ones: the old folder may be gone already.
        self._blobs: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._existing_settings: set[str] = set()

    def follow_commits(self, commits: Iterable[Commit]) -> Iterator[Commit]:
        """Yield the commits; raise HistoryError at the one that moved the policy here from another folder."""
        for commit in commits:
            for entry in commit.entries:
                if entry.path == self._own_path:
                    self._is_submodule = entry.mode == _SUBMODULE_MODE
            if not self._has_begun:
                self._begin_with(commit)
            yield commit

    def _begin_with(self, commit: Commit) -> None:
        """Remember the files of other folders until the first commit that has some in the policy's own."""
        own = [entry for entry in commit.entries if entry.path.startswith(self.own_folder)]
        for entry in commit.entries:
            if not entry.path.startswith(self.own_folder):
                self._remember_entry(entry)
        if own:
            self._has_begun = True
            self._refuse_move(commit, own)

    def _remember_entry(self, entry: Entry) -> None:
        prefix, found, path = f"/{entry.path}".rpartition(f"/{_NAME}")
        if not found:
            return
        folder = f"{prefix}/{_NAME}"[1:]
        if entry.mode != _REMOVED_MODE:
            self._blobs[folder][path] = entry.blob
        if path == _SETTINGS:
            change = (
                self._existing_settings.discard
                if entry.mode == _REMOVED_MODE
                else self._existing_settings.add
            )
            change(folder)

    def _refuse_move(self, commit: Commit, own: Iterable[Entry]) -> None:
        """Raise HistoryError if the policy was in a folder that is gone; a copy of another one is no move."""
        added = {entry.path.removeprefix(self.own_folder): entry.blob for entry in own}
        same = [folder for folder in self._blobs if self._has_half_of(folder, added)]
        if same and not self._existing_settings.intersection(same):
            old = same[0].removesuffix("/")
            raise create_moved_source_error(self.source, old, self._own_path, commit.id)

    def _has_half_of(self, folder: str, added: Mapping[str, str]) -> bool:
        """Whether a folder is or was that of a policy, and has or had at least half of these files."""
        blobs = self._blobs[folder]
        return _SETTINGS in blobs and 2 * sum(blobs.get(path) == blob for path, blob in added.items()) >= len(
            added
        )

    def refuse_submodule(self) -> None:
        """Raise HistoryError if content/ itself is a submodule at the end of the history."""
        if self._is_submodule:
            raise create_submodule_error(self.source)
