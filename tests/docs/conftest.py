"""The small policy of docs/reference/content.md, built."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.helpers.reference import build_source, commit_files, read_section

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def out(tmp_path_factory) -> Path:
    """The `out` of that policy: first with a shorter period and without its note, then as it is."""
    folder = tmp_path_factory.mktemp("example")
    example = read_section("content", "## A small policy")
    files = dict(re.findall(r"`content/(\S+)`\n\n```\w+\n(.*?)```", example, re.DOTALL))
    period = "facts/retention.yaml"
    before = {name: text for name, text in files.items() if not name.startswith("changes/")}
    commit_files(folder / "source", before | {period: files[period].replace("P2Y", "P1Y")}, "2026-01-05")
    commit_files(folder / "source", files, "2026-02-01")
    return build_source(folder / "source", folder / "out")


@pytest.fixture(scope="session")
def published(out) -> dict:
    """What its versions.json holds."""
    return json.loads((out / "site" / "api" / "versions.json").read_bytes())
