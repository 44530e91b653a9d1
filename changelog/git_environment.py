"""Git's environment: nothing that a user, a system or a hook has set has a say in it (contract §2)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PINNED: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ALLOW_PROTOCOL": "",  # a partial clone may not fetch what it lacks behind our back
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}


def forget_callers() -> None:
    """Drop what a hook that runs us has set: GIT_DIR and GIT_INDEX_FILE name another folder."""
    for name in [name for name in os.environ if name.startswith("GIT_") and "PYTHON" not in name]:
        del os.environ[name]
