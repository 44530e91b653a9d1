"""The JSON Schemas that are checked in are those of the models, and good content fits them."""

from __future__ import annotations

import json
from pathlib import Path

from policy.placeholders import FACT_KINDS
from policy.schemas import generate_schemas

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_schemas_are_those_of_the_models():
    written = {path.name: path.read_text(encoding="utf-8") for path in (REPOSITORY / "schemas").iterdir()}
    assert written == generate_schemas(), "run: make schemas"


def test_every_yaml_file_of_the_content_has_a_schema_that_refuses_unknown_keys():
    assert set(generate_schemas()) == {
        f"{name}.schema.json"
        for name in ("policy", "change", "questions", "redactions", *(f"facts-{kind}" for kind in FACT_KINDS))
    }
    for text in generate_schemas().values():
        schema = json.loads(text)
        models = [schema, *schema.get("$defs", {}).values()]
        objects = [model for model in models if model.get("type") == "object"]
        assert all(model["additionalProperties"] is False for model in objects)


def test_the_editor_s_settings_name_every_schema():
    settings = json.loads((REPOSITORY / ".vscode/settings.json").read_text(encoding="utf-8"))
    assert {Path(name).name for name in settings["yaml.schemas"]} == set(generate_schemas())


def test_the_sender_of_letters_is_written_as_the_file_writes_it():
    mail = json.loads(generate_schemas()["policy.schema.json"])["$defs"]["MailSettings"]
    assert mail["required"] == ["from"]
