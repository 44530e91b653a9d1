"""Redacted words are gone from every page, and the hash chain is unchanged."""

from __future__ import annotations

import json

import pytest

LEAK = (
    "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn. Spør "
    "[Kari **Nordmann**](mailto:Kari@x.no).\n"
)
MINOR = "level: minor\nsummary: {nb: Nytt., en: New.}\n"
ROW = (
    "- {version: '1.1', language: nb, section: lagring, words: Kari Nordmann, reason: Lekket., "
    "date: 2026-11-22}\n"
)


@pytest.fixture
def leaked(editor):
    """Publish a name in 1.1 and 1.2, and remove it in 1.3."""
    clean = editor.read("nb/01-lagring.md")
    for number, text in enumerate((LEAK, LEAK.replace("navn", "navn og telefon"), clean.decode()), start=1):
        editor.write("nb/01-lagring.md", text)
        editor.write(f"changes/{number}.yaml", MINOR)
        editor.commit()
    return editor


def build(editor, *arguments: str):
    done = editor.run("build", "--out", str(editor.source / "out"), *arguments)
    assert "Traceback" not in done.stderr
    return done


def texts(editor) -> dict[str, str]:
    site = (editor.source / "out" / "site").resolve()
    pages = (path for path in site.glob("**/*") if path.is_file())
    linked = (path for link in site.glob("**/*") if link.is_symlink() for path in link.resolve().rglob("*.*"))
    return {str(path): path.read_text(encoding="utf-8") for path in (*pages, *linked) if path.is_file()}


def records(editor) -> dict[str, dict]:
    data = json.loads((editor.source / "out/site/api/versions.json").read_bytes())
    return {row["version"]: row for row in data["versions"]}


def test_a_leaked_name_is_removed_from_every_page_of_every_version_that_had_it(leaked):
    build(leaked)
    assert any("Nordmann" in text for text in texts(leaked).values())
    leaked.write("redactions.yaml", ROW)
    leaked.commit()
    build(leaked)
    pages = texts(leaked)
    assert not [path for path, text in pages.items() if "Nordmann" in text or "Kari@x.no" in text]
    assert any("[fjernet]" in text for path, text in pages.items() if path.endswith("policy.txt"))


def test_the_chain_keeps_the_original_and_published_accepts_it(leaked):
    build(leaked)
    before = records(leaked)
    published = leaked.source / "published.json"
    published.write_bytes((leaked.source / "out/site/api/versions.json").read_bytes())
    leaked.write("redactions.yaml", ROW)
    leaked.commit()
    assert build(leaked, "--published", str(published)).returncode == 0
    after = records(leaked)
    assert {number: row["chain_sha256"] for number, row in after.items()} == {
        number: row["chain_sha256"] for number, row in before.items()
    }
    assert [number for number, row in after.items() if row.get("redacted")] == ["1.1", "1.2"]


def test_a_redaction_makes_no_version_and_leaves_the_rest_of_the_words(leaked):
    build(leaked)
    count = len(records(leaked))
    leaked.write("redactions.yaml", ROW)
    leaked.commit()
    build(leaked)
    assert len(records(leaked)) == count
    pages = [text for path, text in texts(leaked).items() if "[fjernet]" in text and path.endswith(".txt")]
    assert any("lagrer navn. Spør [fjernet]." in text for text in pages)


def test_words_that_are_not_found_are_a_warning(leaked):
    leaked.write("redactions.yaml", ROW.replace("Nordmann", "Normann"))
    leaked.commit()
    assert "row 1: these words do not occur in section 'lagring' of version 1.1" in build(leaked).stderr


def test_an_unknown_key_of_a_redaction_is_an_error(leaked):
    leaked.write("redactions.yaml", ROW.replace("words:", "word:"))
    leaked.commit()
    done = build(leaked)
    assert done.returncode == 2
    assert "content/redactions.yaml:1:52: unknown key 'word'; did you mean 'words'?" in done.stderr


def test_no_folder_that_an_older_generation_linked_to_keeps_the_name(leaked):
    build(leaked)
    leaked.write("redactions.yaml", ROW)
    leaked.commit()
    build(leaked)
    files = (path for path in (leaked.source / "out").rglob("*") if path.is_file())
    assert not [path for path in files if "Nordmann" in path.read_text(encoding="utf-8")]
