"""Chooses the language for a reader from those that a site has.

`notice.js` and the WordPress plugin apply the same rule to the data of `api/announcements.json`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from languages.loader import get_readers

EVERY_READER = "*"


def choose_language(tag: str, available: Sequence[str]) -> str:
    """Return the language for a reader from `available`, which is in the order of the site and not empty.

    `tag` is a language tag or the name of a locale: `nn`, `nb-NO`, `no_NO.UTF-8`. The reader's own language
    is best, then the first one whose `readers` have it, then the first one for every reader, then the first.
    """
    return find_language(tag, available) or _find_for_reader(EVERY_READER, available) or available[0]


def find_language(tag: str, available: Sequence[str]) -> str | None:
    """Return the reader's own language, else the first whose `readers` have it; None if no language does."""
    code = re.split(r"[-_.@]", tag.strip(), maxsplit=1)[0].lower()
    return code if code in available else _find_for_reader(code, available)


def _find_for_reader(code: str, available: Sequence[str]) -> str | None:
    return next((other for other in available if code in get_readers(other)), None)
