"""Everything that is installed is locked with its hashes, audited, and listed in the bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.helpers.environment import REPOSITORY

PYTHON_LOCKS = (
    "requirements.lock",
    "site.lock",
    "supply/uv.txt",
    "supply/audit.txt",
    "bench/requirements.txt",
)
NPM_LOCKS = ("package-lock.json", "bench/package-lock.json")


def _read(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def _read_pins(name: str) -> dict[str, tuple[str, set[str]]]:
    """Return the version and the hashes of each package of a Python lock file."""
    parts = re.split(r"^(?=[a-z0-9])", _read(name), flags=re.MULTILINE)[1:]
    return {
        re.split("==", part)[0]: (
            re.split("[ ;]", part.split("==")[1])[0],
            set(re.findall(r"--hash=sha256:([0-9a-f]{64})", part)),
        )
        for part in parts
    }


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_python_package_is_locked_with_its_hashes(name):
    pins = _read_pins(name)
    assert pins
    assert [package for package, (version, hashes) in pins.items() if not version or not hashes] == []


@pytest.mark.parametrize("name", NPM_LOCKS)
def test_every_npm_package_is_locked_with_its_hash(name):
    packages = json.loads(_read(name))["packages"]
    unlocked = [path for path, row in packages.items() if path and not row["integrity"].startswith("sha512-")]
    assert (len(packages) > 1, unlocked) == (True, [])


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_no_python_lock_file_has_an_address(name):
    assert "://" not in _read(name)


@pytest.mark.parametrize("name", NPM_LOCKS)
def test_no_npm_package_has_an_address_that_it_came_from(name):
    packages = json.loads(_read(name))["packages"].values()
    assert [row for row in packages if "resolved" in row] == []


def test_uv_is_installed_in_the_locked_version_by_its_hash():
    (version,) = re.findall("^UV_VERSION := (.*)$", _read("Makefile"), re.MULTILINE)
    assert {package: pin[0] for package, pin in _read_pins("supply/uv.txt").items()} == {"uv": version}
    installs = re.findall(r"pip install .*", _read("Makefile"))
    assert len(installs) == 1
    assert all("--only-binary :all: --require-hashes -r supply/uv.txt" in line for line in installs)


@pytest.fixture(scope="module")
def bill(tmp_path_factory):
    path = tmp_path_factory.mktemp("bill") / "klartekst.cdx.json"
    subprocess.run([sys.executable, REPOSITORY / "supply" / "sbom.py", path], check=True)
    return path.read_text("utf-8")


def _read_components(bill: str) -> dict[str, set[str]]:
    """Return the hashes of each component by its package URL."""
    return {row["purl"]: {one["content"] for one in row["hashes"]} for row in json.loads(bill)["components"]}


def test_the_bill_of_materials_follows_the_schema_of_cyclonedx(bill):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    product = json.loads(bill)["metadata"]["component"]
    assert (product["name"], product["type"]) == ("klartekst", "application")


def test_the_bill_has_every_python_package_that_is_needed_at_run_time(bill):
    pins, components = _read_pins("requirements.lock"), _read_components(bill)
    found = {url.removeprefix("pkg:pypi/"): hashes for url, hashes in components.items() if "pypi" in url}
    assert {
        f"{package}@{version}": hashes for package, (version, hashes) in pins.items()
    }.items() >= found.items()
    names = {url.partition("@")[0] for url in found}
    assert names >= {
        "babel",
        "click",
        "gitpython",
        "gitdb",
        "smmap",
        "jinja2",
        "markupsafe",
        "pydantic-core",
        "tzdata",
    }
    assert names >= {"watchfiles", "anyio", "nh3", "psycopg-binary", "sqlalchemy"}
    assert not names & {
        "pytest",
        "ruff",
        "mypy",
        "playwright",
        "cyclonedx-python-lib",
        "jsonschema",
        "colorama",
    }


def test_the_bill_has_every_npm_package_that_the_admin_page_needs(bill):
    expected = {}
    for path, row in json.loads(_read("package-lock.json"))["packages"].items():
        if path and not row.get("dev"):
            name = path.rpartition("node_modules/")[2].replace("@", "%40")
            expected[f"pkg:npm/{name}@{row['version']}"] = {b64decode(row["integrity"][7:]).hex()}
    assert {url: hashes for url, hashes in _read_components(bill).items() if "pkg:npm" in url} == expected
    assert any("sveltia" in url for url in expected)
    assert not any("axe-core" in url or "vnu-jar" in url for url in expected)


def test_the_bill_says_which_package_needs_which(bill):
    needs = {row["ref"]: row.get("dependsOn", []) for row in json.loads(bill)["dependencies"]}
    by_name = {url.partition("@")[0]: needs[url] for url in needs}
    assert [url.partition("@")[0] for url in by_name["pkg:pypi/jinja2"]] == ["pkg:pypi/markupsafe"]
    reached, waiting = set(), ["klartekst"]
    while waiting:
        reached.add(one := waiting.pop())
        waiting += [url for url in needs[one] if url not in reached]
    assert reached == needs.keys()


def test_the_same_lock_files_give_the_same_bill_without_any_registry(bill, tmp_path):
    again = tmp_path / "again.json"
    subprocess.run([sys.executable, REPOSITORY / "supply" / "sbom.py", again], check=True)
    assert again.read_text("utf-8") == bill
    addresses = set(re.findall(r'https?://[^"]+', bill))
    assert addresses == {"http://cyclonedx.org/schema/bom-1.6.schema.json"}


def _audit(tmp_path: Path, failing: str) -> tuple[int, list[str]]:
    """Run `make audit` with stubs that record their arguments; return its exit code and the calls."""
    log = tmp_path / "calls"
    stub = tmp_path / "stub"
    stub.write_text(f'#!/bin/sh\necho "$@" >> {log}\ncase "$*" in *{failing}) exit 1 ;; esac\n')
    stub.chmod(0o755)
    done = subprocess.run(
        ["make", "-o", ".audit/.ready", "audit", f"PIP_AUDIT={stub}", f"NPM={stub}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, log.read_text().splitlines()


@pytest.mark.parametrize(
    ("failing", "code"),
    [
        ("nothing", 0),
        ("requirements.lock", 2),
        ("site.lock", 2),
        ("audit.txt", 2),
        ("prefix .", 2),
        ("prefix bench", 2),
    ],
)
def test_an_audit_covers_every_lock_file_and_fails_on_a_finding_in_any(tmp_path, failing, code):
    returned, calls = _audit(tmp_path, failing)
    assert returned == code
    assert [call.split()[-1] for call in calls] == [*PYTHON_LOCKS, ".", "bench"]
    assert all("--require-hashes" in call or call.startswith("audit --package-lock-only") for call in calls)
