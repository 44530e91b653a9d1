# ruff: noqa: SLF001 - what is measured are the private patterns of other modules
"""Finds every regular expression of the code and of the languages, and whether it is searched for in a text.

Compiled ones are attributes of modules and of languages, those in calls such as `re.sub("…", …)` are in the
syntax tree. Patterns that a function puts together must be listed here, or the inventory fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from adoption.documents import export, extraction, plain_headings
from adoption.history import days as history_days
from changelog import weighty_words
from generator import line_breaks
from languages.loader import get_language, list_language_codes
from policy.checks import contradictions, quantities

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    *("common", "languages", "policy", "changelog", "generator", "adoption", "deployment", "editing"),
    "notifier",
)
_AT_START = {"match", "fullmatch"}


class UsedPattern(NamedTuple):
    """A regular expression, where it is, and whether it may match anywhere in a text or only at its start."""

    name: str
    pattern: re.Pattern[Any]
    is_searched: bool


class UnknownPatternError(Exception):
    """A function puts a pattern together that the inventory does not know."""


def _for_each_language(template: str, find_words: Callable[[str], Any]) -> Iterator[re.Pattern[str]]:
    """Yield the pattern with the words of each language that has any."""
    for code in list_language_codes():
        if words := find_words(code):
            words = "|".join(words) if isinstance(words, tuple | list) else words
            yield re.compile(template.replace("WORDS", words), re.IGNORECASE)


def _list_months() -> Iterator[re.Pattern[str]]:
    return _for_each_language(r"(WORDS)\b", lambda code: get_language(code).words.months_after_ordinals)


def _list_days_of_effect() -> Iterator[re.Pattern[str]]:
    patterns = map(history_days._compile_pattern, list_language_codes())
    return filter(None, patterns)


def _list_quantities() -> Iterator[re.Pattern[str]]:
    for code in list_language_codes():
        yield from (pattern for pattern, _ in quantities._create_parsers(code))


def _list_former_names() -> Iterator[re.Pattern[str]]:
    template = f"(?:WORDS) ({extraction._NAME})"
    return _for_each_language(template, lambda code: _get_import_words(code, "former_name"))


def _list_controllers() -> Iterator[re.Pattern[str]]:
    rest = r"([^.?!\n]{0,200}\??)"
    template = rf"(?<![\w&.-])({extraction._NAME})(?: \([^()]{{1,80}}\))? (?:WORDS){rest}"
    return _for_each_language(template, lambda code: _get_import_words(code, "controller"))


def _get_import_words(code: str, key: str) -> str:
    words = get_language(code).checks.import_
    return str(getattr(words, key)) if words else ""


# The patterns of functions that put them together. Those of `tuple` are elsewhere in the inventory, or are
# escaped words.
_GENERATED: Mapping[str, Callable[[], Iterable[re.Pattern[str]]]] = {
    "languages.models._compile_pattern": tuple,
    "languages.models._compile_replacements": tuple,
    "languages.models._require_expression": tuple,
    "policy.fields.check": tuple,
    "policy.markdown_parser.__init__": _list_months,
    "policy.checks.markup._find_list_problems": _list_months,
    "policy.checks.contradictions._compile_section_number": lambda: map(
        contradictions._compile_section_number, list_language_codes()
    ),
    "policy.checks.contradictions._find_similar_words": lambda: [
        re.compile(rf"\b(?=(\w+(?:\s+\w+){{{more}}}))") for more in (0, 1, 4)
    ],
    "policy.checks.quantities._compile_period": _list_quantities,
    "policy.checks.quantities._compile_date": tuple,
    "policy.checks.quantities._compile_amount": tuple,
    "adoption.documents.plain_headings._compile_months": lambda: [plain_headings._compile_months()],
    "adoption.history.days._compile_pattern": _list_days_of_effect,
    "adoption.documents.export._compile_title_patterns": export._compile_title_patterns,
    "adoption.documents.extraction.find_periods": _list_quantities,
    "adoption.documents.extraction.extract_former_names": _list_former_names,
    "adoption.documents.extraction._extract_controller_name": _list_controllers,
    "editing.redacting._compile_words": tuple,
    "changelog.weighty_sentences._compile_controller_names": tuple,
    "changelog.weighty_words._compile_countries": lambda: map(
        weighty_words._compile_countries, list_language_codes()
    ),
    "generator.rendering.render_message_blocks": tuple,
    "generator.line_breaks._compile_pattern": lambda: map(
        line_breaks._compile_pattern, list_language_codes()
    ),
    "policy.fields.must_match": tuple,
}
# Their functions match at the start of a text alone.
_AT_START_OF_TEXT = {
    "policy.checks.contradictions._compile_section_number",
    "policy.markdown_parser.__init__",
    "policy.checks.markup._find_list_problems",
    "adoption.documents.export._compile_title_patterns",
    "adoption.documents.plain_headings._compile_months",
}


def list_patterns() -> tuple[UsedPattern, ...]:
    """Return every pattern once; raise UnknownPatternError for one that only running code would show."""
    found: dict[tuple[Any, int, bool], UsedPattern] = {}
    for used in (*_iter_module_patterns(), *_iter_language_patterns()):
        found.setdefault((used.pattern.pattern, used.pattern.flags, used.is_searched), used)
    return tuple(found.values())


def _iter_module_patterns() -> Iterator[UsedPattern]:
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.endswith("__main__"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        searched = _list_searched_names(tree)
        for key, value in vars(import_module(name)).items():
            for pattern in value.values() if isinstance(value, dict) else (value,):
                if isinstance(pattern, re.Pattern):
                    yield UsedPattern(f"{name}.{key}", pattern, key in searched)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                yield from _iter_calls(function, name)


def _list_searched_names(tree: ast.Module) -> set[str]:
    """Return the names of a module that are used otherwise than to match at the start of a text."""
    at_start = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in _AT_START and isinstance(node.value, ast.Name)
    }
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return {node.id for node in names if node not in at_start}


def _iter_calls(function: ast.FunctionDef, module: str) -> Iterator[UsedPattern]:
    """Yield the patterns of calls such as `re.sub(…)` in a function."""
    name = f"{module}.{function.name}"
    for call in ast.walk(function):
        if not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "re"
            and call.args
        ):
            continue
        method, pattern = call.func.attr, call.args[0]
        if method == "escape":
            continue
        if isinstance(pattern, ast.Constant):
            flags = re.IGNORECASE if "IGNORECASE" in ast.unparse(call) else 0
            yield UsedPattern(name, re.compile(pattern.value, flags), method not in _AT_START)
        elif name in _GENERATED:
            is_searched = name not in _AT_START_OF_TEXT
            yield from (UsedPattern(name, generated, is_searched) for generated in _GENERATED[name]())
        else:
            raise UnknownPatternError(f"{name}: {ast.unparse(pattern)}")


def _iter_language_patterns() -> Iterator[UsedPattern]:
    for code in list_language_codes():
        language = get_language(code)
        for part in ("words", "checks", "edits"):
            yield from _iter_patterns_of(getattr(language, part), f"languages.{code}.{part}")


def _iter_patterns_of(value: Any, name: str) -> Iterator[UsedPattern]:
    """Yield the patterns in a model of a language."""
    if isinstance(value, re.Pattern):
        yield UsedPattern(name, value, is_searched=True)
    elif isinstance(value, BaseModel):
        for key in type(value).model_fields:
            yield from _iter_patterns_of(getattr(value, key), f"{name}.{key}")
    elif isinstance(value, tuple):
        for item in value:
            yield from _iter_patterns_of(item, name)
