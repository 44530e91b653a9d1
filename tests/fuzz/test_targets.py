"""Whatever a stranger writes is read, or refused in one clear error: a short run of `make fuzz`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import mutate
from tests.fuzz.targets import TARGETS, read

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_reads_or_refuses_what_it_is_given(name):
    target = TARGETS[name]

    @settings(max_examples=25, deadline=None, derandomize=True, database=None)
    @given(
        st.one_of(
            st.binary(max_size=300), st.integers(0, 2**32).map(lambda n: mutate(target.seeds, Random(n)))
        )
    )
    def run(data: bytes) -> None:
        read(target, data)

    run()


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_a_file_that_once_broke_a_target_breaks_it_no_more(path):
    read(TARGETS[path.name.rpartition("-")[0]], path.read_bytes())
