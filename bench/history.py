"""A history to measure on: a policy of 30 sections in two languages, edited as often as asked.

`python bench/history.py FOLDER --versions 1000` makes a repository there, always the same.
"""

from __future__ import annotations

import argparse
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = 30
_START = 1_577_880_000  # 1 January 2020, noon in Greenwich
_DAY = 86_400
_WORDS = {
    "nb": "vi lagrer opplysninger om deg så lenge kontoen er aktiv og deler dem med leverandører som hjelper "
    "oss når du ber om innsyn retting eller sletting svarer vi innen fristen etter loven uten kostnad",
    "en": "we keep details about you while the account is active and share them with suppliers who help us "
    "when you ask for access correction or erasure we answer within the time the law sets at no cost to you",
}
_POLICY = """title: {nb: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/personvern/
languages: [nb, en]
controller: {name: Eksempel, email: post@example.no}
mail: {from: post@example.no}
announce: {minor: [], major: [help_centre, login], special: [help_centre, login, alert]}
"""


def section(locale: str, number: int, paragraphs: list[str]) -> str:
    """Give one section as an editor types it."""
    title = {"nb": "Del", "en": "Section"}[locale]
    return f"---\ntitle: {title} {number}\n---\n" + "\n\n".join(paragraphs) + "\n"


def sentence(chance: random.Random, locale: str) -> str:
    """Give a sentence of some words of the language."""
    words = chance.choices(_WORDS[locale].split(), k=chance.randint(9, 18))
    return " ".join(words).capitalize() + "."


def commits(versions: int, seed: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Walk the history: the time of each commit, Unix seconds, and the files that it writes."""
    chance = random.Random(seed)  # noqa: S311 - it only has to be the same each time
    texts = {
        (locale, number): [" ".join(sentence(chance, locale) for _ in range(5)) for _ in range(6)]
        for locale in _WORDS
        for number in range(1, SECTIONS + 1)
    }
    files = {f"content/{c}/{n:02d}-del-{n}.md": section(c, n, text) for (c, n), text in texts.items()}
    yield _START, {"content/policy.yaml": _POLICY, **files}
    for edit in range(1, versions):
        number = chance.randint(1, SECTIONS)
        written = {}
        for locale in _WORDS:
            paragraphs = texts[locale, number]
            paragraphs[chance.randrange(len(paragraphs))] = " ".join(
                sentence(chance, locale) for _ in range(5)
            )
            written[f"content/{locale}/{number:02d}-del-{number}.md"] = section(locale, number, paragraphs)
        level = "major\neffective: P30D" if edit % 25 == 0 else "minor"
        note = f"level: {level}\nsummary: {{nb: Endring {edit}, en: Change {edit}}}\n"
        action = "action: {nb: Les mer, en: Read more}\n" if edit % 25 == 0 else ""
        yield _START + edit * _DAY, {**written, f"content/changes/{edit:05d}.yaml": note + action}


def make(folder: Path, versions: int, seed: int = 1) -> None:
    """Make the repository through git fast-import."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    with subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE) as git:
        assert git.stdin
        for number, (time, files) in enumerate(commits(versions, seed), start=1):
            git.stdin.write(
                f"commit refs/heads/main\nmark :{number}\ncommitter Bench <bench@example.no> {time} +0000\n"
                f"data 4\nedit\n".encode()
            )
            for path, text in files.items():
                data = text.encode()
                git.stdin.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
        git.stdin.close()
    subprocess.run(["git", "-C", folder, "reset", "-q", "--hard"], check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--versions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    make(options.folder, options.versions, options.seed)
