"""What pydantic refused, said to an editor: in plain words, at its place, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from common.suggestions import suggest_name
from policy.fields import Model
from policy.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from policy.yaml_reader import Path, YamlTree

_LINES = "lines of 'key: value' are expected here; begin each with its key, a colon and a space"
_WRONG_TYPE = {
    "string_type": "a word or sentence is expected here; quote it, or remove the lines below it",
    "tuple_type": "a list is expected here; begin each line with '- '",
    "model_type": _LINES,
    "model_attributes_type": _LINES,
    "int_parsing": "a whole number is expected here; write digits alone",
    "int_parsing_size": "the number is too large; write 3650 or less",
    "int_type": "a whole number is expected here; write digits alone",
    "bool_type": "true or false is expected here; write one of them",
    "bool_parsing": "true or false is expected here; write one of them",
    "string_too_short": "nothing stands here; write something",
    "too_short": "nothing stands here; write something",
    "greater_than_equal": "the number is too small; write 0 or more",
    "less_than_equal": "the number is too large; write 3650 or less",
    "string_pattern_mismatch": "this is not what build.py confirm writes; run it again",
}


def explain_validation_errors(error: ValidationError, kind: type[Model], tree: YamlTree) -> Iterator[Finding]:
    """Yield a finding in an editor's words for each value of `tree` that its model `kind` refuses."""
    for detail in error.errors(include_url=False):
        where = tuple(detail["loc"]) + ((key,) if (key := (detail.get("ctx") or {}).get("key")) else ())
        message, hint = _said(detail, kind, where)
        rule = "translation-missing" if detail["type"] == "missing_language" else "unreadable"
        location = tree.locate(where, key=detail["type"] == "extra_forbidden")
        yield Finding(location, message, hint, rule)


def _said(detail: ErrorDetails, kind: type[Model], where: Path) -> tuple[str, str]:
    context: dict[str, Any] = detail.get("ctx") or {}
    match detail["type"]:
        case "extra_forbidden":
            name = str(where[-1])
            return f"unknown key '{name}'", suggest_name(
                name, context.get("known") or _keys(kind, where[:-1])
            )
        case "missing":
            return f"the key '{where[-1]}' is missing", f"add a line '{where[-1]}: …'"
        case "literal_error" | "enum":
            known = [word.strip(" '") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
            return f"'{detail['input']}' is not known here", suggest_name(str(detail["input"]), known)
    message, _, hint = _WRONG_TYPE.get(detail["type"], detail["msg"]).partition("; ")
    return message, hint or "mend it"


def _keys(kind: type[Model], where: Path) -> list[str]:
    """Give the keys known at a place, by following it through the models."""
    for step in where:
        if not isinstance(step, str):
            continue
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        inner = _model_in(fields[step].annotation) if step in fields else None
        kind = inner or kind
    return [field.alias or name for name, field in kind.model_fields.items()]


def _model_in(annotation: object) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
