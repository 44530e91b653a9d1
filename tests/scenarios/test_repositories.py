"""One history in many repositories: however it is stored, it gives the same site, or one line of error."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SAMPLE_HISTORY
from tests.helpers.cli import BuildCommand, create_history, hash_files, read_versions, run_command
from tests.helpers.in_process import build

if TYPE_CHECKING:
    from pathlib import Path

front_door = BuildCommand()


def list_versions(out: Path, *, ids: bool = True) -> list[dict[str, object]]:
    """Return the published versions, without commit ids if those must differ."""
    return [{**row, "commit": ids and row["commit"]} for row in read_versions(out)["versions"]]


def copy(sample_history: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sample_history, tmp_path / "source", symlinks=True)


def build_error(source: Path, out: Path, *options: str, **env: str) -> str:
    """Run a build that must fail, and return its one line of error."""
    result = front_door.build(source, out, *options, **env)
    assert (result.code, result.out, len(result.err)) == (2, "", 1), result
    assert not out.exists()
    return result.err[0]


def command_in(line: str) -> str:
    """Return the command that an error line says to run."""
    return line.rpartition("run: ")[2]


STORED = {
    "gc": "git gc --quiet --aggressive --prune=now",
    "repack": "git repack -adfq && git multi-pack-index write"
    " && git commit-graph write --reachable --changed-paths",
    "clone": "git clone --quiet . ../new && rm -r .git && mv ../new/.git .",
    "bundle": "git bundle create --quiet ../all --all && rm -r .git content && git clone -qb main ../all .",
    "detached": "git checkout --quiet --detach && git branch --quiet -D main",
    "dirty": "echo rot >content/nb/01-kontakt.md && git add . && rm -r content/en",
    "packed-refs": "git pack-refs --all && git update-server-info",
    "submodule": "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),vendor",
    "alternates": "git clone --quiet --shared . ../new && mv .git ../kept && mv ../new/.git . "
    "&& echo ../../../kept/objects >.git/objects/info/alternates",
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("how", STORED)
def test_the_way_a_history_is_stored_changes_nothing(how, sample_history, sample_out, tmp_path):
    source = copy(sample_history, tmp_path)
    run_command(source, "bash", "-ec", STORED[how])
    assert not build(source, tmp_path / "out").history.warnings
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_worktree_and_a_bare_repository_give_the_same_site(sample_history, sample_out, tmp_path):
    source = copy(sample_history, tmp_path)
    run_command(source, "git", "worktree", "add", "--quiet", "--detach", tmp_path / "beside")
    run_command(source, "git", "clone", "--quiet", "--bare", ".", tmp_path / "bare.git")
    for place in ("beside", "bare.git"):
        assert not build(tmp_path / place, tmp_path / f"out-{place}").history.warnings
        assert hash_files(tmp_path / f"out-{place}" / "site") == hash_files(sample_out / "site")


def test_a_sha256_repository_gives_the_same_versions_under_longer_ids(sample_out, tmp_path):
    source = create_history(tmp_path / "source", f"export GIT_DEFAULT_HASH=sha256\n{SAMPLE_HISTORY}")
    assert not build(source, tmp_path / "out").history.warnings
    assert list_versions(tmp_path / "out", ids=False) == list_versions(sample_out, ids=False)
    assert {len(str(row["commit"])) for row in list_versions(tmp_path / "out")} == {64}


def test_a_source_in_a_subfolder_reads_only_its_own_content(sample_out, tmp_path):
    root = create_history(
        tmp_path / "root",
        "git init --quiet --initial-branch main .; policy nb; mkdir 'vår policy'; cd 'vår policy'\n"
        f'start() {{ policy "nb, en"; commit "$1"; }}\n{SAMPLE_HISTORY}'
        "cd ..; words nb/01-kontakt 'En annen policy.'; commit 2026-05-05",
    )
    assert not build(root / "vår policy", tmp_path / "out").history.warnings
    assert list_versions(tmp_path / "out", ids=False) == list_versions(sample_out, ids=False)


def test_another_ref_is_another_history(sample_history, sample_out, tmp_path):
    for ref in ("main~2", run_command(sample_history, "git", "rev-parse", "main~2").strip()[:9]):
        assert not build(sample_history, tmp_path / "out", ref=ref).history.warnings
        assert [row["entry"] for row in list_versions(tmp_path / "out")] == [
            row["entry"] for row in list_versions(sample_out)[:-2]
        ]
    build(sample_history, tmp_path / "side", ref="side")
    assert [row["published"] for row in list_versions(tmp_path / "side")] == [
        "2026-01-05",
        "2026-01-10",
        "2026-02-01",
    ]


def test_replacements_grafts_and_mailmaps_have_no_effect(sample_history, sample_out, tmp_path):
    source = copy(sample_history, tmp_path)
    first, last = run_command(source, "git", "log", "--format=%H", "--first-parent").split()[
        :: len(list_versions(sample_out)) - 1
    ]
    run_command(source, "git", "replace", "--force", "HEAD~1", "HEAD~3")
    run_command(
        source, "git", "replace", "--force", "HEAD:content/nb/01-kontakt.md", "HEAD:content/policy.yaml"
    )
    (source / ".git" / "info").mkdir(exist_ok=True)
    (source / ".git" / "info" / "grafts").write_text(f"{first} {last}\n")
    (source / ".mailmap").write_text("Navnløs <n@example.no> <redaksjonen@example.no>\n")
    assert not build(source, tmp_path / "out").history.warnings
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_shallow_clone_is_an_error_with_the_command_that_fixes_it(sample_history, sample_out, tmp_path):
    run_command(tmp_path, "git", "clone", "--quiet", "--depth", "2", f"file://{sample_history}", "source")
    line = build_error(tmp_path / "source", tmp_path / "out")
    assert "shallow" in line
    run_command(tmp_path / "source", *command_in(line).split())
    build(tmp_path / "source", tmp_path / "out")
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("what", ["blob:none", "tree:0", "blob:limit=90"])
def test_a_partial_clone_is_an_error_with_the_command_that_fixes_it(
    what, sample_history, sample_out, tmp_path
):
    origin = copy(sample_history, tmp_path)
    run_command(origin, "git", "config", "uploadpack.allowFilter", "true")
    run_command(
        tmp_path, "git", "clone", "--quiet", "--no-checkout", f"--filter={what}", f"file://{origin}", "part"
    )
    before = run_command(tmp_path / "part", "git", "count-objects", "-v")
    line = build_error(tmp_path / "part", tmp_path / "out")
    assert "lacks" in line
    assert run_command(tmp_path / "part", "git", "count-objects", "-v") == before  # nothing was fetched
    run_command(tmp_path / "part", *command_in(line).split())
    build(tmp_path / "part", tmp_path / "out")
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_partial_clone_with_all_content_is_built(sample_history, sample_out, tmp_path):
    origin = copy(sample_history, tmp_path)
    run_command(origin, "git", "config", "uploadpack.allowFilter", "true")
    run_command(tmp_path, "git", "clone", "--quiet", "--filter=blob:limit=1m", f"file://{origin}", "part")
    assert not build(tmp_path / "part", tmp_path / "out").history.warnings
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


@pytest.mark.usefixtures("as_root")
def test_the_repository_of_another_user_is_read_once_it_is_trusted(sample_history, sample_out, tmp_path):
    source = copy(sample_history, tmp_path)
    for folder, _, names in os.walk(source):
        for name in (folder, *(f"{folder}/{name}" for name in names)):
            os.chown(name, 65534, 65534, follow_symlinks=False)
    line = build_error(source, tmp_path / "out", HOME=str(tmp_path))
    assert "belongs to another user" in line
    run_command(tmp_path, "env", "-u", "GIT_CONFIG_GLOBAL", f"HOME={tmp_path}", *command_in(line).split())
    assert front_door.build(source, tmp_path / "out", HOME=str(tmp_path)).err == ()
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("what", ["HEAD", "HEAD~2", "HEAD:content", "HEAD~1:content/nb/01-kontakt.md"])
@pytest.mark.parametrize("how", ["cut", "gone"])
def test_a_damaged_object_is_one_line_and_no_site(how, what, sample_history, tmp_path):
    source = copy(sample_history, tmp_path)
    name = run_command(source, "git", "rev-parse", what).strip()
    path = source / ".git" / "objects" / name[:2] / name[2:]
    whole = path.read_bytes()
    path.unlink()
    if how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    line = build_error(source, tmp_path / "out")
    assert "fsck" in line, line


def test_a_folder_without_history_is_one_line(tmp_path):
    env = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    assert "no such folder" in build_error(tmp_path / "missing", tmp_path / "out")
    source = tmp_path / "source"
    source.mkdir()
    assert "no Git repository" in build_error(source, tmp_path / "out", **env)
    run_command(source, "git", "init", "--quiet")
    assert "no commits yet" in build_error(source, tmp_path / "out")
    create_history(source, "echo hei >README; commit 2026-01-01")
    assert "no commit in its history contains content/" in build_error(source, tmp_path / "out")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("ref", ["nowhere", "", "--all", "HEAD..HEAD~1", "HEAD:content", "@{99}"])
def test_a_ref_that_is_not_a_commit_is_one_line(ref, sample_history, tmp_path):
    line = build_error(sample_history, tmp_path / "out", f"--ref={ref}")
    assert "is not a commit" in line
    assert list(tmp_path.iterdir()) == []


def test_a_missing_git_is_one_line(sample_history, tmp_path):
    assert "git is not installed" in build_error(sample_history, tmp_path / "out", PATH=str(tmp_path))
    # The same in a hook, whose variables are unset by `env`, and if GitPython does not look for git.
    (tmp_path / "env").symlink_to(shutil.which("env"))
    hook = {"GIT_DIR": str(tmp_path), "GIT_PYTHON_REFRESH": "quiet"}
    assert "git is not installed" in build_error(sample_history, tmp_path / "out", PATH=str(tmp_path), **hook)


def test_the_number_of_git_processes_does_not_grow_with_the_history(tmp_path):
    real = shutil.which("git")
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin" / "git"
    wrapper.write_text(f'#!/bin/sh\necho x >>"$COUNT"\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    counts = []
    for commits in (3, 60):
        source = create_history(
            tmp_path / f"source-{commits}",
            f"start; for n in $(seq 2 {commits}); do words nb/02-deling Vi$n; commit 2026-01-06; done",
        )
        count = tmp_path / f"count-{commits}"
        path = f"{wrapper.parent}:{os.environ['PATH']}"
        done = front_door.build(source, tmp_path / f"out-{commits}", PATH=path, COUNT=str(count))
        assert f"{commits} revisions, {commits} versions" in done.out
        counts.append(len(count.read_text().splitlines()))
    assert counts[0] == counts[1] > 0


def test_a_committer_without_a_time_is_a_warning_and_the_day_before_is_used(sample_history, tmp_path):
    source, out = copy(sample_history, tmp_path), tmp_path / "out"
    (source / "content" / "nb" / "01-kontakt.md").write_text("---\ntitle: Kontakt\n---\nRing oss.\n")
    run_command(source, "git", "add", "-A")
    tree, head = (
        run_command(source, "git", "write-tree").strip(),
        run_command(source, "git", "rev-parse", "HEAD").strip(),
    )
    people = "author A <a@example.no> 1 +0000\ncommitter A <a@example.no>"
    (tmp_path / "commit").write_text(f"tree {tree}\nparent {head}\n{people}\n\nOdd\n")
    odd = run_command(
        source, "git", "hash-object", "-t", "commit", "-w", "--literally", tmp_path / "commit"
    ).strip()
    run_command(source, "git", "update-ref", "HEAD", odd)
    result = front_door.build(source, out)
    assert result.code == 0
    assert [f"commit {odd[:12]} has an impossible date" in line for line in result.err] == [True]
    before, last = read_versions(out)["versions"][-2:]
    assert (last["commit"], last["published"]) == (odd, before["published"])


def test_the_last_day_of_the_calendar_can_be_announced(tmp_path):
    script = """start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling major 9999-12-31
commit 2026-02-02"""
    source, out = create_history(tmp_path / "source", script), tmp_path / "out"
    build(source, out)
    assert read_versions(out)["versions"][-1]["effective"] == "9999-12-31"


def test_a_folder_whose_name_is_not_unicode_is_built(sample_history, tmp_path):
    source = tmp_path / os.fsdecode(b"k\xe4se")
    shutil.copytree(sample_history, source, symlinks=True)
    build(source, tmp_path / "out")


def test_a_line_break_in_a_file_name_does_not_break_a_message(sample_history, tmp_path):
    source = copy(sample_history, tmp_path)
    (source / "content" / "nb" / "03-a\nb.md").write_text("")
    run_command(source, "git", "add", "-A")
    run_command(source, "git", "commit", "-qm", "Odd name")
    assert "03-a[U+000A]b.md" in build_error(source, tmp_path / "out")


def test_a_foreign_link_in_place_of_the_site_is_left_alone(sample_history, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "site").symlink_to(tmp_path)
    result = front_door.build(sample_history, out)
    assert (result.code, len(result.err)) == (2, 1)
    assert (out / "site").readlink() == tmp_path
