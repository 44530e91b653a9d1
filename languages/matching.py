"""Chooses the language for a reader from those that a site has.

`notice.js` and the WordPress plugin apply the same rule to the data of `api/announcements.json`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from languages.loader import get_language

EVERY_READER = "*"


def choose_language(tag: str, available: Sequence[str]) -> str:
    """Return the language for a reader from `available`, which is in the order of the site and not empty.

    `tag` is a language tag or the name of a locale: `nn`, `nb-NO`, `no_NO.UTF-8`. The reader's own language
    is best, then the first one whose `readers` have it, then the first one for every reader, then the first.
    """
    code = re.split(r"[-_.@]", tag, maxsplit=1)[0].lower()
    if code in available:
        return code
    for wanted in (code, EVERY_READER):
        for language in available:
            if wanted in get_language(language).words.readers:
                return language
    return available[0]
