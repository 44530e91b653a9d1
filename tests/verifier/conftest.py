"""A site with everything that a log can tell, for all tests of the verifier. Copy it before you change it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from verifier.verification import Verification, verify_site

HISTORY = """
start 2026-01-05
settings "nb, en" "salt: 00112233445566778899aabbccddeeff"
words nb/02-deling "Vi **lagrer** [navn](https://example.no/navn)  hos *trykkeriet*." "1. Navn" "2. Adresse" \
  "| Hva | Hvor |
|---|---|
| Navn | Oslo |" "Gratis.[^1]" "[^1]: Alltid." "\\`\\`\\`
a  b
\\`\\`\\`"
words en/02-deling "We [keep **names**](https://example.no/names)." "- one
- two"
note trykkeri major 2026-02-20 '"Vi **deler** navn, se [her](https://example.no/)."'
commit 2026-01-10
sed -i 's/deler/sender/' content/changes/trykkeri.yaml
commit 2026-01-12
words nb/01-kontakt "Skriv eller ring."
words en/01-kontakt "Write or call."
commit 2026-02-01
file changes/forklart.yaml <<'END'
of: "2.1"
summary: {nb: Forklart., en: Explained.}
END
commit 2026-02-03
words nb/03-sletting "Vi sletter {{ retention.account.what }} aldri."
words en/03-sletting "We never erase {{ retention.account.what }}."
note aldri major 2026-07-01 "" "title: {nb: Aldri, en: Never}"
commit 2026-03-03
"""


@dataclass(frozen=True)
class Site:
    """A copy of a site that a test may alter."""

    folder: Path

    def verify(self, **options: object) -> Verification:
        return verify_site(str(self.folder), **options)

    def problems(self, **options: object) -> list[str]:
        return list(self.verify(**options).problems)

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, (path, old)
        self.write(path, text.replace(old, new))

    @property
    def log(self) -> dict:
        return json.loads(self.read("api/log.json"))

    def write_log(self, entries: list[dict]) -> None:
        self.write("api/log.json", json.dumps({"schema": 2, "entries": entries}))


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    """The `out` of the history."""
    folder = tmp_path_factory.mktemp("verified")
    source = create_history(folder / "source", HISTORY)
    build(source, folder / "out")
    return folder / "out"


@pytest.fixture
def site(published, tmp_path) -> Site:
    shutil.copytree(published / "site", tmp_path / "site")
    return Site(tmp_path / "site")


@pytest.fixture
def letters(published) -> dict[str, Path]:
    """The letter of each version that is announced by mail and has not been replaced."""
    return {path.parent.name: path for path in (published / "letters").glob("*/nb.eml")}
