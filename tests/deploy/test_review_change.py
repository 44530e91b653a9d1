"""What the workflow of a pull request runs, on a branch of a throw-away repository, and its comment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import TODAY
from tests.helpers.environment import REPOSITORY
from tests.helpers.github import GitHub
from tests.helpers.policy_repository import Checkout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A longer period, announced: two commits, as editors make them in a browser.
_BRANCH = """
branch lagring
sed -i s/P2Y/P3Y/ content/facts/retention.yaml
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
commit 2026-11-25 "Lagre lenger"
note lagring major 2026-12-30 "" "title: {nb: Vi lagrer lenger, en: We keep data longer}"
commit 2026-11-25 "Skriv notat"
"""
_BROKEN = """
branch feil
echo "::add-mask::x" >content/facts/retention.yaml
commit 2026-11-25 "Ødelegg"
"""


def _check_out_change(remote: Path, folder: Path, script: str) -> Checkout:
    """Return a checkout as CI has it: the branch merged into main, detached."""
    checkout = Checkout.clone(remote, folder, TODAY)
    checkout.commit(script)
    branch = checkout.run("git", "branch", "--show-current").stdout.strip()
    for command in (
        ("git", "push", "--quiet", "origin", branch),
        ("git", "checkout", "--quiet", "--detach", "origin/main"),
        ("git", "merge", "--quiet", "--no-ff", "--message", "Flett", branch),
    ):
        done = checkout.run(*command)
        assert done.returncode == 0, done.stderr
    return checkout


@pytest.fixture(scope="module")
def reviewed(remote, tmp_path_factory) -> Checkout:
    folder = tmp_path_factory.mktemp("review") / "checkout"
    checkout = _check_out_change(remote, folder, _BRANCH)
    done = checkout.run("deploy/review-change", "origin/main", "review", KLARTEKST_LANG="nb")
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert "::error" not in done.stdout
    return checkout


def test_the_description_is_the_one_in_the_file(reviewed):
    expected = REPOSITORY / "tests" / "deploy" / "review.nb.md"
    assert (reviewed.folder / "review" / "review.md").read_text("utf-8") == expected.read_text("utf-8")


def test_the_preview_has_the_site_and_the_letters_without_links(reviewed):
    preview = reviewed.folder / "review" / "preview"
    assert "trykkeriet" in (preview / "site" / "versjon" / "2.0" / "index.html").read_text("utf-8")
    assert "trykkeriet" in (preview / "letters" / "2.0" / "nb.eml").read_text("utf-8")
    assert not [path for path in preview.rglob("*") if path.is_symlink()]


@pytest.mark.long
def test_content_that_cannot_be_read_is_described_too(remote, tmp_path):
    checkout = _check_out_change(remote, tmp_path / "checkout", _BROKEN)
    done = checkout.run("deploy/review-change", "origin/main", tmp_path / "review")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=content/facts/retention.yaml,line=1,")
    assert not (tmp_path / "review" / "preview").exists()
    described = (tmp_path / "review" / "review.md").read_text("utf-8")
    assert described.startswith("## The content cannot be read\n")
    assert "\\- **error**" not in described
    assert "- **error** content/facts/retention.yaml:1:1:" in described


def test_a_wrong_base_is_one_line(remote, tmp_path):
    checkout = Checkout.clone(remote, tmp_path / "checkout", TODAY)
    done = checkout.run("deploy/review-change", "origin/nothing", "review")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("'origin/nothing' is not a commit; see git log --oneline")


def _post(github: GitHub, checkout: Checkout, file: object, **env: str) -> tuple[int, str]:
    """Run the script as the job does; return its exit code and what it printed."""
    variables = {**github.environment, "GITHUB_TOKEN": "token", "PULL_REQUEST": "7", **env}
    script = REPOSITORY / "deploy" / "comment_on_pull_request.py"
    done = checkout.run(sys.executable, "-I", script, file, **variables)
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub().serve() as github:
        yield github


def test_one_comment_is_kept_up_to_date_between_those_of_others(reviewed, github, tmp_path):
    for number in range(120):
        github.add("reviewer", f"comment {number}")
    review = reviewed.folder / "review" / "review.md"
    assert _post(github, reviewed, review) == (0, "comment posted")
    assert _post(github, reviewed, review) == (0, "comment unchanged")
    assert github.comments[-1]["body"].endswith(review.read_text("utf-8"))
    (tmp_path / "later.md").write_text("Nothing changes.\n")
    assert _post(github, reviewed, tmp_path / "later.md") == (0, "comment updated")
    assert [method for method, _ in github.writes] == ["POST", "PATCH"]
    assert github.comments[-1]["body"] == "<!-- klartekst-review -->\nNothing changes.\n"
    assert len(github.comments) == 121


def test_a_comment_that_only_looks_like_ours_is_left_alone(reviewed, github):
    copy = github.add("stranger", "<!-- klartekst-review -->\nAll is well.")
    review = reviewed.folder / "review" / "review.md"
    assert _post(github, reviewed, review) == (0, "comment posted")
    assert copy["body"].endswith("All is well.")


@pytest.mark.parametrize(
    ("env", "code", "words"),
    [
        ({"GITHUB_TOKEN": "wrong"}, 2, "GitHub answers with 403"),
        ({"GITHUB_API_URL": "http://127.0.0.1:9"}, 75, "GitHub does not answer"),
    ],
)
def test_a_comment_that_cannot_be_posted_is_one_line(reviewed, github, env, code, words):
    found = _post(github, reviewed, reviewed.folder / "review" / "review.md", **env)
    assert found[0] == code
    assert found[1].startswith(words)
    assert "\n" not in found[1]


def test_a_missing_file_or_variable_is_one_line(reviewed, github, tmp_path):
    assert _post(github, reviewed, tmp_path / "none.md") == (
        2, f"{tmp_path / 'none.md'}: No such file or directory",
    )  # fmt: skip
    done = reviewed.run(
        sys.executable, REPOSITORY / "deploy" / "comment_on_pull_request.py", "review/review.md"
    )
    assert (done.returncode, done.stderr) == (2, "the environment variable GITHUB_API_URL is missing\n")
