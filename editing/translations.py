"""Translations marked as confirmed by one line of front matter: the `confirm` command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from common.errors import InputError
from common.messages import Message
from common.suggestions import suggest_name
from policy.document import compute_section_fingerprint
from policy.loader import load_policy
from policy.models import Policy, Section
from policy.sources import read_content_files

_KEY = b"translates:"
# Other YAML readers, such as the admin page's, would take 12e4 for a number and write it back as 120000.
_LOOKS_LIKE_NUMBER = re.compile(r"\d+(e\d+)?")


def confirm_translations(source: Path, names: Iterable[str]) -> Iterator[str]:
    """Write `translates:` into every translation of the named sections, and yield the files that changed.

    Raise InputError if a section or its translation does not exist; then nothing is written.
    """
    policy = load_policy(read_content_files(source))
    # All names are looked up before the first file is written.
    pairs = [pair for name in names for pair in _find_translations(policy, name)]
    for original, translation in pairs:
        path = source / translation.path
        before = path.read_bytes()
        after = set_fingerprint(before, compute_section_fingerprint(original))
        if after != before:
            path.write_bytes(after)
            yield translation.path


def _find_translations(policy: Policy, name: str) -> list[tuple[Section, Section]]:
    """Return a section and its translations in pairs.

    `name` is its id, a former id, its stem or its path; the path of a translation names that one alone.
    """
    first, *others = policy.languages
    by_path = [pair for pair in policy.iter_translations() if pair[1].path == name]
    if by_path:
        return by_path
    originals = {alias: s for s in policy.sections[first] for alias in (s.id, s.stem, s.path, *s.aliases)}
    if name not in originals:
        ids = [section.id for section in policy.sections[first]]
        raise InputError(
            Message(
                "there is no section '{name}' in '{locale}'; {suggestion}",
                name=name,
                locale=first,
                suggestion=suggest_name(name, ids),
            )
        )
    original = originals[name]
    translations = [
        (original, section)
        for locale in others
        for section in policy.sections[locale]
        if section.id == original.id
    ]
    if not translations and others:
        path = f"content/{others[0]}/{original.stem}.md"
        raise InputError(Message("'{id}' has no translation yet; write {path}", id=original.id, path=path))
    if not translations:
        raise InputError(
            Message("there is only one language, so nothing is translated; see languages in policy.yaml")
        )
    return translations


def set_fingerprint(data: bytes, fingerprint: str) -> bytes:
    """Set the one line in a section's front matter; line ends, byte order mark and all other bytes stay."""
    lines = data.splitlines(keepends=True)
    fence = next(n for n, line in enumerate(lines) if n and line.rstrip() == b"---")
    line_end = lines[fence][len(lines[fence].rstrip(b"\r\n")) :] or b"\n"
    value = f"'{fingerprint}'" if _LOOKS_LIKE_NUMBER.fullmatch(fingerprint) else fingerprint
    line = _KEY + b" " + value.encode() + line_end
    existing = next((n for n in range(1, fence) if lines[n].startswith(_KEY)), None)
    start, rest = (fence, fence) if existing is None else (existing, existing + 1)
    return b"".join([*lines[:start], line, *lines[rest:]])
