"""What a test needs from the machine: where it is missing, the test fails in CI and is skipped elsewhere."""

import os
import shutil

import pytest


def program(name: str, package: str) -> str:
    """Give the path of a program of a Debian package."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/bin")
    if found:
        return found
    line = f"{name} is missing: apt-get install --no-install-recommends {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(line)
    pytest.skip(line)
