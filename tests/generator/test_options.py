"""What each option of `build` does (docs/reference/commands.md); a wrong one is one line and exit code 2."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.helpers.cli import BuildCommand, create_history, hash_files, read_versions, report_heavy_imports
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build
from tests.helpers.published_site import PublishedSite

command = BuildCommand()


def test_the_day_decides_what_is_in_force_and_nothing_else(sample_history, sample_out, tmp_path):
    days = {"2026-01-04": None, "2026-02-19": "1.0", "2026-06-30": "2.3", "2026-07-01": "3.0"}
    out = tmp_path / "out"
    for day, number in days.items():
        build(sample_history, out, today=day)
        found = read_versions(out)
        assert found["in_force"] == number
        assert found["versions"] == read_versions(sample_out)["versions"]
        shown = number or "1.0"
        assert f'data-version="{shown}"' in (out / "site" / "index.html").read_text()
        assert all(version > shown for version in found["upcoming"] if version != "1.0")


def test_the_site_can_have_another_address(sample_history, sample_out, tmp_path):
    out = tmp_path / "out"
    build(sample_history, out, base_url="http://127.0.0.1:8000/")
    PublishedSite(out).assert_consistent()
    assert read_versions(out)["base_url"] == "http://127.0.0.1:8000/"
    for path in hash_files(out / "site"):
        assert "example.no/personvern" not in (out / "site" / path).read_text(), path
    before = (sample_out / "site" / "versjon" / "1.0" / "policy.txt").read_bytes()
    assert (out / "site" / "versjon" / "1.0" / "policy.txt").read_bytes() == before


def test_a_draft_without_edits_is_the_published_site(sample_history, sample_out, tmp_path):
    build(sample_history, tmp_path / "out", draft=True)
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_draft_is_one_more_version_and_is_gone_after_the_next_build(sample_history, sample_out, tmp_path):
    source, out = shutil.copytree(sample_history, tmp_path / "source"), tmp_path / "out"
    create_history(source, "section nb/06-ny Ny Utkast; section en/06-ny New Draft; note ny major 2026-09-01")
    build(source, out, draft=True)
    *published, draft = read_versions(out)["versions"]
    assert (draft["version"], draft["commit"], draft["level"]) == ("4.0", None, "major")
    assert (draft["published"], draft["effective"]) == ("2026-06-01", "2026-09-01")
    assert draft["sections"]["added"] == ["ny"]
    before = [row["entry"] for row in read_versions(sample_out)["versions"]]
    assert [row["entry"] for row in published] == before
    assert "Utkast, ikke publisert" in (out / "site" / "versjon" / "4.0" / "index.html").read_text()
    PublishedSite(out).assert_consistent()
    build(source, out)
    assert hash_files(out / "site") == hash_files(sample_out / "site")


def test_without_a_command_it_builds(sample_history, sample_out, tmp_path):
    assert command("--source", sample_history, "--out", tmp_path / "out", "--today", "2026-06-01").code == 0
    assert hash_files(tmp_path / "out" / "site") == hash_files(sample_out / "site")


def test_a_build_prints_one_line_per_step_and_the_path_of_the_result(sample_history, tmp_path):
    result = command.build(sample_history, tmp_path / "out")
    assert [line.split()[0] for line in result.out.splitlines()] == ["history", "versions", "pages", "site"]
    assert result.out.splitlines()[-1].endswith("out/site/index.html")
    assert result.err == ()


WRONG = [
    ["--today", "2026-13-01"], ["--today", "i dag"], ["--jobs", "0"], ["--no-such"], ["--out"], ["surplus"],
    ["--base-url", "example.no"], ["--base-url", "https://example.no"],
    ["--base-url", "javascript:alert(1)//"], ["--base-url", "https://example.no/?x/"],
    ["--base-url", 'https://a.no/"><script>/'],
]  # fmt: skip


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("options", WRONG, ids=" ".join)
def test_a_wrong_option_is_one_line(options, sample_history, tmp_path):
    result = command("build", "--source", sample_history, "--out", tmp_path / "out", *options)
    assert (result.code, len(result.err)) == (2, 1), result.err
    assert "index.html" not in result.out
    assert not (tmp_path / "out").exists()


def test_an_unknown_command_is_one_line():
    result = command("bulid")
    assert (result.code, len(result.err)) == (2, 1), result.err


def test_help_imports_nothing_heavy(tmp_path):
    watched = report_heavy_imports(tmp_path / "watch")
    for options in (["--help"], ["build", "--help"], ["build", "--no-such"]):
        assert command(*options, PYTHONPATH=watched).err[-1] == "[]"


def test_without_any_package_one_line_says_what_to_run():
    # Without `site`, Python finds no package that is installed.
    done = subprocess.run(
        [sys.executable, "-S", REPOSITORY / "build.py", "check"], capture_output=True, text=True, check=False
    )
    expected = (
        f"the package click is missing; run: make -C {REPOSITORY} setup-site; "
        f"then use {REPOSITORY}/.venv/bin/python\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)
