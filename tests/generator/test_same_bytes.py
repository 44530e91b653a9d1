"""The same input gives the same bytes; one more commit changes nothing that was published."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from common.errors import InputError, TryLaterError
from tests.conftest import SAMPLE_HISTORY
from tests.helpers.cli import TODAY, BuildCommand, create_history, hash_files, read_versions, run_command
from tests.helpers.environment import neutral_environment
from tests.helpers.in_process import build
from tests.helpers.static_server import serve_static

front_door = BuildCommand()


def modes(folder):
    """Return the mode of every file and folder by its path, links followed."""
    paths = {
        Path(parent, name) for parent, _, names in os.walk(folder, followlinks=True) for name in (".", *names)
    }
    return {path.relative_to(folder).as_posix(): oct(path.stat().st_mode) for path in paths}


@pytest.fixture(scope="module")
def long(sample_history, tmp_path_factory):
    """A history long enough to be written by several processes."""
    source = shutil.copytree(sample_history, tmp_path_factory.mktemp("long") / "source")
    return create_history(
        source, "for n in 1 2 3 4 5; do words nb/01-kontakt Ord$n; commit 2026-05-0$n; done"
    )


@pytest.fixture(scope="module")
def plain(long, tmp_path_factory):
    out = tmp_path_factory.mktemp("plain") / "out"
    build(long, out, jobs=2)
    return out / "site"


ELSEWHERE = {
    "clock-and-letters": {"TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    "home-and-columns": {"TZ": "America/Adak", "HOME": "/nowhere", "PYTHONHASHSEED": "2", "COLUMNS": "20",
                         "USER": "nobody", "LANGUAGE": "tr", "PYTHONUTF8": "0", "SOURCE_DATE_EPOCH": "1"},
}  # fmt: skip


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("where", "umask", "options"),
    [
        ("clock-and-letters", "077", ["--jobs", "1"]),
        ("home-and-columns", "0", ["--jobs", "3", "--no-cache"]),
    ],
)
def test_two_builds_elsewhere_are_equal(where, umask, options, long, plain, tmp_path):
    run_command(tmp_path, "git", "clone", "--quiet", long, "en annen sti")
    line = front_door.arguments("--source", ".", "--out", "../ut", "--today", TODAY, *options)
    subprocess.run(
        ["bash", "-c", f'umask {umask}; exec "$@"', "bash", *line],
        cwd=tmp_path / "en annen sti", check=True, capture_output=True,
        env=neutral_environment(**ELSEWHERE[where]),
    )  # fmt: skip
    assert hash_files(tmp_path / "ut" / "site") == hash_files(plain)
    assert modes(tmp_path / "ut" / "site") == modes(plain)


def test_a_commit_more_gives_what_a_clean_build_gives_and_changes_no_older_version(
    sample_history, sample_out, tmp_path
):
    before: dict[str, str] = {}
    for step in range(5, -1, -1):
        ref = f"main~{step}"
        build(sample_history, tmp_path / "out", ref=ref)
        now = hash_files(tmp_path / "out" / "site")
        if step == 2:
            build(sample_history, tmp_path / "clean", ref=ref)
            assert now == hash_files(tmp_path / "clean" / "site")
        # What is around the text of a version tells of the versions after it (docs/reference/output.md).
        assert {path: now[path] for path in before} == before
        before = {path: digest for path, digest in now.items() if path.endswith("/policy.txt")}
        assert len(before) >= 2 * (6 - step)
    assert now == hash_files(sample_out / "site")


def test_building_again_writes_nothing(sample_history, sample_out, tmp_path):
    out = shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    build(sample_history, out)  # the copies have inodes of their own, which the state records
    before = {path: (out / path).stat().st_mtime_ns for path in hash_files(out)}
    result = build(sample_history, out)
    assert (result.written_version_count, result.kept_version_count, result.has_changed) == (0, 6, False)
    after = {path: (out / path).stat().st_mtime_ns for path in hash_files(out)}
    assert {path for path in before if before[path] != after[path]} <= {".lock"}


def test_an_edited_note_changes_the_page_of_its_change_and_no_text_of_a_version(
    sample_history, sample_out, tmp_path
):
    source = shutil.copytree(sample_history, tmp_path / "source")
    create_history(source, 'note trykkeri major 2026-02-20 "Bedre sagt"; commit 2026-05-01')
    out = shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    build(source, out)
    old, new = hash_files(sample_out / "site"), hash_files(out / "site")
    changed = {path for path in old if old[path] != new.get(path)}
    assert {path for path in changed if path.startswith("versjon/")} == {"versjon/2.0/endringer/index.html"}
    assert read_versions(out)["versions"][-1] == read_versions(sample_out)["versions"][-1]


def test_an_appended_history_is_accepted_over_the_published_one(sample_history, sample_out, tmp_path):
    source = shutil.copytree(sample_history, tmp_path / "source")
    create_history(
        source,
        "words nb/01-kontakt Mer; commit 2026-05-01; rm content/changes/trykkeri.yaml; commit 2026-05-02",
    )
    result = build(source, tmp_path / "out", published=str(sample_out / "site"))
    assert list(result.history.warnings) == []


MOVED, CALLED = SAMPLE_HISTORY.rindex("for code in"), SAMPLE_HISTORY.index("words nb/01-kontakt")
PAST = {
    "changed": (SAMPLE_HISTORY.replace("Mer er det ikke.", "Mer er det."), "2.0", "languages"),
    "another-day": (SAMPLE_HISTORY.replace("commit 2026-03-03", "commit 2026-03-04"), "2.3", "day"),
    "another-level": (SAMPLE_HISTORY.replace("kontakt special", "kontakt major"), "3.0", "level"),
    "another-effect": (SAMPLE_HISTORY.replace("2026-07-01", "2026-07-02"), "3.0", "effective"),
    "reordered": (SAMPLE_HISTORY[:MOVED] + SAMPLE_HISTORY[CALLED:] + SAMPLE_HISTORY[MOVED:CALLED],
                  "2.3", "replaced"),
    "vanished": (SAMPLE_HISTORY[:CALLED], "3.0", "would disappear"),
}  # fmt: skip


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("how", PAST)
def test_a_past_that_changed_is_refused_and_the_version_named(how, sample_out, tmp_path):
    script, number, what = PAST[how]
    assert script != SAMPLE_HISTORY
    source = create_history(tmp_path / "source", script)
    out = shutil.copytree(sample_out, tmp_path / "out", symlinks=True)
    with pytest.raises(InputError) as refusal:
        build(source, out, published=str(sample_out / "site"))
    (line,) = refusal.value.lines
    assert f"version {number} " in line
    assert what in line
    assert hash_files(out) == hash_files(sample_out)


NONE = {
    b"": "not JSON",
    b"\xff": "not JSON",
    b"[" * 100_000: "not JSON",
    b"[]": "not a log.json",
    b'{"versions": []}': "not a log.json",
    b'{"schema": 2, "entries": {}}': "not a log.json",
    b'{"schema": 1, "entries": []}': "schema 1",
    b'{"schema": 99, "entries": [1]}': "schema 99",
    b'{"schema": 2, "entries": []}': "an empty log",
    b'{"schema": 2, "entries": [1]}': "entry 1 does not have its own hash",
    b'{"schema": 2, "entries": [{"hash": null}]}': "entry 1 does not have its own hash",
}


@pytest.mark.parametrize("text", NONE, ids=lambda text: ascii(text[:30]))
def test_a_published_file_with_other_content_is_refused_in_one_line(text, sample_history, tmp_path):
    published = tmp_path / "log.json"
    published.write_bytes(text)
    with pytest.raises(InputError) as refusal:
        build(sample_history, tmp_path / "out", published=str(published))
    (line,) = refusal.value.lines
    assert NONE[text] in line
    assert not os.path.lexists(tmp_path / "out")


def test_a_missing_published_file_is_refused_in_one_line(sample_history, tmp_path):
    for published in (tmp_path / "missing", tmp_path):
        result = front_door.build(sample_history, tmp_path / "out", "--published", published)
        assert (result.code, len(result.err)) == (2, 1)


def test_an_altered_copy_of_the_log_is_refused(sample_history, sample_out, tmp_path):
    log = json.loads((sample_out / "site" / "api" / "log.json").read_bytes())
    log["entries"][2]["level"] = "minor" if log["entries"][2].get("level") != "minor" else "major"
    (tmp_path / "log.json").write_text(json.dumps(log))
    with pytest.raises(InputError, match="entry 3 does not have its own hash"):
        build(sample_history, tmp_path / "out", published=str(tmp_path / "log.json"))


def test_a_first_publication_is_named_so(sample_history, sample_out, tmp_path):
    build(sample_history, tmp_path / "out", published="none")
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_the_published_log_may_be_read_from_the_address_of_a_site(sample_history, sample_out, tmp_path):
    with serve_static() as server:
        server.folder, address = sample_out / "site", f"{server.origin}/"
        build(sample_history, tmp_path / "out", published=address)
        build(sample_history, tmp_path / "out", published=f"{address}api/log.json")
        with pytest.raises(InputError, match="answers 404"):
            build(sample_history, tmp_path / "out", published=f"{address}missing/")
        server.serve_text("/api/log.json", "")
        with pytest.raises(InputError, match="not JSON"):
            build(sample_history, tmp_path / "out", published=address)
        with pytest.raises(InputError, match="user name is refused") as refusal:
            build(sample_history, tmp_path / "out", published=address.replace("//", "//a:secret@"))
        assert "secret" not in str(refusal.value)
    with pytest.raises(TryLaterError, match="no answer"):
        build(sample_history, tmp_path / "out", published=address)
