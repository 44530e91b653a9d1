"""Imports a document in the process of the test."""

from dataclasses import dataclass
from pathlib import Path

from adoption.documents.importer import import_policy, write_imported_files


@dataclass(frozen=True)
class Imported:
    """The files below content/ by their path, and the lines of the report."""

    files: dict[str, str]
    report: list[str]

    @property
    def sections(self) -> dict[str, str]:
        """The text of each section by its path, without front matter."""
        return {
            path: text.split("\n---\n", 1)[1].strip()
            for path, text in self.files.items()
            if path.endswith(".md")
        }

    @property
    def titles(self) -> list[str]:
        return [
            text.splitlines()[1].removeprefix('title: "').removesuffix('"')
            for path, text in sorted(self.files.items())
            if path.endswith(".md")
        ]


def import_document(folder: Path, content: str | bytes, name: str = "page.txt", **options) -> Imported:
    """Import a document into `folder/site`."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    imported = import_policy(file, folder / "site", **options)
    write_imported_files(imported, folder / "site")
    return read_imported(folder / "site", [str(line.message) for line in imported.report])


def read_imported(source: Path, report: list[str]) -> Imported:
    """Return the files that are below a folder after an import."""
    content = source / "content"
    files = {
        file.relative_to(content).as_posix(): file.read_text("utf-8")
        for file in sorted(content.rglob("*"))
        if file.is_file()
    }
    return Imported(files, report)
