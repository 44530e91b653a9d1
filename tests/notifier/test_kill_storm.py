"""The kill storm in a small size; `make storm` runs it in full size."""

import json
import os
import subprocess
import sys

import pytest

from tests.notifier import servers
from tests.notifier.cli import ROOT


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("database", "processes"), [("sqlite", 3), ("postgresql", 2)])
def test_killed_and_suspended_at_random_nobody_is_lost_or_mailed_twice(database, processes):
    if database == "postgresql":
        servers.need("ip", "iproute2")
        if os.geteuid() != 0:
            servers.lacking("network namespaces need root")
    command = [sys.executable, "-m", "tests.notifier.kill_storm", database, "--processes", str(processes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert (result["lost"], result["duplicates"]) == (0, 0)
    assert result["kills"] >= 3
    assert result["in_doubt_after_kills"] <= result["maximum_allowed"]
    assert (result["not_recognized"], result["falsely_recognized"]) == (0, 0)
    assert result["kinds"] == 12
    assert result["counts"]["returned"] == result["returned"] > 20
    assert (result["wrong_member_keys"], result["in_no_part_of_coverage"]) == (0, 0)
    assert "log" not in result
    assert sum(result["counts"].values()) == result["addressees"]
