"""docs/reference/record.md is enough to verify a site: its program does, and its example can be computed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest

from changelog.log_entries import EntryKind
from tests.helpers.cli import create_history
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build
from tests.helpers.reference import PAGES, first_column_codes, read_section
from tests.verifier.conftest import HISTORY, Site
from verifier.log_entries import FIELDS_OF_KINDS
from verifier.texts import hash_value

SCENARIOS = (
    "mended-note",
    "explained-later",
    "withdrawn",
    "language-gone",
    "form-alone",
    "corrected-in-force",
)
MOST_LINES = 40


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The program of the page as a file."""
    found = re.search(
        r"^```python\n(.*?)```", read_section("record", "## A verifier"), re.DOTALL | re.MULTILINE
    )
    assert found
    path = tmp_path_factory.mktemp("program") / "verify.py"
    path.write_text(found[1], encoding="utf-8")
    return path


def run(program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    # Isolated: it can import nothing of ours.
    command = [sys.executable, "-I", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=program.parent)


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Path:
    """A site with salts, mended and explained notes, and every kind of block."""
    folder = tmp_path_factory.mktemp("full")
    build(create_history(folder / "source", HISTORY), folder / "out")
    return folder / "out"


@pytest.fixture
def copy(full, tmp_path) -> Site:
    shutil.copytree(full / "site", tmp_path / "site")
    return Site(tmp_path / "site")


def test_the_program_is_short(program):
    lines = [line for line in program.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= 100


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_program_verifies_what_a_build_publishes(program, tmp_path, name):
    script = (REPOSITORY / "tests/scenarios" / name / "history.sh").read_text(encoding="utf-8")
    build(create_history(tmp_path / "source", script), tmp_path / "out")
    done = run(program, tmp_path / "out/site")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_finds_the_entry_of_a_letter(program, full):
    letter = (full / "letters/2.0/nb.eml").read_text(encoding="ascii")
    (digest,) = re.findall(r"^Policy-Log-Entry:\s+(\w+)$", letter, re.MULTILINE)
    for known in (digest, digest[:32]):
        assert f"{known}: number 2" in run(program, full / "site", known).stdout
    assert run(program, full / "site", "0" * 64).returncode == 1


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("versjon/2.0/index.html", "trykkeriet", "alle"),
        ("versjon/2.0/index.html", "example.no/navn", "example.no/nei"),
        ("versjon/2.0/index.html", "a  b", "a b"),
        ("versjon/2.0/index.html", "<strong>lagrer</strong>", "<em>lagrer</em>"),
        ("versjon/2.0/index.html", "<ol><li>", '<ol start="7"><li>'),
        ("versjon/2.0/index.html", "</section>\n</article>", "</section><p>Nei.</p></article>"),
        ("versjon/2.0/index.html", "<p>Vi ", "<p><!-- x -->Vi "),
        ("versjon/2.0/index.html", 'data-salts="', 'data-salts="0'),
        ("en/version/2.0/index.html", "<li>one</li>", ""),
        ("endringslogg/index.html", "sender", "stjeler"),
        ("endringslogg/index.html", 'data-part="action"', 'data-part="reason"'),
        ("endringslogg/index.html", 'data-note="2.0"', "data-x"),
        ("api/log.json", "2026-02-20", "2026-02-21"),
        ("api/log.json", '"major"', '"minor"'),
        ("api/versions.json", "versjon/2.0/", "versjon/2.1/"),
    ],
)
def test_the_program_finds_an_alteration(program, copy, path, old, new):
    copy.replace(path, old, new)
    assert run(program, copy.folder).returncode == 1


def test_the_program_finds_a_day_that_goes_back_although_all_hashes_are_new(program, copy):
    entries = copy.log["entries"]
    entries[1]["day"] = "2026-01-01"
    before = None
    for entry in entries:
        entry["previous"] = before
        before = entry["hash"] = hash_value({key: value for key, value in entry.items() if key != "hash"})
    copy.write_log(entries)
    assert run(program, copy.folder).returncode == 1


def test_the_worked_example_can_be_computed(program):
    article, markup, hashes, entry = re.findall(
        r"^```\w+\n(.*?)```", read_section("record", "### An example"), re.DOTALL | re.MULTILINE
    )
    section_hash, document = hashes.split()
    assert hashlib.sha256(markup.strip().encode()).hexdigest() == section_hash
    assert hashlib.sha256(section_hash.encode()).hexdigest() == document
    text, digest = entry.splitlines()
    assert json.loads(text)["languages"]["nb"]["document"] == document
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    # The function of the program makes the plain markup from the page.
    names: dict[str, object] = {}
    source = program.read_text(encoding="utf-8")
    function = source[source.index("def plain") : source.index("expected,")]
    exec("import html, re\n" + function, names)  # noqa: S102 - our own page, whose program is what is tested
    assert names["plain"](article) == markup.strip()


def test_the_page_lists_every_kind_of_entry():
    listed = first_column_codes(read_section("record", "## The file").partition("| kind ")[2])
    assert listed == {kind.value for kind in EntryKind} == set(FIELDS_OF_KINDS)


def test_the_page_writes_attributes_as_python_does():
    assert escape("&<>\"'") == "&amp;&lt;&gt;&quot;&#x27;"
    assert all(code in PAGES["record"] for code in ("`&quot;`", "`&#x27;`", "`&lt;`"))
