"""`make site` installs what a policy needs, `make setup` the rest, in any order."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers.environment import REPOSITORY

_LOCKS = ("requirements.lock", "site.lock", "supply/uv.txt")
_UV, _SITE, _ALL = "pip supply/uv.txt", "uv site.lock", "uv requirements.lock"
# What only mail and time stamps need, and `make setup` installs.
_RARE = ("notifier/", "common/time_stamps.py")
_STUB = """#!/bin/sh
for last; do :; done
case $1 in build.py) last=$2 ;; esac
echo "${0##*/} $last" >>calls
"""


@pytest.fixture
def clone(tmp_path):
    """A folder with the Makefile and lock files, in which nothing is downloaded."""
    (tmp_path / "supply").mkdir()
    for name in ("Makefile", *_LOCKS):
        shutil.copy(REPOSITORY / name, tmp_path / name)
        os.utime(tmp_path / name, (0, 0))
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    for name in ("python", "pip", "uv"):
        (commands / name).write_text(_STUB)
        (commands / name).chmod(0o755)
    return tmp_path


def _make(folder, *goals) -> list[str]:
    """Run `make`; return what it has started: a program and its last argument."""
    (folder / "calls").write_text("")
    subprocess.run(["make", "--silent", *goals], cwd=folder, check=True)
    return (folder / "calls").read_text().splitlines()


def test_a_site_is_built_with_its_own_lock_file_and_then_without_installing_anything(clone):
    assert _make(clone, "site") == [_UV, _SITE, "python build"]
    assert _make(clone, "site") == ["python build"]
    assert _make(clone, "serve") == ["python serve"]


@pytest.mark.parametrize("goals", [("setup", "site"), ("-j4", "site", "setup"), ("-j4", "setup", "site")])
def test_everything_is_installed_after_what_a_site_needs(clone, goals):
    calls = _make(clone, *goals)
    assert [call for call in calls if call != "python build"] == [_UV, _SITE, _UV, _ALL]
    assert calls.count("python build") == 1
    assert calls.index("python build") > calls.index(_SITE)


@pytest.mark.parametrize("goals", [("site", "setup"), ("setup",)])
def test_a_site_removes_nothing_from_a_complete_environment(clone, goals):
    for goal in goals:
        _make(clone, goal)
    assert _make(clone, "site", "setup") == ["python build"]


def test_a_complete_environment_is_renewed_as_a_whole(clone):
    _make(clone, "setup")
    os.utime(clone / ".venv" / ".ready", (1, 1))
    os.utime(clone / "site.lock", (2, 2))
    assert _make(clone, "setup-site") == []  # what is installed already has all of it
    os.utime(clone / "requirements.lock", (2, 2))
    assert _make(clone, "setup-site") == [_UV, _ALL]


def _read_packages(name: str) -> set[tuple[str, frozenset[str]]]:
    """Return each package of a lock file, its version and marker, with its hashes."""
    parts = re.split(r"^(?=[a-z0-9])", (REPOSITORY / name).read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        (part.partition(" \\\n")[0], frozenset(re.findall("sha256:[0-9a-f]{64}", part))) for part in parts
    }


def _list_names(name: str) -> set[str]:
    return {line.partition("==")[0] for line, _ in _read_packages(name)}


def test_what_a_site_needs_is_part_of_what_is_installed_for_everything():
    site = _read_packages("site.lock")
    assert len(site) > 20
    assert site < _read_packages("requirements.lock")


def _find_needed(requirements: list[str]) -> set[str]:
    """Return the names of requirements and of all that they need on this machine."""
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (requirement.marker and not requirement.marker.evaluate({"extra": extra})) or name in found:
            continue
        found.add(name)
        needed = importlib.metadata.requires(name) or []
        waiting += [(Requirement(text), one) for text in needed for one in (requirement.extras or [""])]
    return found


def test_the_lock_file_of_a_site_has_all_that_its_packages_need_and_nothing_else():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = _find_needed([*project["dependencies"], *extras["serve"], *extras["import"]])
    assert needed == _list_names("site.lock")


def test_only_mail_and_time_stamps_import_more_than_a_site_needs():
    found = importlib.metadata.packages_distributions()
    site = _list_names("site.lock")
    packages = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
        "packages"
    ]
    files = [path for package in packages for path in (REPOSITORY / package.replace(".", "/")).glob("*.py")]
    foreign: dict[str, set[str]] = {}
    for path in (REPOSITORY / "build.py", *files):
        place = path.relative_to(REPOSITORY).as_posix()
        for module in re.findall(r"^ *(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE):
            names = {canonicalize_name(name) for name in found.get(module, ())}
            if names and not names & site and module not in sys.stdlib_module_names:
                foreign.setdefault(place, set()).update(names)
    assert [place for place in foreign if not place.startswith(_RARE)] == []
    assert {"sqlalchemy", "cryptography"} <= set().union(*foreign.values())
