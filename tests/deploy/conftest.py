"""A repository with this tool and a small policy, that CI and servers clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers.policy_repository import create_remote

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2026-11-26"
_HISTORY = """
start 2026-01-05
settings "nb, en" "mail: {from: post@example.no}" \\
  "announce: {minor: [], major: [help_centre, login, email], special: [help_centre, login, email, alert]}"
commit 2026-01-06
"""


@pytest.fixture(scope="session")
def remote(tmp_path_factory) -> Path:
    """The bare repository; clone it, and push nothing."""
    return create_remote(tmp_path_factory.mktemp("remote"), _HISTORY)
