"""The day of the build, in the files from which anybody can tell whether a site is still built."""

from __future__ import annotations

import json

import pytest

from tests.helpers.cli import hash_files
from tests.helpers.in_process import build


@pytest.mark.parametrize("name", ["versions.json", "announcements.json"])
def test_data_states_the_day_of_the_build(sample_history, tmp_path, name):
    build(sample_history, tmp_path / "out", today="2026-03-01")
    data = json.loads((tmp_path / "out" / "site" / "api" / name).read_bytes())
    assert (data["schema"], data["built"]) == (2, "2026-03-01")


def test_a_build_on_the_next_day_states_that_day_and_equals_a_clean_one(sample_history, tmp_path):
    build(sample_history, tmp_path / "out", today="2026-03-01")
    build(sample_history, tmp_path / "out", today="2026-03-02")
    build(sample_history, tmp_path / "clean", today="2026-03-02")
    assert hash_files(tmp_path / "out" / "site") == hash_files(tmp_path / "clean" / "site")
    versions = json.loads((tmp_path / "out" / "site" / "api" / "versions.json").read_bytes())
    assert versions["built"] == "2026-03-02"
