"""Translations marked as checked: one line of front matter, and no other byte (contract §6, `confirm`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from common.errors import InputError
from common.suggestions import suggest_name
from policy.document import compute_fingerprint
from policy.loader import load_policy
from policy.sources import read_content_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from policy.models import Policy, Section

_KEY = b"translates:"
_LIKE_A_NUMBER = re.compile(r"\d+(e\d+)?")  # other programs would read it as one and write it as another


def confirm_translations(source: Path, names: Iterable[str]) -> Iterator[str]:
    """Write `translates:` into every translation of the sections named, and give the files that changed.

    InputError where a section or its translation is not there; then nothing is written.
    """
    policy = load_policy(read_content_files(source))
    pairs = [pair for name in names for pair in _translations(policy, name)]
    for first, other in pairs:
        path = source / other.path
        before = path.read_bytes()
        after = set_fingerprint(before, compute_fingerprint(first))
        if after != before:
            path.write_bytes(after)
            yield other.path


def _translations(policy: Policy, name: str) -> list[tuple[Section, Section]]:
    first, *rest = policy.languages
    own = {alias: s for s in policy.sections[first] for alias in (s.id, s.stem, s.path, *s.aliases)}
    if name not in own:
        ids = [section.id for section in policy.sections[first]]
        raise InputError(f"there is no section '{name}' in '{first}'; {suggest_name(name, ids)}")
    section = own[name]
    found = [
        (section, other) for locale in rest for other in policy.sections[locale] if other.id == section.id
    ]
    if not found:
        raise InputError(f"'{section.id}' has no translation yet; write content/{rest[0]}/{section.stem}.md"
                        if rest else "there is only one language; nothing is translated")  # fmt: skip
    return found


def set_fingerprint(data: bytes, mark: str) -> bytes:
    """Set the one line in a section's front matter; line ends, BOM and all other bytes stay."""
    lines = data.splitlines(keepends=True)
    fence = next(n for n, line in enumerate(lines) if n and line.rstrip() == b"---")
    end = lines[fence][len(lines[fence].rstrip(b"\r\n")) :] or b"\n"
    said = f"'{mark}'" if _LIKE_A_NUMBER.fullmatch(mark) else mark
    line = _KEY + b" " + said.encode() + end
    place = next((n for n in range(1, fence) if lines[n].startswith(_KEY)), None)
    start, rest = (fence, fence) if place is None else (place, place + 1)
    return b"".join([*lines[:start], line, *lines[rest:]])
