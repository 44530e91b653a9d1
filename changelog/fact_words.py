"""Facts in the words that a document has for them; what no section shows has no words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from changelog.fact_topics import Part, get_name_part, list_topic_parts
from changelog.redline_units import compute_dice, create_multiset
from changelog.rendered_facts import RenderedFacts, find_rendered_facts
from changelog.versions import Version
from changelog.weighty_words import find_weighty_words
from common.characters import escape_invisible
from policy.fact_models import Row
from policy.fields import Locale
from policy.localization import format_value
from policy.models import Policy
from policy.placeholders import PlaceholderValue

MAX_LENGTH = 120  # of a value, in characters; a longer one is no answer at a glance
_HALF = 0.5  # of the words; two texts have that many alike by chance, such as "to" and "the"
# What is told of a row beside its name when it is new, gone or has another name.
_DETAILS = {"recipients": "country", "purposes": "legal_basis", "retention": "period"}


class FactWords(NamedTuple):
    """The facts of a version in the words of one language, as far as its sections show them."""

    policy: Policy
    rendered: RenderedFacts
    locale: Locale

    def format(self, value: PlaceholderValue) -> str:
        """Return the words that a document has for a value, on one line."""
        return " ".join(escape_invisible(format_value(value, self.locale)).split())

    def find_words(self, part: Part) -> str:
        """Return the words of a part; empty unless a section that renders the fact has them."""
        words = self.format(part.value)
        return words if self.rendered.find_section(part.path, words) else ""

    def join_words(self, parts: Sequence[Part]) -> str:
        """Return the words of all parts that readers see."""
        return "; ".join(filter(None, map(self.find_words, parts)))

    def find_section_title(self, parts: Sequence[Part]) -> str:
        """Return the title of the first section that shows a part."""
        found = (self.rendered.find_section(part.path, self.format(part.value)) for part in parts)
        return next((section.title for section in found if section), "")

    def find_new_words(self, other: FactWords, kind: str, part: Part) -> str:
        """Return the words of a name; empty if another document might have them, as a fact or in prose.

        A document that renders no fact of the kind may tell the same in other words.
        """
        words = self.find_words(part)
        return words if other.rendered.has_kind(kind) and not other.rendered.has_words(words) else ""

    def describe_row(self, kind: str, row: Row) -> str:
        """Return the name of a row with what matters most about it; empty if no section shows the name."""
        name = self.find_words(get_name_part(kind, row))
        topic = _DETAILS.get(kind)
        parts = list_topic_parts(self.policy.facts, kind, row, topic) if name and topic else []
        detail = self.join_words(parts)
        if not detail or len(detail) > MAX_LENGTH:
            return name
        return f"{name}: {detail}" if kind == "retention" else f"{name} ({detail})"


def create_fact_words(version: Version, locale: Locale) -> FactWords:
    """Return the facts of a version in the words of a language that it has."""
    return FactWords(version.policy, find_rendered_facts(version, locale), locale)


def have_similar_words(before: str, after: str, locale: Locale) -> bool:
    """Whether two values share more than half of their words, the same detail and the same weighty words."""
    (old_name, old_detail), (new_name, new_detail) = map(_split_detail, (before, after))
    old, new = (create_multiset(tuple(name.casefold().split())) for name in (old_name, new_name))
    if old_detail != new_detail or compute_dice(old, new) <= _HALF:
        return False
    old_words, new_words = (
        [word.casefold() for word in find_weighty_words(name, locale)] for name in (old_name, new_name)
    )
    return old_words == new_words


def _split_detail(text: str) -> tuple[str, str]:
    """Return a name, and what `describe_row()` has written in brackets behind it."""
    name, _, detail = text.rpartition(" (") if text.endswith(")") else (text, "", "")
    return name, detail
