"""Generate a history to measure on: a policy in two languages with a number of edits.

`python bench/history.py FOLDER --versions 1000` creates a repository there, always the same one.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_START = 1_577_880_000  # 1 January 2020, noon in Greenwich
_DAY = 86_400
_SYLLABLES = {
    "nb": "be-de-er-for-ge-het-in-ing-ke-le-lig-ning-op-per-re-sa-sjon-te-ter-ut-ven-vil-vå-ønsk-æ-å",
    "en": "al-ap-be-con-de-er-est-for-in-ing-is-ly-ment-ness-on-per-pro-re-sion-ten-ter-the-tion-un",
}
POLICY = """title: {nb: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/personvern/
languages: [nb, en]
controller: {name: Eksempel, email: post@example.no}
mail: {from: post@example.no}
announce: {minor: [], major: [help_centre, login], special: [help_centre, login, alert]}
"""


@dataclass(frozen=True)
class HistoryShape:
    """How long each version of a history is, and how many edits share a change note."""

    sections: int = 30
    paragraphs: int = 6  # of each section; one has 70 words on average
    edits_per_note: int = 1


MEDIUM = HistoryShape()
LARGE = HistoryShape(sections=36, paragraphs=8, edits_per_note=5)


def format_section(locale: str, number: int, paragraphs: list[str]) -> str:
    """Return the source text of a section."""
    title = {"nb": "Del", "en": "Section"}[locale]
    return f"---\ntitle: {title} {number}\n---\n" + "\n\n".join(paragraphs) + "\n"


class Author:
    """A simulated editor of one language: few words make up most of the text, and most edits are small."""

    def __init__(self, locale: str, seed: int) -> None:
        self.chance = random.Random(f"{locale}{seed}")  # noqa: S311 - it only has to be the same each time
        syllables = _SYLLABLES[locale].split("-")
        words = ("".join(self.chance.choices(syllables, k=self.chance.randint(1, 4))) for _ in range(3000))
        self.words = list(dict.fromkeys(words))
        self.weights = [1 / rank for rank in range(1, len(self.words) + 1)]  # Zipf's law

    def pick_words(self, count: int) -> list[str]:
        return self.chance.choices(self.words, self.weights, k=count)

    def write_sentence(self) -> str:
        return " ".join(self.pick_words(self.chance.randint(8, 20))).capitalize() + "."

    def write_paragraph(self) -> str:
        return " ".join(self.write_sentence() for _ in range(5))

    def edit_paragraph(self, paragraphs: list[str]) -> None:
        """Edit one paragraph in place: in 70 % of cases a few words, in 20 % a sentence, else all of it."""
        place = self.chance.randrange(len(paragraphs))
        kind = self.chance.random()
        if kind < 0.7:
            words = paragraphs[place].split(" ")
            at = self.chance.randrange(len(words) - 6)
            words[at : at + self.chance.randint(1, 5)] = self.pick_words(self.chance.randint(1, 6))
            paragraphs[place] = " ".join(words)
        elif kind < 0.9:
            sentences = paragraphs[place].split(". ")
            sentences.insert(self.chance.randrange(len(sentences)), self.write_sentence().rstrip("."))
            paragraphs[place] = ". ".join(sentences[-6:])
        else:
            paragraphs[place] = self.write_paragraph()


def generate_commits(
    versions: int, seed: int, shape: HistoryShape = MEDIUM
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the time of each commit, in Unix seconds, and the files that it writes."""
    chance = random.Random(seed)  # noqa: S311 - it only has to be the same each time
    authors = {locale: Author(locale, seed) for locale in _SYLLABLES}
    texts = {
        (locale, number): [author.write_paragraph() for _ in range(shape.paragraphs)]
        for locale, author in authors.items()
        for number in range(1, shape.sections + 1)
    }
    files = {f"content/{c}/{n:02d}-del-{n}.md": format_section(c, n, text) for (c, n), text in texts.items()}
    yield _START, {"content/policy.yaml": POLICY, **files}
    for edit in range(1, versions):
        number = chance.randint(1, shape.sections)
        written = {}
        for locale, author in authors.items():
            author.edit_paragraph(texts[locale, number])
            written[f"content/{locale}/{number:02d}-del-{number}.md"] = format_section(
                locale, number, texts[locale, number]
            )
        if edit % shape.edits_per_note:
            yield _START + edit * _DAY, written
            continue
        level = "major\neffective: P30D" if edit % 25 == 0 else "minor"
        note = f"level: {level}\nsummary: {{nb: Endring {edit}, en: Change {edit}}}\n"
        action = "action: {nb: Les mer, en: Read more}\n" if edit % 25 == 0 else ""
        yield _START + edit * _DAY, {**written, f"content/changes/{edit:05d}.yaml": note + action}


def create_repository(folder: Path, versions: int, seed: int = 1, shape: HistoryShape = MEDIUM) -> None:
    """Create the repository through git fast-import, which is much faster than `git commit`."""
    folder.mkdir(parents=True)
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }  # the same bytes for all
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True, env=env)
    importing = ["git", "-C", folder, "fast-import", "--quiet"]
    with subprocess.Popen(importing, stdin=subprocess.PIPE, env=env) as git:
        assert git.stdin
        for number, (time, files) in enumerate(generate_commits(versions, seed, shape), start=1):
            git.stdin.write(
                f"commit refs/heads/main\nmark :{number}\ncommitter Bench <bench@example.no> {time} +0000\n"
                f"data 4\nedit\n".encode()
            )
            for path, text in files.items():
                data = text.encode()
                git.stdin.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
        git.stdin.close()
    subprocess.run(["git", "-C", folder, "reset", "-q", "--hard"], check=True, env=env)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--versions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--large", action="store_true", help="20,000 words a language, a note for five edits")
    options = parser.parse_args()
    create_repository(options.folder, options.versions, options.seed, LARGE if options.large else MEDIUM)
