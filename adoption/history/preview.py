"""The preview of older versions: what each changes, on one page that needs no other file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adoption.history.proposals import PlannedVersion
from changelog.redline_sections import RedlineKind
from common.characters import spell_out_invisible
from common.errors import InputError
from common.messages import Message
from generator import redline_views
from generator.assets import load_stylesheet
from generator.brand import render_brand_styles
from generator.page_models import HistoryPage, HistoryVersionView
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from languages.loader import SOURCE_LANGUAGE
from policy.fields import Locale
from policy.models import Brand


def render_history_preview(
    planned: Sequence[PlannedVersion], templates: TemplateFiles, language: Locale
) -> str:
    """Return a page with the redline of each version since the one before it that is not left out."""
    renderer = Renderer(templates)
    versions = [_build_view(renderer, one, number) for number, one in enumerate(planned, start=1)]
    style = load_stylesheet(templates, render_brand_styles(Brand()))
    page = HistoryPage(versions, style)
    html = renderer.render("history.html.j2", language or SOURCE_LANGUAGE, page=page)
    return spell_out_invisible(html)


def _build_view(renderer: Renderer, planned: PlannedVersion, number: int) -> HistoryVersionView:
    redlines = {
        locale: redline_views.build_redline_view(
            "",
            planned.row.version,
            redline_views.render_section_redlines(
                renderer, locale, [section for section in sections if section.kind is not RedlineKind.SAME]
            ),
            prefix=f"_{number}-{locale}-",  # ids are unique on a page
        )
        for locale, sections in planned.redlines
        if any(section.kind is not RedlineKind.SAME for section in sections)
    }
    row = planned.row
    return HistoryVersionView(
        number,
        row.version,
        str(row.day),
        str(row.effective or ""),
        row.level.value,
        row.skip or "",
        planned.comments,
        redlines,
    )


def write_preview(path: Path, html: str) -> None:
    """Write the page; raise InputError if that is impossible."""
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise InputError(
            Message("{path}: {reason}; choose another file with --preview", path=path, reason=error.strerror)
        ) from None
