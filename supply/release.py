"""Make a release of the commit that is checked out: `make release VERSION=1.2.3`.

Writes the source archive, the bill of materials and SHA256SUMS into dist/VERSION/, and creates the annotated
tag vVERSION, whose message has the hashes. Nothing is uploaded. The same commit gives the same archive.
Klartekst runs from its own folder, so there is no wheel: see CONTRIBUTING.md.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_HEADING = re.compile(r"^## (?P<version>\S+), (?P<day>\S+)$", re.MULTILINE)
# Which files may state a version: what was released, what others have released, the plugin with its own.
_ELSEWHERE = ("CHANGELOG.md", "*lock*", "supply/*.txt", "bench/requirements.txt", "integrations/", "tests/")
# A user's settings must not change a byte of the archive.
_ARCHIVE_SETTINGS = (
    *("-c", "core.autocrlf=false", "-c", f"core.attributesFile={os.devnull}", "-c", "tar.umask=0022"),
)


class ReleaseError(Exception):
    """What stands in the way of a release, one line for each problem."""


def run_git(*words: str) -> bytes:
    """Run git in this checkout and return what it prints; raise ReleaseError with what it says."""
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False)
    if done.returncode:
        raise ReleaseError(done.stderr.decode(errors="replace").strip() or f"git {words[0]} failed")
    return done.stdout


def find_problems(version: str) -> Iterator[str]:
    """Yield everything that has to be mended before the version can be released."""
    if not _VERSION.fullmatch(version):
        yield f"{version!r} is not a version such as 1.2.3"
        return
    if changed := run_git("status", "--porcelain", "--untracked-files=all").decode().splitlines():
        others = f" and {len(changed) - 1} more" if changed[1:] else ""
        yield f"not committed: {changed[0][3:]}{others}; commit what belongs to the release, remove the rest"
    own = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if own != version:
        yield f"pyproject.toml: has version {own}, not {version}"
    yield from (
        f"{path}: states the version {version} too; only pyproject.toml may" for path in _find_copies(version)
    )
    if problem := _find_problem_of_changelog(version):
        yield f"CHANGELOG.md: {problem}"
    if run_git("tag", "--list", f"v{version}"):
        yield f"the tag v{version} exists; a version is released once"


def _find_copies(version: str) -> list[str]:
    """Return the files that state a version as theirs, such as `__version__ = "1.2.3"`, and may not."""
    pattern = rf"version[^0-9]{{0,8}}{re.escape(version)}($|[^0-9.])"
    paths = (".", ":!pyproject.toml", *(f":!{path}" for path in _ELSEWHERE))
    done = subprocess.run(
        ["git", "-C", str(ROOT), "grep", "--name-only", "-i", "-I", "-E", pattern, "--", *paths],
        capture_output=True,
        check=False,
    )
    return done.stdout.decode(errors="replace").splitlines()


def _find_problem_of_changelog(version: str) -> str:
    """Return why the newest part of the change log is not that of a release; empty if it is."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heading = _HEADING.search(text)
    if heading is None or heading["version"] != version:
        return f"the first heading must be '## {version}, YYYY-MM-DD'"
    try:
        day = date.fromisoformat(heading["day"])
    except ValueError:
        return f"line '{heading[0]}' has no day such as 2026-12-01"
    committed = date.fromisoformat(run_git("log", "-1", "--format=%cs").decode().strip())
    if day > committed:
        return f"{day} is after the day of the commit, {committed}"
    if not text[heading.end() :].partition("\n## ")[0].strip():
        return f"nothing is said of {version}"
    return ""


def release(version: str) -> Path:
    """Write the files of a release and tag the commit; return their folder. On failure, nothing is left."""
    if problems := list(find_problems(version)):
        raise ReleaseError("\n".join(problems))
    folder, new = ROOT / "dist" / version, ROOT / "dist" / f".new-{version}"
    if folder.exists():
        raise ReleaseError(f"{folder} exists; remove it")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        sums = _write_files(new, version)
        new.rename(folder)
        _create_tag(version, sums)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _write_files(folder: Path, version: str) -> str:
    """Write archive, bill of materials and their hashes; return the hashes, as sha256sum prints them."""
    name = f"klartekst-{version}"
    tar = run_git(*_ARCHIVE_SETTINGS, "archive", "--format=tar", f"--prefix={name}/", "HEAD")
    # Files in the archive have the day of the commit; the time of compression is left out.
    (folder / f"{name}.tar.gz").write_bytes(gzip.compress(tar, 9, mtime=0))
    bill = folder / f"{name}.cdx.json"
    subprocess.run([sys.executable, str(ROOT / "supply" / "sbom.py"), str(bill)], check=True)
    sums = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
    )
    (folder / "SHA256SUMS").write_text(sums, "ascii")
    return sums


def _create_tag(version: str, sums: str) -> None:
    """Create the annotated tag, signed if the user's configuration of git says so (tag.gpgSign)."""
    message = f"Klartekst {version}\n\n{sums}"
    run_git("tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", message)


def main(arguments: list[str]) -> int:
    """Make a release and say what is left to do; return the exit code."""
    version = arguments[0] if arguments else ""
    try:
        folder = release(version)
    except ReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(
        f"released  {folder.relative_to(ROOT)}, tag v{version}; now: git push origin v{version}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
