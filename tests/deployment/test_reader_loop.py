"""A short loop of readers; `make readers` runs the long one and writes its figures into the documentation."""

from __future__ import annotations

import pytest

from tests.deployment.reader_loop import run_loop


@pytest.mark.parametrize("kind", ["nginx", "apache"])
def test_readers_get_nothing_wrong_while_deployments_are_killed(kind):
    figures = run_loop(kind, requests=300, deployments=2, kills=1)
    assert figures["said"] == []
    assert figures["requests"] >= 300
