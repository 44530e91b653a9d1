"""Programs that tests need: where one is missing, the test fails in CI and is skipped elsewhere."""

import os
import shutil

import pytest


def require_program(name: str, package: str) -> str:
    """Return the path of a program; `package` is the Debian package that has it."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/bin")
    if found:
        return found
    line = f"{name} is missing: apt-get install --no-install-recommends {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(line)
    pytest.skip(line)
