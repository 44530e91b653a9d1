"""The models of the YAML files as JSON Schemas, so that editors complete keys and see mistakes as they type.

`python -m policy.schemas FOLDER` writes them; they are checked in, and a test holds them to the models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from policy.fact_models import Facts
from policy.models import ChangeNote, Redaction, Settings
from policy.placeholders import FACT_KINDS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def generate_schemas() -> dict[str, str]:
    """Give each schema's text by the name of its file; `facts-KIND` for those of content/facts/."""
    kinds: dict[str, Any] = {
        "policy": Settings,
        "change": ChangeNote,
        "redactions": tuple[Redaction, ...],
        **{f"facts-{kind}": Facts.model_fields[kind].annotation for kind in FACT_KINDS},
    }
    return {f"{name}.schema.json": _printed(name, kind) for name, kind in kinds.items()}


def _printed(name: str, kind: Any) -> str:
    schema = TypeAdapter(kind).json_schema(by_alias=True)
    return (
        json.dumps({"$schema": _DRAFT, "$id": f"{name}.schema.json", **schema}, indent=1, ensure_ascii=False)
        + "\n"
    )


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in generate_schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
