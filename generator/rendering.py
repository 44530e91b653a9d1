"""Templates and values in, text out: the only module that uses Jinja, which escapes text.

Autoescape is on for every template whatever its name, and a value that is missing in a template is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup, escape

from changelog.redline_forms import FormChange
from changelog.redline_helpers import HelperWords
from common.characters import spell_out_invisible
from common.errors import InputError
from generator.line_breaks import join_dates
from generator.redline_layout import SummaryWords
from generator.render_cache import RenderCache
from generator.template_files import TemplateFiles
from policy import blocks
from policy.blocks import Block
from policy.cell_labels import label_cells
from policy.fields import Locale
from policy.localization import load_catalogue

# Consecutive versions share all sections but the edited ones, so that a cache need not hold much more than
# the sections of one version in all languages.
_CACHED_FRAGMENTS = 256
# Parts of pages are in _partials/, letters in mail/.
_SCROLLING = '<div tabindex="0" style="overflow-x:auto">'
_PAGE_OR_LETTER = re.compile(r"(?:mail/)?[^/]+\.html\.j2")
# The others are for web servers, or stand-ins for replaced ones.
_COMPILED_FIRST = re.compile(r"(?!klartekst/)[^.]+\.(?:html|xml)\.j2")
# What a mistake in a template can raise: templates compute like Python.
_TEMPLATE_ERRORS = (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class Renderer:
    """Renders templates in a reader's language. Its caches live as long as it does."""

    def __init__(self, templates: TemplateFiles) -> None:
        self._replacements = templates.replacements
        self._jinja = Environment(
            # A template that replaces ours can still extend or include it, as klartekst/NAME.
            loader=ChoiceLoader(
                [
                    *map(FileSystemLoader, templates.folders),
                    PrefixLoader({"klartekst": FileSystemLoader(templates.folder)}),
                ]
            ),
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
        self._helper_words: dict[Locale, HelperWords] = {}
        self._summary_words: dict[Locale, SummaryWords] = {}
        # One cache for each kind of fragment: a key is unique among fragments of its kind only.
        self.section_cache = RenderCache(_CACHED_FRAGMENTS)
        self.section_body_cache = RenderCache(_CACHED_FRAGMENTS)
        self.section_redline_cache = RenderCache(_CACHED_FRAGMENTS)

    def compile_templates(self) -> None:
        """Compile the templates of pages, feeds and letters: processes that are forked later inherit them."""
        for name in filter(_COMPILED_FIRST.fullmatch, self._jinja.list_templates()):
            with suppress(*_TEMPLATE_ERRORS):  # is reported if it is rendered
                self._jinja.get_template(name)

    def get_translator(self, locale: Locale) -> Callable[[str], str]:
        """Return the function that translates the English messages of the interface into `locale`."""
        if locale not in self._translators:
            self._translators[locale] = load_catalogue("interface", locale)
        return self._translators[locale]

    def get_labels(self, locale: Locale) -> Mapping[str, str]:
        """Return the accessible names of footnotes and code."""
        if locale not in self._labels:
            self._labels[locale] = _translate_labels(self.get_translator(locale))
        return self._labels[locale]

    def get_helper_words(self, locale: Locale) -> HelperWords:
        """Return the words that say what changed, if it is not the words themselves."""
        if locale not in self._helper_words:
            self._helper_words[locale] = _translate_helper_words(self.get_translator(locale))
        return self._helper_words[locale]

    def get_summary_words(self, locale: Locale) -> SummaryWords:
        """Return what collapsed passages are called."""
        if locale not in self._summary_words:
            self._summary_words[locale] = _translate_summary_words(self.get_translator(locale))
        return self._summary_words[locale]

    def render_blocks(self, locale: Locale, content: Iterable[Block]) -> Markup:
        """Render blocks as HTML for pages; policy/blocks.py escapes their text."""
        return Markup(blocks.render_html(label_cells(content), self.get_labels(locale)))  # noqa: S704 - escaped by render_html

    @staticmethod
    def mark_safe(text: str) -> Markup:
        """Return text that one of our templates rendered, hence escaped, as HTML."""
        return Markup(text)  # noqa: S704 - the template that rendered it escaped its values

    def render_message_blocks(self, content: Iterable[Block], styles: Mapping[str, str]) -> Markup:
        """Render blocks as HTML for letters and feeds: no hidden labels, each element with its own style.

        A table that is wider than a phone scrolls by itself, also by keyboard: it does not widen the message.
        Those that are lists of labels and values have attributes, and styles of their own.
        """
        html, *tables = blocks.render_html(content, blocks.NO_LABELS).split("<table>")
        for table in tables:
            html += f"{_SCROLLING}<table>{table.replace('</table>', '</table></div>', 1)}"
        for tag, style in styles.items():
            html = re.sub(f"<{tag}(?=[ >])(?! style)", f'<{tag} style="{style}"', html)
        return Markup(html)  # noqa: S704 - escaped by render_html; the styles are our own constants

    def render_unescaped(self, template: str, **values: object) -> str:
        """Render a template that is not HTML; the values must be safe as they are."""
        # Files for scripts and servers have their own quoting; HTML escapes would break them.
        return self._jinja.overlay(autoescape=False).get_template(template).render(values)

    def render_xml(self, template: str, locale: Locale, **values: object) -> str:
        """Render a template that is XML, which allows no control character at all, not even as an entity."""
        return spell_out_invisible(self.render(template, locale, **values))

    def render(self, template: str, locale: Locale, **values: object) -> str:
        """Render a template; `_` and `html` in it use the reader's language. Pages keep dates on one line."""
        gettext = self.get_translator(locale)
        try:
            text = self._jinja.get_template(template).render(
                **values,
                locale=locale,
                gettext=gettext,
                _=gettext,
                html=partial(self.render_blocks, locale),
            )
        except _TEMPLATE_ERRORS as error:
            if self._replacements is None:
                raise  # a mistake of ours
            raise InputError(_describe_template_error(template, error)) from None
        return join_dates(text, locale) if _PAGE_OR_LETTER.fullmatch(template) else text


def _describe_template_error(template: str, error: Exception) -> str:
    place = (
        f"{error.filename or error.name}:{error.lineno}"
        if isinstance(error, TemplateSyntaxError)
        else template
    )
    problem = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, TemplateNotFound):
        problem = f"there is no template '{error.name}'"
    return f"{place}: {problem}; correct your templates, or build without --templates"


def _translate_labels(gettext: Callable[[str], str]) -> Mapping[str, str]:
    return {
        "footnote": gettext("Footnote"),
        "footnote-back": gettext("Back to the text"),
        "pre": gettext("Code"),
    }


def _translate_helper_words(gettext: Callable[[str], str]) -> HelperWords:
    return HelperWords(
        deleted=gettext("[deleted:]"),
        inserted=gettext("[added:]"),
        replaced=gettext("[changed to:]"),
        moved_here=gettext("moved here"),
        moved_away=gettext("moved from here"),
        link_changed=gettext("[link now goes to {new} (before: {old})]"),
        link_added=gettext("[now a link to {new}]"),
        link_removed=gettext("[no longer a link (before: {old})]"),
        forms=_translate_forms(gettext),
        shortens_addresses=True,
    )


def _translate_forms(gettext: Callable[[str], str]) -> Mapping[str, str]:
    return {
        FormChange.BOLD: gettext("now bold"),
        FormChange.NOT_BOLD: gettext("no longer bold"),
        FormChange.PARTLY_BOLD: gettext("bold added"),
        FormChange.PARTLY_NOT_BOLD: gettext("bold removed"),
        FormChange.ITALIC: gettext("now in italics"),
        FormChange.NOT_ITALIC: gettext("no longer in italics"),
        FormChange.PARTLY_ITALIC: gettext("italics added"),
        FormChange.PARTLY_NOT_ITALIC: gettext("italics removed"),
        FormChange.CODE_FONT: gettext("code font added"),
        FormChange.NO_CODE_FONT: gettext("code font removed"),
        FormChange.EMPHASIS: gettext("emphasis changed"),
        FormChange.FOOTNOTE: gettext("footnote added"),
        FormChange.NO_FOOTNOTE: gettext("footnote removed"),
        FormChange.LINE_BREAKS: gettext("line breaks changed"),
        FormChange.HEADING: gettext("now a heading"),
        FormChange.NOT_HEADING: gettext("no longer a heading"),
        FormChange.HEADING_LEVEL: gettext("heading level changed"),
        FormChange.CODE: gettext("now code"),
        FormChange.NOT_CODE: gettext("no longer code"),
        FormChange.SPLIT: gettext("split into several"),
        FormChange.JOINED: gettext("joined from several"),
        FormChange.DIVIDED: gettext("divided differently"),
        FormChange.CUT_OFF: gettext("was part of text above"),
        FormChange.LIST: gettext("now a list"),
        FormChange.NUMBERED_LIST: gettext("now a numbered list"),
        FormChange.NUMBERS: gettext("numbers instead of bullets"),
        FormChange.BULLETS: gettext("bullets instead of numbers"),
        FormChange.NUMBERING: gettext("numbering changed"),
        FormChange.IN_LIST: gettext("now in a list"),
        FormChange.NOT_IN_LIST: gettext("no longer in a list"),
        FormChange.FURTHER_IN: gettext("indented further"),
        FormChange.FURTHER_OUT: gettext("indented less"),
        FormChange.QUOTATION: gettext("now a quotation"),
        FormChange.NOT_QUOTATION: gettext("no longer a quotation"),
        FormChange.TABLE: gettext("now a table"),
        FormChange.OTHER: gettext("form changed"),
    }


def _translate_summary_words(gettext: Callable[[str], str]) -> SummaryWords:
    return SummaryWords(
        paragraph=gettext("1 unchanged paragraph"),
        paragraphs=gettext("{count} unchanged paragraphs"),
        item=gettext("1 unchanged item"),
        items=gettext("{count} unchanged items"),
        row=gettext("1 unchanged row"),
        rows=gettext("{count} unchanged rows"),
    )
