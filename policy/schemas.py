"""JSON Schemas of the YAML files, so that a text editor completes keys and marks mistakes.

`python -m policy.schemas FOLDER` writes them (`make schemas`). They are checked in; a test compares them with
the models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from policy.fact_models import Facts
from policy.models import ChangeNote, LateExplanation, OpenQuestion, Redaction, Settings
from policy.placeholders import FACT_KINDS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def generate_schemas() -> dict[str, str]:
    """Return the text of each schema by its file name; `facts-KIND` for the files of content/facts/."""
    models: dict[str, Any] = {
        "policy": Settings,
        "change": ChangeNote | LateExplanation,
        "redactions": tuple[Redaction, ...],
        "questions": tuple[OpenQuestion, ...],
        **{f"facts-{kind}": Facts.model_fields[kind].annotation for kind in FACT_KINDS},
    }
    return {f"{name}.schema.json": _format_schema(name, model) for name, model in models.items()}


def _format_schema(name: str, model: Any) -> str:
    # By alias: the keys are those of the files.
    schema = TypeAdapter(model).json_schema(by_alias=True)
    return (
        json.dumps({"$schema": _DRAFT, "$id": f"{name}.schema.json", **schema}, indent=1, ensure_ascii=False)
        + "\n"
    )


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, which is created if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in generate_schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
