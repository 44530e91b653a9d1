"""A build in the test's own process: for what a build writes, not for how the command reports it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from generator.build import build_site
from generator.build_options import BuildOptions, BuildResult
from tests.helpers.cli import TODAY

if TYPE_CHECKING:
    from pathlib import Path


def build(source: Path, out: Path, *, today: str = TODAY, **options: Any) -> BuildResult:
    """Build on a fixed day, by this process alone unless the options say otherwise."""
    return build_site(BuildOptions(source, out, date.fromisoformat(today), **options))
