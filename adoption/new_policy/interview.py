"""Asks the questions about a new policy one by one, in the language of the terminal."""

from __future__ import annotations

import re
from typing import Any, get_type_hints

import click
from pydantic import TypeAdapter, ValidationError

from adoption.new_policy.answers import TEXT_QUESTIONS, YES_OR_NO_QUESTIONS, Answers
from adoption.new_policy.clauses import get_setting, list_clause_languages
from common.characters import INVISIBLE_CHARACTER, escape_line
from common.cli import ask_question, print_lines
from common.messages import Message, Translator
from policy.fields import Locale

_OPTIONAL = {"phone", "address", "officer_email"}


def ask_for_answers(language: Locale, translator: Translator) -> Answers:
    """Ask until every answer can be used, and return them all."""
    hints = get_type_hints(Answers, include_extras=True)
    values: dict[str, Any] = {}
    for name, question in TEXT_QUESTIONS.items():
        adapter: TypeAdapter[Any] = TypeAdapter(hints[name])
        values[name] = _ask_for_text(name, question, adapter, _propose(name, values, language), translator)
    print_lines("", Message("Answer y or n. Enter alone means no.").translate(translator))
    for name, question in YES_OR_NO_QUESTIONS.items():
        values[name] = ask_question(question, translator)
    answers = {name: value for name, value in values.items() if value is not None}
    return Answers.model_validate(answers, context={"languages": ()})


def _propose(name: str, values: dict[str, Any], language: Locale) -> str:
    """Return what is most likely the answer, which Enter accepts; empty for most questions."""
    if name == "languages":
        return language
    if name == "base_url":
        folder = get_setting("folder")[values["languages"][0]]
        return f"{values['website'].rstrip('/')}/{folder}/"
    return ""


def _ask_for_text(
    name: str, question: Message, adapter: TypeAdapter[Any], proposal: str, translator: Translator
) -> Any:
    """Ask until the answer is valid; return None for an optional one that is empty."""
    while True:
        words = escape_line(question.translate(translator))
        # Click puts a colon after every question.
        suffix = " " if words.endswith("?") else ": "
        text = click.prompt(
            words, default=proposal, show_default=bool(proposal), prompt_suffix=suffix
        ).strip()
        if not text and name in _OPTIONAL:
            return None
        # An arrow key, for example, types some. In the policy they are an error.
        if invisible := INVISIBLE_CHARACTER.search(text):
            message = Message("an invisible character ({code})", code=f"U+{ord(invisible[0]):04X}")
            problem = Message("{message}; {hint}", message=message, hint=Message("remove it"))
            print_lines(problem.translate(translator))
            continue
        value = _complete(name, text)
        try:
            adapter.validate_python(value, context={"languages": ()})
        except ValidationError as error:
            print_lines(_describe_problem(name, error).translate(translator))
        else:
            return value


def _complete(name: str, text: str) -> str | list[str]:
    """Return an answer as its field expects it: addresses are often typed without `https://`."""
    if name == "languages":
        return list(dict.fromkeys(code for code in re.split(r"[\s,]+", text.lower()) if code))
    if name in {"website", "base_url"} and text and "://" not in text:
        text = f"https://{text}"
    if name == "base_url" and text and not text.endswith("/"):
        text = f"{text}/"
    return text


def _describe_problem(name: str, error: ValidationError) -> Message:
    """Return what is wrong with an answer, and what to write."""
    if name == "languages":
        codes = ", ".join(list_clause_languages())
        return Message("write one or more of these, with commas between: {codes}", codes=codes)
    context = error.errors()[0].get("ctx") or {}
    if "hint" not in context:
        return Message("the value is empty")
    return Message("{message}; {hint}", message=context["message"], hint=context["hint"])
