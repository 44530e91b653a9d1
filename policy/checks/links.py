"""Checks of links inside the site, without using the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urldefrag

from common.messages import Message
from common.suggestions import suggest_name
from policy.blocks import iter_leaves
from policy.checks.context import MAX_SEARCHED_LINES, PolicyCheckContext
from policy.document import render_document
from policy.fields import Locale
from policy.findings import Finding, Location
from policy.markdown import PLACEHOLDER, parse_markdown
from policy.models import Section

_ABSOLUTE_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class _Link(NamedTuple):
    """A link in the source of a section; `line` counts from 1 in its body."""

    locale: Locale
    section: Section
    line: int
    href: str


def find_broken_links(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find links to pages of this site that do not exist.

    A relative path is broken too: the same text is published at several addresses, and the path would lead to
    another place from each.
    """
    base = context.policy.settings.base_url
    for link in _iter_links(context):
        page = urldefrag(link.href)[0]
        # An anchor alone has no page, and works wherever the section is shown.
        if page and not _ABSOLUTE_ADDRESS.match(page):
            message = Message(
                "the relative link '{href}' resolves to a different address on each page", href=link.href
            )
            hint = Message("write #id for a section, or a full address, {base}…", base=base)
            yield Finding(_locate_link(context, link), message, hint)
        elif page.startswith(base) and context.page_urls and page not in context.page_urls:
            message = Message("the site has no page '{url}'", url=page)
            yield Finding(_locate_link(context, link), message, suggest_name(page, context.page_urls))


def find_broken_anchors(context: PolicyCheckContext) -> Iterator[Finding]:
    """Find links to sections that do not exist under their current id or an alias."""
    base = context.policy.settings.base_url
    for link in _iter_links(context):
        page, anchor = urldefrag(link.href)
        # Footnotes are links as well; their anchors are made by the parser and always exist.
        if not anchor or (page and page != base) or anchor.startswith(f"{link.section.id}-note-"):
            continue
        anchors = _list_anchors(context, link.locale)
        if anchor not in anchors:
            location = _locate_link(context, link)
            message = Message("there is no section '{name}'", name=anchor)
            yield Finding(location, message, suggest_name(anchor, anchors))


def _list_anchors(context: PolicyCheckContext, locale: Locale) -> set[str]:
    sections = render_document(context.policy, locale).sections
    ids = {name for section in sections for name in (section.id, *section.aliases)}
    return ids | set(context.policy.current_ids)


def _iter_links(context: PolicyCheckContext) -> Iterator[_Link]:
    """Yield the links of all sections, except for those with a placeholder."""
    for locale, sections in context.policy.sections.items():
        for section in sections:
            for block in iter_leaves(parse_markdown(section.body, section.id, section.locale)):
                targets = dict.fromkeys(run.href for run in block.runs if run.href)
                for href in targets:
                    if not PLACEHOLDER.search(href):
                        yield _Link(locale, section, block.line, href)


def _locate_link(context: PolicyCheckContext, link: _Link) -> Location:
    """Return the location of a link, or the line of its block if the address is not found."""
    section = link.section
    first = section.line + link.line - 1
    lines = context.split_lines(section.path)[first - 1 : first - 1 + MAX_SEARCHED_LINES]
    for number, line in enumerate(lines, start=first):
        if (column := line.find(link.href)) >= 0:
            return Location(section.path, number, column + 1)
    return Location(section.path, first)
