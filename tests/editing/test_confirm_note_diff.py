"""`confirm`, `note` and `diff` as editors run them."""

from __future__ import annotations

import pytest

NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn og telefon.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names and phones.\n"


def test_confirming_writes_one_line_and_no_other_byte(desk):
    typed = "\ufeff---\r\ntitle: Storage\r\naliases: [keep]\r\n---\r\n\r\nNames.  \r\n".encode()
    desk.write("en/01-lagring.md", typed)
    assert desk.run("confirm", "lagring").returncode == 0
    lines = desk.read("en/01-lagring.md").split(b"\r\n")
    (added,) = [line for line in lines if line.startswith(b"translates: ")]
    assert b"\r\n".join(line for line in lines if line != added) == typed


def test_a_confirmed_translation_is_stale_when_the_first_language_moves_on(desk):
    desk.run("confirm", "lagring")
    assert "translation-stale" not in desk.rules()
    desk.write("nb/01-lagring.md", NB)
    assert "translation-stale" in desk.rules()
    desk.run("confirm", "lagring")
    assert "translation-stale" not in desk.rules()
    assert desk.read("en/01-lagring.md").count(b"translates:") == 1


def test_confirming_twice_changes_nothing(desk):
    assert "content/en/01-lagring.md" in desk.run("confirm", "lagring").stdout
    once = desk.read("en/01-lagring.md")
    assert desk.run("confirm", "lagring").stdout == ""
    assert desk.read("en/01-lagring.md") == once


def test_a_mark_that_looks_like_a_number_is_quoted(desk):
    desk.write("nb/01-lagring.md", "---\ntitle: Lagring\n---\n\nVi lagrer navn i rom 315.\n")
    desk.write("en/01-lagring.md", "---\ntitle: Storage\n---\n\nWe store names in room 315.\n")
    desk.run("confirm", "lagring")
    assert b"translates: '993273044468'\n" in desk.read("en/01-lagring.md")
    assert "translation-stale" not in desk.rules()


def test_confirming_a_section_that_is_not_there_offers_the_near_one(desk):
    done = desk.run("confirm", "lagrin")
    assert done.returncode == 2
    assert "did you mean 'lagring'?" in done.stderr


def test_a_note_is_laid_out_and_refused_until_it_is_filled_in(desk):
    desk.write("nb/01-lagring.md", NB)
    desk.write("en/01-lagring.md", EN)
    assert "unnoted-change" in desk.rules()
    assert desk.run("note").returncode == 0
    path = "changes/2026-11-22-lagring.yaml"
    text = desk.read(path).decode()
    assert "level: minor" in text
    assert "Storage (lagring)" in text or "Lagring (lagring)" in text
    assert desk.run("check").returncode == 1
    desk.write(path, text.replace("nb:", "nb: Telefon er med.").replace("en:", "en: Phones are there."))
    assert desk.run("check").returncode == 0
    assert desk.run("note").stdout == "every change is noted\n"


def test_the_facts_set_the_level_of_a_note_and_the_day_it_takes_effect(desk):
    desk.write("nb/01-lagring.md", NB)
    desk.write("facts/recipients.yaml", "- {id: bank, name: Banken, country: NO}\n")
    desk.run("note")
    text = desk.read("changes/2026-11-22-lagring.yaml").decode()
    assert "level: major" in text
    assert "effective: P30D  # from publication: 2026-12-22" in text
    assert "recipients.bank appears" in text
    assert "action:" in text
    assert "lower_reason" not in text


def test_a_level_below_the_facts_asks_for_its_reason(desk):
    desk.write("nb/01-lagring.md", NB)
    desk.write("facts/recipients.yaml", "- {id: bank, name: Banken, country: NO}\n")
    desk.run("note", "--level", "minor")
    assert "lower_reason:" in desk.read("changes/2026-11-22-lagring.yaml").decode()


def test_a_second_note_of_a_day_gets_a_name_of_its_own(desk):
    desk.write("changes/2026-11-22-lagring.yaml", "level: minor\nsummary: {nb: En., en: One.}\n")
    desk.commit()
    desk.write("nb/01-lagring.md", NB)
    assert "2026-11-22-lagring-2.yaml" in desk.run("note").stdout


def test_a_redline_in_the_terminal_is_plain_where_nobody_sees_colour(desk):
    desk.write("nb/01-lagring.md", NB)
    text = desk.run("diff").stdout
    assert "[-navn.-] {+navn og telefon.+}" in text
    assert "\x1b" not in text


def test_a_redline_as_markdown_reads_as_a_comment(desk):
    desk.write("nb/01-lagring.md", NB.replace("telefon", "*telefon* [1]"))
    text = desk.run("diff", "--format", "markdown").stdout
    assert "### Lagring" in text
    assert "~~navn.~~ **navn og telefon \\[1\\].**" in text


def test_a_redline_as_a_page_holds_the_words_of_both(desk):
    desk.write("nb/01-lagring.md", NB)
    page = desk.run("diff", "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert "<ins>" in page
    assert "<del>" in page


@pytest.mark.parametrize("names", [("1.0", "1.1"), ("HEAD~1", "HEAD"), ("1.0",)])
def test_versions_commits_and_the_disk_are_sides(desk, names):
    desk.write("nb/01-lagring.md", NB)
    desk.commit()
    assert "{+navn og telefon.+}" in desk.run("diff", *names).stdout


def test_nothing_to_compare_says_so(desk):
    assert "no words differ" in desk.run("diff").stdout


@pytest.mark.parametrize("name", ["9.9", "nowhere", "--upload-pack=x"])
def test_a_side_that_is_not_there_is_wrong_input(desk, name):
    done = desk.run("diff", "--", name)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
