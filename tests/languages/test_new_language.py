"""Who follows docs/languages.md has a new language, without any code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.helpers.cli import BuildCommand, create_history
from tests.helpers.environment import REPOSITORY
from tests.helpers.quoted_code import read_quoted_code

_PROGRAM = (
    "build.py",
    "common",
    "languages",
    "policy",
    "changelog",
    "generator",
    "adoption",
    "deployment",
    "editing",
    "templates",
)
_HISTORY = """
git init --quiet --initial-branch main .
file policy.yaml <<'END'
title: {nb: Personvern, sv: Integritetspolicy}
base_url: https://example.org/personvern/
languages: [nb, sv]
controller: {name: Ola, email: ola@example.org}
END
file facts/retention.yaml <<'END'
- {id: konto, what: {nb: Konto, sv: Konto}, period: P2Y}
END
file nb/01-om.md <<'END'
---
title: Om oss
---
{{ controller.name }} lagrer i {{ retention.konto.period }}. Vi svarer innen 30 dager, før 5. mai 2026.

{{ table: retention }}
END
file sv/01-om.md <<'END'
---
title: Om oss
---
{{ controller.name }} lagrar i {{ retention.konto.period }}. Vi svarar inom 30 dagar, före 5 maj 2026.

{{ table: retention }}
END
commit 2026-01-05
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> BuildCommand:
    """A copy of the program with the files of the page."""
    folder = tmp_path_factory.mktemp("program")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in _PROGRAM:
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=ignore)
        else:
            shutil.copy(path, folder)
    for name in ("languages/sv/words.toml", "languages/sv/interface.po"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(read_quoted_code("languages.md", name), encoding="utf-8")
    return BuildCommand(folder)


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return create_history(tmp_path_factory.mktemp("source"), _HISTORY)


@pytest.fixture(scope="module")
def site(program, source, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("out")
    built = program.build(source, out)
    assert (built.code, built.err) == (0, ())
    return out / "site"


def test_the_pages_have_the_words_of_the_new_language_and_of_its_fallback(site):
    page = (site / "sv" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in page
    assert "lagrar i 2 år" in page
    assert "Hur länge" in page
    assert "Innehåll" in page
    assert ">Norsk</a>" in page
    assert "Skip to content" in page  # not translated yet


def test_the_addresses_have_its_words(site):
    assert (site / "sv" / "andringslogg" / "index.html").is_file()
    assert (site / "sv" / "version" / "1.0" / "policy.txt").is_file()


def test_the_other_language_knows_its_name(site):
    assert ">Svenska</a>" in (site / "index.html").read_text(encoding="utf-8")


def test_check_says_once_what_it_does_not_check_and_which_words_are_missing(program, source):
    found = program("check", "--source", source, "--today", "2026-01-05")
    lines = [line for line in found.out.splitlines() if "[language-" in line]
    assert lines == read_quoted_code("languages.md", "check").splitlines()


def test_the_quoted_setting_is_that_of_the_policy(source):
    assert read_quoted_code("languages.md", "content/policy.yaml") in (
        source / "content" / "policy.yaml"
    ).read_text(encoding="utf-8")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('fallback = "en"\n', "", "languages/sv/words.toml: terms.redacted: Field required"),
        ('cldr = "sv"', 'clrd = "sv"', "languages/sv/words.toml: clrd: Extra inputs are not permitted"),
        ('cldr = "sv"', 'cldr = "xx"', "languages/sv/words.toml: cldr: the CLDR has no locale 'xx'"),
        ('fallback = "en"', 'fallback = "sv"', "languages/sv/words.toml: fallback: 'sv' is not another"),
        ("[urls]", "[urls", "languages/sv/words.toml: not TOML: "),
        ('"hjalpcenter"', '"hjälpcenter"', "languages/sv/words.toml: urls.help_centre: "),
        ('version = "version"', 'version = "nb"', "languages/sv/words.toml: urls.version: every site has"),
        ('"andringslogg"', '"api"', "languages/sv/words.toml: urls.changelog: every site has another"),
        ('"hjalpcenter"', '"version"', "languages/sv/words.toml: urls.help_centre: every site has another"),
        (
            'family = "sv"',
            'family = "qqq"',
            "languages/sv/words.toml: family: the CLDR has no name for 'qqq'",
        ),
        ('family = "sv"', "family = 5", "languages/sv/words.toml: family: Input should be a valid string"),
        ("[urls]", 'date_format = "d. MMMM"\n[urls]', "languages/sv/words.toml: date_format: Value error"),
        ('what = "Vad"', 'what = ""', "languages/sv/words.toml: terms.column.what: "),
    ],
)
def test_a_wrong_key_is_one_line_that_names_it(program, source, tmp_path, old, new, message):
    words = program.repository / "languages" / "sv" / "words.toml"
    before = words.read_text(encoding="utf-8")
    assert old in before
    words.write_text(before.replace(old, new), encoding="utf-8")
    try:
        built = program.build(source, tmp_path / "out")
    finally:
        words.write_text(before, encoding="utf-8")
    assert built.code == 2
    assert any(line.startswith(message) for line in built.err)
    assert not any("Traceback" in line for line in built.err)
    assert not (tmp_path / "out" / "site").exists()


def test_a_rule_without_words_for_numbers_compares_none(program, source):
    found = program("check", "--source", source, "--today", "2026-01-05")
    assert "[translation-facts-differ]" not in found.out


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (("Ändringslogg", "Ändringslogg {nummer}"), "line 6: other placeholders than in 'Change log'"),
        (("Ändringslogg", "Ändringslogg {"), ""),
        (('msgstr "Innehåll"', 'msgstr "Innehåll'), "line 10: a quotation mark is not closed"),
        (("charset=UTF-8", "charset=no-such"), ""),
    ],
)
def test_a_damaged_catalogue_is_one_line_that_names_it(program, source, tmp_path, damage, message):
    catalogue = program.repository / "languages" / "sv" / "interface.po"
    before = catalogue.read_text(encoding="utf-8")
    assert damage[0] in before
    catalogue.write_text(before.replace(*damage), encoding="utf-8")
    try:
        built = program.build(source, tmp_path / "out")
    finally:
        catalogue.write_text(before, encoding="utf-8")
    assert built.code == 2
    (line,) = [line for line in built.err if not line.startswith("warning")]
    assert line.startswith("languages/sv/interface.po: ")
    assert message in line


def test_latin_1_in_a_catalogue_is_one_line(program, source, tmp_path):
    catalogue = program.repository / "languages" / "sv" / "interface.po"
    before = catalogue.read_bytes()
    catalogue.write_bytes(before.decode().encode("latin-1"))
    try:
        built = program.build(source, tmp_path / "out")
    finally:
        catalogue.write_bytes(before)
    assert (built.code, len(built.err)) == (2, 1)
    assert built.err[0].startswith("languages/sv/interface.po: ")


def test_a_language_without_a_folder_is_named(program, source, tmp_path):
    content = tmp_path / "content"
    shutil.copytree(source / "content", content)
    settings = content / "policy.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("[nb, sv]", "[nb, da]"), "utf-8")
    found = program("check", "--source", tmp_path)
    assert "content/policy.yaml:3:17: error: 'da' is not a known value" in found.out
