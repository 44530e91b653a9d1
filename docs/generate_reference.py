"""Generate the parts of docs/reference/ that come from the code: `make reference`.

A generated part is between `<!-- generated: NAME -->` and `<!-- /generated -->`. In a table of keys, codes or
states the last column is prose, which is written by hand on the page and kept for its row. A new row gets "…"
as prose, and the tests fail until it is replaced; prose of a row that no longer exists is an error.

With `--check` nothing is written: the exit code is 1 if a page is out of date.
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
from changelog.redline_forms import FormChange
from changelog.redline_helpers import HelperWords
from common.errors import ExitCode
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from languages.loader import list_language_codes
from notifier.ledger_tables import DeliveryState
from policy import checks, fields
from policy.fact_models import Facts
from policy.fields import Model
from policy.localization import format_language_name, format_term
from policy.models import (
    ChangeNote,
    Channel,
    LateExplanation,
    OpenQuestion,
    Redaction,
    Settings,
    VersionNumberField,
)
from policy.parsing import SectionFrontMatter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = REPOSITORY / "docs" / "reference"
LANGUAGES = list_language_codes()
LANGUAGE_NAMES = tuple(format_language_name(code, "en", LANGUAGES) for code in LANGUAGES)
# The names of the models' annotated types on the pages.
TYPE_NAMES = {
    fields.LocalizedTextField: "wording",
    fields.LocalizedLineField: "one-line wording",
    fields.LineField: "one-line text",
    fields.BaseAddressField: "base address",
    fields.DateField: "day",
    fields.DateOrDurationField: "day or period",
    fields.DurationField: "period",
    fields.DurationOrTextField: "period or wording",
    fields.BooleanField: "`true` or `false`",
    fields.IdField: "id",
    fields.EmailField: "e-mail address",
    fields.UrlField: "web address",
    fields.OriginField: "origin",
    fields.CountryCodeField: "country code",
    fields.DayCountField: "number of days",
    fields.CommitField: "id of a commit",
    fields.ColourField: "colour",
    fields.SaltField: "32 hexadecimal digits or more",
    fields.HashField: "SHA-256, in hex",
    fields.CharacterRangeField: "start-end",
    fields.LinkNumberField: "number",
    VersionNumberField: "version number",
}
MODELS: Mapping[str, type[Model]] = {
    "policy.yaml": Settings,
    "section": SectionFrontMatter,
    "change note": ChangeNote,
    "late explanation": LateExplanation,
    "questions.yaml": OpenQuestion,
    "redactions.yaml": Redaction,
}
MISSING_PROSE = "…"
_PART = re.compile(r"(<!-- generated: (.+?) -->\n)(.*?)(<!-- /generated -->)", re.DOTALL)


def list_keys(model: type[Model], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each key of a model with its value and default, followed by the keys of a nested mapping."""
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        default = "required" if field.is_required() else describe_default(field.default)
        yield f"`{key}`", describe_value(hints[name]), default
        if inner := nested_model(hints[name]):
            yield from list_keys(inner, f"{key}[]." if is_list(hints[name]) else f"{key}.")


def strip_optional(hint: Any) -> Any:
    """Return a type without `| None` and without annotations that TYPE_NAMES does not know."""
    if get_origin(hint) in {Union, UnionType}:
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return strip_optional(kinds[0]) if len(kinds) == 1 else hint
    if get_origin(hint) is Annotated and type_name(hint) is None:
        return strip_optional(get_args(hint)[0])
    return hint


def type_name(hint: Any) -> str | None:
    """Return the name of an annotated type in TYPE_NAMES, also where a field adds a constraint to it."""
    own = get_args(hint)
    for alias, name in TYPE_NAMES.items():
        wanted = get_args(alias)
        if own[: len(wanted)] == wanted and get_origin(hint) is get_origin(alias):
            return name
    return None


def is_list(hint: Any) -> bool:
    """Return whether a type is a list."""
    return get_origin(strip_optional(hint)) is tuple


def nested_model(hint: Any) -> type[Model] | None:
    """Return the model of a mapping or of the rows of a list; None for other types."""
    kind = strip_optional(hint)
    kind = strip_optional(get_args(kind)[0]) if is_list(hint) else kind
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None


def describe_value(hint: Any) -> str:
    """Describe what an editor writes for a value of a type."""
    kind = strip_optional(hint)
    if name := type_name(kind):
        return name
    if is_list(hint):
        inner = describe_value(get_args(kind)[0])
        plurals = {
            "mapping": "rows",
            "id": "ids",
            "origin": "origins",
            "text": "texts",
            "one-line text": "one-line texts",
            "channel": "channels",
            "version number": "version numbers",
            "start-end": "start-end",
            "number": "numbers",
        }
        return f"list of {plurals.get(inner, inner)}"
    if get_origin(kind) is Literal:
        return "code" if get_args(kind) != LANGUAGES else ", ".join(f"`{word}`" for word in LANGUAGES)
    if kind is Channel:
        return "channel"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ", ".join(f"`{member.value}`" for member in kind)
    return "mapping" if nested_model(hint) else "text"


def describe_default(value: Any) -> str:
    """Describe a default as an editor would write it."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Model):
        return "as below"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`"


def render_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, aligned except for the last column."""
    lines = [headings, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(headings) - 1)]
    lines_with_rule = [headings, ["-" * max(3, width) for width in (*widths, 3)], *rows]
    return "".join(_render_row(line, widths) for line in lines_with_rule)


def _render_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    *first, last = cells
    padded = [cell.ljust(width) for cell, width in zip(first, widths, strict=True)]
    return f"| {' | '.join([*padded, last])} |\n"


def render_table_with_prose(headings: Sequence[str], rows: Sequence[Sequence[str]], before: str) -> str:
    """Return a table whose last column is the prose that the table `before` has for the same first cell."""
    written = [[cell.strip() for cell in line.strip("| ").split("|")] for line in before.splitlines()]
    prose = {cells[0]: cells[-1] for cells in written if len(cells) > 1 and cells[0].startswith("`")}
    if removed := prose.keys() - {row[0] for row in rows}:
        sys.exit(f"no longer in the code, remove from the page: {', '.join(sorted(removed))}")
    return render_table(headings, [(*row, prose.get(row[0], MISSING_PROSE)) for row in rows])


def render_keys(model: type[Model], before: str) -> str:
    """Return the table of the keys of one YAML file."""
    return render_table_with_prose(("key", "value", "default", "meaning"), list(list_keys(model)), before)


def render_fact_keys(kind: str, before: str) -> str:
    """Return the table of the keys of a row of one fact file, or of the mapping in `rights.yaml`."""
    model = nested_model(get_type_hints(Facts, include_extras=True)[kind])
    assert model
    return render_keys(model, before)


def render_codes(_: str) -> str:
    """Return the table of the codes in facts with the words that readers see."""
    rows = []
    for kind in Facts.model_fields:
        model = nested_model(get_type_hints(Facts, include_extras=True)[kind])
        assert model
        rows += [
            (
                f"`{kind}`",
                f"`{path}`",
                f"`{code}`",
                *(format_term(f"{path.split('.')[-1]}.{code}", own) for own in LANGUAGES),
            )
            for path, found in list_codes(model)
            for code in found
        ]
    return render_table(("file", "key", "code", *LANGUAGE_NAMES), rows)


def list_codes(model: type[Model], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keys of a model whose values are codes, each with its codes."""
    for name, hint in get_type_hints(model, include_extras=True).items():
        if name in model.model_fields:
            if get_origin(kind := strip_optional(hint)) is Literal:
                yield f"{prefix}{name}", get_args(kind)
            elif inner := nested_model(hint):
                yield from list_codes(inner, f"{prefix}{name}.")


def render_help(_: str) -> str:
    """Return the `--help` text of every command."""
    return "\n".join(
        f"### `{name}`\n\n```text\n{text}\n```\n" for name, text in list_commands(build_command, "build.py")
    )


def list_commands(
    command: click.Command, name: str, above: click.Context | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the full name and the help text of a command and of its subcommands."""
    context = command.make_context(
        name.rsplit(maxsplit=1)[-1], ["--help"], parent=above, resilient_parsing=True
    )
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for own in command.list_commands(context):
            found = command.get_command(context, own)
            assert found
            yield from list_commands(found, f"{name} {own}", context)


def render_exit_codes(before: str) -> str:
    """Return the table of the exit codes that all commands share."""
    return render_table_with_prose(
        ("code", "name", "means"), [(f"`{code.value}`", code.name) for code in ExitCode], before
    )


def render_rules(_: str) -> str:
    """Return the table of every rule of `check` with its severity."""
    groups = {
        "disclosures": checks.DISCLOSURES,
        "wording": checks.WORDING,
        "languages": checks.LANGUAGES,
        "appearance": checks.APPEARANCE,
        "questions": checks.QUESTIONS,
        "changes": CHANGE_RULES,
    }
    severities: dict[tuple[str, str], list[str]] = {}
    for group, own in groups.items():
        for rule in own:  # a rule whose findings differ in severity is listed once for each
            severities.setdefault((rule.id, group), []).append(rule.severity.value)
    rows = [(f"[`{name}`](#{name})", ", ".join(found), group) for (name, group), found in severities.items()]
    return render_table(("rule", "severity", "group"), rows)


def render_states(before: str) -> str:
    """Return the table of the states of a delivery."""
    return render_table_with_prose(
        ("state", "means"), [(f"`{state.value}`",) for state in DeliveryState], before
    )


def render_standard_texts(prefix: str, before: str) -> str:
    """Return the table of the standard texts in every language."""
    codes = [line.split("`")[1] for line in before.splitlines() if line.startswith("| `")]
    rows = [
        (f"`{code}`", *(format_term(f"{prefix}{code}", language) for language in LANGUAGES)) for code in codes
    ]
    return render_table(("", *LANGUAGE_NAMES), rows)


def render_hidden_labels(_: str) -> str:
    """Return the table of the words of a redline that are not the policy's."""
    renderer = Renderer(TemplateFiles(REPOSITORY / "templates"))
    words = [renderer.get_helper_words(code) for code in LANGUAGES]
    rows = [
        (name.replace("_", " "), *(f"`{text}`" for text in texts))
        for name, *texts in zip(HelperWords._fields, *words, strict=True)
        if name not in {"forms", "shortens_addresses"}
    ]
    rows += [
        (f"form: {form.value.replace('-', ' ')}", *(f"`[{own.forms[form]}]`" for own in words))
        for form in FormChange
    ]
    labels = [renderer.get_labels(code) for code in LANGUAGES]
    rows += [(f"`{key}`", *(f"`{texts[key]}`" for texts in labels)) for key in labels[0]]
    return render_table(("", *LANGUAGE_NAMES), rows)


GENERATORS: Mapping[str, Callable[[str], str]] = {
    **{f"keys of {name}": partial(render_keys, model) for name, model in MODELS.items()},
    **{f"keys of facts/{kind}.yaml": partial(render_fact_keys, kind) for kind in Facts.model_fields},
    "codes": render_codes,
    "help of every command": render_help,
    "exit codes": render_exit_codes,
    "rules": render_rules,
    "states": render_states,
    "standard texts": partial(render_standard_texts, "note."),
    "helper text": render_hidden_labels,
}


def regenerate(text: str) -> str:
    """Return the text of a page with its generated parts made from the code."""
    return _PART.sub(lambda found: f"{found[1]}{GENERATORS[found[2]](found[3])}{found[4]}", text)


def main() -> None:
    """Regenerate every page, or with `--check` list those that are out of date."""
    stale = False
    for page in sorted(PAGES.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = regenerate(before)
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
