"""The commands of docs/verify.md, run as they stand there on a published site, print what the page shows."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.helpers.cli import create_history, run_build_py
from tests.helpers.environment import REPOSITORY, neutral_environment
from tests.helpers.in_process import build
from tests.helpers.quoted_code import read_quoted_code
from tests.helpers.reference import read_section
from tests.helpers.static_server import serve_static
from tests.helpers.time_stamp_authority import serve_time_stamps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "verify.md"
ROOT = "/personvern/"
FIRST = """
start 2026-01-05
note trykkeri major 2026-03-20 "Vi deler navn."
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
commit 2026-02-01
"""
MORE = """
words nb/01-kontakt "Skriv eller ring."
words en/01-kontakt "Write or call."
commit 2026-04-01
"""
# What stands for other figures, hashes and names on the page.
SAMPLES = {"2f81…": "[0-9a-f]{64}", re.escape("Example TSA"): ".+"}


@dataclass(frozen=True)
class Reader:
    """The folder of a reader, with a saved letter and log, and what the words of the page stand for."""

    folder: Path
    own: dict[str, str]

    def run(self, name: str) -> tuple[str, str]:
        """Run the commands of a block; return the output that it shows, and that of the commands."""
        lines = read_quoted_code(PAGE, name).splitlines()
        code = "\n".join(line.removeprefix("$ ") for line in lines if line.startswith("$ "))
        for words, own in self.own.items():
            code = code.replace(words, own)
        done = subprocess.run(
            ["bash", "-euc", code],
            cwd=self.folder,
            env=neutral_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return "\n".join(line for line in lines if not line.startswith("$ ")), done.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    folder, files = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("publisher")
    source, out = create_history(files / "source", FIRST), files / "out"
    with serve_static(ROOT) as server, serve_time_stamps(files / "authority") as authority:
        address = server.origin + ROOT
        options = {"base_url": address, "today": "2026-04-02"}
        build(source, out, **options)
        shutil.copy(out / "site/api/log.json", folder / "saved-log.json")
        create_history(source, MORE)
        roots = shutil.copy(authority.roots, folder / "roots.pem")
        stamped = run_build_py("witness", "--source", source, "--tsa", authority.address, "--roots", roots)
        assert stamped.returncode == 0, stamped.stderr
        create_history(source, "commit 2026-04-02")
        build(source, out, **options)
        shutil.copy(out / "letters/2.0/nb.eml", folder / "letter.eml")
        program = re.search(
            r"^```python\n(.*?)```", read_section("record", "## A verifier"), re.DOTALL | re.MULTILINE
        )
        (folder / "verify.py").write_text(program[1])
        server.folder = out / "site"
        entries = json.loads((out / "site/api/log.json").read_bytes())["entries"]
        yield Reader(
            folder,
            {
                "https://example.no/personvern/": address,
                "example.no/personvern": f"{urlsplit(address).netloc}/personvern",
                "python build.py": f"{sys.executable} {REPOSITORY / 'build.py'}",
                "0f3a…": next(entry["hash"][:32] for entry in entries if entry.get("version") == "2.0"),
            },
        )


@pytest.mark.parametrize("name", ["verify: letter", "verify: roots"])
def test_the_command_prints_what_the_page_shows(reader, name):
    shown, printed = reader.run(name)
    sample = re.compile("|".join(map(re.escape, SAMPLES)) + r"|\d+")
    pattern = sample.sub(lambda found: SAMPLES.get(found[0], r"\d+"), re.escape(shown))
    found = re.fullmatch(pattern, "\n".join(printed.splitlines()[: len(shown.splitlines())]))
    assert found, (shown, printed)


def test_a_copy_is_verified_without_klartekst(reader):
    _, printed = reader.run("verify: copy")
    assert "problem" not in printed
    assert (reader.folder / reader.own["example.no/personvern"] / "api/log.json").is_file()
