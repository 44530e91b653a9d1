"""What is checked is what is published: the rules about commits, in real repositories."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from tests.helpers.cli import run_command

NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn og telefon.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names and phones.\n"
NOTE = "level: minor\nsummary: {nb: Telefon., en: Phones.}\n"
PATH = "content/changes/a.yaml"


def write_text(editor) -> None:
    editor.write("nb/01-lagring.md", NB)
    editor.write("en/01-lagring.md", EN)


def find(editor, rule: str, *arguments: str) -> list[dict[str, Any]]:
    rows = json.loads(editor.run("check", "--format", "json", *arguments).stdout)
    return [row for row in rows if row["rule"] == rule]


def push(editor) -> None:
    """Push to a new repository, which becomes the upstream."""
    remote = editor.source.parent / f"{editor.source.name}.git"
    run_command(editor.source.parent, "git", "init", "-q", "--bare", remote)
    editor.git("remote", "add", "origin", str(remote))
    editor.git("push", "-q", "-u", "origin", "HEAD:main")


@pytest.mark.long
def test_an_untracked_note_is_a_warning_while_its_text_is_not_committed_either(editor):
    write_text(editor)
    editor.write("changes/a.yaml", NOTE)
    (row,) = find(editor, "file-not-added")
    assert (row["severity"], row["path"], row["hint"]) == ("warning", PATH, f"run: git add {PATH}")
    assert find(editor, "note-not-committed") == []
    editor.git("add", "-A")
    assert find(editor, "file-not-added") == []


@pytest.mark.long
def test_a_note_whose_text_is_committed_without_it_is_an_error_even_if_it_is_added(editor):
    write_text(editor)
    editor.commit()
    editor.write("changes/a.yaml", NOTE)
    (row,) = find(editor, "note-not-committed")
    assert (row["severity"], row["path"]) == ("error", PATH)
    editor.git("add", "-A")
    assert find(editor, "note-not-committed") == [row]
    assert find(editor, "note-without-change") == []
    assert row["hint"] == f"run: git add {PATH} && git commit --amend --no-edit"
    editor.git("commit", "-q", "--amend", "--no-edit")
    assert not {"note-not-committed", "unnoted-change"} & editor.rules()


def test_a_note_for_several_commits_says_how_to_make_them_one(editor):
    write_text(editor)
    editor.commit()
    editor.write("nb/01-lagring.md", NB.replace("telefon", "adresse"))
    editor.commit()
    editor.write("changes/a.yaml", NOTE)
    (row,) = find(editor, "note-not-committed")
    command = row["hint"].partition("run: ")[2].removesuffix("git commit") + "git commit -qm edit"
    run_command(editor.source, "bash", "-c", command)
    assert not {"note-not-committed", "unnoted-change"} & editor.rules()


def test_a_text_that_is_pushed_without_its_note_can_only_be_explained(editor):
    write_text(editor)
    editor.commit()
    push(editor)
    editor.write("changes/a.yaml", NOTE)
    assert find(editor, "note-not-committed") == []
    (row,) = find(editor, "note-without-change")
    assert row["severity"] == "warning"


def test_a_note_that_gitignore_hides_is_named_with_the_line_that_hides_it(editor):
    (editor.source / ".gitignore").write_text("# build\nout/\nchanges/\n")
    editor.commit()
    write_text(editor)
    editor.write("changes/a.yaml", NOTE)
    (row,) = find(editor, "file-ignored")
    assert (row["severity"], row["path"]) == ("error", PATH)
    assert row["message"].startswith(".gitignore:3 ")
    editor.git("add", "--force", PATH)
    assert find(editor, "file-ignored") == []


def test_hidden_files_are_nothing_that_git_should_know(editor):
    editor.write("nb/.01-lagring.md.swp", "x")
    (editor.source / ".gitignore").write_text("*.swp\n")
    assert not {"file-ignored", "file-not-added"} & editor.rules()


def test_nothing_has_to_be_added_before_the_first_commit(editor):
    shutil.rmtree(editor.source / ".git")
    editor.git("init", "-q")
    assert find(editor, "file-not-added") == []


def test_a_branch_with_text_and_note_apart_is_told_to_be_squashed(editor):
    editor.git("branch", "base")
    write_text(editor)
    editor.commit()
    editor.write("changes/a.yaml", NOTE)
    editor.commit()
    (row,) = find(editor, "note-in-another-commit", "--base", "base")
    assert (row["severity"], row["path"]) == ("warning", PATH)
    assert "squash" in row["hint"]
    assert "merge commit" in row["hint"]
    editor.git("reset", "-q", "--soft", "base")
    editor.commit()
    assert find(editor, "note-in-another-commit", "--base", "base") == []


def test_unpushed_commits_with_text_and_note_apart_are_told_too_and_pushed_ones_are_not(editor):
    push(editor)
    write_text(editor)
    editor.commit()
    editor.write("changes/a.yaml", NOTE)
    editor.commit()
    assert find(editor, "note-in-another-commit")
    editor.git("push", "-q", "origin", "HEAD:main")
    assert find(editor, "note-in-another-commit") == []


def test_a_correction_without_a_note_may_be_in_a_commit_of_its_own(editor):
    editor.git("branch", "base")
    editor.write("nb/01-lagring.md", NB.replace(" og telefon.", "!"))
    editor.commit()
    write_text(editor)
    editor.write("changes/a.yaml", NOTE)
    editor.commit()
    assert find(editor, "note-in-another-commit", "--base", "base") == []


@pytest.mark.long
def test_an_unpushed_note_may_be_rewritten_or_removed_and_a_pushed_one_may_not(editor):
    push(editor)
    write_text(editor)
    editor.write("changes/a.yaml", NOTE)
    editor.commit()
    editor.write("changes/a.yaml", NOTE.replace("minor", "major") + "effective: P30D\n")
    assert find(editor, "note-rewritten") == []
    (editor.source / PATH).unlink()
    assert find(editor, "note-deleted") == []
    editor.git("checkout", "-q", "--", ".")
    editor.git("push", "-q", "origin", "HEAD:main")
    editor.write("changes/a.yaml", NOTE.replace("minor", "major") + "effective: P30D\n")
    assert find(editor, "note-rewritten")
    editor.git("commit", "-q", "--amend", "--no-edit", "-a")
    assert find(editor, "note-rewritten")


def test_a_squashed_note_that_was_never_pushed_is_new(editor):
    push(editor)
    write_text(editor)
    editor.write("changes/a.yaml", NOTE)
    editor.commit()
    editor.write("changes/a.yaml", NOTE.replace("minor", "special") + "effective: P30D\naction: Les.\n")
    editor.commit()
    editor.git("reset", "-q", "--soft", "origin/main")
    editor.commit()
    assert not {"note-rewritten", "note-in-another-commit", "unnoted-change"} & editor.rules()


@pytest.mark.long
def test_notes_of_two_editors_with_one_name_collide(editor):
    push(editor)
    editor.write("en/01-lagring.md", EN.replace("phones", "addresses"))
    editor.write("changes/A.yaml", NOTE.replace("Telefon", "Adresse"))
    editor.commit()
    editor.git("push", "-q", "origin", "HEAD:main")
    editor.git("reset", "-q", "--hard", "HEAD~1")
    write_text(editor)
    editor.write("changes/A.yaml", NOTE)
    editor.commit()
    (row,) = find(editor, "note-name-taken")
    assert (row["severity"], row["path"]) == ("error", "content/changes/A.yaml")
    assert row["hint"].endswith("git mv content/changes/A.yaml content/changes/A-2.yaml")
    assert find(editor, "note-name-taken", "--base", "origin/main")
    editor.git("mv", "content/changes/A.yaml", "content/changes/a.yaml")
    assert [row["path"] for row in find(editor, "note-name-taken")] == [PATH]
    editor.git("mv", PATH, "content/changes/A-2.yaml")
    assert find(editor, "note-name-taken") == []


def test_a_note_that_another_editor_has_pushed_since_is_not_missing(editor):
    push(editor)
    editor.write("en/01-lagring.md", EN.replace("phones", "addresses"))
    editor.write("changes/b.yaml", NOTE)
    editor.commit()
    editor.git("push", "-q", "origin", "HEAD:main")
    editor.git("reset", "-q", "--hard", "HEAD~1")
    write_text(editor)
    editor.write("changes/a.yaml", NOTE)
    editor.commit()
    assert not {"note-deleted", "note-name-taken", "note-rewritten"} & editor.rules()


def test_a_conflict_in_a_note_or_front_matter_is_one_finding_with_the_way_out(editor):
    conflict = "<<<<<<< HEAD\nlevel: minor\n=======\nlevel: major\n>>>>>>> other\n"
    editor.write("changes/a.yaml", conflict + "summary: {nb: Telefon., en: Phones.}\n")
    editor.write(
        "nb/01-lagring.md", NB.replace("title: Lagring", conflict.replace("level", "title").rstrip())
    )
    editor.write("en/01-lagring.md", f"<<<<<<< HEAD\n{EN}=======\n{EN}>>>>>>> other\n")
    editor.write("policy.yaml", editor.read("policy.yaml").decode() + conflict)
    rows = find(editor, "unreadable")
    assert [(row["path"], row["line"]) for row in rows] == [
        (PATH, 1),
        ("content/en/01-lagring.md", 1),
        ("content/nb/01-lagring.md", 2),
        ("content/policy.yaml", 5),
    ]
    assert all("git add" in row["hint"] for row in rows)


def test_a_file_that_git_still_has_in_conflict_is_found(editor):
    editor.git("checkout", "-q", "-b", "other")
    editor.write("nb/01-lagring.md", NB)
    editor.commit()
    editor.git("checkout", "-q", "-")
    editor.write("nb/01-lagring.md", NB.replace("telefon", "adresse"))
    editor.commit()
    run_command(editor.source, "bash", "-c", "git merge -q other || true")
    editor.write("nb/01-lagring.md", NB)
    (row,) = find(editor, "file-in-conflict")
    assert (row["severity"], row["path"]) == ("error", "content/nb/01-lagring.md")
    editor.git("add", "-A")
    assert find(editor, "file-in-conflict") == []


def test_a_repeated_key_is_one_finding_whatever_is_below_it(editor):
    settings = editor.read("policy.yaml").decode()
    editor.write(
        "policy.yaml", settings + "controller: {name: Nordlys Forening, email: post@nordlys.example}\n"
    )
    (row,) = find(editor, "unreadable")
    assert (row["line"], row["message"]) == (5, "duplicate key 'controller'")


@pytest.mark.long
def test_a_sparse_checkout_deletes_no_language(editor):
    editor.git("sparse-checkout", "set", "--no-cone", "/*", "!/content/en/")
    assert not (editor.source / "content" / "en").exists()
    assert not {"unnoted-change", "translation-missing", "unreadable"} & editor.rules()
    editor.write("nb/01-lagring.md", NB)
    assert "unnoted-change" in editor.rules()
    editor.git("sparse-checkout", "set", "--no-cone", "/*", "!/content/")
    assert "unreadable" not in editor.rules()


@pytest.mark.long
def test_a_tag_that_shadows_a_branch_is_refused(editor):
    write_text(editor)
    editor.commit()
    editor.git("branch", "release")
    editor.git("tag", "release", "HEAD~1")
    for command in (("check", "--base", "release"), ("build", "--ref", "release"), ("diff", "release~0")):
        done = editor.run(*command)
        assert done.returncode == 2
        assert "refs/heads/release" in done.stderr
        assert "refs/tags/release" in done.stderr
    assert editor.run("check", "--base", "refs/heads/release").returncode == 0


def test_a_policy_that_moved_inside_its_repository_is_refused(editor):
    editor.git("mv", "content", "policy")
    (editor.source / "site").mkdir()
    editor.git("mv", "policy", "site/content")
    editor.write("../site/content/nb/01-lagring.md", NB)
    editor.commit()
    for command in ("check", "build"):
        done = editor.run_here(command, "--source", str(editor.source / "site"))
        assert done.returncode == 2
        assert done.stderr.rstrip().endswith("git mv site/content content")


def test_a_policy_that_was_deleted_first_and_added_elsewhere_later_moved_too(editor):
    shutil.copytree(editor.source / "content", editor.source / "other" / "content")
    shutil.rmtree(editor.source / "content")
    editor.git("add", "content")
    editor.git("commit", "-qm", "remove")
    editor.commit()
    assert editor.run_here("check", "--source", str(editor.source / "other")).returncode == 2


@pytest.mark.long
def test_a_copy_of_a_policy_and_another_policy_begin_their_own_history(editor):
    shutil.copytree(editor.source / "content", editor.source / "copy" / "content")
    editor.commit()
    assert editor.run_here("check", "--source", str(editor.source / "copy")).returncode == 0
    shutil.rmtree(editor.source / "content")
    editor.commit()
    other = editor.source / "other" / "content"
    shutil.copytree(editor.source / "copy" / "content", other)
    editor.commit()
    for source in ("copy", "other"):
        assert editor.run_here("check", "--source", str(editor.source / source)).returncode == 0


@pytest.mark.long
def test_content_of_a_submodule_is_named_as_such(editor):
    inner = editor.source / "content" / "en"
    run_command(inner, "git", "init", "-q")
    assert "submodule" in find(editor, "unreadable")[0]["message"]
    run_command(inner, "git", "add", "-A")
    run_command(inner, "git", "commit", "-qm", "inner")
    editor.git("rm", "-rq", "--cached", "content/en")
    editor.git("add", "content/en")
    editor.git("commit", "-qm", "outer")
    assert "content/en" in find(editor, "unreadable")[0]["path"]
    done = editor.run("build")
    assert done.returncode == 2
    assert "submodule" in done.stderr


@pytest.mark.long
def test_a_policy_that_is_a_submodule_as_a_whole_is_refused(editor):
    content = editor.source / "content"
    run_command(content, "git", "init", "-q")
    run_command(content, "git", "add", "-A")
    run_command(content, "git", "commit", "-qm", "inner")
    editor.git("rm", "-rq", "--cached", "content")
    editor.git("add", "content")
    editor.git("commit", "-qm", "outer")
    for command in ("check", "build"):
        done = editor.run(command)
        assert done.returncode == 2
        assert "submodule" in done.stderr
