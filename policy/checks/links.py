"""Links inside the site, judged without the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from common.suggestions import suggest_name
from policy.blocks import iter_leaves
from policy.document import render_document
from policy.findings import Finding, Location
from policy.markdown import PLACEHOLDER, parse_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.checks.context import PolicyCheckContext
    from policy.fields import Locale
    from policy.models import Section

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def broken_link(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a link to a page of this site that it does not have.

    A relative path is broken too: one text stands at several addresses, and leads elsewhere from each.
    """
    base = subject.policy.settings.base_url
    for _, section, line, href in _links(subject):
        page = urldefrag(href)[0]
        place = _place(subject, section, line, href)
        if page and not _ABSOLUTE.match(page):
            hint = f"write #id for a section, or the whole address, {base}…"
            yield Finding(place, f"the link '{href}' leads elsewhere from each page that shows it", hint)
        elif page.startswith(base) and subject.pages and page not in subject.pages:
            yield Finding(place, f"the site has no page '{page}'", suggest_name(page, subject.pages))


def broken_anchor(subject: PolicyCheckContext) -> Iterator[Finding]:
    """Find a link to a section that is not there, by its id of today or an alias."""
    base = subject.policy.settings.base_url
    for locale, section, line, href in _links(subject):
        page, anchor = urldefrag(href)
        if not anchor or (page and page != base) or anchor.startswith(f"{section.id}-note-"):
            continue
        known = _anchors(subject, locale)
        if anchor not in known:
            place = _place(subject, section, line, href)
            yield Finding(place, f"there is no section '{anchor}'", suggest_name(anchor, known))


def _anchors(subject: PolicyCheckContext, locale: Locale) -> set[str]:
    parts = render_document(subject.policy, locale).sections
    return {name for part in parts for name in (part.id, *part.aliases)} | set(subject.policy.aliases)


def _links(subject: PolicyCheckContext) -> Iterator[tuple[Locale, Section, int, str]]:
    """Walk the links that were typed: language, section, line in its body, target."""
    for locale, sections in subject.policy.sections.items():
        for section in sections:
            for block in iter_leaves(parse_markdown(section.body, section.id)):
                hrefs = dict.fromkeys(run.href for run in block.runs if run.href)
                yield from (
                    (locale, section, block.line, href) for href in hrefs if not PLACEHOLDER.search(href)
                )


def _place(subject: PolicyCheckContext, section: Section, line: int, href: str) -> Location:
    first = section.line + line - 1
    for number, typed in enumerate(subject.lines(section.path)[first - 1 :], start=first):
        if (column := typed.find(href)) >= 0:
            return Location(section.path, number, column + 1)
    return Location(section.path, first)
