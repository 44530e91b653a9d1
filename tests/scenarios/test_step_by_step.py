"""Every history gives the same replayed commit by commit from checkpoints as replayed at once."""

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
from generator.context import create_site_context
from generator.site_files import create_cumulative_page_producers
from tests.helpers.cli import create_history, run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from changelog.versions import VersionLog
    from generator.cumulative_redlines import StoredRedlines

SCENARIOS = sorted(path.parent for path in Path(__file__).parent.glob("*/history.sh"))
TEMPLATES = Path(__file__).parents[2] / "templates"
ORIGIN = "this software"


def build_from_checkpoint(source: Path, commit: str, file: Path) -> str:
    """Replay up to a commit from the checkpoint in a file, as a build does; return all that is published."""
    checkpoint, redlines = load_checkpoint(file, ORIGIN)
    try:
        builder = replay_history(lambda start: read_revisions(source, commit, start), checkpoint)
    except InputError as error:
        return str(error)
    text, redlines = render_log(builder.version_log, redlines)
    save_checkpoint(file, ORIGIN, builder, redlines)
    return text


def build_at_once(source: Path, commit: str) -> str:
    try:
        return render_log(build_version_log(read_revisions(source, commit)), {})[0]
    except InputError as error:
        return str(error)


def render_log(log: VersionLog, redlines: StoredRedlines) -> tuple[str, StoredRedlines]:
    """Return the log and the pages of changes since each version as text, and the redlines to store."""
    context = create_site_context(log, date(2026, 11, 22), TEMPLATES, None, redlines)
    return "\n".join(
        [
            repr(log),
            *(file.text for produce in create_cumulative_page_producers(context, 1) for file in produce()),
        ]
    ), context.redlines.export_plain_values()


def list_commits(source: Path) -> Iterator[str]:
    return iter(run_command(source, "git", "rev-list", "--first-parent", "--reverse", "HEAD").split())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name)
def test_a_replay_from_checkpoints_gives_what_the_whole_history_gives(scenario, tmp_path):
    source = create_history(tmp_path / "source", (scenario / "history.sh").read_text(encoding="utf-8"))
    commits = list(list_commits(source))
    # Everything after the first commit in one step.
    build_from_checkpoint(source, commits[0], tmp_path / "leap")
    assert build_from_checkpoint(source, commits[-1], tmp_path / "leap") == build_at_once(source, commits[-1])
    # The older ones again: after a reset, the history does not have the commit of the checkpoint.
    for commit in (*commits, *commits[:-1]):
        assert build_from_checkpoint(source, commit, tmp_path / "checkpoint") == build_at_once(source, commit)


CORRECTED_BACK = """
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


def test_a_wording_corrected_and_restored_between_two_builds_is_rendered_again(tmp_path):
    source = create_history(tmp_path / "source", CORRECTED_BACK)
    *_, before, _, last = list_commits(source)
    build_from_checkpoint(source, before, tmp_path / "checkpoint")
    assert build_from_checkpoint(source, last, tmp_path / "checkpoint") == build_at_once(source, last)


def test_a_replay_reads_no_commit_before_its_checkpoint(sample_history):
    first, second, *_ = list_commits(sample_history)
    known = replay_history(lambda start: read_revisions(sample_history, first, start), None)
    starts: list[str] = []

    def history(start: str):
        starts.append(start)
        return read_revisions(sample_history, second, start)

    assert replay_history(history, known) is known
    assert starts == [first]
    assert [version.number for version in known.versions] == ["1.0", "2.0"]


def test_a_redacted_word_is_not_in_a_checkpoint(sample_history, tmp_path):
    source, file = tmp_path / "source", tmp_path / "checkpoint"
    shutil.copytree(sample_history, source)
    build_from_checkpoint(source, "HEAD", file)
    assert b"trykkeriet" in file.read_bytes()
    (source / "content" / "redactions.yaml").write_text(
        "- {version: '2.0', language: nb, section: deling, words: trykkeriet, reason: A., date: 2026-05-01}\n"
    )
    run_command(source, "git", "add", "-A")
    run_command(source, "git", "commit", "-qm", "Redact")
    build_from_checkpoint(source, "HEAD", file)
    assert not file.exists()
