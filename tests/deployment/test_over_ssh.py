"""Deployments through a real sshd, and everything that can be wrong with a connection or a server."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from deployment.session import TargetSession
from tests.deployment.ssh_server import run_ssh_server
from tests.helpers.cli import hash_files, run_command

NEW_DAY = "2026-07-02"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with run_ssh_server(tmp_path_factory.mktemp("sshd")) as started:
        yield started


@pytest.fixture
def over_ssh(deployment, server, monkeypatch):
    """A deployment to the same folder through ssh."""
    monkeypatch.setenv("PATH", f"{server.commands}:{os.environ['PATH']}")
    return replace(deployment, name=server.address(deployment.target))


@pytest.mark.long
def test_a_site_is_deployed_and_rolled_back_over_ssh(over_ssh):
    assert "generation 1 would replace nothing" in over_ssh.deploy("--published", "none", "--dry-run").out
    over_ssh.deploy_first()
    assert hash_files(over_ssh.target / "site") == hash_files(over_ssh.out / "site")
    assert "generation 1 is live already" in over_ssh.deploy().out
    assert "generation 2" in over_ssh.deploy(today=NEW_DAY).out
    assert "generation 1 instead of generation 2" in over_ssh.deploy("--rollback").out
    assert over_ssh.smoke("--no-compare").code == 0


@pytest.mark.long
def test_any_name_of_a_folder_is_only_a_name(over_ssh, server):
    other = over_ssh.target.parent / "a 'b' \"c\" $(touch x); é%*?\\ & | -e"
    over_ssh.target.symlink_to(other)
    other.mkdir()
    quoted = str(other).replace("%", "%25").replace("?", "%3F")
    deployment = replace(over_ssh, name=f"ssh://127.0.0.1:{server.port}{quoted}")
    deployment.deploy_first()
    assert "generation 2" in deployment.deploy(today=NEW_DAY).out
    assert hash_files(other / "site") == hash_files(deployment.out / "site")
    assert replace(deployment, name=str(other)).deploy(today=NEW_DAY).code == 0
    over_ssh.target.unlink()


@pytest.mark.parametrize(
    "case",
    [
        ("UserKnownHostsFile /dev/null", 2, "its host key is not in known_hosts"),
        ("User nobody", 2, "it accepts no key of yours"),
        ("Port 1", 75, "the server refuses the connection"),
        ("ProxyCommand false", 75, "the "),  # closed, or broken: ssh finds out at different moments
        ("NoSuchOption yes", 2, "the configuration of ssh has a mistake"),
    ],
)
def test_a_connection_that_fails_is_one_line(over_ssh, server, monkeypatch, tmp_path, case):
    line, code, said = case
    configuration = tmp_path / "config"
    configuration.write_text(f"{line}\nPort {server.port}\n{server.configuration.read_text()}")
    script = (server.commands / "ssh").read_text()
    (tmp_path / "ssh").write_text(script.replace(str(server.configuration), str(configuration)))
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    name = f"ssh://127.0.0.1{over_ssh.target}"
    done = replace(over_ssh, name=name).deploy("--published", "none")
    assert (done.code, done.out, len(done.err)) == (code, "", 1)
    assert done.err[0].startswith(f"{name}: {said}")


def test_a_server_without_rsync_or_flock_says_so(deployment, monkeypatch, tmp_path):
    for name in ("sh", "sed", "ls", "tr", "readlink", "flock"):
        (tmp_path / name).symlink_to(shutil.which(name))
    deployment.target.mkdir()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}")
        assert deployment.deploy("--published", "none").err == (
            f"{deployment.target}: rsync is not installed there (rsync: not found)",
        )
        (tmp_path / "flock").unlink()
        assert deployment.deploy("--published", "none").err == (
            f"{deployment.target}: flock is not installed there (Debian: util-linux) (flock: not found)",
        )
        (tmp_path / "sh").unlink()
        assert deployment.deploy("--published", "none").err == ("sh: not found; install it to deploy",)
    assert list(deployment.target.iterdir()) == []


@pytest.fixture
def disk(as_root, address):  # noqa: ARG001 - only root mounts
    """A disk of two megabytes."""
    place = address[1].with_name("disk")
    place.mkdir()
    run_command(place.parent, "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place)
    yield place
    run_command(place.parent, "umount", place)


@pytest.mark.long
def test_a_full_disk_or_one_that_is_read_only_changes_nothing(deployment, disk):
    deployment.target.symlink_to(disk)
    deployment.deploy_first()
    site, generation = hash_files(disk / "site"), deployment.current
    with (disk / "store" / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    done = deployment.deploy(today=NEW_DAY)
    assert (done.code, len(done.err)) == (75, 1)
    assert "the disk is full; free some space there" in done.err[0]
    assert (hash_files(disk / "site"), deployment.current) == (site, generation)
    (disk / "store" / "filler").unlink()
    run_command(disk, "mount", "-o", "remount,ro", disk)
    done = deployment.deploy(today=NEW_DAY)
    assert (done.code, len(done.err)) == (2, 1)
    assert "the file system is mounted read-only" in done.err[0]
    run_command(disk, "mount", "-o", "remount,rw", disk)
    assert deployment.deploy(today=NEW_DAY).code == 0
    deployment.target.unlink()


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("step", ["install", "switch_to", "mark_passed"])
def test_a_connection_that_breaks_leaves_a_whole_generation(over_ssh, monkeypatch, step):
    over_ssh.deploy_first()
    call = TargetSession.call
    before, generation = hash_files(over_ssh.target / "site"), over_ssh.current

    def break_connection(session, function, *values):
        if function == step:
            session._process.kill()
            session._process.wait()
        return call(session, function, *values)

    with monkeypatch.context() as patch:
        patch.setattr(TargetSession, "call", break_connection)
        done = over_ssh.deploy(today=NEW_DAY)
    assert (done.code, len(done.err)) == (75, 1)
    assert done.err[0] == f"{over_ssh.name}: the connection broke; try again later"
    after, is_new = hash_files(over_ssh.target / "site"), over_ssh.current != generation
    assert is_new == (step == "mark_passed")
    done = over_ssh.deploy(today=NEW_DAY)
    assert (done.code, done.err) == (0, ())
    new = hash_files(over_ssh.target / "site")
    assert new == hash_files(over_ssh.out / "site")
    assert after == (new if is_new else before)
    assert "generation 1 instead of generation 2" in over_ssh.deploy("--rollback").out
