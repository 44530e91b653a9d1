"""The options of a build, the listener that follows it, and its result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.template_files import TemplateFiles

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build and how.

    `source` contains content/; `today` decides what is in force; `published` names the log that is
    published, which the build may only add to (`read_published_log`); `draft` adds the uncommitted content
    as an extra version; without `use_cache` nothing of an earlier build is reused; `strict` refuses a newest
    version that must be announced and has no note; `refuse_late` refuses one that is announced too late,
    except in a first publication; `own_templates` has files that replace some of templates/; `project`
    contains the code and templates/.
    """

    source: Path
    out: Path
    today: dt.date
    ref: str = "HEAD"
    published: str | None = None
    base_url: str | None = None
    draft: bool = False
    jobs: int = 1
    use_cache: bool = True
    strict: bool = False
    refuse_late: bool = False
    own_templates: Path | None = None
    project: Path = PROJECT

    @property
    def templates(self) -> TemplateFiles:
        """The templates, with the files that replace some of them."""
        from generator.template_files import TemplateFiles  # noqa: PLC0415 - `--help` needs no templates

        return TemplateFiles(self.project / "templates", self.own_templates)


def open_templates(own: Path | None) -> TemplateFiles:
    """Return the templates, with those that replace some; raise InputError for a name that ours lack."""
    from generator.template_files import TemplateFiles  # noqa: PLC0415 - as above

    templates = TemplateFiles(PROJECT / "templates", own)
    templates.reject_unknown_replacements()
    return templates


@dataclass(frozen=True)
class HistorySummary:
    """The history in short: its warnings, one line each, and how many revisions and versions it has."""

    warnings: Sequence[str]
    revision_count: int
    version_count: int


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did: version folders written, whether any page changed, and how many pages there are.

    `is_clean` says that nothing was taken from an earlier build.
    """

    history: HistorySummary
    page_count: int
    written_version_count: int
    has_changed: bool
    is_clean: bool

    @property
    def kept_version_count(self) -> int:
        """How many version folders are reused from earlier builds."""
        return self.history.version_count - self.written_version_count


class BuildListener:
    """Follows a build while it runs. Override the methods you need; by default nothing is shown."""

    def on_history_read(self, history: HistorySummary) -> None:
        """Receive the summary of the history, before anything is written."""

    def track_versions(self, names: Iterable[str], count: int) -> Iterable[str]:
        """Return `names` as they are; each of the `count` names is yielded when its folder is written."""
        del count
        return names
