"""`build.py check` as editors and CI run it."""

from __future__ import annotations

import json
import shutil

SETTINGS = (
    "title: {nb: Erklæring, en: Policy}\nbase_url: https://eksempel.no/\nlanguages: [nb, en]\n"
    "controller: {name: Nordlys Forening, email: post@nordlys.example}\n"
)
NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names.\n"


def test_warnings_alone_pass_and_strict_fails_on_them(editor):
    assert editor.run("check").returncode == 0
    assert editor.run("check", "--strict").returncode == 1


def test_an_unnoted_edit_fails_with_the_command_that_fixes_it(editor):
    editor.write("nb/01-lagring.md", NB.replace("navn", "navn og telefon"))
    done = editor.run("check")
    assert done.returncode == 1
    assert "content/nb/01-lagring.md:4:1: error: " in done.stdout
    assert "build.py note" in done.stdout


def test_json_has_the_seven_fields(editor):
    rows = json.loads(editor.run("check", "--format", "json").stdout)
    assert {tuple(row) for row in rows} == {("rule", "severity", "path", "line", "column", "message", "hint")}


def test_github_annotations_name_file_line_and_rule(editor):
    first = editor.run("check", "--format", "github").stdout.splitlines()[0]
    assert first.startswith("::warning file=")
    assert "title=" in first


def test_unreadable_content_is_a_finding(editor):
    editor.write("policy.yaml", SETTINGS + "shoe_days: 3\n")
    done = editor.run("check", "--format", "json")
    assert done.returncode == 1
    assert [(row["rule"], row["line"]) for row in json.loads(done.stdout)] == [("unreadable", 5)]


def test_a_text_in_one_language_is_a_missing_translation(editor):
    editor.write("facts/categories.yaml", "- {id: name, name: {nb: Navn}}\n")
    assert editor.rules() == {"translation-missing"}


def test_a_note_and_a_setting_in_one_language_are_missing_translations(editor):
    editor.write("changes/a.yaml", "level: minor\nsummary: {nb: Nytt.}\n")
    editor.write("policy.yaml", SETTINGS.replace("{nb: Erklæring, en: Policy}", "{nb: Erklæring}"))
    rows = json.loads(editor.run("check", "--format", "json").stdout)
    assert {(row["rule"], row["path"]) for row in rows} == {
        ("translation-missing", "content/changes/a.yaml"),
        ("translation-missing", "content/policy.yaml"),
    }


def test_an_accepted_finding_is_information_until_its_day_has_passed(editor):
    accepted = "accepted: [{rule: source-of-data, reason: Kommer., until: 2026-11-22}]\n"
    editor.write("policy.yaml", SETTINGS + accepted)
    rows = json.loads(editor.run("check", "--format", "json").stdout)
    (row,) = [row for row in rows if row["rule"] == "source-of-data"]
    assert row["severity"] == "info"
    assert "Kommer." in row["message"]
    rows = json.loads(editor.run("check", "--format", "json", "--today", "2026-11-23").stdout)
    assert [row["severity"] for row in rows if row["rule"] == "source-of-data"] == ["warning"]


def test_commits_since_a_base_are_one_change(editor):
    editor.write("nb/01-lagring.md", NB.replace("navn", "navn og telefon"))
    editor.write("en/01-lagring.md", EN.replace("names", "names and phones"))
    editor.commit()
    assert "unnoted-change" in editor.rules("--base", "HEAD~1")
    editor.write("changes/a.yaml", "level: minor\nsummary: {nb: Telefon., en: Phones.}\n")
    editor.commit()
    assert not {"unnoted-change", "note-without-change"} & editor.rules("--base", "HEAD~2")
    assert "note-without-change" in editor.rules()


def test_a_text_may_link_to_the_pages_of_its_language_at_the_root(editor):
    editor.write("policy.yaml", SETTINGS.replace("[nb, en]", "[en]"))
    editor.git("update-ref", "-d", "HEAD")
    editor.commit()
    editor.write("en/01-lagring.md", f"{EN}\nSee the [log](https://eksempel.no/changelog/).\n")
    assert "broken-link" not in editor.rules()
    editor.write("en/01-lagring.md", f"{EN}\nSee the [log](https://eksempel.no/en/changelog/).\n")
    assert "broken-link" in editor.rules()


def test_languages_in_another_order_are_refused_by_check_and_build_in_the_same_words(editor):
    editor.write("policy.yaml", SETTINGS.replace("[nb, en]", "[en, nb]"))
    rows = json.loads(editor.run("check", "--format", "json").stdout)
    (row,) = [row for row in rows if row["rule"] == "languages-reordered"]
    assert (row["severity"], row["line"]) == ("error", 3)
    editor.commit()
    done = editor.run("build", "--out", str(editor.source / "out"))
    assert (done.returncode, done.stderr.splitlines()) == (
        2, [f"content/policy.yaml:1:1: {row['message']}; {row['hint']}"],
    )  # fmt: skip


def test_a_base_that_is_not_a_commit_is_invalid_input(editor):
    done = editor.run("check", "--base", "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_history_is_checked_by_itself(editor):
    shutil.rmtree(editor.source / ".git")
    assert "source-of-data" in editor.rules()


def test_this_repository_s_own_policy_has_no_errors(editor):
    done = editor.run_here("check", "--format", "json")
    errors = [row for row in json.loads(done.stdout) if row["severity"] == "error"]
    assert errors == []
