"""The forms of the admin page: a configuration of Sveltia CMS, generated from the models.

`python -m editing.admin_forms FOLDER` writes `config.json`. The file is checked in, and a test compares it
with the models. A field is labelled with its Norwegian name and its key, because `check` and placeholders
use keys. `policy.yaml` has no form: it is written once, and the CMS has no field for a text that is either
one for all languages or one for each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

from policy.fields import LOCALES
from policy.parsing import SectionFrontMatter
from policy.placeholders import FACT_KINDS
from policy.schemas import generate_schemas

Schema: TypeAlias = dict[str, Any]  # JSON Schema, as pydantic generates it
Field: TypeAlias = dict[str, Any]  # a form or one of its fields, in the configuration of Sveltia CMS
_LANGUAGES = {"nb": "Bokmål", "en": "Engelsk"}
_FILES = {
    "purposes": "Formål",
    "categories": "Typer opplysninger",
    "retention": "Lagringstid",
    "recipients": "Mottakere",
    "cookies": "Informasjonskapsler",
    "rights": "Rettigheter",
    "sources": "Kilder",
    "audiences": "Målgrupper",
}
_LABELS = {
    "access": "Innsyn",
    "action": "Hva leseren kan gjøre",
    "affects": "Hvem det gjelder",
    "after": "Hva som skjer etterpå",
    "audience": "Målgrupper",
    "complaint": "Klage",
    "country": "Land",
    "criteria": "Kriterier",
    "data": "Opplysninger",
    "effective": "Gjelder fra",
    "erasure": "Sletting",
    "id": "Id",
    "interest": "Berettiget interesse",
    "kind": "Slag",
    "legal_basis": "Behandlingsgrunnlag",
    "level": "Nivå",
    "lower_reason": "Hvorfor nivået er lavere enn faktaene krever",
    "name": "Navn",
    "objection": "Protest",
    "period": "Tidsrom",
    "portability": "Dataportabilitet",
    "provider": "Leverandør",
    "public": "Offentlig kilde",
    "purpose": "Formål",
    "reason": "Begrunnelse",
    "rectification": "Retting",
    "restriction": "Begrensning",
    "retention": "Lagringstid",
    "role": "Rolle",
    "safeguard": "Overføringsgrunnlag",
    "summary": "Hva som er nytt",
    "text": "Tekst",
    "title": "Tittel",
    "what": "Hva",
    "withdraw_consent": "Trekke samtykke tilbake",
}
_HINTS = {
    "effective": "En dag (2026-12-22), eller et tidsrom fra publiseringen (P30D)",
    "period": "P2Y er to år, P6M seks måneder, P30D tretti dager",
    "country": "To bokstaver, som NO",
}
_BODY = {
    "name": "body",
    "label": "Tekst",
    "widget": "text",
}  # plain: a rich-text editor would rewrite the Markdown


def generate_admin_config() -> str:
    """Return the text of `config.json`: a form for sections, one for change notes, one for each fact file."""
    schemas = {
        name.removesuffix(".schema.json"): json.loads(text) for name, text in generate_schemas().items()
    }
    facts = [
        _create_file_form(kind, f"content/facts/{kind}.yaml", schemas[f"facts-{kind}"]) for kind in FACT_KINDS
    ]
    config = {
        "app_title": "Klartekst",
        "media_folder": "content/.media",  # required by the CMS; the loader ignores hidden folders
        "media_libraries": {"stock_assets": {"providers": []}},
        "show_preview_links": False,
        "editor": {"preview": False},
        "output": {"omit_empty_optional_fields": True, "yaml": {"indent_sequences": False}},
        "i18n": {"structure": "multiple_folders", "locales": list(LOCALES)},
        "collections": [_create_section_form(), _create_note_form(schemas["change"])],
        "singletons": facts,
    }
    return json.dumps(config, indent=1, ensure_ascii=False) + "\n"


def _create_section_form() -> Field:
    """Return the form of a section, languages side by side; front matter other than the title is hidden."""
    front_matter = SectionFrontMatter.model_json_schema()
    hidden = [{"name": key, "widget": "hidden"} for key in front_matter["properties"] if key != "title"]
    fields = [_create_field("title", front_matter["properties"]["title"], front_matter), *hidden, _BODY]
    return {
        "name": "sections",
        "label": "Deler",
        "label_singular": "Del",
        "folder": "content/{{locale}}",
        "extension": "md",
        "format": "yaml-frontmatter",
        "i18n": True,
        "identifier_field": "title",
        "summary": "{{slug}} {{title}}",
        "sortable_fields": {"fields": ["slug"], "default": {"field": "slug", "direction": "ascending"}},
        "create": False,  # a new section needs a number and an id, so its file is created by hand
        "duplicate": False,
        "delete": False,
        "fields": [{**field, "i18n": True} for field in fields],
    }


def _create_note_form(schema: Schema) -> Field:
    """Return the form of a change note."""
    return {
        "name": "changes",
        "label": "Endringsnotater",
        "label_singular": "Endringsnotat",
        "folder": "content/changes",
        "extension": "yaml",
        "format": "yaml",
        "identifier_field": "summary.nb",
        "summary": "{{slug}}",
        "slug": "{{year}}-{{month}}-{{day}}-endring",
        "delete": False,  # a published note must stay
        "fields": _create_fields(schema, schema),
    }


def _create_file_form(name: str, path: str, schema: Schema) -> Field:
    """Return the form of one YAML file, whose root is a mapping or a list of rows."""
    rows = {"name": "rows", "label": _FILES[name], "root": True}
    fields = (
        _create_fields(schema, schema) if "properties" in schema else [rows | _create_widget(schema, schema)]
    )
    return {"name": name, "label": _FILES[name], "file": path, "format": "yaml", "fields": fields}


def _create_fields(schema: Schema, root: Schema) -> list[Field]:
    """Return a field for every property of a schema."""
    required = schema.get("required", ())
    return [
        {**_create_field(key, part, root), **({} if key in required else {"required": False})}
        for key, part in schema["properties"].items()
    ]


def _create_field(name: str, schema: Schema, root: Schema) -> Field:
    """Return the field of one property, labelled with its name and key."""
    hint = {"hint": _HINTS[name]} if name in _HINTS else {}
    return {"name": name, "label": f"{_LABELS[name]} ({name})", **hint, **_create_widget(schema, root)}


def _create_widget(schema: Schema, root: Schema) -> Field:
    """Return the widget that edits a value of this schema."""
    schema = _resolve_reference(schema, root)
    if "anyOf" in schema:
        return _create_widget(_choose_schema(schema["anyOf"]), root)
    if "enum" in schema:
        return {"widget": "select", "options": schema["enum"]}
    match schema["type"]:
        case "boolean":  # a checkbox has no third state for a key that is left out
            found = {"widget": "select", "options": [True, False]}
        case "array":
            found = {
                "widget": "list",
                **_create_row_fields(_resolve_reference(schema["items"], root), root),
            }
        case "object":
            is_localized = set(schema["properties"]) == set(LOCALES)
            fields = (
                [_create_text_field(code) for code in LOCALES]
                if is_localized
                else _create_fields(schema, root)
            )
            found = {"widget": "object", "fields": fields}
        case _:
            found = {"widget": "string"}
    return found


def _choose_schema(choices: list[Schema]) -> Schema:
    """Return the schema to edit a union by: its pattern, as of a period, else the one with most structure."""
    kinds = [choice for choice in choices if choice.get("type") != "null"]
    return next((choice for choice in kinds if "pattern" in choice), kinds[-1])


def _create_row_fields(row: Schema, root: Schema) -> Field:
    """Return the fields of the rows of a list; nothing for a list of plain values."""
    return {"summary": "{{fields.id}}", "fields": _create_fields(row, root)} if "properties" in row else {}


def _create_text_field(code: str) -> Field:
    """Return the field of a text in one language."""
    return {"name": code, "label": _LANGUAGES[code], "widget": "text"}


def _resolve_reference(schema: Schema, root: Schema) -> Schema:
    """Return the schema that a `$ref` of pydantic refers to, or the schema itself."""
    found: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def write_admin_config(folder: Path) -> None:
    """Write the configuration into a folder."""
    (folder / "config.json").write_text(generate_admin_config(), encoding="utf-8")


if __name__ == "__main__":
    write_admin_config(Path(sys.argv[1]))
