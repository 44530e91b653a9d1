"""The files that pages are made of: templates, parts of the style sheet, scripts and pictures.

Whoever publishes a policy may replace single ones (`--templates`) by files of the same name in a folder of
their own (docs/website.md). Such files are trusted like our own code: a template can do what Python can.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from common.suggestions import suggest_name


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """The files in `folder`, each replaced by the one of the same name in `replacements`, if there is one."""

    folder: Path
    replacements: Path | None = None

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where a file is looked for, in this order."""
        return (self.replacements, self.folder) if self.replacements else (self.folder,)

    def read(self, name: str) -> bytes:
        """Return a file by its path below the folders. Raise InputError if it cannot be read."""
        path = next(path for folder in self.folders if (path := folder / name).is_file())
        try:
            return path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None

    def read_text(self, name: str) -> str:
        """Return a text file by its path below the folders. Raise InputError if it is no text in UTF-8."""
        try:
            return self.read(name).decode()
        except UnicodeDecodeError:
            raise InputError(f"{self.replacements}/{name}: not UTF-8; save it as UTF-8") from None

    def list_names(self, subfolder: str) -> list[str]:
        """Return the paths of the files in a subfolder, sorted; none if there is no such folder."""
        folder = self.folder / subfolder
        return sorted(f"{subfolder}/{path.name}" for path in folder.iterdir()) if folder.is_dir() else []

    def hash_replacements(self) -> str:
        """Return a digest of the replacing files; empty without any."""
        if not self.replacements:
            return ""
        digests = {
            name: hashlib.sha256(self.read(name)).hexdigest() for name in _list_files(self.replacements)
        }
        return hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()

    def reject_unknown_replacements(self) -> None:
        """Raise InputError for a folder that cannot be read, or a file in it that replaces nothing."""
        if not self.replacements:
            return
        if not self.replacements.is_dir():
            raise InputError(f"{self.replacements}: not a folder; name one with --templates")
        known = list(_list_files(self.folder))
        for name in _list_files(self.replacements):
            if name not in known:
                raise InputError(
                    f"{self.replacements / name}: there is no template of this name to replace; "
                    f"{suggest_name(name, known)}"
                )


def _list_files(folder: Path) -> Iterator[str]:
    """Yield the path of each file below a folder; not hidden ones, which systems and editors leave."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(parent, name).relative_to(folder).as_posix()
