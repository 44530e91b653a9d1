"""The environment of all tests, and a sample history with its site, which tests read and never change."""

from __future__ import annotations

import gc
import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers.cli import BuildCommand, create_history
from tests.helpers.compiled_templates import keep_compiled_templates
from tests.helpers.environment import GIT_ENVIRONMENT, create_home, neutral_environment
from tests.helpers.long_tests import COLLECTED, mark_long_cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# CI tries the same examples in every run, a developer's machine new ones; neither has a time limit.
settings.register_profile(
    "tests",
    deadline=None,
    database=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
# `make test-long`: more examples, and new ones each time.
settings.register_profile("long", settings.get_profile("tests"), derandomize=False)
settings.load_profile("tests")

keep_compiled_templates()

SAMPLE_HISTORY = """
start 2026-01-05
words nb/02-deling "Vi deler navn med trykkeriet." "Mer er det ikke."
words en/02-deling "We share names with the printer." "There is no more."
note trykkeri major 2026-02-20
commit 2026-01-10
branch side
section nb/04-klage Klage "Du kan klage til [tilsynet](https://example.no/tilsyn).[^1]" "[^1]: Gratis."
section en/04-klage Complaint "You can [complain](https://example.no/tilsyn).[^1]" "[^1]: For free."
commit 2026-02-01
on main
sed -i s/P2Y/P1Y6M/ content/facts/retention.yaml
commit 2026-02-02
merge 2026-02-03 side
for code in nb en; do
  git mv content/$code/02-deling.md content/$code/05-mottakere.md
  sed -i '2a aliases: [deling]' content/$code/05-mottakere.md
done
note flyttet minor
commit 2026-03-03
words nb/01-kontakt "Skriv eller ring."
words en/01-kontakt "Write or call."
note kontakt special 2026-07-01 "Nå kan du **ringe**."
commit 2026-04-01
"""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect the tests without looking for garbage: what they are made of stays to the end of the run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the cases that CI leaves out, before tests are selected by their markers.

    Groups of tests that must stay together come first: one that began last would keep a single worker busy.
    """
    mark_long_cases(items)
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    config.stash[COLLECTED] = list(items)


@pytest.fixture(scope="session", autouse=True)
def _same_environment(tmp_path_factory) -> Iterator[None]:
    """Give all tests the same environment with an empty home, on every machine and for every user."""
    environment = neutral_environment(
        **GIT_ENVIRONMENT, HOME=str(create_home(tmp_path_factory.mktemp("home"))), TZ="UTC"
    )
    umask = os.umask(0o022)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - environment.keys():
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        time.tzset()
        yield
    os.umask(umask)
    time.tzset()


@pytest.fixture(scope="session")
def sample_history(tmp_path_factory) -> Path:
    """A source folder whose history has a case of everything. Copy it before you change it."""
    return create_history(tmp_path_factory.mktemp("sample_history") / "source", SAMPLE_HISTORY)


@pytest.fixture(scope="session")
def sample_out(sample_history, tmp_path_factory) -> Path:
    """The `out` of the sample history, from a clean build. Copy it before you change it."""
    out = tmp_path_factory.mktemp("sample_out") / "out"
    result = BuildCommand().build(sample_history, out)
    assert (result.code, result.err) == (0, ())
    return out


@pytest.fixture
def as_root() -> None:
    """Skip a test that only root can run: it mounts a small disk or changes the owner of a folder."""
    if os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            pytest.fail("this test mounts or chowns: CI runs it as root")
        pytest.skip("this test mounts or chowns; run it as root: sudo make test")
