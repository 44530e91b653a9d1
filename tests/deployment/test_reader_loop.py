"""Short loops of readers; `make readers` runs a long one and writes its figures into a page."""

from __future__ import annotations

import pytest

from tests.deployment.reader_loop import run_loop


def test_a_reader_gets_nothing_wrong_during_a_deployment():
    figures = run_loop("nginx", requests=30, deployments=1, kills=0)
    assert figures["said"] == []
    assert figures["requests"] >= 30


@pytest.mark.long
@pytest.mark.parametrize("kind", ["nginx", "apache"])
def test_readers_get_nothing_wrong_while_deployments_are_killed(kind):
    figures = run_loop(kind, requests=300, deployments=2, kills=1)
    assert figures["said"] == []
    assert figures["requests"] >= 300
