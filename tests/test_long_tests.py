"""What `make test` leaves out has a small part that stays."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tests.helpers.long_tests import COLLECTED


def _is_long(item) -> bool:
    return item.get_closest_marker("long") is not None


def test_every_folder_of_tests_has_some_that_make_test_runs(request):
    is_long = defaultdict(list)
    for item in request.config.stash[COLLECTED]:
        is_long[Path(item.path).parent].append(_is_long(item))
    assert [folder for folder, found in is_long.items() if all(found)] == []


def test_every_case_that_make_test_chooses_exists(request):
    missing = defaultdict(set)
    for item in request.config.stash[COLLECTED]:
        if chosen := item.get_closest_marker("cases_in_ci"):
            name = item.nodeid.partition("[")[0]
            missing.setdefault(name, set(chosen.args)).discard(item.callspec.id)
    assert {name: ids for name, ids in missing.items() if ids} == {}


def test_every_test_with_chosen_cases_has_one_that_make_test_runs(request):
    is_long = defaultdict(list)
    for item in request.config.stash[COLLECTED]:
        if item.get_closest_marker("cases_in_ci"):
            is_long[item.nodeid.partition("[")[0]].append(_is_long(item))
    assert [name for name, found in is_long.items() if all(found)] == []
