"""The scripts of deploy/ when something is missing: one line that says what to do."""

from __future__ import annotations

import os
import stat

import pytest

from tests.deploy.conftest import TODAY
from tests.helpers.cli import run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.policy_repository import Checkout

SCRIPTS = sorted(path for path in (REPOSITORY / "deploy").iterdir() if path.is_file() and not path.suffix)


@pytest.fixture(scope="module")
def checkout(remote, tmp_path_factory) -> Checkout:
    return Checkout.clone(remote, tmp_path_factory.mktemp("scripts") / "checkout", TODAY)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_without_its_input_says_what_it_needs(checkout, script):
    done = checkout.run(script, "one", "two", "three") if script.name != "publish" else checkout.run(script)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "usage: " in done.stderr or "KLARTEKST_" in done.stderr


@pytest.mark.long
def test_a_shallow_clone_gets_its_history_before_it_is_published(remote, tmp_path):
    folder = tmp_path / "shallow"
    run_command(tmp_path, "git", "clone", "--quiet", "--depth", "1", remote.as_uri(), folder)
    checkout = Checkout(folder, TODAY, "http://127.0.0.1:9/")
    checkout.set_up()
    target = tmp_path / "target"
    done = checkout.run("deploy/publish", "--published", "none", KLARTEKST_TARGET=str(target))
    assert done.returncode == 75  # no server answers, and the files are there
    assert (target / "site" / "index.html").is_file()
    assert checkout.run("git", "rev-list", "--count", "HEAD").stdout == "3\n"


def test_the_key_for_ssh_is_readable_by_its_user_alone_and_never_replaced(checkout, tmp_path):
    settings = {
        "HOME": str(tmp_path),
        "KLARTEKST_SSH_KEY": "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----",
        "KLARTEKST_SSH_KNOWN_HOSTS": "www.example.no ssh-ed25519 abc",
    }
    old = os.umask(0o022)
    try:
        done = checkout.run("deploy/use-ssh-key", **settings)
    finally:
        os.umask(old)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    key = tmp_path / ".ssh" / "klartekst"
    assert key.read_text() == settings["KLARTEKST_SSH_KEY"] + "\n"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (key.parent, *key.parent.iterdir())}
    assert modes == {".ssh": 0o700, "klartekst": 0o600, "known_hosts": 0o600, "config": 0o600}
    assert f'IdentityFile "{key}"' in (key.parent / "config").read_text()
    done = checkout.run("deploy/use-ssh-key", **settings)
    assert (done.returncode, done.stderr) == (2, f"{key}: exists already\n")
