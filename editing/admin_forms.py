"""The forms of the admin page: a configuration of Sveltia CMS, generated from the models.

`python -m editing.admin_forms FOLDER LANGUAGE` writes `config.json` for the policy of this project. The file
is checked in, and a test compares it with the models. A field is labelled with its name in that language and
its key, because `check` and placeholders use keys. `policy.yaml` has no form: it is written once, and the CMS
has no field for a text that is either one for all languages or one for each.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from common.messages import Message, Translator
from languages.loader import get_language
from policy.fields import LOCALES, Locale
from policy.loader import load_policy
from policy.localization import format_language_name, load_catalogue
from policy.parsing import SectionFrontMatter
from policy.placeholders import FACT_KINDS
from policy.schemas import generate_schemas
from policy.sources import read_content_files

_PROJECT = Path(__file__).resolve().parents[1]

Schema: TypeAlias = dict[str, Any]  # JSON Schema, as pydantic generates it
Field: TypeAlias = dict[str, Any]  # a form or one of its fields, in the configuration of Sveltia CMS
_FILES = {
    "purposes": Message("Purposes"),
    "categories": Message("Categories of data"),
    "retention": Message("Storage periods"),
    "recipients": Message("Recipients"),
    "cookies": Message("Cookies"),
    "rights": Message("Rights"),
    "sources": Message("Sources"),
    "audiences": Message("Audiences"),
}
_LABELS = {
    "access": Message("Access"),
    "action": Message("What readers can do"),
    "affects": Message("Who is affected"),
    "also_in_force": Message("Correct the version in force too"),
    "after": Message("What happens afterwards"),
    "audience": Message("Audiences"),
    "brings_forward": Message("Versions that are brought forward"),
    "changed_sections": Message("Sections that a withdrawal changes besides"),
    "complaint": Message("Complaint"),
    "country": Message("Country"),
    "criteria": Message("Criteria"),
    "data": Message("Data"),
    "effective": Message("Takes effect"),
    "erasure": Message("Erasure"),
    "id": Message("Id"),
    "interest": Message("Legitimate interest"),
    "kind": Message("Kind"),
    "legal_basis": Message("Legal basis"),
    "level": Message("Level"),
    "lower_reason": Message("Why the level is lower than the facts require"),
    "name": Message("Name"),
    "objection": Message("Objection"),
    "period": Message("Period"),
    "portability": Message("Data portability"),
    "provider": Message("Provider"),
    "public": Message("Public source"),
    "purpose": Message("Purpose"),
    "reason": Message("Reason"),
    "rectification": Message("Rectification"),
    "restriction": Message("Restriction"),
    "retention": Message("Storage period"),
    "role": Message("Role"),
    "safeguard": Message("Safeguard"),
    "summary": Message("What is new"),
    "tell": Message("Who gets the letter"),
    "text": Message("Text"),
    "title": Message("Title"),
    "what": Message("What"),
    "withdraw_consent": Message("Withdrawal of consent"),
    "withdraws": Message("Versions that are withdrawn"),
}
_HINTS = {
    "effective": Message("A day (2026-12-22), or a period counted from publication (P30D)"),
    "period": Message("P2Y is two years, P6M six months, P30D thirty days"),
    "country": Message("Two letters, like NO"),
}


def generate_admin_config(languages: tuple[Locale, ...], language: Locale) -> str:
    """Return the text of `config.json`: a form for sections, one for change notes, one for each fact file.

    The texts have fields in the `languages` of the policy; the labels are in `language`.
    """
    return _FormBuilder(languages, language, load_catalogue("tool", language)).build_config()


@dataclass(frozen=True)
class _FormBuilder:
    """Builds the forms for a policy in some languages, with labels in one language."""

    languages: tuple[Locale, ...]
    language: Locale
    translator: Translator

    def build_config(self) -> str:
        """Return the text of `config.json`."""
        schemas = {
            name.removesuffix(".schema.json"): json.loads(text) for name, text in generate_schemas().items()
        }
        facts = [
            self.create_file_form(kind, f"content/facts/{kind}.yaml", schemas[f"facts-{kind}"])
            for kind in FACT_KINDS
        ]
        config = {
            "app_title": "Klartekst",
            "media_folder": "content/.media",  # required by the CMS; the loader ignores hidden folders
            "media_libraries": {"stock_assets": {"providers": []}},
            "show_preview_links": False,
            "editor": {"preview": False},
            "output": {"omit_empty_optional_fields": True, "yaml": {"indent_sequences": False}},
            "i18n": {"structure": "multiple_folders", "locales": list(self.languages)},
            "collections": [self.create_section_form(), self.create_note_form(schemas["change"])],
            "singletons": facts,
        }
        return json.dumps(config, indent=1, ensure_ascii=False) + "\n"

    def create_section_form(self) -> Field:
        """Return the form of a section, languages side by side, with only the title of its front matter."""
        front_matter = SectionFrontMatter.model_json_schema()
        hidden = [{"name": key, "widget": "hidden"} for key in front_matter["properties"] if key != "title"]
        # Plain text: a rich-text editor would rewrite the Markdown.
        body = {"name": "body", "label": _LABELS["text"].translate(self.translator), "widget": "text"}
        fields = [
            self.create_field("title", front_matter["properties"]["title"], front_matter),
            *hidden,
            body,
        ]
        return {
            "name": "sections",
            "label": Message("Sections").translate(self.translator),
            "label_singular": Message("Section").translate(self.translator),
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

    def create_note_form(self, schema: Schema) -> Field:
        """Return the form of a change note."""
        return {
            "name": "changes",
            "label": Message("Change notes").translate(self.translator),
            "label_singular": Message("Change note").translate(self.translator),
            "folder": "content/changes",
            "extension": "yaml",
            "format": "yaml",
            "identifier_field": f"summary.{self.languages[0]}",
            "summary": "{{slug}}",
            "slug": "{{year}}-{{month}}-{{day}}-" + get_language(self.languages[0]).words.urls.changes,
            "delete": False,  # a published note must stay
            # The other kind of note, an explanation of an older version, is rare and has no form.
            "fields": self.create_fields(_resolve_reference(schema["anyOf"][0], schema), schema),
        }

    def create_file_form(self, name: str, path: str, schema: Schema) -> Field:
        """Return the form of one YAML file, whose root is a mapping or a list of rows."""
        label = _FILES[name].translate(self.translator)
        rows = {"name": "rows", "label": label, "root": True}
        fields = (
            self.create_fields(schema, schema)
            if "properties" in schema
            else [rows | self.create_widget(schema, schema)]
        )
        return {"name": name, "label": label, "file": path, "format": "yaml", "fields": fields}

    def create_fields(self, schema: Schema, root: Schema) -> list[Field]:
        """Return a field for every property of a schema."""
        required = schema.get("required", ())
        return [
            {**self.create_field(key, part, root), **({} if key in required else {"required": False})}
            for key, part in schema["properties"].items()
        ]

    def create_field(self, name: str, schema: Schema, root: Schema) -> Field:
        """Return the field of one property, labelled with its name and key."""
        hint = {"hint": _HINTS[name].translate(self.translator)} if name in _HINTS else {}
        return {
            "name": name,
            "label": f"{_LABELS[name].translate(self.translator)} ({name})",
            **hint,
            **self.create_widget(schema, root),
        }

    def create_widget(self, schema: Schema, root: Schema) -> Field:
        """Return the widget that edits a value of this schema."""
        schema = _resolve_reference(schema, root)
        if "anyOf" in schema:
            return self.create_widget(_choose_schema(schema["anyOf"]), root)
        if "enum" in schema:
            return {"widget": "select", "options": schema["enum"]}
        match schema["type"]:
            case "boolean":  # a checkbox has no third state for a key that is left out
                found = {"widget": "select", "options": [True, False]}
            case "array":
                found = {
                    "widget": "list",
                    **self.create_row_fields(_resolve_reference(schema["items"], root), root),
                }
            case "object":
                is_localized = set(schema["properties"]) == set(LOCALES)
                fields = (
                    [self.create_text_field(code) for code in self.languages]
                    if is_localized
                    else self.create_fields(schema, root)
                )
                found = {"widget": "object", "fields": fields}
            case _:
                found = {"widget": "string"}
        return found

    def create_row_fields(self, row: Schema, root: Schema) -> Field:
        """Return the fields of the rows of a list; nothing for a list of plain values."""
        return (
            {"summary": "{{fields.id}}", "fields": self.create_fields(row, root)}
            if "properties" in row
            else {}
        )

    def create_text_field(self, code: str) -> Field:
        """Return the field of a text in one language."""
        name = format_language_name(code, self.language, self.languages)
        return {"name": code, "label": name[:1].upper() + name[1:], "widget": "text"}


def _choose_schema(choices: list[Schema]) -> Schema:
    """Return the schema to edit a union by: its pattern, as of a period, else the one with most structure."""
    kinds = [choice for choice in choices if choice.get("type") != "null"]
    return next((choice for choice in kinds if "pattern" in choice), kinds[-1])


def _resolve_reference(schema: Schema, root: Schema) -> Schema:
    """Return the schema that a `$ref` of pydantic refers to, or the schema itself."""
    found: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def write_admin_config(folder: Path, language: Locale) -> None:
    """Write the configuration for the policy of this project; raise ContentError if it cannot be read."""
    languages = load_policy(read_content_files(_PROJECT)).languages
    (folder / "config.json").write_text(generate_admin_config(languages, language), encoding="utf-8")


if __name__ == "__main__":
    write_admin_config(Path(sys.argv[1]), sys.argv[2])
