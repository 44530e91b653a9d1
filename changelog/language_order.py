"""The order of languages: each keeps its place from the version that first had it.

The first language of the first version has the root of the site as its address, and the first of a policy
prevails. Both stay what they are only as long as no language moves in front of an older one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from common.messages import Message
from policy.fields import Locale
from policy.findings import Finding, Location


def list_languages_by_age(states: Iterable[Iterable[Locale]]) -> tuple[Locale, ...]:
    """Return every language of some states, oldest first, in the order in which they first appeared."""
    return tuple(dict.fromkeys(locale for languages in states for locale in languages))


def find_reordered_languages(
    languages: Sequence[Locale], languages_by_age: Sequence[Locale], location: Location
) -> Finding | None:
    """Return a finding at `location` if `languages` are in another order than they were published in.

    Languages may be dropped. One that is new, and so among the last of `languages_by_age`, goes at the end.
    """
    expected = [locale for locale in languages_by_age if locale in languages]
    if list(languages) == expected:
        return None
    message = Message(
        "'languages' is [{codes}], but published languages keep their order and new ones go at the end",
        codes=", ".join(languages),
    )
    return Finding(location, message, Message("write 'languages: [{codes}]'", codes=", ".join(expected)))
