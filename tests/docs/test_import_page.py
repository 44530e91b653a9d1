"""The commands of docs/import.md, in the order of the page."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tests.helpers.cli import BuildCommand, run_command
from tests.helpers.quoted_code import read_quoted_code

if TYPE_CHECKING:
    from pathlib import Path

_BUILD = BuildCommand()
_NORWEGIAN = """<!doctype html><html lang="nb"><title>Personvern</title><h1>Personvern</h1>
<h2>Hvem vi er</h2><p>Prøve AS, post@prove.no.</p><h2>Hva vi lagrer</h2><p>Navnet ditt.</p>
"""
_ENGLISH = "# Privacy\n\n## Who we are\n\nPrøve AS, post@prove.no.\n\n## What we keep\n\nYour name.\n"


def _run(name: str, folder: Path) -> None:
    for line in read_quoted_code("import.md", name).splitlines():
        words = shlex.split(line)
        if words[:2] == ["python", "build.py"]:
            done = _BUILD(*words[2:], cwd=folder)
            assert done.code == 0, done.err
        else:
            run_command(folder, *words)


def test_a_policy_is_imported_in_two_languages_and_published(tmp_path):
    (tmp_path / "FILE").write_text(_NORWEGIAN, encoding="utf-8")
    (tmp_path / "ENGLISH").write_text(_ENGLISH, encoding="utf-8")
    _run("import-document.sh", tmp_path)
    _run("import-second-language.sh", tmp_path)
    _run("import-publish.sh", tmp_path)
    assert "Navnet ditt." in (tmp_path / "out" / "site" / "index.html").read_text("utf-8")
    assert "Your name." in (tmp_path / "out" / "site" / "en" / "index.html").read_text("utf-8")
