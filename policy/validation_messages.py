"""Turns pydantic's validation errors into findings for an editor: location, message and hint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from common.messages import Message
from common.suggestions import suggest_name
from policy.fields import Model
from policy.findings import Finding
from policy.yaml_reader import YamlPath, YamlTree

_EXPECTED_MAPPING = (
    Message("expected lines of 'key: value'"),
    Message("start each with its key, a colon and a space"),
)
_EXPECTED_NUMBER = (Message("expected a whole number"), Message("use digits only"))
_EXPECTED_BOOLEAN = (Message("expected true or false"), Message("write one of them"))
_EMPTY = (Message("the value is empty"), Message("write something"))
_TOO_LARGE = (Message("the number is too large"), Message("write 3650 or less"))
# By the type of pydantic's error: what is wrong, and what to do.
_MESSAGES = {
    "string_type": (
        Message("expected a word or sentence"),
        Message("quote it, or remove the lines below it"),
    ),
    "tuple_type": (Message("expected a list"), Message("start each line with '- '")),
    "model_type": _EXPECTED_MAPPING,
    "model_attributes_type": _EXPECTED_MAPPING,
    "int_parsing": _EXPECTED_NUMBER,
    "int_parsing_size": _TOO_LARGE,
    "int_type": _EXPECTED_NUMBER,
    "bool_type": _EXPECTED_BOOLEAN,
    "bool_parsing": _EXPECTED_BOOLEAN,
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "greater_than_equal": (Message("the number is too small"), Message("write 0 or more")),
    "less_than_equal": _TOO_LARGE,
    "string_pattern_mismatch": (
        Message("not a fingerprint of a section"),
        Message("run build.py confirm to write it"),
    ),
}


def explain_validation_errors(
    error: ValidationError, model: type[Model], tree: YamlTree
) -> Iterator[Finding]:
    """Yield a finding for each value of `tree` that does not fit its model."""
    details = error.errors(include_url=False)
    for detail in details:
        # A list of wrong values is empty for pydantic: it counts only those that are right.
        if detail["type"] == "too_short" and any(
            other["loc"][: len(detail["loc"])] == detail["loc"] and other is not detail for other in details
        ):
            continue
        path = tuple(detail["loc"]) + ((key,) if (key := (detail.get("ctx") or {}).get("key")) else ())
        message, hint = _describe_error(detail, model, path)
        rule = "translation-missing" if detail["type"] == "missing_language" else "unreadable"
        location = tree.locate(path, key=detail["type"] == "extra_forbidden")
        yield Finding(location, message, hint, rule)


def _describe_error(detail: ErrorDetails, model: type[Model], path: YamlPath) -> tuple[Message, Message]:
    """Return message and hint for one error of pydantic; `path` leads to the value."""
    context: dict[str, Any] = detail.get("ctx") or {}
    match detail["type"]:
        case "extra_forbidden":
            name = str(path[-1])
            known_names = context.get("known") or _list_known_keys(model, path[:-1])
            return Message("unknown key '{key}'", key=name), suggest_name(name, known_names)
        case "missing":
            message = Message("the key '{key}' is missing", key=path[-1])
            return message, Message("add a line '{name}: …'", name=path[-1])
        case "literal_error" | "enum":
            # pydantic names the allowed values in one sentence only: "'a', 'b' or 'c'".
            known_names = [
                word.strip(" '") for word in str(context["expected"]).replace(" or ", ", ").split(",")
            ]
            value = str(detail["input"])
            return Message("'{value}' is not a known value", value=value), suggest_name(value, known_names)
    if "hint" in context:  # one of our own errors (fields.py)
        return context["message"], context["hint"]
    # A type of error that no model can cause today keeps pydantic's own English words.
    unknown = (
        Message("not a valid value ({problem})", problem=detail["msg"]),
        Message("see docs/reference/content.md for what is allowed"),
    )
    return _MESSAGES.get(detail["type"], unknown)


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
