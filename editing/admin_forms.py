"""The forms of the admin page: Sveltia CMS' configuration, made from the models of the files it edits.

`python -m editing.admin_forms FOLDER` writes `config.json`. The file is checked in, and a test compares it
with the models.
A field bears its Norwegian name and the key it writes, since `check` and the placeholders speak of keys.
`policy.yaml` has no form: it is set up once, and its texts that all languages share fit none.
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

Field: TypeAlias = dict[str, Any]
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
_BODY = {"name": "body", "label": "Tekst", "widget": "text"}  # as it is typed: no editor that mends Markdown


def generate_admin_config() -> str:
    """Give the text of `config.json`: a form for sections, one for change notes, one for each fact file."""
    known = {name.removesuffix(".schema.json"): json.loads(text) for name, text in generate_schemas().items()}
    facts = [_file(kind, f"content/facts/{kind}.yaml", known[f"facts-{kind}"]) for kind in FACT_KINDS]
    made = {
        "app_title": "Klartekst",
        "media_folder": "content/.media",  # the page asks for one; reading passes over hidden folders
        "media_libraries": {"stock_assets": {"providers": []}},
        "show_preview_links": False,
        "editor": {"preview": False},
        "output": {"omit_empty_optional_fields": True, "yaml": {"indent_sequences": False}},
        "i18n": {"structure": "multiple_folders", "locales": list(LOCALES)},
        "collections": [_sections(), _notes(known["change"])],
        "singletons": facts,
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _sections() -> Field:
    """Lay the languages side by side; of the front matter, all but the title is kept and not shown."""
    head = SectionFrontMatter.model_json_schema()
    kept = [{"name": key, "widget": "hidden"} for key in head["properties"] if key != "title"]
    fields = [_field("title", head["properties"]["title"], head), *kept, _BODY]
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
        "create": False,  # a new section wants a number and an id: its file is made by hand
        "duplicate": False,
        "delete": False,
        "fields": [{**field, "i18n": True} for field in fields],
    }


def _notes(schema: Field) -> Field:
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
        "delete": False,  # what is published stays
        "fields": _fields(schema, schema),
    }


def _file(name: str, path: str, schema: Field) -> Field:
    """Give the form of one YAML file, whose root is a mapping or a list of rows."""
    rows = {"name": "rows", "label": _FILES[name], "root": True}
    fields = _fields(schema, schema) if "properties" in schema else [rows | _widget(schema, schema)]
    return {"name": name, "label": _FILES[name], "file": path, "format": "yaml", "fields": fields}


def _fields(schema: Field, whole: Field) -> list[Field]:
    required = schema.get("required", ())
    return [
        {**_field(key, part, whole), **({} if key in required else {"required": False})}
        for key, part in schema["properties"].items()
    ]


def _field(name: str, schema: Field, whole: Field) -> Field:
    hint = {"hint": _HINTS[name]} if name in _HINTS else {}
    return {"name": name, "label": f"{_LABELS[name]} ({name})", **hint, **_widget(schema, whole)}


def _widget(schema: Field, whole: Field) -> Field:
    """Say how a value of this schema is edited."""
    schema = _resolved(schema, whole)
    if "anyOf" in schema:
        return _widget(_form(schema["anyOf"]), whole)
    if "enum" in schema:
        return {"widget": "select", "options": schema["enum"]}
    match schema["type"]:
        case "boolean":  # a box has no third state: not said
            found = {"widget": "select", "options": [True, False]}
        case "array":
            found = {"widget": "list", **_items(_resolved(schema["items"], whole), whole)}
        case "object":
            wordings = set(schema["properties"]) == set(LOCALES)
            fields = [_wording(code) for code in LOCALES] if wordings else _fields(schema, whole)
            found = {"widget": "object", "fields": fields}
        case _:
            found = {"widget": "string"}
    return found


def _form(choices: list[Field]) -> Field:
    """Choose the form of what can be several things: a period as it is typed, words in each language."""
    kinds = [choice for choice in choices if choice.get("type") != "null"]
    return next((choice for choice in kinds if "pattern" in choice), kinds[-1])


def _items(item: Field, whole: Field) -> Field:
    return {"summary": "{{fields.id}}", "fields": _fields(item, whole)} if "properties" in item else {}


def _wording(code: str) -> Field:
    return {"name": code, "label": _LANGUAGES[code], "widget": "text"}


def _resolved(schema: Field, whole: Field) -> Field:
    found: Field = whole["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def write_admin_config(folder: Path) -> None:
    """Write the configuration into a folder."""
    (folder / "config.json").write_text(generate_admin_config(), encoding="utf-8")


if __name__ == "__main__":
    write_admin_config(Path(sys.argv[1]))
