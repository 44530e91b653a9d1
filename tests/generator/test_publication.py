"""A build publishes all or nothing: killed, concurrent or without disk space, it leaves a complete site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from posixpath import dirname, join, normpath
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from tests.helpers.cli import TODAY, BuildCommand, hash_files, run_command
from tests.helpers.environment import REPOSITORY, neutral_environment
from tests.helpers.in_process import build
from tests.helpers.killed_builds import run_and_kill

if TYPE_CHECKING:
    from pathlib import Path

front_door = BuildCommand()


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory) -> BuildCommand:
    """The same program with another style sheet, as after an upgrade."""
    project = tmp_path_factory.mktemp("project")
    for folder in (
        "common",
        "languages",
        "policy",
        "changelog",
        "generator",
        "editing",
        "notifier",
        "templates",
    ):
        shutil.copytree(REPOSITORY / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "build.py", project)
    with (project / "templates" / "styles" / "10-values.css").open("a") as style:
        style.write("\nmain { color: CanvasText }\n")
    return BuildCommand(project)


def pages(out: Path) -> dict[str, str]:
    """Return all that readers see: everything but the assets that only an older page links to."""
    return {
        path: digest for path, digest in hash_files(out / "site").items() if not path.startswith("assets/")
    }


def assets(out: Path) -> set[str]:
    return {path for path in hash_files(out / "site") if path.startswith("assets/")}


class Reader(Thread):
    """Reads the front pages in a loop, with everything that they load or link to."""

    def __init__(self, site: Path) -> None:
        super().__init__(daemon=True)
        self.site = site
        self.done = Event()
        self.faults: list[str] = []
        self.read = 0

    def run(self) -> None:
        while not self.done.is_set():
            for path in ("index.html", "en/index.html", "endringslogg/index.html"):
                self.page(path)
            self.done.wait(0.01)

    def page(self, path: str) -> None:
        site = self.site  # the test may replace it meanwhile
        try:
            text = (site / path).read_text(encoding="utf-8")
            if not text.endswith("</html>\n"):
                self.faults.append(f"{path} is incomplete")
            for address in re.findall(r'(?:href|src)="([^":#]+)["#]', text):
                target = normpath(join(dirname(path), address))
                target += "/index.html" if address.endswith("/") else ""
                (site / target).read_bytes()
                self.read += 1
        except OSError as error:
            self.faults.append(f"{path}: {error}")


@pytest.mark.long
def test_a_build_killed_at_any_moment_leaves_one_whole_site(sample_history, sample_out, upgraded, tmp_path):
    other = shutil.copytree(sample_out, tmp_path / "other", symlinks=True)
    counted = run_and_kill(upgraded, sample_history, other, 0)
    last = counted.stderr.count("change\n")
    assert (counted.returncode, last > 50) == (0, True)
    whole = [pages(sample_out), pages(other)]
    assert whole[0] != whole[1]
    reader = Reader(sample_out / "site")
    reader.start()
    # The last moments are those of the switch itself.
    for moment in (1, *range(6, last - 4, last // 6), *range(last - 4, last + 1)):
        out = shutil.copytree(sample_out, tmp_path / f"out-{moment}", symlinks=True)
        reader.site = out / "site"
        assert run_and_kill(upgraded, sample_history, out, moment).returncode == -9
        assert pages(out) in whole
    assert upgraded.build(sample_history, out).code == 0
    reader.done.set()
    reader.join()
    assert reader.faults == []
    assert reader.read > 100
    assert pages(out) == whole[1]
    assert [path for path in hash_files(out) if ".new-" in path] == []


def test_a_first_build_killed_at_any_moment_publishes_nothing_or_all(sample_history, sample_out, tmp_path):
    for moment in (2, 30, 75):
        out = tmp_path / f"out-{moment}"
        assert run_and_kill(front_door, sample_history, out, moment).returncode == -9
        assert not (out / "site").exists()
        build(sample_history, out)
        assert hash_files(out / "site") == hash_files(sample_out / "site")


@pytest.mark.long
def test_assets_stay_one_generation_longer_than_the_pages_that_name_them(
    sample_history, sample_out, upgraded, tmp_path
):
    out = shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    assert upgraded.build(sample_history, out).code == 0
    both = assets(out)
    assert assets(sample_out) < both
    assert upgraded.build(sample_history, out, "--today", "2026-07-02").code == 0
    # The icon and the script are the same in both.
    assert assets(out) == {path for path in both if "/style." not in path or path not in assets(sample_out)}


@pytest.mark.long
def test_a_file_that_cannot_grow_leaves_the_site_as_it_was(sample_history, sample_out, upgraded, tmp_path):
    out = shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    line = upgraded.arguments("build", "--source", sample_history, "--out", out, "--today", TODAY)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", *line],
        capture_output=True, text=True, check=False, env=neutral_environment(),
    )  # fmt: skip
    assert (done.returncode, done.stdout.count("\n"), done.stderr.count("\n")) == (75, 1, 1)
    assert hash_files(out / "site") == hash_files(sample_out / "site")
    assert upgraded.build(sample_history, out).code == 0


@pytest.fixture
def disk(as_root, tmp_path):  # noqa: ARG001 - only root mounts
    """A disk of two megabytes of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    run_command(tmp_path, "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place)
    yield place
    run_command(tmp_path, "umount", place)


@pytest.mark.long
def test_a_full_disk_leaves_the_site_as_it_was_and_says_to_try_again(
    sample_history, sample_out, upgraded, disk
):
    out = disk / "out"
    build(sample_history, out)
    filler = disk / "filler"
    for free in (0, 40, 200):
        room = shutil.disk_usage(disk).free
        filler.write_bytes(b"\0" * (room - free * 1024))
        result = upgraded.build(sample_history, out)
        assert (result.code, len(result.err)) == (75, 1), result
        assert "the disk is full" in result.err[0]
        assert hash_files(out / "site") == hash_files(sample_out / "site")
        filler.unlink()
        assert shutil.disk_usage(disk).free == room
    assert upgraded.build(sample_history, out).code == 0
    assert pages(out) != pages(sample_out)


def test_a_disk_that_cannot_be_written_is_one_line(sample_history, sample_out, disk):
    out = disk / "out"
    build(sample_history, out)
    run_command(disk, "mount", "-o", "remount,ro", disk)
    result = front_door.build(sample_history, out, "--today", "2026-07-02")
    assert (result.code, len(result.err)) == (2, 1)
    assert hash_files(out / "site") == hash_files(sample_out / "site")


@pytest.mark.long
def test_builds_at_once_take_turns(sample_history, sample_out, tmp_path):
    out = tmp_path / "out"
    days = (TODAY, "2026-07-02", TODAY)
    line = front_door.arguments("build", "--source", sample_history, "--out", out, "--today")
    running = [
        subprocess.Popen(
            [*line, day], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=neutral_environment()
        )
        for day in days
    ]
    for process in running:
        assert process.communicate()[1] == b""
        assert process.returncode == 0
    build(sample_history, tmp_path / "later", today=days[1])
    assert hash_files(out / "site") in (
        hash_files(sample_out / "site"),
        hash_files(tmp_path / "later" / "site"),
    )
    assert len(list((out / "generations").iterdir())) <= 2


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", ["site", "letters", "current", "store", "generations"])
def test_a_folder_that_no_build_made_is_left_alone(name, sample_history, tmp_path):
    out = tmp_path / "out"
    (out / name).mkdir(parents=True)
    (out / name / "mine").write_text("mine")
    result = front_door.build(sample_history, out)
    assert (result.code, result.err) == (2, result.err[:1])
    assert "was not created by a build" in result.err[0]
    assert [str(path.relative_to(out)) for path in out.rglob("*")] == [name, f"{name}/mine"]


def test_an_out_that_is_a_file_or_inside_content_is_refused(sample_history, tmp_path):
    (tmp_path / "file").write_text("mine")
    source = shutil.copytree(sample_history, tmp_path / "source")
    content = source / "content"
    for out in (tmp_path / "file", tmp_path / "file" / "out", content, content / "nb" / "out"):
        result = front_door.build(source, out)
        assert (result.code, len(result.err)) == (2, 1), result
    assert (tmp_path / "file").read_text() == "mine"
    assert run_command(source, "git", "status", "--porcelain") == ""


def test_a_source_may_hold_its_own_out(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    build(source, source / "out")
    build(source, source / "out", draft=True)
    assert hash_files(source / "out" / "site") == hash_files(sample_out / "site")
    assert os.path.lexists(source / "out" / "letters")
