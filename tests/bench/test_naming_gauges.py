"""The gauges that `make check` prints count what they say."""

import pytest

from bench.naming_gauges import is_participle_only, measure_modules, read_modules

SOURCE = '''\
"""A module."""
from typing import TYPE_CHECKING
from functools import lru_cache

if TYPE_CHECKING:
    import os

LIMIT = 3  # why it is three


@lru_cache
def kept(one, two):
    """Say something."""


def load_policy(path):
    return path


class Reader:
    """Read."""

    def read_all(self, one, two, three):
        return one
'''


@pytest.fixture
def gauges(tmp_path):
    for name in ("one.py", "two.py", "three.py"):
        (tmp_path / name).write_text(SOURCE, encoding="utf-8")
    return {gauge.name: gauge for gauge in measure_modules(read_modules([tmp_path]))}


def test_names_are_counted_by_their_words(gauges):
    assert gauges["functions"].value == "9"
    assert gauges["function names of one word"].value == "33 %"
    assert gauges["function names of participles only"].examples == ["kept"]
    assert gauges["public names defined in 3 modules or more"].examples == [
        "LIMIT",
        "Reader",
        "kept",
        "load_policy",
    ]


def test_comments_docstrings_and_caches_are_counted(gauges):
    assert gauges["lines with a comment"].value == "4.2 %"
    assert gauges["public functions and classes with a docstring"].value == "50.0 %"
    assert gauges["function caches"].value == "3"
    assert gauges["TYPE_CHECKING blocks"].value == "3"
    assert gauges["parameters of a function: most"].value.startswith("3")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("told", True),
        ("_laid_on", False),
        ("since", True),
        ("printed", True),
        ("embed", False),
        ("load_feed", False),
        ("is_changed", False),
    ],
)
def test_participles_are_recognised_without_nouns_that_look_like_them(name, expected):
    assert is_participle_only(name) is expected
