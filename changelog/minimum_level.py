"""Facts before and facts after: the least level that a change may bear, and why (contract §3). Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from changelog.cosmetic import collect_name_words, has_same_meaning, is_cosmetic
from policy.fact_models import Row
from policy.fields import Duration, LocalizedText, Model
from policy.models import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.document import Document
    from policy.fact_models import Facts
    from policy.fields import Locale
    from policy.models import Policy, Settings

_EXACT = ("controller.", "dpo.", "recipients.")  # who somebody is: a letter may make it somebody else
_IDENTITY = ("controller.name", "controller.address", "controller.email", "dpo.")
_WHOLE_ROWS = ("purposes.", "categories.", "recipients.", "rights.")


class Side(NamedTuple):
    """One side of a comparison: a policy and what readers see of it in each language."""

    policy: Policy
    documents: Mapping[Locale, Document]


class Reason(NamedTuple):
    """One fact that makes a change major, by the path that a placeholder writes, and what became of it."""

    fact: str
    what: str

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.fact} {self.what}"


class LevelAssessment(NamedTuple):
    """The least level of a change, the facts that set it, and whether no meaning changed at all."""

    level: Level
    reasons: tuple[Reason, ...]
    is_cosmetic: bool


def assess_minimum_level(before: Side, after: Side, renamed: Mapping[str, str]) -> LevelAssessment:
    """Compare two states; `renamed` leads from an old section id to the newest."""
    old, new = (_facts(side.policy.settings, side.policy.facts) for side in (before, after))
    old = _with_renamed_rows(old, new)
    reasons = tuple(_reasons(old, new))
    harmless = not any(True for _ in _changed(old, new)) and is_cosmetic(
        before.documents, after.documents, renamed, _names(old) | _names(new)
    )
    return LevelAssessment(Level.MAJOR if reasons else Level.MINOR, reasons, harmless)


Laid: TypeAlias = "Mapping[str, object]"


@lru_cache(maxsize=2)
def _facts(settings: Settings, facts: Facts) -> Laid:
    """Lay out what is compared by its path; what is not stated has none."""
    found: dict[str, object] = {}
    for name in ("controller", "dpo", "authority", "announce"):
        found.update(_walk(name, getattr(settings, name)))
    for kind in type(facts).model_fields:
        found.update(_walk(kind, getattr(facts, kind)))
    found.pop("controller.former_names", None)
    return found


def _walk(path: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case Model():
            for name in type(value).model_fields:
                if name != "id":
                    yield from _walk(f"{path}.{name}", getattr(value, name))
        case tuple() if value and isinstance(value[0], Row):
            for row in value:
                yield from _walk(f"{path}.{row.id}", row)
        case None | ():
            return
        case _:
            yield path, frozenset(value) if isinstance(value, tuple) else value


def _row(path: str) -> str:
    """Give the row of a fact, `recipients.host` of `recipients.host.country`; a right is its own row."""
    return ".".join(path.split(".")[:2])


def _with_renamed_rows(old: Laid, new: Laid) -> Laid:
    """Give the old facts with each row under its new id where nothing but the id changed."""
    gone = {_row(path) for path in old} - {_row(path) for path in new}
    come = {_row(path) for path in new} - {_row(path) for path in old}
    lead = {
        was: now
        for was in gone
        for now in come
        if was.split(".")[0] == now.split(".")[0] != "rights" and _content(old, was) == _content(new, now)
    }
    return {
        path.replace(_row(path), lead.get(_row(path), _row(path)), 1): value for path, value in old.items()
    }


def _content(facts: Laid, row: str) -> Laid:
    return {path.removeprefix(row): value for path, value in facts.items() if _row(path) == row}


def _changed(old: Laid, new: Laid) -> Iterator[str]:
    for path in dict.fromkeys((*old, *new)):
        if not _same(path, old.get(path), new.get(path)):
            yield path


def _same(path: str, old: object, new: object) -> bool:
    """Whether a fact says the same: words may be corrected, except where they say who somebody is."""
    if old == new:
        return True
    if not isinstance(old, LocalizedText) or not isinstance(new, LocalizedText) or path.startswith(_EXACT):
        return False
    return all(
        has_same_meaning(old.in_locale(locale), new.in_locale(locale), locale)
        for locale in dict(old.by_locale) | dict(new.by_locale) or {"nb": "", "en": ""}
    )


def _reasons(old: Laid, new: Laid) -> Iterator[Reason]:
    rows_before = {_row(path) for path in old}
    told: set[str] = set()
    for path in _changed(old, new):
        row = _row(path)
        if row not in rows_before and path.startswith(_WHOLE_ROWS):
            if row not in told:
                told.add(row)
                yield Reason(row, "appears")
        elif what := _weight(path, old, new):
            yield Reason(path, what)


def _weight(path: str, old: Laid, new: Laid) -> str:
    """Say what became of a fact that sets the floor; nothing where it sets none."""
    was, now = old.get(path), new.get(path)
    gone = not any(_row(other) == _row(path) for other in new)
    if path.startswith(_IDENTITY) or path.startswith("rights."):
        return "appears" if was is None else "is taken away" if now is None else "changes"
    if path.startswith("announce."):
        lost = _listed(was) - _listed(now)
        return f"loses {', '.join(sorted(lost))}" if lost else ""
    if path.endswith(".retention") and path.startswith("purposes."):
        return "" if gone else _longer(_kept(was, old), _kept(now, new))
    if path.startswith("retention."):
        return "" if gone else _retention(path, was, now)
    if path.startswith(_WHOLE_ROWS) and not gone:
        return "is taken away" if now is None else "appears" if was is None else "changes"
    return ""


def _listed(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, frozenset) else frozenset()


def _retention(path: str, was: object, now: object) -> str:
    if path.endswith(".period"):
        return _longer(was, now)
    return "changes, and may mean longer" if path.endswith(".criteria") and was is not None and now else ""


def _kept(row: object, facts: Laid) -> object:
    return facts.get(f"retention.{row}.period")


def _longer(was: object, now: object) -> str:
    """Say that a period grows; one that is no longer stated has no end."""
    if not isinstance(was, Duration):
        return ""
    if not isinstance(now, Duration):
        return "is no longer limited"
    return f"grows from {was.iso} to {now.iso}" if now.days > was.days else ""


def _names(facts: Laid) -> frozenset[str]:
    """Give the words that name the controller, the officer, the authority and the recipients."""
    wanted = (
        value
        for path, value in facts.items()
        if path.startswith(("controller.", "dpo.", "authority."))
        or (path.startswith("recipients.") and path.endswith(".name"))
    )
    return collect_name_words(text for value in wanted for text in _wordings(value))


def _wordings(value: object) -> Iterator[str]:
    if isinstance(value, LocalizedText):
        yield value.common
        yield from (words for _, words in value.by_locale)
    elif isinstance(value, str):
        yield value
