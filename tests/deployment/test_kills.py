"""Whatever is killed, whenever: the target serves one whole generation, and the next deployment succeeds."""

from __future__ import annotations

import os
import shutil
import signal

import pytest

from deployment.session import TargetSession
from tests.helpers.cli import create_history, hash_files
from tests.helpers.programs import require_program

# Every call that a deployment of a third generation makes, in order, if two are kept.
STEPS = [
    *("enter", "describe", "require_programs", "take_lock", "remove_leftovers", "describe", "read_log"),
    *("prepare", "install", "carry", "carry", "carry", "switch_to"),
    *("mark_passed", "describe", "remove_generations"),
]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A short history, and the same with one version more."""
    folder = tmp_path_factory.mktemp("histories")
    text = "words nb/01-kontakt 'Ring {0}.'\nwords en/01-kontakt 'Call {0}.'\nnote ring-{0} minor\n"
    text += "commit 2026-02-0{0}"
    old = create_history(folder / "old", "start 2026-01-05\n" + text.format(1))
    new = create_history(shutil.copytree(old, folder / "new"), text.format(2))
    return old, new


@pytest.fixture
def two_generations(deployment, history):
    """A target with two generations, and a source with one version more."""
    deployment.source, new = history
    deployment.deploy_first()
    assert deployment.deploy("--keep", 2, today="2026-06-02").code == 0
    deployment.source = new
    return deployment


def deploy_and_die(deployment, step: int) -> list[str]:
    """Deploy in a process that dies just before its call of this number; return which calls it made."""
    calls, call = deployment.out.parent / "calls", TargetSession.call
    calls.write_text("")
    child = os.fork()
    if not child:
        try:
            made = []

            def die(session, function, *values):
                if len(made) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                made.append(function)
                calls.write_text(" ".join(made))
                return call(session, function, *values)

            TargetSession.call = die
            deployment.deploy("--keep", 2)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return calls.read_text().split()


def assert_whole(deployment, *allowed) -> None:
    """Check that the live site is one of those that are allowed, and that nothing of it is missing."""
    assert hash_files(deployment.target / "site") in allowed
    assert deployment.smoke("--no-compare").code == 0


def assert_next_deployment_succeeds(deployment) -> None:
    """Deploy again, and check that nothing of the killed deployment is left."""
    done = deployment.deploy("--keep", 2)
    assert (done.code, done.err) == (0, ())
    assert hash_files(deployment.target / "site") == hash_files(deployment.out / "site")
    assert list(deployment.target.rglob(".new-*")) == []
    assert len(deployment.list_generations()) == 2
    linked = {
        path.readlink().as_posix().partition("/store/")[2].partition("/")[0]
        for path in (deployment.target / "generations").rglob("*")
        if path.is_symlink()
    }
    assert {path.name for path in (deployment.target / "store").iterdir()} == linked


@pytest.mark.long
def test_a_deployment_is_killed_before_each_of_its_changes(two_generations):
    deployment = two_generations
    copy = deployment.target.with_name("before")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(deployment.target, copy, symlinks=True)
    before = hash_files(deployment.target / "site")
    assert deploy_and_die(deployment, len(STEPS)) == STEPS
    after = hash_files(deployment.target / "site")
    assert before != after
    for name in ("prepare", "install", "carry", "switch_to", "mark_passed", "remove_generations"):
        step = STEPS.index(name)
        shutil.rmtree(deployment.target)
        shutil.copytree(copy, deployment.target, symlinks=True)
        assert deploy_and_die(deployment, step) == STEPS[:step]
        assert_whole(deployment, after if step > STEPS.index("switch_to") else before)
        assert_next_deployment_succeeds(deployment)


_PARTIAL_RSYNC = """#!/bin/sh
# The copy of a generation or of the store ends half-way, with whoever started it or alone.
case "$*" in
  *--dry-run*) exec {rsync} "$@" ;;
  *{part}*) {rsync} --exclude={excluded} "$@"; {death} ;;
  *) exec {rsync} "$@" ;;
esac
"""


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("death", ["kill -9 $PPID", "kill -9 $$", "exit 12"])
@pytest.mark.parametrize(("part", "excluded"), [("/store/", "policy.txt"), ("/generation/", "*.json")])
def test_a_copy_is_killed_half_way(two_generations, monkeypatch, tmp_path, part, excluded, death):
    deployment = two_generations
    before = hash_files(deployment.target / "site")
    rsync = tmp_path / "rsync"
    program = require_program("rsync", "rsync")
    rsync.write_text(_PARTIAL_RSYNC.format(rsync=program, part=part, excluded=excluded, death=death))
    rsync.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        if "PPID" in death:
            assert deploy_and_die(deployment, len(STEPS))[-1] == "prepare"
        else:
            done = deployment.deploy()
            assert (done.code, len(done.err)) == (75, 1)
            assert "rsync ended with code" in done.err[0] or "the connection broke" in done.err[0]
    assert_whole(deployment, before)
    assert_next_deployment_succeeds(deployment)


@pytest.mark.long
def test_who_is_interrupted_while_it_switches_back_leaves_a_live_generation(two_generations):
    deployment = two_generations
    log = deployment.target / "site" / "api" / "log.json"
    before, call = hash_files(deployment.target / "site"), TargetSession.call
    switched = []

    def break_connection(session, function, *values):
        if function == "switch_to" and switched:
            session._process.kill()
            session._process.wait()
        switched.extend([function] * (function == "switch_to"))
        return call(session, function, *values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TargetSession, "call", break_connection)
        done = deployment.deploy("--url", f"{deployment.url}nowhere/", "--published", log)
    assert done.code == 2
    assert done.err[-1].endswith("the smoke test failed and generation 3 is live; run deploy --rollback")
    assert_whole(deployment, hash_files(deployment.out / "site"))
    assert deployment.deploy("--rollback").code == 0
    assert_whole(deployment, before)
    assert_next_deployment_succeeds(deployment)


@pytest.mark.long
def test_a_generation_that_was_never_tested_is_tested_by_the_next_deployment(two_generations):
    deployment = two_generations
    log = deployment.target / "site" / "api" / "log.json"
    before = hash_files(deployment.target / "site")
    deploy_and_die(deployment, STEPS.index("mark_passed"))
    done = deployment.deploy("--url", f"{deployment.url}nowhere/", "--published", log)
    assert "generation 3 is live already" in done.out
    assert (done.code, done.err[-1]) == (
        2,
        f"{deployment.target}: switched back to generation 2, the smoke test failed",
    )
    assert_whole(deployment, before)
    assert_next_deployment_succeeds(deployment)
