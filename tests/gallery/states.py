"""What a state of the gallery is, and the sites that states are seen on."""

from __future__ import annotations

from typing import NamedTuple


class Site(NamedTuple):
    """A history of the gallery, or a scenario of that name, as it is built on a day."""

    history: str
    day: str


class State(NamedTuple):
    """A component in a state: where it is seen, the words that it then has, and words that it has not."""

    component: str
    name: str
    site: Site
    page: str
    selector: str
    shows: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.component}: {self.name}"


_JUNE = "2026-06-01"
BEFORE = Site("first", "2025-12-01")
FIRST = Site("first", _JUNE)
FACTS = Site("facts", _JUNE)
CHANGED = Site("facts", "2026-07-15")
LATER = Site("facts", "2026-12-01")
LISTS = Site("lists", _JUNE)
DAYS = Site("days", _JUNE)
HALF = Site("days", "2026-07-10")
SECTIONS = Site("sections", _JUNE)
LINKS = Site("links", _JUNE)
WORST = Site("worst", _JUNE)
BARE = Site("bare", _JUNE)
BRAND = Site("brand", _JUNE)
REDACTED = Site("redacted", _JUNE)
UNTRANSLATED = Site("untranslated", _JUNE)
THOUSAND = Site("thousand", _JUNE)
WITHDRAWN = Site("withdrawn", _JUNE)
OVERTAKEN = Site("overtaken", _JUNE)
CORRECTED = Site("corrected-in-force", _JUNE)
ENGLISH_LATER = Site("language-later", _JUNE)
ENGLISH_GONE = Site("language-gone", _JUNE)
EXPLAINED = Site("explained-later", _JUNE)
ENGLISH_ALONE = Site("english-alone", _JUNE)
THREE = Site("three-languages", _JUNE)

# A word that fits on no phone; tests/gallery/histories/worst.sh has it.
LONG = "Personopplysningsbehandlingsansvarlighetsfraskrivelsesdokumentasjonspliktsforskrift"
