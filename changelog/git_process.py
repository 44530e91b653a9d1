"""Git as a child process: where it is started, its environment, and the commit that a ref names.

Imports only the standard library: a build with nothing to do runs `resolve_ref` and ends.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

# The same commits must give the same site on every machine, so no configuration of a user or system is read,
# and no object is replaced, grafted or fetched (docs/decisions/pinned-git-configuration.md).
_PINNED_VARIABLES = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ALLOW_PROTOCOL": "",  # a partial clone would otherwise fetch missing objects without asking
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}

# `-c` wins over .git/config, which a repository may bring along.
_SETTINGS = {
    "core.fsmonitor": "false",  # would start a program that the repository names
    "core.hooksPath": os.devnull,
    "core.useReplaceRefs": "false",
    "core.attributesFile": os.devnull,
    "diff.relative": "false",
    "diff.orderFile": os.devnull,
    "diff.ignoreSubmodules": "none",
    "i18n.logOutputEncoding": "UTF-8",
    "log.diffMerges": "separate",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "log.mailmap": "false",
    "log.follow": "false",
    "color.ui": "never",
}
# Those of `git rev-parse --local-env-vars`.
_LOCATION_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_EXPLICIT, _ANY = "explicit", "all"  # values of safe.bareRepository
PINNED_OPTIONS = tuple(word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}"))


def create_environment_with_user_configuration() -> dict[str, str]:
    """Return this process' environment for git, with the user's configuration and English messages.

    The caller's GIT_* variables are left out: a hook that starts a build sets GIT_DIR and GIT_INDEX_FILE,
    which may name another repository.
    """
    dropped = set(list_inherited_variables())
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**inherited, "LANGUAGE": "C", "LC_ALL": "C"}  # error messages are parsed


def list_inherited_variables() -> list[str]:
    """Return the names of the GIT_* variables in this process' environment."""
    return [name for name in os.environ if name.startswith("GIT_")]


def build_env_prefix(environment: Mapping[str, str]) -> list[str]:
    """Return the command in front of git that drops the GIT_* variables missing in `environment`.

    GitPython passes on the environment of this process and can only add to it, but a hook that starts a build
    sets GIT_DIR and GIT_INDEX_FILE, which may name another repository.
    """
    names = [name for name in list_inherited_variables() if name not in environment]
    return ["env", *(option for name in names for option in ("-u", name))] if names else []


def create_pinned_environment() -> dict[str, str]:
    """Return an environment for git in which git ignores configuration outside the repository."""
    return {**create_environment_with_user_configuration(), **_PINNED_VARIABLES}


def create_editing_environment() -> dict[str, str]:
    """Return this process' environment for git commands that an editor asks for, such as a commit.

    Identity, signatures and access to remotes are the user's own. Only the variables that name another
    repository are left out; a hook may have set them.
    """
    return {name: value for name, value in os.environ.items() if name not in _LOCATION_VARIABLES}


class RepositoryLocation(NamedTuple):
    """Where the repository of a source is: git is started in `top`, and nowhere else.

    `folder` is the path of the source below `top`, `folder/` or empty. A bare repository, which has no files
    beside it, is its own top.
    """

    top: Path
    folder: str
    is_bare: bool = False

    @property
    def content(self) -> str:
        """The path of `content` below `top`."""
        return f"{self.folder}content"

    def build_command(self, *arguments: str) -> tuple[str, ...]:
        """Return a git command that uses the repository at `top` and discovers no other.

        Git takes any folder with `HEAD`, `objects` and `refs` for a bare repository, so a commit could bring
        along another history (docs/decisions/pinned-git-configuration.md).
        """
        trust = _ANY if self.is_bare else _EXPLICIT
        return ("git", "-C", str(self.top), "-c", f"safe.bareRepository={trust}", *arguments)


def find_repository(source: Path) -> RepositoryLocation | None:
    """Return the repository around the folder `source`: the nearest `.git`, which no commit can contain.

    Without one, `source` itself may be a bare repository; a folder that has `content/` on the disk is none.
    """
    try:
        place = source.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself
        return None
    for top in (place, *place.parents):
        # Git passes by a folder `.git` without a repository. In a further work tree, `.git` is a file.
        if (top / ".git").is_file() or os.path.lexists(top / ".git" / "HEAD"):
            folder = "" if top == place else f"{place.relative_to(top).as_posix()}/"
            return RepositoryLocation(top, folder)
    is_bare = all((place / name).exists() for name in ("HEAD", "objects", "refs"))
    if is_bare and not os.path.lexists(place / "content"):
        return RepositoryLocation(place, "", is_bare=True)
    return None


class ResolvedRef(NamedTuple):
    """A commit's full hex id, and the source's path in its repository, `folder/` or empty."""

    commit: str = ""
    prefix: str = ""


def list_full_names(ref: str) -> list[str]:
    """Return the full names that the name in `ref` may stand for: a tag, a branch, a branch of a remote."""
    name = re.split(r"[~^:]|@\{", ref, maxsplit=1)[0]
    if name in {"", "HEAD"} or name.startswith("-"):
        return []
    return [f"refs/{kind}/{name}" for kind in ("tags", "heads", "remotes")]


def resolve_ref(source: Path, ref: str) -> ResolvedRef:
    """Return the commit that `ref` names in the repository of `source`.

    Both fields are empty if git cannot tell; `read_revisions` finds out why and reports it.
    """
    location = find_repository(source)
    if location is None or ref.startswith("-"):
        return ResolvedRef()
    questions = ("--is-shallow-repository", "--show-prefix", f"{ref}^{{commit}}", "--")
    command = location.build_command("-c", "core.warnAmbiguousRefs=true", "rev-parse", *questions)
    try:
        done = subprocess.run(command, capture_output=True, env=create_pinned_environment(), check=False)
    except OSError:
        return ResolvedRef()
    if b"is ambiguous" in done.stderr:
        return ResolvedRef()
    match os.fsdecode(done.stdout).split("\n"):  # a range such as A..B gives two lines
        case ["false", prefix, name, "--", ""] if done.returncode == 0:
            return ResolvedRef(name, f"{prefix}{location.folder}")
    return ResolvedRef()
