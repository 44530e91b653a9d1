"""The notification job takes its addressees from the very database of the members' site."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wordpress")
HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def letter(tmp_path_factory):
    out = tmp_path_factory.mktemp("published") / "out"
    subprocess.run(
        [sys.executable, HOUSE / "build.py", "build", "--out", out], check=True, capture_output=True
    )
    return next((out / "letters").iterdir())


def test_plan_counts_the_members_of_wordpress_by_their_language(instance, members, letter):
    running, _ = instance
    assert members
    where = ("--recipients", running.database_url, "--table-prefix", running.prefix)
    found = subprocess.run(
        [sys.executable, HOUSE / "build.py", "notify", "plan", "--letter", letter, *where],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    counted = dict(line.split(maxsplit=1) for line in found.stdout.splitlines())
    # Kari reads Norwegian, Emma English; the administrator has chosen none and gets the first language.
    assert (counted["addressees"], counted["nb"], counted["en"]) == ("3", "2", "1")
    assert found.stdout.splitlines()[-1] == "--confirm 3"
