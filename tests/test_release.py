"""`make release` writes an archive that runs, its bill of materials and hashes, and tags the commit."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.helpers.cli import BuildCommand, create_history, hash_files, run_command
from tests.helpers.environment import GIT_ENVIRONMENT, REPOSITORY, neutral_environment

PARTS = (
    *(".gitignore", "Makefile", "build.py", "common", "languages", "policy", "changelog", "generator"),
    *(
        "adoption",
        "editing",
        "notifier",
        "verifier",
        "deployment",
        "templates",
        "supply",
        "LICENSE",
        "README.md",
    ),
    *("pyproject.toml", "requirements.lock", "package-lock.json"),
)
CHANGELOG = (
    "# Changes to the software\n\n## 2.3.4, 2026-04-30\n\n- Has a new thing.\n\n## 2.3.3, 2026-01-01\n"
)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A repository with this tool whose newest commit can be released as 2.3.4."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", "*.db")
    for part in PARTS:
        place = REPOSITORY / part
        if place.is_dir():
            shutil.copytree(place, folder / part, ignore=ignored)
        else:
            shutil.copy2(place, folder / part)
    project = (folder / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(project.replace('version = "0.1.0"', 'version = "2.3.4"', 1))
    (folder / "CHANGELOG.md").write_text(CHANGELOG)
    run_command(folder, "git", "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    (folder / ".venv").symlink_to(REPOSITORY / ".venv")
    return folder


def commit(folder: Path) -> None:
    run_command(folder, "git", "add", "--all")
    run_command(folder, "git", "commit", "--quiet", "--message", "Change")


def release(folder: Path, version: str = "2.3.4", **env: str) -> subprocess.CompletedProcess[str]:
    """Run `make release` as if the Python environment were set up."""
    return subprocess.run(
        ["make", "-o", ".venv/.ready", "release", f"VERSION={version}"],
        cwd=folder,
        env=neutral_environment(**{**GIT_ENVIRONMENT, **env}),
        capture_output=True,
        text=True,
        check=False,
    )


def list_problems(folder: Path, version: str = "2.3.4") -> list[str]:
    done = release(folder, version)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert not (folder / "dist").exists()
    return [line for line in done.stderr.splitlines() if not line.startswith("make:")]


def test_a_release_has_archive_bill_and_hashes_and_a_tag_with_the_hashes(checkout):
    done = release(checkout)
    assert done.returncode == 0, done
    assert done.stdout == "released  dist/2.3.4, tag v2.3.4; now: git push origin v2.3.4\n"
    files = checkout / "dist/2.3.4"
    names = ["SHA256SUMS", "klartekst-2.3.4.cdx.json", "klartekst-2.3.4.tar.gz"]
    assert sorted(path.name for path in files.iterdir()) == names
    sums = (files / "SHA256SUMS").read_text()
    assert sums == "".join(
        f"{hashlib.sha256((files / name).read_bytes()).hexdigest()}  {name}\n" for name in names[1:]
    )
    product = json.loads((files / names[1]).read_bytes())["metadata"]["component"]
    assert (product["name"], product["version"]) == ("klartekst", "2.3.4")
    assert run_command(checkout, "git", "cat-file", "-t", "v2.3.4") == "tag\n"
    message = run_command(checkout, "git", "tag", "--list", "--format=%(contents)", "v2.3.4")
    assert message.rstrip() == f"Klartekst 2.3.4\n\n{sums}".rstrip()
    assert run_command(checkout, "git", "status", "--porcelain") == ""


def test_the_same_commit_gives_the_same_files(checkout, tmp_path):
    release(checkout)
    first = hash_files(checkout / "dist/2.3.4")
    other = tmp_path / "other"
    run_command(tmp_path, "git", "clone", "--quiet", checkout, other)
    run_command(other, "git", "tag", "--delete", "v2.3.4")
    run_command(other, "git", "config", "tar.umask", "0077")
    run_command(other, "git", "config", "core.autocrlf", "true")
    (other / ".venv").symlink_to(REPOSITORY / ".venv")
    os.utime(other / "build.py", (1, 1))
    assert release(other, TZ="Pacific/Auckland").returncode == 0
    assert hash_files(other / "dist/2.3.4") == first


def test_the_unpacked_archive_builds_and_verifies_a_policy(checkout, tmp_path):
    release(checkout)
    with tarfile.open(checkout / "dist/2.3.4/klartekst-2.3.4.tar.gz") as archive:
        assert {member.mtime for member in archive} == {1777636800}  # the commit's
        archive.extractall(tmp_path / "unpacked", filter="data")
    run = BuildCommand(tmp_path / "unpacked" / "klartekst-2.3.4")
    source = create_history(tmp_path / "source", "start 2026-01-05")
    built = run.build(source, tmp_path / "out")
    assert (built.code, built.err) == (0, ())
    verified = run("verify", tmp_path / "out/site")
    assert (verified.code, verified.err) == (0, ())


def test_what_is_not_committed_is_not_released(checkout):
    (checkout / "new.py").write_text("")
    (checkout / "LICENSE").write_text("")
    (problem,) = list_problems(checkout)
    assert problem == (
        "not committed: LICENSE and 1 more; commit what belongs to the release, remove the rest"
    )


@pytest.mark.parametrize("version", ["", "2.3", "v2.3.4", "2.3.04", "2.3.4 ", "2.3.4rc1", "../2.3.4"])
def test_a_version_has_three_numbers(checkout, version):
    (problem,) = list_problems(checkout, version)
    assert "is not a version such as 1.2.3" in problem


def test_the_number_stands_in_pyproject_alone(checkout):
    assert "pyproject.toml: has version 2.3.4, not 3.0.0" in list_problems(checkout, "3.0.0")
    (checkout / "common" / "about.py").write_text('__version__ = "2.3.4"\n')
    (checkout / "common" / "other.py").write_text('VERSION = "2.3.40"  # RFC 5321 2.3.4\n')
    commit(checkout)
    assert list_problems(checkout) == [
        "common/about.py: states the version 2.3.4 too; only pyproject.toml may"
    ]


@pytest.mark.parametrize(
    ("heading", "problem"),
    [
        ("## 2.3.4, unreleased", "has no day such as 2026-12-01"),
        ("## 2.3.4, 2026-02-30", "has no day such as 2026-12-01"),
        ("## 2.3.4, 2026-05-02", "2026-05-02 is after the day of the commit, 2026-05-01"),
        (
            "## 2.3.5, unreleased\n\n- x\n\n## 2.3.4, 2026-04-30",
            "first heading must be '## 2.3.4, YYYY-MM-DD'",
        ),
        ("## 2.3.4, 2026-04-30\n\n## 2.3.3, 2026-04-30", "nothing is said of 2.3.4"),
    ],
)
def test_the_changelog_must_have_the_version_with_its_day(checkout, heading, problem):
    (checkout / "CHANGELOG.md").write_text(CHANGELOG.replace("## 2.3.4, 2026-04-30", heading))
    commit(checkout)
    (line,) = list_problems(checkout)
    assert line.startswith("CHANGELOG.md: ")
    assert problem in line


def test_a_version_is_released_once(checkout):
    run_command(checkout, "git", "tag", "v2.3.4")
    assert list_problems(checkout) == ["the tag v2.3.4 exists; a version is released once"]


def test_nothing_is_left_when_the_tag_cannot_be_made(checkout):
    run_command(checkout, "git", "config", "tag.gpgSign", "true")
    run_command(checkout, "git", "config", "gpg.program", "false")
    done = release(checkout)
    assert done.returncode == 2
    assert not (checkout / "dist/2.3.4").exists()
    assert run_command(checkout, "git", "tag", "--list") == ""
