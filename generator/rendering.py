"""Templates and values in, text out: the only place that knows Jinja, and where everything is escaped.

Autoescape is on for every template whatever its name, and a value that a template misses is an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from policy import blocks
from policy.localization import format_day, load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from policy.blocks import Block
    from policy.fields import Locale


class Renderer:
    """Prints templates in a reader's language."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._jinja = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,
        )
        self._jinja.policies["ext.i18n.trimmed"] = True
        # HTML inside XML: what is already escaped as HTML is escaped once more as text (RFC 4287 §3.1.1.2).
        self._jinja.filters["escape_again"] = lambda content: escape(str(content))
        self._words = lru_cache(maxsize=None)(self._load)
        self._labels = lru_cache(maxsize=None)(self._hidden_words)

    def _load(self, locale: Locale) -> Callable[[str], str]:
        return load_catalogue(self._templates / "locale" / f"{locale}.po", locale)

    def translator(self, locale: Locale) -> Callable[[str], str]:
        """Give the function that puts the interface's English words into `locale`."""
        return self._words(locale)

    def hidden_labels(self, locale: Locale) -> Mapping[str, str]:
        """Give the words that blocks.html hides around insertions, deletions, moves and notes."""
        return self._labels(locale)

    def _hidden_words(self, locale: Locale) -> Mapping[str, str]:
        say = self.translator(locale)
        return {
            "ins": say("[added: "),
            "ins-end": say(" end of addition]"),
            "del": say("[deleted: "),
            "del-end": say(" end of deletion]"),
            "moved-here": say("moved here"),
            "moved-away": say("moved from here"),
            "note": say("Footnote"),
            "note-back": say("Back to the text"),
            "table": say("Table"),
            "pre": say("Code"),
        }

    def render_blocks(self, locale: Locale, content: Iterable[Block]) -> Markup:
        """Print blocks as HTML; blocks escape themselves (policy/blocks.py)."""
        return Markup(blocks.render_html(content, self.hidden_labels(locale)))  # noqa: S704 - made by blocks.html, which escapes

    @staticmethod
    def mark_safe(text: str) -> Markup:
        """Take what was printed before as it is."""
        return Markup(text)  # noqa: S704 - a template of ours made it, and escaped it then

    def render_mail_blocks(self, content: Iterable[Block], styles: Mapping[str, str]) -> Markup:
        """Print blocks as HTML for a mail program: no hidden words, and each element with its own style."""
        printed = blocks.render_html(content, blocks.NO_LABELS)
        for tag, style in styles.items():
            printed = re.sub(f"<{tag}(?=[ >])", f'<{tag} style="{style}"', printed)
        return Markup(printed)  # noqa: S704 - made by blocks.html, which escapes; the styles are our own

    def render_unescaped(self, template: str, values: Mapping[str, Any]) -> str:
        """Print a template that is no HTML and holds no reader's words: values must be safe as they are."""
        return self._jinja.overlay(autoescape=False).get_template(template).render(values)

    def render(self, template: str, locale: Locale, values: Mapping[str, Any]) -> str:
        """Print one template; `day` and `html` in it speak the reader's language."""
        say = self.translator(locale)

        def in_words(value: date) -> str:
            return format_day(value, locale)

        def as_html(content: Iterable[Block]) -> Markup:
            return self.render_blocks(locale, content)

        return self._jinja.get_template(template).render(
            **values,
            locale=locale,
            gettext=say,
            _=say,
            day=in_words,
            html=as_html,
        )
