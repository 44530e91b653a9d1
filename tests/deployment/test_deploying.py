"""What `deploy` does to a target: all or nothing, and never more than it says."""

from __future__ import annotations

import fcntl
import json
import shutil

import pytest

from deployment.web_client import fetch
from tests.helpers.cli import create_history, hash_files, run_build_py

NEW_DAY = "2026-07-02"  # on which another version is in force, and with it other pages


def snapshot(folder):
    """Return the inode, time and size of everything below a folder, and the targets of links."""
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        target = str(path.readlink()) if path.is_symlink() else ""
        found[str(path)] = (status.st_ino, status.st_mtime_ns, status.st_size, status.st_nlink, target)
    return found


def test_a_first_publication_must_be_called_one(deployment):
    done = deployment.deploy()
    assert (done.code, len(done.err)) == (2, 1)
    assert "--published none" in done.err[0]
    assert not deployment.target.exists()


def test_the_target_has_the_layout_of_out_and_what_was_built(deployment):
    deployment.deploy_first()
    assert {path.name for path in deployment.target.iterdir()} == {
        ".lock", "current", "generations", "letters", "site", "store"
    }  # fmt: skip
    assert hash_files(deployment.target / "site") == hash_files(deployment.out / "site")
    assert hash_files(deployment.target / "letters") == hash_files(deployment.out / "letters")
    assert not list(deployment.target.rglob(".authentication"))
    for path in deployment.target.rglob("*"):
        assert path.is_symlink() or path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)
    assert fetch(deployment.url).body == (deployment.out / "site" / "index.html").read_bytes()


def test_deploying_what_is_live_changes_nothing_and_says_so(deployment):
    deployment.deploy_first()
    before = snapshot(deployment.target)
    done = deployment.deploy()
    assert (done.code, done.err) == (0, ())
    assert "generation 1 is live already" in done.out
    assert snapshot(deployment.target) == before
    assert deployment.deploy("--published", "none").err == (
        f"--published none: {deployment.target} has a site; leave the option out",
    )


@pytest.mark.long
def test_a_new_generation_keeps_what_has_not_changed(deployment):
    deployment.deploy_first()
    first = snapshot(deployment.target / "generations" / deployment.current / "site")
    assert deployment.deploy(today=NEW_DAY).code == 0
    after = snapshot(deployment.target / "generations" / deployment.current / "site")
    same = {path.rpartition("/site/")[2]: values for path, values in first.items()}
    kept = {
        path.rpartition("/site/")[2]
        for path, values in after.items()
        if values in map(_add_link, same.values())
    }
    assert {"notice.js", "api/log.json"} <= kept
    assert not {"index.html", "api/versions.json"} & kept
    assert len(deployment.list_generations()) == 2


def _add_link(values):
    inode, time, size, links, target = values
    return inode, time, size, links + 1, target


@pytest.mark.long
def test_a_dry_run_writes_nothing_to_the_target(deployment):
    done = deployment.deploy("--published", "none", "--dry-run")
    assert done.code == 0
    assert "generation 1 would replace nothing" in done.out
    assert not deployment.target.exists()
    deployment.deploy_first()
    before = snapshot(deployment.target)
    done = deployment.deploy("--dry-run", today=NEW_DAY)
    assert "generation 2 would replace generation 1" in done.out
    assert "generation 1 is live already" in deployment.deploy("--dry-run").out
    assert snapshot(deployment.target) == before


@pytest.mark.long
def test_rollback_goes_back_one_generation_at_a_time(deployment):
    deployment.deploy_first()
    for day in ("2026-06-02", NEW_DAY):
        assert deployment.deploy(today=day).code == 0
    site = hash_files(deployment.target / "site")
    assert "generation 2 would replace generation 3" in deployment.deploy("--rollback", "--dry-run").out
    assert "generation 2 instead of generation 3" in deployment.deploy("--rollback").out
    assert hash_files(deployment.target / "site") != site
    done = deployment.deploy("--rollback", "--url", f"{deployment.url}nowhere/")
    assert "generation 1 instead of generation 2" in done.out
    assert (done.code, done.err[-1]) == (
        2,
        f"{deployment.target}: generation 1 is live, and its smoke test failed",
    )
    done = deployment.deploy("--rollback")
    assert (done.code, done.err) == (2, (f"{deployment.target}: has no generation to roll back to",))
    # What is deployed next is a new generation, although its content was deployed before.
    assert "generation 4" in deployment.deploy(today=NEW_DAY).out
    assert hash_files(deployment.target / "site") == site


def test_a_failed_smoke_test_switches_back(deployment):
    deployment.deploy_first()
    live, generation = hash_files(deployment.target / "site"), deployment.current
    log = deployment.target / "site" / "api" / "log.json"
    done = deployment.deploy("--url", f"{deployment.url}nowhere/", "--published", log, today=NEW_DAY)
    assert done.code == 2
    assert done.err[-1] == f"{deployment.target}: switched back to generation 1, the smoke test failed"
    assert (hash_files(deployment.target / "site"), deployment.current) == (live, generation)
    assert deployment.list_generations() == [generation]
    done = deployment.deploy("--url", "http://127.0.0.1:9/", "--published", log, today=NEW_DAY)
    assert done.code == 75
    assert (hash_files(deployment.target / "site"), deployment.current) == (live, generation)


def test_a_failed_first_publication_stays_and_may_be_repeated_as_the_first(deployment):
    nowhere = f"{deployment.url}nowhere/"
    done = deployment.deploy("--published", "none", "--url", nowhere)
    assert done.code == 2
    assert done.err[-1].endswith("generation 1 stays, there is nothing to switch back to")
    done = deployment.deploy("--published", "none")
    assert (done.code, done.err) == (0, ())
    assert "generation 1 is live already" in done.out
    assert deployment.deploy("--published", "none").code == 2


@pytest.mark.parametrize("content", ["index.html", "site", "generations", "out"])
def test_a_folder_with_other_things_in_it_is_refused(deployment, tmp_path, content):
    target = tmp_path / "other"
    target.mkdir()
    if content == "index.html":
        (target / content).write_text("mine")
    elif content == "site":
        (target / content).mkdir()
    elif content == "generations":
        (target / content).symlink_to(tmp_path)
    else:
        deployment.target = target = deployment.out
        deployment.out = tmp_path / "elsewhere"
        shutil.copytree(deployment.source, target / "source")
    before, deployment.target = snapshot(target), target
    done = deployment.deploy("--published", "none")
    assert (done.code, len(done.err)) == (2, 1)
    assert str(target) in done.err[0]
    assert snapshot(target) == before


def test_a_target_that_is_no_folder_or_holds_the_build_is_refused(deployment, tmp_path):
    deployment.target = tmp_path / "file"
    deployment.target.touch()
    assert deployment.deploy("--published", "none").err == (
        f"{deployment.target}: it, or a part of its path, is not a folder (Not a directory)",
    )
    deployment.target = deployment.out / "site"
    assert "deploy to a folder outside of it" in deployment.deploy("--published", "none").err[0]


@pytest.mark.long
def test_altered_files_on_the_target_are_replaced(deployment):
    deployment.deploy_first()
    site = deployment.target / "site"
    for path in ("index.html", "versjon/1.0/index.html"):
        (site / path).resolve().write_text("altered")
    (site / "planted.html").write_text("planted")
    done = deployment.deploy()
    assert (done.code, done.err) == (0, ())
    assert hash_files(site) == hash_files(deployment.out / "site")


@pytest.mark.long
def test_only_so_many_generations_stay_and_no_folder_that_none_of_them_links(own_history):
    deployment = own_history
    deployment.deploy_first()
    for day in range(1, 5):
        text = f"words nb/01-kontakt 'Ring {day}.'\nwords en/01-kontakt 'Call {day}.'\nnote ring-{day} minor"
        create_history(deployment.source, f"{text}\ncommit 2026-03-0{day}")
        assert deployment.deploy("--keep", 2, today=f"2026-06-0{day}").code == 0
    assert len(deployment.list_generations()) == 2
    linked = set()
    for path in (deployment.target / "generations").rglob("*"):
        if path.is_symlink():
            linked.add(path.readlink().as_posix().partition("/store/")[2].partition("/")[0])
            assert path.exists()
    assert {path.name for path in (deployment.target / "store").iterdir()} == linked


@pytest.mark.long
def test_assets_of_kept_generations_stay_for_readers_of_older_pages(deployment, tmp_path):
    deployment.deploy_first()
    (old,) = (deployment.target / "site" / "assets").glob("style.*.css")
    own = tmp_path / "own"
    (own / "styles").mkdir(parents=True)
    (own / "styles" / "99-print.css").write_text("p { color: red; }\n")
    assert deployment.deploy("--templates", own).code == 0
    (new,) = {*(deployment.target / "site" / "assets").glob("style.*.css")} - {old}
    assert (deployment.target / "site" / "assets" / old.name).exists()
    assert deployment.deploy("--rollback").code == 0
    assert {path.name for path in (deployment.target / "site" / "assets").glob("style.*")} == {
        old.name,
        new.name,
    }
    # What the target adds is no difference to what is built.
    assert "generation 1 is live already" in deployment.deploy().out


def test_history_that_the_target_or_the_live_site_has_may_not_be_rewritten(own_history, tmp_path):
    deployment = own_history
    deployment.deploy_first()
    create_history(
        deployment.source, "git commit --quiet --amend --date 2026-02-03T12:00:00 --no-edit --allow-empty"
    )
    create_history(
        deployment.source, "git checkout -q HEAD~1 && words nb/01-kontakt Skriv. && commit 2026-02-04"
    )
    before = snapshot(deployment.target)
    done = deployment.deploy()
    assert (done.code, len(done.err)) == (2, 1)
    assert "has been published" in done.err[0]
    # A copy of an older log hides nothing from the target's own.
    log = json.loads((deployment.target / "site/api/log.json").read_bytes())
    (tmp_path / "old.json").write_text(json.dumps({**log, "entries": log["entries"][:1]}))
    done = deployment.deploy("--published", tmp_path / "old.json")
    assert (done.code, len(done.err)) == (2, 1)
    assert "has been published" in done.err[0]
    assert snapshot(deployment.target) == before


@pytest.mark.long
def test_a_version_that_is_announced_too_late_is_refused(own_history):
    deployment = own_history
    deployment.deploy_first()
    create_history(
        deployment.source,
        "words nb/01-kontakt 'Ring nå.'\nwords en/01-kontakt 'Call now.'\n"
        "note naa major 2026-07-15\ncommit 2026-06-02",
    )
    generation = deployment.current
    done = deployment.deploy(today="2026-07-10")
    assert (done.code, len(done.err)) == (2, 1)
    assert "first published 5 days before it takes effect" in done.err[0]
    assert deployment.current == generation
    assert deployment.deploy(today="2026-06-02").code == 0
    assert deployment.deploy(today="2026-07-10").code == 0


@pytest.mark.long
@pytest.mark.parametrize("content", [None, "not JSON"])
def test_a_generation_without_its_record_is_replaced(deployment, content):
    deployment.deploy_first()
    record = deployment.target / "generations" / deployment.current / "deployment.json"
    if content is None:
        record.unlink()
    else:
        record.write_text(content)
    damaged = deployment.current
    done = deployment.deploy()
    assert (done.code, done.err) == (0, ())
    assert f"removed   generation {damaged}" in done.out
    assert hash_files(deployment.target / "site") == hash_files(deployment.out / "site")
    assert "is live already" in deployment.deploy().out


def test_only_one_deployment_at_a_time(deployment):
    deployment.deploy_first()
    with (deployment.target / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = deployment.deploy()
        assert (done.code, done.err) == (
            75,
            (f"{deployment.target}: another deployment is running; try again later",),
        )
        assert deployment.deploy("--dry-run").code == 0
    assert deployment.deploy().code == 0


@pytest.mark.long
def test_generations_with_words_that_are_removed_now_go_after_the_smoke_test(own_history):
    deployment = own_history
    for day, number, words in [(1, "kari", "Ring Kari Nordmann."), (2, "oss", "Ring oss.")]:
        text = f"words nb/01-kontakt '{words}'\nwords en/01-kontakt '{words}'\nnote {number} minor"
        create_history(deployment.source, f"{text}\ncommit 2026-03-0{day}")
        assert deployment.deploy(*(("--published", "none") if day == 1 else ())).code == 0
    redact = [
        "redact",
        "kontakt",
        "--reason",
        "Lekket.",
        "--source",
        deployment.source,
        "--today",
        "2026-03-03",
    ]
    assert run_build_py(*redact, stdin="Kari Nordmann").returncode == 0
    create_history(deployment.source, "commit 2026-03-03")
    log = deployment.target / "site" / "api" / "log.json"
    failed = deployment.deploy("--url", f"{deployment.url}nowhere/", "--published", log)
    assert failed.code == 2
    assert _find_files_with(deployment.target, b"Kari")
    done = deployment.deploy()
    assert (done.code, done.err) == (0, ())
    assert "removed   generation 1, generation 2" in done.out
    assert _find_files_with(deployment.target, b"Kari") == []


def _find_files_with(folder, words):
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]
