"""The redline of two policies without a repository or a site: as HTML, by the code behind `diff --format html`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changelog.redline import compute_redline, map_to_current_ids
from editing.diffing import Comparison, format_html
from generator.build_options import PROJECT
from policy.blocks import NO_LABELS, render_html
from policy.document import Document, render_document
from policy.loader import load_policy
from tests.redline.page_judgements import Pages
from tests.redline.redline_html import RedlineHtml

if TYPE_CHECKING:
    from tests.redline.policies import Policy


def render_policy(policy: Policy) -> Document:
    """Return the document that readers see of a policy."""
    files = {f"content/{path}": text.encode() for path, text in policy.write_files().items()}
    return render_document(load_policy(files), policy.code)


def compare_policies(old: Policy, new: Policy) -> Pages:
    """Return the redline of two policies, and both documents, as pages."""
    before, after = render_policy(old), render_policy(new)
    redline = compute_redline(before, after, map_to_current_ids([after], {}))
    comparison = Comparison("old", "new", {new.code: redline})
    html = format_html(comparison, str, PROJECT / "templates")
    return Pages(RedlineHtml(html, "redline"), _read_document(before), _read_document(after), html)


def _read_document(document: Document) -> RedlineHtml:
    return RedlineHtml(
        "".join(
            f'<section id="{section.id}"><h2>{section.title}</h2>{render_html(section.blocks, NO_LABELS)}</section>'
            for section in document.sections
        )
    )
