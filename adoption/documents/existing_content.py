"""The content that is there before an import, and what an import changes in its settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adoption.documents.pairing import PairedText
from common.errors import InputError
from common.input_files import read_input_file
from common.messages import Message

_MAX_FILE_BYTES = 1 << 20
SETTINGS = "content/policy.yaml"
_SECTION = re.compile(r"content/([a-z]{2,3})/(\d{2,}-[^\W_][\w-]*)\.md")
_FRONT_MATTER = re.compile(r"---\n(.*?)^---[ \t]*\n?", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*(.*)$", re.MULTILINE)
_LANGUAGES = re.compile(r"^languages:[ \t]*\[([\w, ]*)\][ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ExistingContent:
    """The text files below `content/` of a source, by their path from it."""

    files: Mapping[str, str]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the settings list, as far as they are on one line; else those with sections."""
        match = _LANGUAGES.search(self.files.get(SETTINGS, ""))
        found = match[1].replace(" ", "").split(",") if match else sorted(self.list_folders())
        return tuple(filter(None, found))

    def list_folders(self) -> set[str]:
        """Return the languages that have sections."""
        return {match[1] for match in map(_SECTION.fullmatch, self.files) if match}

    def list_sections(self, locale: str) -> tuple[PairedText, ...]:
        """Return the sections of a language in order."""
        found = []
        for path, text in sorted(self.files.items()):
            match = _SECTION.fullmatch(path)
            if match and match[1] == locale:
                front_matter = _FRONT_MATTER.match(text)
                title = _TITLE.search(front_matter[1]) if front_matter else None
                body = text[front_matter.end() :] if front_matter else text
                found.append(PairedText(match[2], title[1].strip("\"' ") if title else match[2], body))
        return tuple(found)


def read_existing_content(source: Path) -> ExistingContent:
    """Return the content below a source; raise InputError if a file cannot be read as text."""
    folder = source / "content"
    files: dict[str, str] = {}
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.is_dir() or file.name.startswith(".") or file.suffix not in {".md", ".yaml"}:
            continue
        try:
            text = read_input_file(file, _MAX_FILE_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(Message("{path}: not UTF-8", path=file)) from None
        files[file.relative_to(source).as_posix()] = text.replace("\r\n", "\n")
    return ExistingContent(files)


def add_language(settings: str, locale: str, title: str) -> tuple[str, bool]:
    """Return the settings with one more language and its title, and whether both could be written there."""
    match = _LANGUAGES.search(settings)
    if match is None:
        return settings, False
    codes = [code.strip() for code in match[1].split(",") if code.strip()]
    if locale in codes:
        return settings, True
    line = f"languages: [{', '.join([*codes, locale])}]"
    changed = settings[: match.start()] + line + settings[match.end() :]
    titled = _TITLE.search(changed)
    if titled is None:
        return changed, False
    value = titled[1].strip()
    quoted = json.dumps(title, ensure_ascii=False)
    if value.startswith("{") and value.endswith("}"):
        written = f"{value[:-1].rstrip()}, {locale}: {quoted}}}"
    elif re.fullmatch(r'"(?:[^"\\]|\\.)*"', value) and len(codes) == 1:
        written = f"{{{codes[0]}: {value}, {locale}: {quoted}}}"
    else:
        return changed, False
    return f"{changed[: titled.start()]}title: {written}{changed[titled.end() :]}", True
