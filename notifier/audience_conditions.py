"""Read the file of `--audiences`: an SQL condition for each audience, over the columns of the query."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from common.errors import InputError
from common.input_files import read_input_file

_MAX_BYTES = 1 << 20


def read_audience_conditions(path: Path) -> Mapping[str, str]:
    """Return the SQL condition of each audience by its id; raise InputError for any other file."""
    try:
        # Every value is a text: no tag builds anything, and "yes" or 1 is SQL.
        conditions = yaml.load(read_input_file(path, _MAX_BYTES), Loader=yaml.BaseLoader)  # noqa: S506 - see above
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise InputError(
            f"{path}: not YAML in UTF-8; write lines such as  members: role = 'member'"
        ) from None
    if not isinstance(conditions, dict) or not conditions:
        raise InputError(f"{path}: must have an SQL condition for each audience, by its id")
    for name, condition in conditions.items():
        if not isinstance(name, str) or len(name.split()) != 1:
            raise InputError(f"{path}: the name of an audience is its id in facts/audiences.yaml")
        if not isinstance(condition, str) or not condition.strip():
            raise InputError(f"{path}: {name}: write an SQL condition as its value")
    return {name: condition.strip() for name, condition in conditions.items()}
