"""Templates and values in, text out: the only module that uses Jinja, which escapes text.

Autoescape is on for every template whatever its name, and a value that is missing in a template is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from common.characters import spell_out_invisible
from generator.render_cache import RenderCache
from policy import blocks
from policy.blocks import Block
from policy.fields import Locale
from policy.localization import load_catalogue

# Consecutive versions share all sections but the edited ones, so that a cache need not hold much more than
# the sections of one version in all languages.
_CACHED_FRAGMENTS = 512


class Renderer:
    """Renders templates in a reader's language. Its caches live as long as it does."""

    def __init__(self, templates: Path) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,  # a misspelled field is an error and not an empty string
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,  # templates do not change while a renderer lives
        )
        self._jinja.policies["ext.i18n.trimmed"] = True
        # HTML inside XML: what is already escaped as HTML is escaped once more as text (RFC 4287 §3.1.1.2).
        self._jinja.filters["escape_again"] = lambda content: escape(str(content))
        self._translators: dict[Locale, Callable[[str], str]] = {}
        self._labels: dict[Locale, Mapping[str, str]] = {}
        # One cache for each kind of fragment: a key is unique among fragments of its kind only.
        self.section_cache = RenderCache(_CACHED_FRAGMENTS)
        self.section_body_cache = RenderCache(_CACHED_FRAGMENTS)
        self.section_redline_cache = RenderCache(_CACHED_FRAGMENTS)

    def get_translator(self, locale: Locale) -> Callable[[str], str]:
        """Return the function that translates the English messages of the interface into `locale`."""
        if locale not in self._translators:
            self._translators[locale] = load_catalogue("interface", locale)
        return self._translators[locale]

    def get_hidden_labels(self, locale: Locale) -> Mapping[str, str]:
        """Return the visually hidden words that name insertions, deletions, moves and notes in HTML."""
        if locale not in self._labels:
            self._labels[locale] = _translate_hidden_labels(self.get_translator(locale))
        return self._labels[locale]

    def render_blocks(self, locale: Locale, content: Iterable[Block]) -> Markup:
        """Render blocks as HTML; policy/blocks.py escapes their text."""
        return Markup(blocks.render_html(content, self.get_hidden_labels(locale)))  # noqa: S704 - escaped by render_html

    @staticmethod
    def mark_safe(text: str) -> Markup:
        """Return text that one of our templates rendered, hence escaped, as HTML."""
        return Markup(text)  # noqa: S704 - the template that rendered it escaped its values

    def render_mail_blocks(self, content: Iterable[Block], styles: Mapping[str, str]) -> Markup:
        """Render blocks as HTML for mail programs: no hidden labels, and each element with its own style."""
        html = blocks.render_html(content, blocks.NO_LABELS)
        for tag, style in styles.items():
            html = re.sub(f"<{tag}(?=[ >])", f'<{tag} style="{style}"', html)
        return Markup(html)  # noqa: S704 - escaped by render_html; the styles are our own constants

    def render_unescaped(self, template: str, **values: object) -> str:
        """Render a template that is not HTML; the values must be safe as they are."""
        # Files for scripts and servers have their own quoting; HTML escapes would break them.
        return self._jinja.overlay(autoescape=False).get_template(template).render(values)

    def render_xml(self, template: str, locale: Locale, **values: object) -> str:
        """Render a template that is XML, which allows no control character at all, not even as an entity."""
        return spell_out_invisible(self.render(template, locale, **values))

    def render(self, template: str, locale: Locale, **values: object) -> str:
        """Render a template; `_` and `html` in it use the reader's language."""
        gettext = self.get_translator(locale)
        return self._jinja.get_template(template).render(
            **values,
            locale=locale,
            gettext=gettext,
            _=gettext,
            html=partial(self.render_blocks, locale),
        )


def _translate_hidden_labels(gettext: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "ins": gettext("[added: "),
        "ins-end": gettext(" end of addition]"),
        "del": gettext("[deleted: "),
        "del-end": gettext(" end of deletion]"),
        "moved-here": gettext("moved here"),
        "moved-away": gettext("moved from here"),
        "footnote": gettext("Footnote"),
        "footnote-back": gettext("Back to the text"),
        "table": gettext("Table"),
        "pre": gettext("Code"),
    }
