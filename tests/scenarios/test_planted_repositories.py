"""Files of a commit that look like a repository, or lead to one, never replace the published history."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from changelog.git_process import find_repository
from tests.conftest import SAMPLE_HISTORY
from tests.helpers.cli import BuildCommand, create_history, hash_files, run_command
from tests.helpers.in_process import build
from tests.scenarios.test_hostile_repositories import create_hostile_config

if TYPE_CHECKING:
    from pathlib import Path

front_door = BuildCommand()
PLANTED = ("HEAD", "config", "objects", "refs", "index", "info")


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    """Create the sample history in the folder `site/policy` of a repository."""
    return create_history(
        tmp_path / "root",
        "git init --quiet --initial-branch main .; mkdir -p site/policy; cd site/policy\n"
        f'start() {{ policy "nb, en"; commit "$1"; }}\n{SAMPLE_HISTORY}',
    )


def plant(folder: Path, tmp_path: Path) -> None:
    """Put a bare repository with another history, and a configuration with programs, into a folder."""
    evil = create_history(
        tmp_path / "evil", 'start 2020-01-01; words nb/02-deling "Ond historie."; commit 2020-02-01'
    )
    folder.mkdir(exist_ok=True, parents=True)
    for name in PLANTED:
        if (evil / ".git" / name).is_dir():
            shutil.copytree(evil / ".git" / name, folder / name, dirs_exist_ok=True)
        elif (evil / ".git" / name).exists():
            shutil.copy(evil / ".git" / name, folder / name)
    config = (evil / ".git" / "config").read_text().replace("bare = false", "bare = true")
    (folder / "config").write_text(f"{config}\n{create_hostile_config(tmp_path)}\n[safe]\n directory = *\n")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("place", ["site/policy", "site", ".", "site/policy/content/nb/.evil", "beside"])
def test_a_planted_bare_repository_changes_no_history_and_runs_nothing(place, nested, tmp_path):
    build(nested / "site" / "policy", tmp_path / "before")
    plant(nested / place, tmp_path)
    source = nested / "site" / "policy"
    for out in ("planted", "committed"):
        assert front_door.build(source, tmp_path / out).err == ()
        assert hash_files(tmp_path / out / "site") == hash_files(tmp_path / "before" / "site")
        run_command(nested, "git", "add", "--all", "--force")
        run_command(nested, "git", "commit", "--quiet", "--allow-empty", "--message=Plant")
    assert not (tmp_path / "was-run").exists()


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("command", ["check", "diff", "submit"])
def test_the_commands_of_editors_use_the_repository_around_a_planted_one(command, nested, tmp_path):
    plant(nested / "site" / "policy", tmp_path)
    run_command(nested, "git", "add", "--all", "--force")
    run_command(nested, "git", "commit", "--quiet", "--message=Plant")
    (nested / "site" / "policy" / "content" / "nb" / "01-kontakt.md").write_text(
        "---\ntitle: Kontakt\n---\nSkriv til oss.\n"
    )
    options = {"submit": ("--message=Endret", "--yes")}.get(command, ())
    result = front_door(command, "--source", nested / "site" / "policy", *options)
    assert "Traceback" not in "\n".join(result.err)
    assert "no Git repository" not in "\n".join(result.err)
    assert not (tmp_path / "was-run").exists()


def test_a_bare_repository_that_is_the_source_is_read(sample_history, sample_out, tmp_path):
    run_command(sample_history, "git", "clone", "--quiet", "--bare", ".", tmp_path / "policy.git")
    assert not build(tmp_path / "policy.git", tmp_path / "out").history.warnings
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_an_unpacked_archive_has_no_history_whatever_is_planted_in_it(tmp_path):
    policy = create_history(tmp_path / "policy", "start 2026-01-01")
    shutil.rmtree(policy / ".git")
    plant(policy, tmp_path)
    result = front_door.build(policy, tmp_path / "out")
    assert (result.code, len(result.err)) == (2, 1)
    assert "there is no Git repository here" in result.err[0]
    assert find_repository(policy / "refs") is None


def test_a_submodule_with_a_policy_is_read_from_its_own_history(sample_history, sample_out, tmp_path):
    root = create_history(tmp_path / "root", "git init --quiet .; echo a >README; commit 2026-01-01")
    add = ("git", "-c", "protocol.file.allow=always", "submodule", "add", "--quiet")
    run_command(root, *add, sample_history, "policy")
    assert (root / "policy" / ".git").is_file()
    assert not build(root / "policy", tmp_path / "out").history.warnings
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_link_to_the_source_and_a_link_in_its_path_lead_to_its_history(nested, tmp_path):
    build(nested / "site" / "policy", tmp_path / "before")
    (tmp_path / "link").symlink_to(nested / "site" / "policy")
    (tmp_path / "site").symlink_to(nested / "site")
    for number, source in enumerate((tmp_path / "link", tmp_path / "site" / "policy")):
        build(source, tmp_path / f"out-{number}")
        assert hash_files(tmp_path / f"out-{number}" / "site") == hash_files(tmp_path / "before" / "site")


def test_a_worktree_below_another_repository_is_its_own(nested, sample_history, sample_out, tmp_path):
    run_command(sample_history, "git", "worktree", "add", "--quiet", "--detach", nested / "site" / "beside")
    build(nested / "site" / "beside", tmp_path / "out")
    run_command(sample_history, "git", "worktree", "remove", "--force", nested / "site" / "beside")
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_an_empty_folder_git_does_not_hide_the_repository_around_it(nested, tmp_path):
    source = nested / "site" / "policy"
    build(source, tmp_path / "before")
    (source / ".git").mkdir()
    build(source, tmp_path / "out")
    assert hash_files(tmp_path / "out" / "site") == hash_files(tmp_path / "before" / "site")


@pytest.mark.usefixtures("as_root")
def test_a_planted_configuration_does_not_vouch_for_the_repository_of_another_user(nested, tmp_path):
    plant(nested / "site" / "policy", tmp_path)
    with (nested / ".git" / "config").open("a") as config:
        config.write("[safe]\n\tdirectory = *\n")
    run_command(nested, "chown", "--recursive", "65534:65534", ".")
    result = front_door.build(nested / "site" / "policy", tmp_path / "out", HOME=str(tmp_path))
    assert (result.code, len(result.err)) == (2, 1)
    command = result.err[0].rpartition("run: ")[2].split()
    run_command(tmp_path, "env", "-u", "GIT_CONFIG_GLOBAL", f"HOME={tmp_path}", *command)
    assert front_door.build(nested / "site" / "policy", tmp_path / "out", HOME=str(tmp_path)).err == ()


def test_attributes_submodules_and_mailmaps_of_a_commit_change_nothing(nested, tmp_path):
    source = nested / "site" / "policy"
    build(source, tmp_path / "before")
    create_hostile_config(tmp_path)
    for folder in (nested, source, source / "content"):
        (folder / ".gitattributes").write_text(
            "**/nb/* text eol=crlf working-tree-encoding=UTF-16 diff=evil filter=evil export-ignore ident\n"
        )
        (folder / ".mailmap").write_text("Ingen <n@example.no> <editor@example.no>\n")
        (folder / ".gitmodules").write_text(
            f'[submodule "x"]\n path = content\n url = ext::{tmp_path}/proof\n update = !{tmp_path}/proof\n'
        )
    (source / "commondir").write_text("../evil\n")
    run_command(nested, "git", "add", ".gitattributes", ".mailmap", ".gitmodules", "site/policy/commondir")
    run_command(nested, "git", "commit", "--quiet", "--message=Plant")
    assert front_door.build(source, tmp_path / "out").err == ()
    assert not (tmp_path / "was-run").exists()
    assert hash_files(tmp_path / "out" / "site") == hash_files(tmp_path / "before" / "site")


REPLACEMENTS = {
    "link": "git mv site/policy old; mkdir evil; cp -r old/content evil; git rm -rfq old; "
    "ln -s ../evil site/policy; "
    "echo Ond. >>evil/content/nb/01-kontakt.md; git add .",
    "link above": "git mv site/policy other; git rm -rfq other; mkdir -p evil/policy; policy_in evil/policy; "
    "rm -rf site; ln -s evil site; git add .",
    "submodule": "git rm -rfq site/policy; policy_in site/policy; git -C site/policy init -q; "
    "git -C site/policy add .; git -C site/policy commit -qm Evil; mv site/policy/.git .git/evil; "
    "echo 'gitdir: ../../.git/evil' >site/policy/.git; git add site/policy",
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("how", REPLACEMENTS)
def test_a_commit_cannot_put_a_link_in_the_place_of_a_policy(how, nested, tmp_path):
    functions = 'policy_in() { mkdir -p "$1"; (cd "$1"; policy nb); }\n'
    create_history(nested, f"{functions}{REPLACEMENTS[how]}\ngit commit -qm Replace")
    result = front_door.build(nested / "site" / "policy", tmp_path / "out")
    assert (result.code, len(result.err)) == (2, 1), result
    assert "put a link in the place of this policy" in result.err[0]


def test_a_link_that_was_always_there_is_followed(tmp_path):
    root = create_history(
        tmp_path / "root",
        "git init --quiet .; mkdir policy-2026; ln -s policy-2026 policy; cd policy-2026\n"
        'policy "nb, en"; commit 2026-01-05',
    )
    assert front_door.build(root / "policy", tmp_path / "out").err == ()
