"""Copies files to a target with rsync: under the same rules on this machine and over ssh.

Content decides whether a file is copied, never its time; a file that has not changed keeps its time on the
target, and with it its ETag. Links stay links. Everybody may read every file.
"""

from __future__ import annotations

import shlex
import subprocess

from common.errors import InputError
from deployment.failures import create_rsync_failure
from deployment.staging import StagedSite
from deployment.target_address import TargetAddress
from deployment.target_state import GENERATION_FILE, DeployedGeneration

_OPTIONS = ("--recursive", "--links", "--perms", "--chmod=D755,F644", "--checksum", "--protect-args")
# What a deployment adds to a generation on the target: assets of other generations, and what it records.
_ADDED = ("--filter=P /site/assets/*", f"--exclude=/{GENERATION_FILE}", "--exclude=/passed")


def copy_site(address: TargetAddress, staged: StagedSite, previous: DeployedGeneration | None) -> None:
    """Copy the folders of the versions, then the generation under a name that no generation has.

    A file that is the same in the previous generation becomes a hard link to it.
    """
    new = f".new-{staged.name}"
    # A copy that was killed leaves half a file in a folder that the next deployment removes.
    temporary = f"--temp-dir={address.folder}/{new}"
    _run(
        address,
        "--delete",
        "--filter=P /*",
        temporary,
        f"{staged.root}/store/",
        address.rsync_address("store/"),
    )
    link = (f"--link-dest=../../generations/{previous.name}",) if previous else ()
    _run(address, *link, f"{staged.generation}/", address.rsync_address(f"{new}/generation/"))


def find_differences(address: TargetAddress, staged: StagedSite, deployed: DeployedGeneration) -> str:
    """Return the differences between what is built and a generation on the target, in the words of rsync."""
    options = ("--dry-run", "--itemize-changes", "--delete")
    store = _run(address, *options, "--filter=P /*", f"{staged.root}/store/", address.rsync_address("store/"))
    generation = address.rsync_address(f"generations/{deployed.name}/")
    return store + _run(address, *options, *_ADDED, f"{staged.generation}/", generation)


def _run(address: TargetAddress, *arguments: str) -> str:
    """Run rsync and return what it prints; raise InputError or TryLaterError if it fails."""
    shell = ("--rsh", shlex.join(address.ssh_command)) if address.host else ()
    try:
        done = subprocess.run(
            ["rsync", *_OPTIONS, *shell, *arguments],  # noqa: S607 - the one on PATH
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        raise InputError("rsync: not found; install it to deploy") from None
    if done.returncode:
        raise create_rsync_failure(address, done.stderr, done.returncode)
    return done.stdout
