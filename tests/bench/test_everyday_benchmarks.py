"""What an editor and CI wait for every day."""

from __future__ import annotations

import pytest

from bench import everyday_benchmarks, fresh_clone, history, saved_preview
from bench.timing import CannotRunError, Command, run

MAKEFILE = (
    "site:\n\tmkdir .venv out; printf 12345 > .venv/installed; echo site > out/page; ln -s x .venv/link\n"
)


@pytest.fixture
def policy(tmp_path):
    history.create_repository(tmp_path / "policy", 2, shape=history.HistoryShape(sections=2))
    return tmp_path / "policy"


def _fresh_clone(monkeypatch, tmp_path, makefile):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "Makefile").write_text(makefile)
    git = ["git", "-C", str(tmp_path / "project"), "-c", "user.name=a", "-c", "user.email=a@example.no"]
    for words in (["init", "-q"], ["add", "Makefile"], ["commit", "-qm", "Makefile"]):
        run([*git, *words])
    monkeypatch.setattr(fresh_clone, "PROJECT", tmp_path / "project")
    return fresh_clone.measure_fresh_clone(tmp_path / "clone")


def test_what_a_fresh_clone_installs_is_counted_without_its_own_files_and_the_site(monkeypatch, tmp_path):
    installed, seconds = _fresh_clone(monkeypatch, tmp_path, MAKEFILE)
    assert installed[0].value == 5 / 1e6
    assert seconds[0].value > 0


def test_a_fresh_clone_that_cannot_install_says_why(monkeypatch, tmp_path):
    with pytest.raises(CannotRunError, match="make"):
        _fresh_clone(monkeypatch, tmp_path, "site:\n\t@echo no index >&2; exit 1\n")


def test_the_bytes_of_a_site_include_those_behind_links(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "page").write_text("1234")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "version").symlink_to(tmp_path / "store")
    assert fresh_clone.measure_bytes(tmp_path / "site", follow_links=True) == 4
    assert fresh_clone.measure_bytes(tmp_path / "site") == 0


def test_a_saved_section_is_waited_for_until_the_preview_shows_it(policy, monkeypatch):
    monkeypatch.setattr(saved_preview, "ROUNDS", 1)
    before = {path: path.read_bytes() for path in policy.glob("content/*/*")}
    (rounds,) = saved_preview.compare_with_build(policy, Command(("true",)))
    assert len(rounds) == 1
    assert {path: path.read_bytes() for path in policy.glob("content/*/*")} == before


def test_a_preview_that_does_not_start_says_why(policy, monkeypatch, tmp_path):
    monkeypatch.setattr(saved_preview, "PROJECT", tmp_path)
    with pytest.raises(CannotRunError, match=r"the preview did not start: .*build\.py"):
        saved_preview.compare_with_build(policy, Command(("true",)))


def test_before_diff_and_note_one_paragraph_is_new_and_no_note_is_left(policy):
    (policy / "content" / "changes").mkdir(exist_ok=True)
    for _ in range(2):
        (policy / "content" / "changes" / "2026-01-05-note.yaml").write_text("level: minor\n")
        run(everyday_benchmarks._edit_command(policy))
        changed = run(["git", "-C", str(policy), "status", "--short"]).splitlines()
        diff = run(["git", "-C", str(policy), "diff", "--shortstat"])
        assert len(changed) == 1
        assert changed[0].startswith(" M content/nb/")
        assert "2 insertions(+)" in diff
        assert "deletion" not in diff


def test_a_command_is_compared_with_the_modules_that_it_imports_itself(monkeypatch, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import sys, colorsys\nprint('done')\nsys.exit(3)\n")
    compared = []
    monkeypatch.setattr(
        everyday_benchmarks, "measure_ratios", lambda _, others, __: compared.extend(others) or []
    )
    everyday_benchmarks._compare_with_imports(Command((everyday_benchmarks.sys.executable, str(program))))
    (peer,) = compared
    names = peer.line[-1].partition("for name in '")[2].partition("'")[0].split()
    assert "colorsys" in names
    assert not {"sys", "runpy", "__main__"} & set(names)
    run(peer.line)
