"""What a target holds: its generations, the live one, the folders of its store; and what it may not hold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from common.errors import InputError
from deployment.target_address import TargetAddress

GENERATION_FILE = "deployment.json"
_CURRENT_TARGET = re.compile(r"generations/([0-9a-f]{32})")
_NAME = re.compile(r"[0-9a-f]{32}")
_ASSET = re.compile(r"assets/[\w-][\w.-]*")
_LINKS = {"site": "current/site", "letters": "current/letters"}
_FOLDERS = frozenset({"store", "generations", ".lock"})
_OWN_ENTRIES = _FOLDERS | _LINKS.keys() | {"current"}
_TEMPORARY = ".new-"


@dataclass(frozen=True, slots=True)
class GenerationFacts:
    """What `deployment.json` says of a generation, which no reader is served.

    `number` rises with each deployment; `content` is a digest of all files; `redactions` is one of the words
    that were removed from published versions; `assets` are the generation's own, without those that it keeps
    for readers of earlier pages; `folders` are those of the store that it links to.
    """

    number: int = 0
    content: str = ""
    base_url: str = ""
    log_head: str = ""
    redactions: str = ""
    assets: Sequence[str] = ()
    folders: Sequence[str] = ()

    def format_json(self) -> str:
        """Return the text of `deployment.json`: one line."""
        return f"{json.dumps(asdict(self))}\n"


@dataclass(frozen=True, slots=True)
class DeployedGeneration:
    """A generation on a target. `has_passed` says whether the smoke test has passed with it."""

    name: str
    facts: GenerationFacts
    has_passed: bool

    def __str__(self) -> str:
        """Return the name for people."""
        return f"generation {self.facts.number or self.name}"


@dataclass(frozen=True, slots=True)
class TargetState:
    """What a target holds. `generations` begin with the one that was deployed first."""

    generations: Sequence[DeployedGeneration] = ()
    current: DeployedGeneration | None = None
    stored: frozenset[str] = field(default_factory=frozenset)

    @property
    def next_number(self) -> int:
        """The number of the next generation."""
        return 1 + max((generation.facts.number for generation in self.generations), default=0)

    def find_predecessor(self) -> DeployedGeneration | None:
        """Return the generation to roll back to: the last one before that passed its smoke test."""
        number = self.current.facts.number if self.current else 0
        earlier = [one for one in self.generations if one.has_passed and one.facts.number < number]
        return earlier[-1] if earlier else None

    def list_unfinished(self) -> Sequence[DeployedGeneration]:
        """Return what killed deployments have left: not current, and never tested to the end."""
        return [one for one in self.generations if one != self.current and not one.has_passed]

    def list_unused(
        self, kept: DeployedGeneration, count: int
    ) -> tuple[Sequence[DeployedGeneration], Sequence[str]]:
        """Return the generations and the folders of the store that go when `kept` is live.

        It stays with the last others, `count` in all, but none that may show words which are removed now.
        """
        same = [one for one in self.generations if one.facts.redactions == kept.facts.redactions]
        others = [one for one in same if one.name != kept.name and one.has_passed]
        staying = [kept, *(others[-(count - 1) :] if count > 1 else ())]
        names, needed = {one.name for one in staying}, {name for one in staying for name in one.facts.folders}
        return [one for one in self.generations if one.name not in names], sorted(self.stored - needed)


def parse_target_state(address: TargetAddress, text: str) -> TargetState:
    """Return the state from what `describe` of target.sh prints.

    Raises InputError if something is there that no deployment has made.
    """
    rows: dict[str, list[str]] = {kind: [] for kind in ("entry", "link", "stored", "generation")}
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind in rows:
            rows[kind].append(rest)
    links = dict(row.partition(" ")[::2] for row in rows["link"])
    if foreign := _find_foreign_entry(rows["entry"], links):
        raise InputError(
            f"{address}: '{foreign}' is of no deployment; choose an empty folder, or move it away"
        )
    found = (_parse_generation(row) for row in rows["generation"] if _NAME.fullmatch(row.partition(" ")[0]))
    generations = sorted(found, key=lambda one: one.facts.number)
    by_name = {generation.name: generation for generation in generations}
    current = by_name.get(links.get("current", "").removeprefix("generations/"))
    stored = frozenset(name for name in rows["stored"] if _NAME.fullmatch(name))
    return TargetState(generations, current, stored)


def _find_foreign_entry(entries: Sequence[str], links: dict[str, str]) -> str | None:
    for entry in entries:
        if entry.startswith(_TEMPORARY):
            continue
        is_own_link = (
            links.get(entry) == _LINKS[entry]
            if entry in _LINKS
            else bool(_CURRENT_TARGET.fullmatch(links.get(entry, "")))
        )
        if entry not in _OWN_ENTRIES or (entry in links if entry in _FOLDERS else not is_own_link):
            return entry
    return None


def _parse_generation(row: str) -> DeployedGeneration:
    name, passed, content = row.split(" ", 2)
    return DeployedGeneration(name, _parse_facts(content), has_passed=passed == "yes")


def _parse_facts(content: str) -> GenerationFacts:
    """Return what `deployment.json` says; nothing if it is missing or damaged."""
    try:
        facts = GenerationFacts(**json.loads(content))
    except (ValueError, TypeError, RecursionError):
        return GenerationFacts()
    return facts if _is_valid(facts) else GenerationFacts()


def _is_valid(facts: GenerationFacts) -> bool:
    texts = (facts.content, facts.base_url, facts.log_head, facts.redactions)
    return (
        type(facts.number) is int
        and facts.number > 0
        and all(isinstance(text, str) for text in texts)
        and _is_list(facts.assets, _ASSET)
        and _is_list(facts.folders, _NAME)
    )


def _is_list(values: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(values, list) and all(
        isinstance(value, str) and pattern.fullmatch(value) for value in values
    )
