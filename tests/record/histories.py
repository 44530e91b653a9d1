"""Generated histories of a policy: every kind of Markdown, note and change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

Files = dict[str, str]
REMOVED_NAME = "Kari Nordmann"
REPLACEMENTS = {"nb": "[fjernet]", "nn": "[fjerna]", "en": "[removed]"}
_WORDS = {
    "nb": "vi lagrer deler sletter navnet adressen kontoen betalingen medlemmer tilsynet avtalen samtykke "
    "opplysninger kopi nettstedet leverandør etter før alltid aldri bare også skriftlig gratis årlig "
    "ønsker",
    "nn": "vi lagrar deler slettar namnet adressa kontoen betalinga medlemmer tilsynet avtalen samtykke "
    "opplysningar kopi nettstaden leverandør etter før alltid aldri berre også skriftleg gratis årleg "
    "ønskjer",
    "en": "we keep share erase name address account payment members authority agreement consent data copy "
    "website provider after before always never only also written free yearly wishes café",
}
_TITLES = {
    "kontakt": {"nb": "Kontakt", "nn": "Kontakt", "en": "Contact"},
    "deling": {"nb": "Deling", "nn": "Deling", "en": "Sharing"},
    "lagring": {"nb": "Lagring", "nn": "Lagring", "en": "Storage"},
    "rettar": {"nb": "Rettigheter", "nn": "Rettar", "en": "Rights"},
}
_SALT = "0123456789abcdef" * 4


@dataclass(frozen=True)
class Commit:
    """A commit: its day, and all files below content/. `redacts` is a section with a name to remove."""

    day: date
    files: Files
    redacts: str = ""


@dataclass
class _Policy:
    """The policy of the next commit."""

    random: Random
    languages: list[str]
    # Blocks in all languages, by section: the languages are chosen when the files are written.
    sections: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    facts: str = "P2Y"
    announced: str = "[]"
    is_salted: bool = False
    numbers: tuple[int, int] = (1, 0)
    note_count: int = 0

    def list_files(self) -> Files:
        """Return the files of the next commit."""
        settings = {
            "title": '"Personvern"',
            "base_url": "https://example.no/personvern/",
            "languages": f"[{', '.join(self.languages)}]",
            "controller": "{name: Eksempel AS, email: post@example.no}",
            "announce": f"{{minor: {self.announced}}}",
            **({"salt": _SALT} if self.is_salted else {}),
        }
        files = {"policy.yaml": "".join(f"{key}: {value}\n" for key, value in settings.items())}
        names = {"nb": "Kontoen din", "nn": "Kontoen din!", "en": "Your account"}
        files["facts/retention.yaml"] = (
            f"- {{id: account, what: {self._write_mapping(names)}, period: {self.facts}}}\n"
        )
        for number, (name, blocks) in enumerate(self.sections.items(), start=1):
            for code in self.languages:
                text = "\n\n".join(block[code] for block in blocks)
                title = _TITLES[name][code]
                files[f"{code}/{number:02}-{name}.md"] = f"---\ntitle: {title}\n---\n\n{text}\n"
        return {**files, **{f"changes/{name}.yaml": text for name, text in self.notes.items()}}

    def _write_mapping(self, texts: dict[str, str]) -> str:
        return json.dumps({code: texts[code] for code in self.languages}, ensure_ascii=False)

    def write_words(self, code: str) -> str:
        """Return some words with a full stop."""
        words = [self.random.choice(_WORDS[code].split()) for _ in range(self.random.randint(4, 9))]
        return " ".join(words).capitalize() + "."

    def write_note(self, level: str, *lines: str) -> str:
        """Add a note; return its name."""
        self.note_count += 1
        texts = {
            key: {code: f"{self.write_words(code)} **{self.note_count}**" for code in self.languages}
            for key in ("summary", "reason", "action")[: 2 if level == "minor" else 3]
        }
        titles = {code: f"Tittel {self.write_words(code)}" for code in self.languages}
        name = f"note-{self.note_count}"
        self.notes[name] = "\n".join(
            [
                f"level: {level}",
                f"title: {self._write_mapping(titles)}",
                *(f"{key}: {self._write_mapping(value)}" for key, value in texts.items()),
                *lines,
                "",
            ]
        )
        major, minor = self.numbers
        self.numbers = (major, minor + 1) if level == "minor" else (major + 1, 0)
        return name

    def write_block(self) -> dict[str, str]:
        """Return a block of a random kind, the same in each language but for its words."""
        return self._write_kind(self.random.choice(_KINDS))

    def _write_kind(self, template: str) -> dict[str, str]:
        count = template.count("%s")
        return {code: template % tuple(self.write_words(code) for _ in range(count)) for code in _WORDS}

    def change_text(self) -> None:
        """Replace, add or remove a block."""
        blocks = self.random.choice(list(self.sections.values()))
        at = self.random.randrange(len(blocks))
        kind = self.random.random()
        if kind < 0.2:
            blocks.insert(at, self.write_block())
        elif kind < 0.3 and len(blocks) > 2:
            del blocks[at]
        else:
            blocks[at] = self.write_block()


_KINDS = (
    "%s",
    "%s **%s** %s",
    "%s [%s](https://example.no/a?b=1&c=2) %s",
    "*%s* `kode  a`\\\n%s",
    "- %s\n- %s\n  - %s\n  - %s",
    "3. %s\n4. %s\n\n   %s",
    "1. %s\n2. %s",
    "| a | b |\n|---|---|\n| %s | %s |\n| %s |  |",
    "%s\n: %s",
    "> %s\n> %s",
    "```\nto  blanke %s\n```",
    "## %s\n\n%s",
    "### %s",
    "---\n\n%s 3 < 4 & 5",
    "{{ table: retention }}",
    "%s {{ retention.account.period }} {{ controller.email }}",
    "[%s](#deling) 20. juli %s",
)


class HistoryGenerator:
    """Generates an honest history: a first version, then as many steps as wanted, in a random order."""

    def __init__(self, random: Random) -> None:
        languages = random.choice([["nb"], ["nb", "en"], ["nb", "nn"]])
        self.random, self.policy = random, _Policy(random, languages)
        self.day = date(2026, 1, 5)
        self.commits: list[Commit] = []
        self._blank_versions: list[str] = []
        for name in list(_TITLES)[:3]:
            self.policy.sections[name] = [self.policy.write_block() for _ in range(random.randint(2, 4))]
        # One footnote and one name in the same places: several footnotes of one name are an error.
        note = self.policy._write_kind("%s[^1]\n\n[^1]: %s *%s*")
        self.policy.sections["lagring"].append(note)
        self.policy.sections["kontakt"].append(self.policy._write_kind(f"%s {REMOVED_NAME} %s"))
        self._commit()

    def _commit(self, redacts: str = "") -> None:
        self.commits.append(Commit(self.day, self.policy.list_files(), redacts))
        self.day += timedelta(days=self.random.choice([0, 1, 1, 2, 9]))

    def run(self, count: int) -> list[Commit]:
        """Return a history of some commits more, with most kinds of steps."""
        steps = [
            self.add_major, self.add_major, self.add_minor, self.add_silent, self.mend_note, self.explain,
            self.withdraw, self.add_language, self.add_salt, self.redact, self.reorder, self.change_fact,
            self.change_form, self.change_channels, self.add_section, self.correct_in_force,
            self.bring_forward,
        ]  # fmt: skip
        self.add_major()  # with a letter
        while len(self.commits) < count:
            self.random.choice(steps)()
        return self.commits

    def add_major(self) -> None:
        level = self.random.choice(["major", "special"])
        self.policy.change_text()
        self.policy.write_note(level, f"effective: P{self.random.randint(30, 40)}D")
        self._commit()

    def add_minor(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            self.policy.change_text()
        self.policy.write_note("minor")
        self._commit()

    def add_silent(self) -> None:
        self.policy.change_text()
        major, minor = self.policy.numbers
        self.policy.numbers = major, minor + 1
        self._blank_versions.append(f"{major}.{minor + 1}")
        self._commit()

    def mend_note(self) -> None:
        if self.policy.notes:
            name = self.random.choice(list(self.policy.notes))
            self.policy.notes[name] = self.policy.notes[name].replace(" **", " ogso **", 1)
            self._commit()

    def explain(self) -> None:
        if self._blank_versions:
            number = self._blank_versions.pop()
            texts = {code: f"{self.policy.write_words(code)}" for code in self.policy.languages}
            value = self.policy._write_mapping(texts)
            self.policy.notes[f"late-{number.replace('.', '-')}"] = f'of: "{number}"\nsummary: {value}\n'
            self._commit()

    def withdraw(self) -> None:
        before = {name: list(blocks) for name, blocks in self.policy.sections.items()}
        self.add_major()
        self.policy.sections = before
        number = f"{self.policy.numbers[0]}.0"
        self.policy.write_note("minor", f'withdraws: ["{number}"]')
        self._commit()

    def bring_forward(self) -> None:
        self.policy.change_text()
        self.policy.write_note("major", "effective: P400D")
        self._commit()
        self.policy.change_text()
        number = f"{self.policy.numbers[0]}.0"
        self.policy.write_note("major", "effective: P200D", f'brings_forward: ["{number}"]')
        self._commit()

    def correct_in_force(self) -> None:
        self.add_major()
        self.policy.change_text()
        self.policy.write_note("minor", "also_in_force: true")
        self._commit()

    def add_language(self) -> None:
        policy = self.policy
        missing = [code for code in ("nn", "en") if code not in policy.languages]
        if missing and len(policy.languages) < 3:
            policy.languages.append(missing[0])
            for name, text in policy.notes.items():
                # A note in its old languages would be an error: one text for all languages is not.
                texts = [json.loads(line.partition(": ")[2]) for line in text.splitlines() if ": {" in line]
                for mapping in texts:
                    old = json.dumps(mapping, ensure_ascii=False)
                    new = json.dumps(
                        {**mapping, missing[0]: next(iter(mapping.values()))}, ensure_ascii=False
                    )
                    text = text.replace(old, new)  # noqa: PLW2901 - one text after the other
                policy.notes[name] = text
            self.add_minor()

    def add_salt(self) -> None:
        self.policy.is_salted = True
        self.add_minor()

    def redact(self) -> None:
        blocks = self.policy.sections["kontakt"]
        kept = [block for block in blocks if REMOVED_NAME not in block["nb"]]
        if len(kept) < len(blocks):
            self.policy.sections["kontakt"] = [*kept, self.policy._write_kind("%s %s")]
            self._commit()
            self._commit(redacts="kontakt")

    def reorder(self) -> None:
        items = list(self.policy.sections.items())
        at = self.random.randrange(len(items) - 1)
        items[at], items[at + 1] = items[at + 1], items[at]
        self.policy.sections = dict(items)
        self.policy.write_note("minor")
        self._commit()

    def change_fact(self) -> None:
        self.policy.facts = f"P{self.random.randint(1, 40)}M"
        self.add_minor()

    def change_form(self) -> None:
        for blocks in self.policy.sections.values():
            for block in blocks:
                for code, text in block.items():
                    block[code] = text.replace("3. ", "5. ").replace("4. ", "6. ").replace("### ", "#### ")
        self.policy.write_note("minor")
        self._commit()

    def change_channels(self) -> None:
        self.policy.announced = self.random.choice(["[]", "[help_centre]", "[help_centre, email]", "[login]"])
        self.add_minor()

    def add_section(self) -> None:
        self.policy.sections.setdefault("rettar", [self.policy.write_block()])
        self.add_minor()
