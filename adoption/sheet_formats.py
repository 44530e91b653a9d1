"""A sheet of questions as text for a terminal, and as a page to print. Nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from adoption.question_sheet import QuestionSheet, SheetQuestion
from common.characters import escape_line
from common.messages import Message, Translator, translate_text

_LINES = 3  # to write an answer on
_WIDTH = 72
_STYLE = """
body { font: 11pt/1.45 system-ui, sans-serif; max-width: 44em; margin: 2em auto; padding: 0 1em; }
ol { padding-left: 1.6em; }
li.question { margin-bottom: 1.6em; break-inside: avoid; }
p { margin: 0 0 .4em; }
.text { font-weight: 600; }
.help, .place { color: #444; font-size: .9em; }
.choices { list-style: none; margin: .4em 0; padding: 0; }
.choices li::before { content: "\\2610\\00a0"; }
.line { border-bottom: 1px solid #777; height: 2em; }
@media print { body { margin: 0; max-width: none; } }
"""


def format_sheet_lines(sheet: QuestionSheet, translator: Translator) -> Iterator[str]:
    """Yield the lines of a sheet for a terminal."""
    yield _format_title(sheet, translator)
    for number, question in enumerate(sheet.questions, start=1):
        text, help_, place = _translate_parts(question, translator)
        yield ""
        yield f"{number}. {text}"
        if help_:
            yield f"   {help_}"
        for choice in question.choices:
            yield f"   [ ] {choice}"
        for _ in range(_count_lines(question)):
            yield f"   {'_' * _WIDTH}"
        yield f"   {place}"
    if not sheet.questions:
        yield Message("No question is open.").translate(translator)


def format_sheet_page(sheet: QuestionSheet, language: str, translator: Translator) -> str:
    """Return a sheet as a page of HTML."""
    title = _escape(_format_title(sheet, translator))
    intro = Message(
        "Write the answers, or whom to ask. Whoever edits the policy then puts each one where the last line "
        "of the question says. Nothing on this sheet is published."
    )
    empty = Message("No question is open.")
    words = (intro if sheet.questions else empty).translate(translator)
    items = "".join(_format_question(question, translator) for question in sheet.questions)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n<h1>{title}</h1>\n<p>{_escape(words)}</p>\n"
        f"<ol>\n{items}</ol>\n</html>"
    )


def _format_question(question: SheetQuestion, translator: Translator) -> str:
    text, help_, place = map(_escape, _translate_parts(question, translator))
    choices = "".join(f"<li>{_escape(choice)}</li>" for choice in question.choices)
    return (
        f'<li class="question"><p class="text">{text}</p>'
        + (f'<p class="help">{help_}</p>' if help_ else "")
        + (f'<ul class="choices">{choices}</ul>' if choices else "")
        + '<div class="line"></div>' * _count_lines(question)
        + f'<p class="place">{place}</p></li>\n'
    )


def _format_title(sheet: QuestionSheet, translator: Translator) -> str:
    return Message("Questions about the privacy policy of {name}", name=sheet.controller).translate(
        translator
    )


def _translate_parts(question: SheetQuestion, translator: Translator) -> tuple[str, str, str]:
    """Return the question, its help, and where the answer goes, in the language of the translator."""
    place = Message("Answer in: {place}", place=question.place)
    return (
        translate_text(question.text, translator),
        translate_text(question.help, translator),
        place.translate(translator),
    )


def _count_lines(question: SheetQuestion) -> int:
    """Return how many lines there are to write on; an answer to choose needs room for a remark."""
    return 1 if question.choices else _LINES


def _escape(text: str) -> str:
    """Return a text as HTML; characters that nobody sees are spelled out."""
    return escape(escape_line(text))
