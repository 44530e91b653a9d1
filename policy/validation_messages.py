"""Turns pydantic's validation errors into findings for an editor: location, message and hint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from common.suggestions import suggest_name
from policy.fields import Model
from policy.findings import Finding
from policy.yaml_reader import YamlPath, YamlTree

_EXPECTED_MAPPING = "expected lines of 'key: value'; start each with its key, a colon and a space"
# By the type of pydantic's error: what is wrong; what to do.
_MESSAGES = {
    "string_type": "expected a word or sentence; quote it, or remove the lines below it",
    "tuple_type": "expected a list; start each line with '- '",
    "model_type": _EXPECTED_MAPPING,
    "model_attributes_type": _EXPECTED_MAPPING,
    "int_parsing": "expected a whole number; use digits only",
    "int_parsing_size": "the number is too large; write 3650 or less",
    "int_type": "expected a whole number; use digits only",
    "bool_type": "expected true or false; write one of them",
    "bool_parsing": "expected true or false; write one of them",
    "string_too_short": "the value is empty; write something",
    "too_short": "the value is empty; write something",
    "greater_than_equal": "the number is too small; write 0 or more",
    "less_than_equal": "the number is too large; write 3650 or less",
    "string_pattern_mismatch": "not a fingerprint of a section; run build.py confirm to write it",
}


def explain_validation_errors(
    error: ValidationError, model: type[Model], tree: YamlTree
) -> Iterator[Finding]:
    """Yield a finding for each value of `tree` that does not fit its model."""
    for detail in error.errors(include_url=False):
        path = tuple(detail["loc"]) + ((key,) if (key := (detail.get("ctx") or {}).get("key")) else ())
        message, hint = _describe_error(detail, model, path)
        rule = "translation-missing" if detail["type"] == "missing_language" else "unreadable"
        location = tree.locate(path, key=detail["type"] == "extra_forbidden")
        yield Finding(location, message, hint, rule)


def _describe_error(detail: ErrorDetails, model: type[Model], path: YamlPath) -> tuple[str, str]:
    """Return message and hint for one error of pydantic; `path` leads to the value."""
    context: dict[str, Any] = detail.get("ctx") or {}
    match detail["type"]:
        case "extra_forbidden":
            name = str(path[-1])
            known_names = context.get("known") or _list_known_keys(model, path[:-1])
            return f"unknown key '{name}'", suggest_name(name, known_names)
        case "missing":
            return f"the key '{path[-1]}' is missing", f"add a line '{path[-1]}: …'"
        case "literal_error" | "enum":
            # pydantic names the allowed values in one sentence only: "'a', 'b' or 'c'".
            known_names = [
                word.strip(" '") for word in str(context["expected"]).replace(" or ", ", ").split(",")
            ]
            return f"'{detail['input']}' is not a known value", suggest_name(
                str(detail["input"]), known_names
            )
    message, _, hint = _MESSAGES.get(detail["type"], detail["msg"]).partition("; ")
    return message, hint or "see docs/reference/content.md for what is allowed"


def _list_known_keys(model: type[Model], path: YamlPath) -> list[str]:
    """Return the keys of the model that `path` leads to."""
    for step in path:
        if not isinstance(step, str):
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        nested = _find_model(fields[step].annotation) if step in fields else None
        model = nested or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _find_model(annotation: object) -> type[Model] | None:
    """Return the model inside an annotation such as `tuple[Model, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next(filter(None, map(_find_model, get_args(annotation))), None)
