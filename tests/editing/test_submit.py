"""`submit` as editors run it: with a remote, without one, and where Git is not ready for a commit."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.editing.conftest import CLOCK, TODAY, Editor
from tests.helpers.cli import run_command
from tests.helpers.terminal import at_terminal

NOTE = "changes/2026-11-22-lagring.yaml"
NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn og telefon.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names and phones.\n"
WORDS = "level: minor\nsummary: {nb: Telefon er med., en: Phones are there.}\n"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    for name, value in CLOCK.items():
        monkeypatch.setenv(name, value.replace("20T", "22T"))


@pytest.fixture
def shared(editor, tmp_path_factory) -> Editor:
    """Give the editor a remote that has what is committed."""
    remote = tmp_path_factory.mktemp("remote") / "policy.git"
    run_command(editor.source, "git", "init", "-q", "--bare", "--initial-branch=main", remote)
    editor.git("remote", "add", "origin", str(remote))
    editor.git("push", "-q", "-u", "origin", "main")
    return editor


def edit_text(editor: Editor) -> None:
    editor.write("nb/01-lagring.md", NB)
    editor.write("en/01-lagring.md", EN)


def edit(editor: Editor) -> None:
    edit_text(editor)
    editor.write(NOTE, WORDS)


def git(editor: Editor, *arguments: str) -> str:
    return run_command(editor.source, "git", *arguments).strip()


def list_files(editor: Editor, ref: str) -> set[str]:
    return set(git(editor, "show", "--format=", "--name-only", ref).split())


MERGE = (
    "git switch -qc x; git commit -qm x --allow-empty; git switch -q -; git merge -q --no-ff --no-commit x"
)
CONTENT = {f"content/{path}" for path in ("nb/01-lagring.md", "en/01-lagring.md", NOTE)}


def test_text_and_note_become_one_commit_that_the_remote_has(shared):
    edit(shared)
    done = shared.run("submit", "--yes")
    assert done.returncode == 0, done.stderr
    assert list_files(shared, "origin/main") == CONTENT
    assert git(shared, "rev-parse", "main") == git(shared, "rev-parse", "origin/main")
    assert git(shared, "log", "-1", "--format=%s") == "1.1: Lagring"
    assert git(shared, "status", "--porcelain") == ""


def test_level_days_channels_and_the_remote_are_shown(shared):
    edit(shared)
    shared.write("policy.yaml", shared.read("policy.yaml") + b"announce: {minor: [help_centre, email]}\n")
    lines = shared.run("submit", "--yes").stdout.splitlines()
    assert [line for line in lines if "warning" not in line][:8] == [
        "changed   content/en/01-lagring.md",
        "changed   content/nb/01-lagring.md",
        "changed   content/policy.yaml",
        f"new       content/{NOTE}",
        "version   1.1, minor",
        "days      published 2026-11-22, takes effect 2026-11-22",
        "told      through the help centre, email",
        "push      to 'main' on origin",
    ]


def test_findings_that_were_there_before_are_not_repeated(shared):
    edit(shared)
    assert "warning" not in shared.run("submit", "--yes").stdout


@pytest.mark.long
def test_a_version_that_will_not_take_effect_is_named(shared):
    shared.write("changes/a.yaml", major_note("2027-01-10"))
    edit_text(shared)
    assert shared.run("submit", "--yes").returncode == 0
    shared.write("nb/01-lagring.md", NB.replace(" og telefon", ""))
    shared.write("en/01-lagring.md", EN.replace(" and phones", ""))
    shared.write("changes/b.yaml", f'{major_note("2026-11-22")}withdraws: ["2.0"]\n')
    assert "overtakes 2.0: announced, but will not take effect\n" in shared.run("submit", "--yes").stdout


def major_note(day: str) -> str:
    words = "{nb: Nytt., en: New.}"
    return f"level: major\neffective: {day}\ntitle: {words}\nsummary: {words}\naction: {words}\n"


def test_the_editor_is_asked_in_their_language_and_no_answer_means_no(shared):
    edit(shared)
    options = ("--source", str(shared.source), "--today", TODAY, "--lang", "nb")
    shown = at_terminal("submit", *options, answer=b"\n")
    assert "versjon   1.1, minor" in shown
    assert "Skal dette sendes inn? [j/N]: " in shown
    assert list_files(shared, "HEAD") & CONTENT == {"content/nb/01-lagring.md", "content/en/01-lagring.md"}
    assert "lagt inn  " in at_terminal("submit", *options, answer=b"j\n")
    assert list_files(shared, "origin/main") == CONTENT


def test_nobody_is_asked_without_a_terminal(shared):
    edit(shared)
    done = shared.run("submit")
    assert (done.returncode, done.stderr) == (
        2,
        "nobody can be asked here; run it in a terminal, or with --yes\n",
    )


def test_an_error_of_check_commits_nothing(shared):
    edit_text(shared)
    head = git(shared, "rev-parse", "HEAD")
    done = shared.run("submit", "--yes")
    assert done.returncode == 1
    assert "[unnoted-change]" in done.stdout
    assert git(shared, "rev-parse", "HEAD") == head


def test_a_note_that_git_ignores_does_not_count(shared):
    edit(shared)
    (shared.source / ".gitignore").write_text("changes/\n")
    assert "[unnoted-change]" in shared.run("submit", "--yes").stdout


def test_files_outside_content_stay_as_they_are(shared):
    (shared.source / "readme.txt").write_text("one\n")
    shared.git("add", "readme.txt")
    (shared.source / "untracked.txt").write_text("two\n")
    edit(shared)
    assert shared.run("submit", "--yes").returncode == 0
    assert list_files(shared, "HEAD") == CONTENT
    assert git(shared, "status", "--porcelain").splitlines() == ["A  readme.txt", "?? untracked.txt"]


def test_a_text_that_is_committed_and_not_pushed_gets_its_note(shared):
    edit_text(shared)
    (shared.source / "readme.txt").write_text("one\n")
    shared.git("add", "-A")
    shared.git("commit", "-qm", "more to store")
    shared.write(NOTE, WORDS)
    done = shared.run("submit", "--yes")
    assert "replaces  commit " in done.stdout
    assert list_files(shared, "origin/main") == CONTENT | {"readme.txt"}
    assert git(shared, "log", "--format=%s") == "more to store\nedit"


def test_text_and_note_in_two_commits_become_one(shared):
    shared.write(NOTE, WORDS)
    shared.commit()
    edit_text(shared)
    shared.commit()
    assert shared.run("submit", "--yes").returncode == 0
    assert list_files(shared, "origin/main") == CONTENT
    assert git(shared, "rev-list", "--count", "origin/main") == "2"


def test_a_note_that_is_not_pushed_may_get_another_level(shared):
    edit(shared)
    shared.commit()
    shared.write(NOTE, major_note("2027-01-10"))
    done = shared.run("submit", "--yes")
    assert "version   2.0, major" in done.stdout
    assert git(shared, "rev-list", "--count", "origin/main") == "2"


def test_commits_with_other_files_are_not_made_one(shared):
    edit_text(shared)
    shared.commit()
    (shared.source / "readme.txt").write_text("one\n")
    shared.git("add", "-A")
    shared.git("commit", "-qm", "readme")
    shared.write(NOTE, WORDS)
    done = shared.run("submit", "--yes")
    assert done.returncode == 2
    assert "run: git rebase --interactive" in done.stderr


def test_what_is_pushed_is_never_replaced(shared):
    edit_text(shared)
    shared.commit()
    shared.git("push", "-q")
    shared.write(NOTE, WORDS)
    done = shared.run("submit", "--yes")
    assert "[note-without-change]" in done.stdout
    assert git(shared, "rev-list", "--count", "HEAD") == "3"


def test_without_a_remote_the_change_is_only_committed(editor):
    edit(editor)
    done = editor.run("submit", "--yes")
    assert done.returncode == 0
    assert "push" not in done.stdout
    assert list_files(editor, "HEAD") == CONTENT


def test_without_a_remote_the_last_text_gets_its_note(editor):
    edit_text(editor)
    editor.commit()
    editor.write(NOTE, WORDS)
    assert editor.run("submit", "--yes").returncode == 0
    assert list_files(editor, "HEAD") == CONTENT


@pytest.mark.long
def test_without_a_remote_only_the_last_commit_is_replaced(editor):
    edit(editor)
    editor.commit()
    editor.write("nb/01-lagring.md", NB.replace("telefon", "adresse"))
    editor.write("en/01-lagring.md", EN.replace("phones", "addresses"))
    editor.write("changes/b.yaml", WORDS)
    done = editor.run("submit", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(editor, "rev-list", "--count", "HEAD") == "3"
    editor.write("changes/b.yaml", WORDS.replace("there.", "there too."))
    assert editor.run("submit", "--yes").returncode == 0
    assert git(editor, "rev-list", "--count", "HEAD") == "4"


def test_nothing_to_submit_is_one_line(shared):
    assert shared.run("submit").stdout == "nothing to submit: content/ has no changes\n"


def test_a_commit_that_only_lacks_the_push_is_pushed(shared):
    edit(shared)
    shared.commit()
    head = git(shared, "rev-parse", "HEAD")
    done = shared.run("submit", "--yes")
    assert "committed" not in done.stdout
    assert git(shared, "rev-parse", "origin/main") == head


def test_the_first_version_can_be_submitted(editor):
    subprocess.run(["rm", "-rf", str(editor.source / ".git")], check=True)
    editor.git("init", "-q", "--initial-branch=main")
    assert "version   1.0, first" in editor.run("submit", "--yes").stdout
    assert len(list_files(editor, "HEAD")) == 3


def test_a_branch_is_created_and_pushed(shared):
    edit(shared)
    main = git(shared, "rev-parse", "main")
    assert shared.run("submit", "--yes", "--branch", "telefon").returncode == 0
    assert git(shared, "rev-parse", "main") == main
    assert list_files(shared, "origin/telefon") == CONTENT


def test_a_remote_that_moved_is_one_line_and_the_next_attempt_succeeds(shared, tmp_path_factory):
    other = clone(shared, tmp_path_factory)
    (other.source / "readme.txt").write_text("one\n")
    other.commit()
    other.git("push", "-q")
    edit(shared)
    done = shared.run("submit", "--yes")
    assert done.returncode == 2
    command = "git pull --rebase origin main"
    assert done.stderr == (
        "'main' on origin has commits that you do not have; your commit is kept here. "
        f"Run: {command}, then: build.py submit\n"
    )
    shared.git(*command.split()[1:], "-q")
    assert shared.run("submit", "--yes").returncode == 0
    assert list_files(shared, "origin/main") == CONTENT


def clone(editor: Editor, tmp_path_factory) -> Editor:
    remote = git(editor, "remote", "get-url", "origin")
    folder = tmp_path_factory.mktemp("other") / "clone"
    run_command(editor.source, "git", "clone", "-q", remote, folder)
    return Editor(folder)


def test_a_remote_that_refuses_the_branch_says_what_to_do(shared):
    hook = Path(git(shared, "remote", "get-url", "origin")) / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nread old new ref; test $ref != refs/heads/main\n")
    hook.chmod(0o755)
    edit(shared)
    done = shared.run("submit", "--yes")
    assert done.returncode == 2
    assert done.stderr.startswith("origin does not accept 'main' (pre-receive hook declined); ")
    assert shared.run("submit", "--yes", "--branch", "telefon").returncode == 0
    assert list_files(shared, "origin/telefon") == CONTENT


def test_a_remote_that_is_away_can_be_tried_again(shared):
    shared.git("remote", "set-url", "origin", str(shared.source / "nowhere"))
    edit(shared)
    done = shared.run("submit", "--yes")
    assert done.returncode == 75
    assert "your commit is kept here" in done.stderr


def test_a_hook_that_refuses_the_commit_is_quoted_and_changes_nothing(shared):
    hook = shared.source / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'not on Sundays' >&2\nexit 1\n")
    hook.chmod(0o755)
    edit(shared)
    head = git(shared, "rev-parse", "HEAD")
    done = shared.run("submit", "--yes")
    assert done.stderr.splitlines() == ["Git refused the commit; nothing was committed:", "not on Sundays"]
    assert git(shared, "rev-parse", "HEAD") == head


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("commands", "line"),
    [
        (
            "git checkout -q --detach",
            "no branch is checked out, so a commit would be lost; run: git switch BRANCH",
        ),
        (
            MERGE,
            "a merge is in progress; resolve it and run: git commit, or: git merge --abort",
        ),
        ("touch .git/CHERRY_PICK_HEAD", "a cherry-pick is in progress; "),
        ("mkdir .git/rebase-merge", "a rebase is in progress; "),
        (
            "git remote add other x && git remote rename origin first",
            "there are several remotes (first, other); choose one: git config branch.main.pushRemote REMOTE",
        ),
    ],
    ids=["detached", "merge", "cherry-pick", "rebase", "remotes"],
)
def test_git_that_is_not_ready_is_one_line(shared, commands, line):
    run_command(shared.source, "bash", "-c", commands)
    run_command(
        shared.source, "git", "config", "--unset-all", "branch.main.remote"
    ) if "other" in line else None
    edit(shared)
    done = shared.run("submit", "--yes")
    assert done.returncode == 2
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1


def test_an_editor_without_a_name_is_told_to_set_it(shared, monkeypatch):
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME", raising=False)
        monkeypatch.delenv(f"GIT_{name}_EMAIL", raising=False)
    shared.git("config", "user.useConfigOnly", "true")
    edit(shared)
    done = shared.run("submit", "--yes")
    assert (done.returncode, done.stderr.split(";")[0]) == (2, "Git does not know your name")


def test_a_folder_outside_every_repository_is_one_line(editor):
    subprocess.run(["rm", "-rf", str(editor.source / ".git")], check=True)
    done = editor.run("submit", "--yes")
    assert done.returncode == 2
    assert "there is no Git repository here" in done.stderr


@pytest.mark.long
def test_two_editors_on_two_branches_of_one_day_do_not_collide(shared, tmp_path_factory):
    """Both change the same section; the second has fetched the branch of the first, as `git pull` does."""
    for language, text in (("nb", NB), ("en", EN)):
        name = f"{language}/01-lagring.md"
        shared.write(name, f"{text}\nEtt.\n\nTo.\n\nTre.\n")
    write_note(shared, "Mer er med.", "More is there.")
    assert shared.run("submit", "--yes").returncode == 0
    other = clone(shared, tmp_path_factory)
    replace_words(shared, "telefon og e-post", "phones and email", "telefon", "phones")
    write_note(shared, "E-post er med.", "Email is there.")
    assert shared.run("submit", "--yes", "--branch", "epost").returncode == 0
    other.git("fetch", "-q")
    replace_words(other, "Tre. Vi sletter etter hvert.", "Tre. We delete in time.", "Tre.", "Tre.")
    write_note(other, "Sletting er med.", "Deletion is there.")
    assert other.run("submit", "--yes", "--branch", "sletting").returncode == 0
    for branch in ("epost", "sletting"):
        other.git("switch", "-q", "main")
        other.git("merge", "-q", "--no-ff", "-m", branch, f"origin/{branch}")
        other.git("push", "-q")
    assert "unnoted-change" not in other.rules()
    other.run("build", "--out", str(other.source / "out"))
    versions = json.loads((other.source / "out/site/api/versions.json").read_text())["versions"]
    assert sorted(row["version"] for row in versions) == ["1.0", "1.1", "1.2", "1.3"]


@pytest.mark.long
def test_a_branch_that_is_rebased_keeps_text_and_note_together(shared, tmp_path_factory):
    other = clone(shared, tmp_path_factory)
    edit(shared)
    assert shared.run("submit", "--yes").returncode == 0
    other.write("nb/02-sletting.md", "---\ntitle: Sletting\n---\n\nVi sletter navn.\n")
    other.write("en/02-sletting.md", "---\ntitle: Deletion\n---\n\nWe delete names.\n")
    write_note(other, "Sletting er med.", "Deletion is there.")
    assert other.run("submit", "--yes").returncode == 2
    other.git("pull", "-q", "--rebase", "origin", "main")
    assert "version   1.2, minor" in other.run("submit", "--yes").stdout
    assert git(other, "rev-list", "--count", "origin/main") == "3"


def replace_words(editor: Editor, norwegian: str, english: str, *old: str) -> None:
    for language, before, after in (("nb", old[0], norwegian), ("en", old[1], english)):
        path = f"{language}/01-lagring.md"
        editor.write(path, editor.read(path).decode().replace(before, after))


def write_note(editor: Editor, norwegian: str, english: str) -> None:
    path = editor.run("note", "--level", "minor").stdout.split()[1].removeprefix("content/")
    text = re.sub(r"  nb:$", f"  nb: {norwegian}", editor.read(path).decode(), flags=re.MULTILINE)
    editor.write(path, re.sub(r"  en:$", f"  en: {english}", text, flags=re.MULTILINE))


@pytest.mark.long
def test_a_staged_text_without_its_note_is_an_error_although_the_note_is_on_the_disk(shared):
    edit(shared)
    shared.git("add", "content/nb", "content/en")
    assert "unnoted-change" in shared.rules("--staged")
    assert "unnoted-change" not in shared.rules()
    shared.git("add", "content")
    assert "unnoted-change" not in shared.rules("--staged")
