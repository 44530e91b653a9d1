"""The page of the live preview: findings of the change at hand, and the draft with its changes marked.

It stays useful while a file cannot be read: the draft is then the last one that could be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from changelog.git_process import resolve_ref
from changelog.history import Revision, read_working_tree
from changelog.redline import compute_redline
from changelog.redline_sections import RedlineKind, SectionRedline
from changelog.section_ids import map_to_current_ids
from changelog.snapshots import Snapshot, read_snapshots
from changelog.working_copy import read_working_copy
from common.characters import spell_out_invisible
from common.errors import InputError
from common.messages import Message, Translator
from editing.checking import append_working_tree, check_revisions, read_committed, read_upstream
from editing.finding_groups import FindingGroups, group_findings
from editing.formatters import SEVERITY_LABELS, format_problem, format_summary
from editing.message_language import ENGLISH, MessageLanguage
from generator import redline_views, views
from generator.assets import load_stylesheet
from generator.brand import render_brand_styles
from generator.page_models import FindingView, PreviewCell, PreviewGroup, PreviewLabels, PreviewPage
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from policy.document import RenderedSection
from policy.fields import Locale
from policy.findings import ContentError, Finding
from policy.loader import load_policy
from policy.localization import format_language_name
from policy.models import Brand


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """The folder that contains content/, the templates, the day for `check`, and the language."""

    source: Path
    templates: TemplateFiles
    today: date
    language: MessageLanguage = ENGLISH


@dataclass(frozen=True)
class _CommittedState:
    """What is committed: the last commit, all revisions, the newest snapshot, and the findings in it.

    `snapshot` is None if nothing is committed, or the last commit cannot be read.
    """

    commit: str
    revisions: tuple[Revision, ...]
    snapshot: Snapshot | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Draft:
    """A draft that could be read: its languages, and its sections in groups of changed and unchanged ones."""

    languages: tuple[Locale, ...]
    groups: tuple[PreviewGroup, ...]


class PreviewBuilder:
    """Renders the page again and again, as the files are saved.

    It keeps the state of the last commit until there is another, and the last draft that could be read.
    """

    def __init__(self, options: PreviewOptions) -> None:
        self.options = options
        self.renderer = Renderer(options.templates)
        self.stylesheet = load_stylesheet(options.templates, render_brand_styles(Brand()))
        self._committed: _CommittedState | None = None
        self._last_draft: _Draft | None = None

    def render_page(self) -> str:
        """Return the page for the files as they are now."""
        translator = self.options.language.translator
        try:
            working_tree = read_working_tree(self.options.source, self.options.today)
            committed = self._read_committed_state()
            findings = self._find_problems(committed, working_tree)
            draft, is_readable = self._build_draft(committed, working_tree)
            errors: tuple[str, ...] = ()
        except InputError as error:
            findings, draft, is_readable = FindingGroups((), ()), self._last_draft, False
            errors = error.translate_lines(translator)
        page = PreviewPage(
            labels=_translate_labels(translator, findings.standing),
            errors=errors,
            new_findings=_build_finding_views(findings.new, translator),
            standing_findings=_build_finding_views(findings.standing, translator),
            is_readable=is_readable,
            languages=self._name_languages(draft),
            groups=draft.groups if draft else (),
            stylesheet=self.stylesheet,
        )
        html = self.renderer.render("preview.html.j2", self.options.language.code, page=page)
        return spell_out_invisible(html)  # names of files are in it

    def _read_committed_state(self) -> _CommittedState:
        """Return the state of the last commit; it is read again only when there is another commit."""
        source, today = self.options.source, self.options.today
        commit = resolve_ref(source, "HEAD").commit
        if self._committed is None or not commit or self._committed.commit != commit:
            revisions = tuple(read_committed(source))
            snapshot = _read_newest_snapshot(revisions)
            upstream = read_upstream(source, revisions, read_working_copy(source))
            findings = check_revisions(revisions, today, upstream=upstream) if revisions else ()
            self._committed = _CommittedState(commit, revisions, snapshot, findings)
        return self._committed

    def _find_problems(self, committed: _CommittedState, working_tree: Revision) -> FindingGroups:
        """Return what `check` finds, apart from what it finds in the last commit."""
        source, today = self.options.source, self.options.today
        working_copy = read_working_copy(source)
        upstream = read_upstream(source, committed.revisions, working_copy)
        revisions = append_working_tree(list(committed.revisions), working_tree)
        findings = check_revisions(revisions, today, None, working_copy, upstream)
        return group_findings(findings, committed.findings)

    def _build_draft(self, committed: _CommittedState, working_tree: Revision) -> tuple[_Draft | None, bool]:
        """Return the draft, or else the last one that could be read, and whether it is the current one."""
        try:
            snapshot = Snapshot("", working_tree.time, load_policy(working_tree.files))
        except ContentError:
            if self._last_draft is None and committed.snapshot:
                self._last_draft = self._render_draft(committed.snapshot, committed.snapshot)
            return self._last_draft, False
        self._last_draft = self._render_draft(committed.snapshot, snapshot)
        return self._last_draft, True

    def _render_draft(self, before: Snapshot | None, after: Snapshot) -> _Draft:
        """Render every section, with its changes marked in each language that was there before."""
        current_ids = map_to_current_ids(after.documents.values(), after.policy.current_ids)
        rows: dict[tuple[str, bool], list[PreviewCell]] = {}
        for locale, document in after.documents.items():
            old = before.documents.get(locale) if before else None
            redlines = compute_redline(old, document, current_ids) if old else ()
            cells = (
                [(redline.section.id, self._render_change(locale, redline)) for redline in redlines]
                if old
                else [(section.id, self._render_new(locale, section)) for section in document.sections]
            )
            for section_id, cell in cells:
                rows.setdefault((section_id, cell.is_absent), []).append(cell)
        return _Draft(after.policy.languages, tuple(_group_rows(rows.values())))

    def _render_change(self, locale: Locale, redline: SectionRedline) -> PreviewCell:
        """Render a section with its changes marked, as on the page of changes but without counters."""
        rendered = redline_views.render_section_redline(self.renderer, locale, redline)
        is_absent = redline.kind in {RedlineKind.REMOVED, RedlineKind.MOVED_AWAY}
        text = views.render_section(self.renderer, locale, redline.section)
        marked = Markup().join(rendered.parts)
        return PreviewCell(locale, redline.kind is not RedlineKind.SAME, is_absent, marked, text)

    def _render_new(self, locale: Locale, section: RenderedSection) -> PreviewCell:
        """Render a section of a language that there was nothing of before: without marks."""
        text = views.render_section(self.renderer, locale, section)
        return PreviewCell(locale, is_changed=True, is_absent=False, redline=text, text=text)

    def _name_languages(self, draft: _Draft | None) -> Mapping[Locale, str]:
        """Return what the editor calls each language of the draft."""
        languages, own = (draft.languages if draft else ()), self.options.language.code
        return {locale: format_language_name(locale, own, languages) for locale in languages}


def _group_rows(rows: Iterable[list[PreviewCell]]) -> Iterator[PreviewGroup]:
    """Yield runs of rows that all have changes, or that all have none."""
    for has_changes, group in groupby(rows, lambda row: any(cell.is_changed for cell in row)):
        yield PreviewGroup(has_changes, tuple(tuple(row) for row in group))


def _translate_labels(translator: Translator, standing: Sequence[Finding]) -> PreviewLabels:
    """Return the words of the page; one of them counts the findings that were there before."""
    counts = format_summary(standing, translator)
    return PreviewLabels(
        title=Message("Preview").translate(translator),
        unreadable=Message(
            "These errors must be fixed first. Below is the last draft that could be read."
        ).translate(translator),
        findings=Message("Findings of this change").translate(translator),
        no_findings=Message("No problems found.").translate(translator),
        standing=Message("Already there before this change: {counts}", counts=counts).translate(translator),
        unmarked=Message("Without marks").translate(translator),
        unchanged=Message("Sections without changes").translate(translator),
    )


def _build_finding_views(findings: Iterable[Finding], translator: Translator) -> tuple[FindingView, ...]:
    return tuple(
        FindingView(
            severity=SEVERITY_LABELS[finding.severity].translate(translator),
            place=f"{finding.location.path}:{finding.location.line}",
            problem=format_problem(finding, translator),
            rule=finding.rule,
        )
        for finding in findings
    )


def _read_newest_snapshot(revisions: Sequence[Revision]) -> Snapshot | None:
    """Return the policy of the last commit; None if there is none, or it cannot be read."""
    try:
        return next(iter(read_snapshots(revisions[-1:], [])), None)
    except ContentError:
        return None
