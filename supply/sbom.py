"""Write the bill of materials of a release: `make sbom`.

CycloneDX 1.6 as JSON: the run-time packages of both lock files, with their versions and the hashes that an
installation accepts. It names no registry. The same lock files give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT_EXTRAS = ("dev", "supply")

_PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^    #(?: via)? +(?P<name>[a-z0-9-]+)(?P<is_root> \(pyproject\.toml\))?$")


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """A package of a lock file: its key there, package URL and hashes, and the keys of those that need it."""

    key: str
    url: PackageURL
    hashes: tuple[HashType, ...]
    needed_by: frozenset[str]


def list_packages() -> list[LockedPackage]:
    """Return the packages that Klartekst needs when it runs, of both lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    npm_lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    locked = _read_python_lock((ROOT / "requirements.lock").read_text("utf-8"))
    return [*_select_needed(locked, set(_list_direct_requirements(project))), *_read_npm_lock(npm_lock)]


def _list_direct_requirements(project: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of what pyproject.toml asks for, without the extras of developers."""
    extras = project["optional-dependencies"]
    for requirements in (
        project["dependencies"],
        *(extras[name] for name in extras if name not in DEVELOPMENT_EXTRAS),
    ):
        for requirement in requirements:
            yield re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def _read_python_lock(text: str) -> list[LockedPackage]:
    """Return the packages of requirements.lock; its comments say which package needs which.

    They do not say for which extra of a package: the bill may list a package that only such an extra needs.
    """
    packages = []
    for part in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE):
        pin = _PIN.match(part)
        if not pin:
            continue
        vias = [via for line in part.splitlines() if (via := _VIA.match(line))]
        packages.append(
            LockedPackage(
                pin["name"],
                PackageURL("pypi", name=pin["name"], version=pin["version"]),
                tuple(HashType(alg=HashAlgorithm.SHA_256, content=found) for found in _HASH.findall(part)),
                frozenset(via["name"] for via in vias if not via["is_root"]),
            )
        )
    return packages


def _select_needed(locked: Iterable[LockedPackage], names: set[str]) -> list[LockedPackage]:
    """Return the packages of these names and all that they need."""
    packages = {package.key: package for package in locked}
    needed = dict.fromkeys(sorted(names))
    while more := [key for key in packages if key not in needed and packages[key].needed_by & needed.keys()]:
        needed |= dict.fromkeys(more)
    return [packages[key] for key in sorted(needed)]


def _read_npm_lock(lock: Mapping[str, Any]) -> list[LockedPackage]:
    """Return the packages of package-lock.json that are not for developers only."""
    rows = {path: row for path, row in lock["packages"].items() if path and not row.get("dev")}
    needed_by: dict[str, set[str]] = {path: set() for path in rows}
    for path, row in rows.items():
        for name in {**row.get("dependencies", {}), **row.get("optionalDependencies", {})}:
            needed_by.get(_find_installed(rows, path, name), set()).add(path)
    return [
        LockedPackage(
            path,
            _npm_url(path.rpartition("node_modules/")[2], row["version"]),
            (_npm_hash(row["integrity"]),),
            frozenset(needed_by[path]),
        )
        for path, row in rows.items()
    ]


def _find_installed(rows: Mapping[str, Any], path: str, name: str) -> str:
    """Return the path of the package that Node.js finds by a name from another one, or an empty string."""
    while path and f"{path}/node_modules/{name}" not in rows:
        path = path.rpartition("/node_modules/")[0]
    found = f"{path}/node_modules/{name}".removeprefix("/")
    return found if found in rows else ""


def _npm_url(name: str, version: str) -> PackageURL:
    namespace, _, short = name.rpartition("/")
    return PackageURL("npm", namespace=namespace or None, name=short, version=version)


def _npm_hash(integrity: str) -> HashType:
    algorithm, _, digest = integrity.partition("-")
    if algorithm != "sha512":
        raise ValueError(f"package-lock.json: {algorithm} instead of sha512")
    return HashType(alg=HashAlgorithm.SHA_512, content=b64decode(digest).hex())


def render_bill() -> str:
    """Return the bill of materials as JSON."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    packages = list_packages()
    components = {package.key: _describe(package) for package in packages}
    product = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
    )
    bill = Bom(components=components.values())
    bill.metadata.component = product
    bill.metadata.timestamp = None
    identity = "\n".join(sorted(package.url.to_string() for package in packages))
    bill.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"klartekst {project['version']}\n{identity}")
    direct = set(_list_direct_requirements(project))
    bill.register_dependency(
        product,
        [components[package.key] for package in packages if package.key in direct or not package.needed_by],
    )
    for key, component in components.items():
        bill.register_dependency(
            component, [components[package.key] for package in packages if key in package.needed_by]
        )
    return JsonV1Dot6(bill).output_as_string(indent=1) + "\n"


def _describe(package: LockedPackage) -> Component:
    url = package.url
    return Component(
        name=url.name,
        group=url.namespace,
        version=url.version,
        type=ComponentType.LIBRARY,
        bom_ref=url.to_string(),
        purl=url,
        hashes=package.hashes,
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_bill(), "utf-8")
