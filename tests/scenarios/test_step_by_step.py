"""Every history of this folder gives, folded commit by commit and kept between, what it gives at once."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from changelog.checkpoint import load_checkpoint, save_checkpoint
from changelog.history import read_revisions
from changelog.replay import build_version_log, replay_history
from common.errors import InputError
from generator.context import create_context
from generator.pages import since_page_producers
from tests.helpers.cli import create_history, run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.versions import VersionLog
    from generator.since_redlines import StoredRedlines

SCENARIOS = sorted(path.parent for path in Path(__file__).parent.glob("*/history.sh"))
TEMPLATES = Path(__file__).parents[2] / "templates"
MADE_WITH = "this software"


def step(source: Path, commit: str, file: Path) -> str:
    """Fold up to a commit, on from what the file holds, as a build does; give all that the log holds."""
    before, redlines = load_checkpoint(file, MADE_WITH)
    try:
        found = replay_history(lambda start: read_revisions(source, commit, start), before)
    except InputError as error:
        return str(error)
    text, redlines = sample_out(found.log, redlines)
    save_checkpoint(file, MADE_WITH, found, redlines)
    return text


def at_once(source: Path, commit: str) -> str:
    try:
        return sample_out(build_version_log(read_revisions(source, commit)), {})[0]
    except InputError as error:
        return str(error)


def sample_out(found: VersionLog, redlines: StoredRedlines) -> tuple[str, StoredRedlines]:
    """Give all that the log holds and the pages of all that changed since a version, and what is kept."""
    printed = create_context(found, date(2026, 11, 22), TEMPLATES, None, redlines)
    return "\n".join(
        [repr(found), *(file.text for make in since_page_producers(printed, 1) for file in make())]
    ), printed.redlines.stored


def line(source: Path) -> Iterator[str]:
    return iter(run_command(source, "git", "rev-list", "--first-parent", "--reverse", "HEAD").split())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_a_fold_that_was_kept_goes_on_to_what_the_whole_history_gives(scenario, tmp_path):
    source = create_history(tmp_path / "source", (scenario / "history.sh").read_text(encoding="utf-8"))
    commits = list(line(source))
    # And all that came since the first at once.
    step(source, commits[0], tmp_path / "leap")
    assert step(source, commits[-1], tmp_path / "leap") == at_once(source, commits[-1])
    # The last ones again: a branch that was set back, whose line holds nothing that is known.
    for commit in (*commits, *commits[:-1]):
        assert step(source, commit, tmp_path / "fold") == at_once(source, commit)


MENDED_BACK = """
start
words nb/02-deling "Vi deler navn."
words en/02-deling "We share names."
note deling major 2026-04-01 '"Vi sletter etter {{ retention.account.period }}"'
commit 2026-02-02
note deling major 2026-04-01 "Annet"
commit 2026-02-03
echo "- {id: account, what: {nb: Kontoen din, en: Your account}, period: P5Y}" | file facts/retention.yaml
note deling major 2026-04-01 '"Vi sletter etter {{ retention.account.period }}"'
commit 2026-02-04
"""


def test_a_wording_mended_and_mended_back_between_two_builds_is_said_anew(tmp_path):
    source = create_history(tmp_path / "source", MENDED_BACK)
    *_, before, _, last = line(source)
    step(source, before, tmp_path / "fold")
    assert step(source, last, tmp_path / "fold") == at_once(source, last)


def test_a_fold_that_goes_on_reads_no_commit_before_it(sample_history):
    first, second, *_ = line(sample_history)
    known = replay_history(lambda start: read_revisions(sample_history, first, start), None)
    starts: list[str] = []

    def history(start: str):
        starts.append(start)
        return read_revisions(sample_history, second, start)

    assert replay_history(history, known) is known
    assert starts == [first]
    assert [version.number for version in known.versions] == ["1.0", "2.0"]


def test_a_word_that_must_go_is_not_kept_either(sample_history, tmp_path):
    source, file = tmp_path / "source", tmp_path / "fold"
    shutil.copytree(sample_history, source)
    step(source, "HEAD", file)
    assert b"trykkeriet" in file.read_bytes()
    (source / "content" / "redactions.yaml").write_text(
        "- {version: '2.0', language: nb, section: deling, words: trykkeriet, reason: A., date: 2026-05-01}\n"
    )
    run_command(source, "git", "add", "-A")
    run_command(source, "git", "commit", "-qm", "Redact")
    step(source, "HEAD", file)
    assert not file.exists()
