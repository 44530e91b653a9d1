"""`confirm`, `note` and `diff` as editors run them."""

from __future__ import annotations

import pytest

NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn og telefon.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names and phones.\n"


def test_confirming_writes_one_line_and_no_other_byte(editor):
    typed = "\ufeff---\r\ntitle: Storage\r\naliases: [keep]\r\n---\r\n\r\nNames.  \r\n".encode()
    editor.write("en/01-lagring.md", typed)
    assert editor.run("confirm", "lagring").returncode == 0
    lines = editor.read("en/01-lagring.md").split(b"\r\n")
    (added,) = [line for line in lines if line.startswith(b"translates: ")]
    assert b"\r\n".join(line for line in lines if line != added) == typed


def test_a_confirmed_translation_is_stale_when_the_original_changes(editor):
    editor.run("confirm", "lagring")
    assert "translation-stale" not in editor.rules()
    editor.write("nb/01-lagring.md", NB)
    assert "translation-stale" in editor.rules()
    editor.run("confirm", "lagring")
    assert "translation-stale" not in editor.rules()
    assert editor.read("en/01-lagring.md").count(b"translates:") == 1


def test_confirming_twice_changes_nothing(editor):
    assert "content/en/01-lagring.md" in editor.run("confirm", "lagring").stdout
    once = editor.read("en/01-lagring.md")
    assert editor.run("confirm", "lagring").stdout == ""
    assert editor.read("en/01-lagring.md") == once


def test_a_fingerprint_that_looks_like_a_number_is_quoted(editor):
    editor.write("nb/01-lagring.md", "---\ntitle: Lagring\n---\n\nVi lagrer navn i rom 315.\n")
    editor.write("en/01-lagring.md", "---\ntitle: Storage\n---\n\nWe store names in room 315.\n")
    editor.run("confirm", "lagring")
    assert b"translates: '993273044468'\n" in editor.read("en/01-lagring.md")
    assert "translation-stale" not in editor.rules()


def test_the_path_of_a_translation_confirms_that_one_alone(editor):
    settings = editor.read("policy.yaml").decode()
    editor.write(
        "policy.yaml",
        settings.replace("[nb, en]", "[nb, en, nn]").replace("{nb: Erklæring, en: Policy}", "Policy"),
    )
    for name in ("nn/01-lagring.md", "en/01-lagring.md"):
        editor.write(name, NB)
    assert "content/nn/01-lagring.md" in editor.run("confirm", "content/nn/01-lagring.md").stdout
    assert b"translates:" in editor.read("nn/01-lagring.md")
    assert b"translates:" not in editor.read("en/01-lagring.md")


def test_confirming_an_unknown_section_suggests_a_similar_one(editor):
    done = editor.run("confirm", "lagrin")
    assert done.returncode == 2
    assert "did you mean 'lagring'?" in done.stderr


def test_a_note_template_is_an_error_until_it_is_completed(editor):
    editor.write("nb/01-lagring.md", NB)
    editor.write("en/01-lagring.md", EN)
    assert "unnoted-change" in editor.rules()
    assert editor.run("note", "--level", "minor").returncode == 0
    path = "changes/2026-11-22-lagring.yaml"
    text = editor.read(path).decode()
    assert "level: minor" in text
    assert "Storage (lagring)" in text or "Lagring (lagring)" in text
    assert editor.run("check").returncode == 1
    editor.write(path, text.replace("nb:", "nb: Telefon er med.").replace("en:", "en: Phones are there."))
    assert editor.run("check").returncode == 0
    assert editor.run("note").stdout == "every change has a note\n"


def test_the_facts_set_the_level_of_a_note_and_the_day_it_takes_effect(editor):
    editor.write("nb/01-lagring.md", NB)
    editor.write("facts/recipients.yaml", "- {id: bank, name: Banken, country: NO}\n")
    editor.run("note")
    text = editor.read("changes/2026-11-22-lagring.yaml").decode()
    assert "level: major" in text
    assert "effective: P37D  # counted from publication: 2026-12-29" in text
    assert "recipients.bank appears" in text
    assert "title:\n  nb:\n  en:\n" in text
    assert "action:" in text
    assert "lower_reason" not in text


@pytest.mark.long
def test_without_facts_the_editor_writes_the_level(editor):
    editor.write("nb/01-lagring.md", NB)
    editor.write("en/01-lagring.md", EN)
    assert "level not assessed: the policy has no facts" in editor.run("check").stdout
    editor.run("note")
    path = "changes/2026-11-22-lagring.yaml"
    text = editor.read(path).decode().replace("nb:", "nb: Ny.").replace("en:", "en: New.")
    assert "# The level is not assessed: the policy has no facts." in text
    editor.write(path, text)
    assert f"content/{path}:4:7: error: 'level' has no value" in editor.run("check").stdout
    editor.write(path, text.replace("level:", "level: minor"))
    assert editor.run("check").returncode == 0


def test_a_note_lists_the_sentences_that_may_matter_more(editor):
    editor.write("nb/01-lagring.md", NB + "\nVi deler navn med Facebook. Dette er nytt.\n")
    editor.run("note", "--level", "minor")
    text = editor.read("changes/2026-11-22-lagring.yaml").decode()
    assert "#   Vi deler navn med Facebook.\n" in text
    assert "Dette er nytt" not in text


def test_a_level_below_the_minimum_asks_for_a_reason(editor):
    editor.write("nb/01-lagring.md", NB)
    editor.write("facts/recipients.yaml", "- {id: bank, name: Banken, country: NO}\n")
    editor.run("note", "--level", "minor")
    assert "lower_reason:" in editor.read("changes/2026-11-22-lagring.yaml").decode()


def test_a_second_note_of_a_day_gets_a_name_of_its_own(editor):
    editor.write("changes/2026-11-22-lagring.yaml", "level: minor\nsummary: {nb: En., en: One.}\n")
    editor.commit()
    editor.write("nb/01-lagring.md", NB)
    assert "2026-11-22-lagring-2.yaml" in editor.run("note").stdout


def test_a_redline_is_plain_without_a_terminal(editor):
    editor.write("nb/01-lagring.md", NB)
    text = editor.run("diff").stdout
    assert "[-navn.-] {+navn og telefon.+}" in text
    assert "\x1b" not in text


def test_a_redline_as_markdown_reads_as_a_comment(editor):
    editor.write("nb/01-lagring.md", NB.replace("telefon", "*telefon* [1]"))
    text = editor.run("diff", "--format", "markdown").stdout
    assert "### Lagring" in text
    assert "~~navn.~~ **navn og telefon \\[1\\].**" in text


def test_a_redline_as_a_page_has_both_texts(editor):
    editor.write("nb/01-lagring.md", NB)
    page = editor.run("diff", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<ins>" in page
    assert "<del>" in page


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("names", [("1.0", "1.1"), ("HEAD~1", "HEAD"), ("1.0",)])
def test_versions_commits_and_the_working_tree_can_be_compared(editor, names):
    editor.write("nb/01-lagring.md", NB)
    editor.commit()
    assert "{+navn og telefon.+}" in editor.run("diff", *names).stdout


def test_no_differences_are_reported(editor):
    assert "no differences" in editor.run("diff").stdout


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", ["9.9", "nowhere", "--upload-pack=x"])
def test_an_unknown_version_or_commit_is_invalid_input(editor, name):
    done = editor.run("diff", "--", name)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_version_that_was_explained_later_needs_no_note(editor):
    editor.write("nb/01-lagring.md", NB)
    editor.write("en/01-lagring.md", EN)
    editor.commit()
    assert editor.run("note").stdout.startswith("written  ")
    for path in (editor.source / "content" / "changes").iterdir():
        path.unlink()
    editor.write(
        "changes/forklart.yaml", 'of: "1.1"\nsummary: {nb: Vi lagrer telefon., en: We store phones.}\n'
    )
    assert editor.run("note").stdout == "every change has a note\n"
