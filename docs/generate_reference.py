"""Renew the parts of docs/reference/ that are made from the code: `make reference`.

A generated part is between `<!-- generated: NAME -->` and `<!-- /generated -->`. In a table of keys, codes or
states the last column is prose, which is written on the page and kept for its row. A new row gets "…" for
its prose, and the tests fail until it is written; prose of a row that is gone is an error.

With `--check` nothing is written: the exit code is 1 where a page is out of date.
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import click

from build import main as build_command
from changelog.checks import RULES as CHANGE_RULES
from common.errors import ExitCode
from generator.rendering import Printer
from notifier.database import DeliveryState
from policy import checks, fields
from policy.fact_models import Facts
from policy.fields import Model
from policy.localization import term
from policy.models import ChangeNote, Channel, Redaction, Settings
from policy.parsing import SectionHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = REPOSITORY / "docs" / "reference"
LANGUAGES = ("nb", "en")
# What the annotated types of the models are called on the pages.
VALUES = {
    fields.Words: "wording",
    fields.Day: "day",
    fields.DayOrPeriod: "day or period",
    fields.Period: "period",
    fields.PeriodOrWords: "period or wording",
    fields.Truth: "`true` or `false`",
    fields.Id: "id",
    fields.Email: "e-mail address",
    fields.Url: "web address",
    fields.Country: "country code",
    fields.Days: "number of days",
}
MODELS: Mapping[str, type[Model]] = {
    "policy.yaml": Settings,
    "section": SectionHead,
    "change note": ChangeNote,
    "redactions.yaml": Redaction,
}
PROSE_IS_MISSING = "…"
_PART = re.compile(r"(<!-- generated: (.+?) -->\n)(.*?)(<!-- /generated -->)", re.DOTALL)


def keys(model: type[Model], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each key of a model with its value and its default, those of nested mappings below it."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        default = "required" if field.is_required() else default_in_words(field.default)
        yield f"`{key}`", value_in_words(hints[name]), default
        if inner := nested_model(hints[name]):
            yield from keys(inner, f"{key}[]." if is_list(hints[name]) else f"{key}.")


def bare(hint: Any) -> Any:
    """Strip `| None` and annotations that name no type of their own."""
    if get_origin(hint) in {Union, UnionType}:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return bare(kinds[0]) if len(kinds) == 1 else hint
    if get_origin(hint) is Annotated and named(hint) is None:
        return bare(get_args(hint)[0])
    return hint


def named(hint: Any) -> str | None:
    """Return what an annotated type is called, also where a field adds a condition of its own."""
    own = get_args(hint)
    for alias, words in VALUES.items():
        wanted = get_args(alias)
        if own[: len(wanted)] == wanted and get_origin(hint) is get_origin(alias):
            return words
    return None


def is_list(hint: Any) -> bool:
    """Whether a value is a list."""
    return get_origin(bare(hint)) is tuple


def nested_model(hint: Any) -> type[Model] | None:
    """Return the model of a mapping, or of the rows of a list."""
    kind = bare(hint)
    kind = bare(get_args(kind)[0]) if is_list(hint) else kind
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None


def value_in_words(hint: Any) -> str:
    """Return what an editor writes for a value of a type."""
    kind = bare(hint)
    if words := named(kind):
        return words
    if is_list(hint):
        inner = value_in_words(get_args(kind)[0])
        plurals = {"mapping": "rows", "id": "ids", "text": "texts", "channel": "channels"}
        return f"list of {plurals.get(inner, inner)}"
    if get_origin(kind) is Literal:
        return "code" if get_args(kind) != LANGUAGES else ", ".join(f"`{word}`" for word in LANGUAGES)
    if kind is Channel:
        return "channel"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return "mapping" if nested_model(hint) else "text"


def default_in_words(value: Any) -> str:
    """Return a default as an editor would write it; a mapping's are those of its keys."""
    if value is None or value == "":
        return "none"
    if isinstance(value, Model):
        return "as below"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Print a table of Markdown, its columns aligned except for the last."""
    lines = [headings, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(headings) - 1)]
    ruled = [headings, ["-" * max(3, width) for width in (*widths, 3)], *rows]
    return "".join(_row(line, widths) for line in ruled)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    *first, last = cells
    padded = [cell.ljust(width) for cell, width in zip(first, widths, strict=True)]
    return f"| {' | '.join([*padded, last])} |\n"


def with_prose(headings: Sequence[str], rows: Sequence[Sequence[str]], before: str) -> str:
    """Print a table whose last column is the prose that `before` has for the row; the first cell names it."""
    written = [[cell.strip() for cell in line.strip("| ").split("|")] for line in before.splitlines()]
    prose = {cells[0]: cells[-1] for cells in written if len(cells) > 1 and cells[0].startswith("`")}
    if gone := prose.keys() - {row[0] for row in rows}:
        sys.exit(f"no longer in the code, remove from the page: {', '.join(sorted(gone))}")
    return table(headings, [(*row, prose.get(row[0], PROSE_IS_MISSING)) for row in rows])


def keys_of(model: type[Model], before: str) -> str:
    """Print the keys of one YAML file."""
    return with_prose(("key", "value", "default", "meaning"), list(keys(model)), before)


def keys_of_facts(kind: str, before: str) -> str:
    """Print the keys of a row of one fact file, or of the mapping that `rights.yaml` is."""
    model = nested_model(get_type_hints(Facts, include_extras=True)[kind])
    assert model
    return keys_of(model, before)


def codes(_: str) -> str:
    """Print the codes of facts with the words that readers see for them."""
    rows = []
    for kind in Facts.model_fields:
        model = nested_model(get_type_hints(Facts, include_extras=True)[kind])
        assert model
        rows += [
            (
                f"`{kind}`",
                f"`{path}`",
                f"`{code}`",
                *(term(f"{path.split('.')[-1]}.{code}", own) for own in LANGUAGES),
            )
            for path, found in codes_of(model)
            for code in found
        ]
    return table(("file", "key", "code", "Norwegian", "English"), rows)


def codes_of(model: type[Model], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keys of a model whose value is a code, with the codes there are."""
    for name, hint in get_type_hints(model, include_extras=True).items():
        if name in model.model_fields:
            if get_origin(kind := bare(hint)) is Literal:
                yield f"{prefix}{name}", get_args(kind)
            elif inner := nested_model(hint):
                yield from codes_of(inner, f"{prefix}{name}.")


def help_of(_: str) -> str:
    """Print `--help` of every command."""
    return "\n".join(
        f"### `{name}`\n\n```text\n{text}\n```\n" for name, text in commands(build_command, "build.py")
    )


def commands(
    command: click.Command, name: str, above: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the full name of each command below one, and its help."""
    context = command.make_context(
        name.rsplit(maxsplit=1)[-1], ["--help"], parent=above, resilient_parsing=True
    )
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for own in command.list_commands(context):
            found = command.get_command(context, own)
            assert found
            yield from commands(found, f"{name} {own}", context)


def exit_codes(before: str) -> str:
    """Print the exit codes that all commands share."""
    return with_prose(
        ("code", "name", "means"), [(f"`{code.value}`", code.name) for code in ExitCode], before
    )


def rules(_: str) -> str:
    """Print every rule with its severity; the rest of the page tells of each."""
    groups = {
        "disclosures": checks.DISCLOSURES,
        "wording": checks.WORDING,
        "languages": checks.LANGUAGES,
        "changes": CHANGE_RULES,
    }
    severities: dict[tuple[str, str], list[str]] = {}
    for group, own in groups.items():
        for rule in own:  # a rule whose findings differ in weight is in the list once for each
            severities.setdefault((rule.id, group), []).append(rule.severity.value)
    rows = [(f"[`{name}`](#{name})", ", ".join(found), group) for (name, group), found in severities.items()]
    return table(("rule", "severity", "group"), rows)


def states(before: str) -> str:
    """Print the states of a delivery."""
    return with_prose(("state", "means"), [(f"`{state.value}`",) for state in DeliveryState], before)


def words_of_facts(prefix: str, before: str) -> str:
    """Print the words that stand for codes, in both languages, such as the standard texts."""
    codes = [line.split("`")[1] for line in before.splitlines() if line.startswith("| `")]
    rows = [(f"`{code}`", *(term(f"{prefix}{code}", language) for language in LANGUAGES)) for code in codes]
    return table(("", "Norwegian", "English"), rows)


def helper_text(_: str) -> str:
    """Print the words that a redline hides for screen readers."""
    english, norwegian = (Printer(REPOSITORY / "templates").labels(language) for language in ("en", "nb"))
    rows = [(f"`{key}`", f"`{norwegian[key]}`", f"`{english[key]}`") for key in english]
    return table(("", "Norwegian", "English"), rows)


PARTS: Mapping[str, Callable[[str], str]] = {
    **{f"keys of {name}": partial(keys_of, model) for name, model in MODELS.items()},
    **{f"keys of facts/{kind}.yaml": partial(keys_of_facts, kind) for kind in Facts.model_fields},
    "codes": codes,
    "help of every command": help_of,
    "exit codes": exit_codes,
    "rules": rules,
    "states": states,
    "standard texts": partial(words_of_facts, "note."),
    "helper text": helper_text,
}


def renewed(text: str) -> str:
    """Return a page with its generated parts made anew."""
    return _PART.sub(lambda found: f"{found[1]}{PARTS[found[2]](found[3])}{found[4]}", text)


def main() -> None:
    """Renew every page, or tell which are out of date."""
    stale = False
    for page in sorted(PAGES.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = renewed(before)
        if after == before:
            continue
        print(page.relative_to(REPOSITORY))
        stale = True
        if "--check" not in sys.argv:
            page.write_text(after, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit("out of date; run: make reference")


if __name__ == "__main__":
    main()
