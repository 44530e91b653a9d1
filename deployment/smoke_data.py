"""What the smoke test reads of a site's data: whether its files are of one generation, and their age."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.days import parse_day
from deployment.smoke_headers import Fault
from verifier.json_reader import JsonError, parse_json
from verifier.log import read_log
from verifier.site_data import compare_announcements, compare_versions, list_rows

LOG, VERSIONS, ANNOUNCEMENTS = "api/log.json", "api/versions.json", "api/announcements.json"
ONE_GENERATION = (
    "the server, or a cache in front of it, has files of several builds: deploy again, or clear the cache"
)


# As a build writes them: no step upwards, no query.
_PATH = re.compile(r"(?:[\w~-][\w.~-]*/)*(?:[\w~-][\w.~-]*)?", re.ASCII)


def strip_base(address: str, base: str) -> str | None:
    """Return the path of an address below that of a site; None if it leads elsewhere."""
    if not base or not address.startswith(base):
        return None
    path = address.removeprefix(base).partition("#")[0]
    return path if _PATH.fullmatch(path) else None


@dataclass
class LiveData:
    """The files of data of a site, as its server answered."""

    bodies: Mapping[str, bytes]
    versions: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.versions = parse_json(self.bodies[VERSIONS])
        except JsonError:
            self.versions = {}

    @property
    def base_url(self) -> str:
        """The address that the site has been built for."""
        value = self.versions.get("base_url")
        return value if isinstance(value, str) else ""

    @property
    def in_force(self) -> str:
        """The number of the version in force."""
        value = self.versions.get("in_force")
        return value if isinstance(value, str) else ""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the versions."""
        return list_rows(self.versions, "versions") or []

    def list_version_paths(self) -> Iterator[str]:
        """Yield the paths of the newest version in each language: page, plain text and changes."""
        languages = self.rows[-1].get("languages") if self.rows else None
        for row in languages.values() if isinstance(languages, dict) else ():
            for name in ("url", "redline_url"):
                address = row.get(name) if isinstance(row, dict) else None
                path = strip_base(address, self.base_url) if isinstance(address, str) else None
                if path:
                    yield path
                    if name == "url":
                        yield f"{path}policy.txt"


def find_data_faults(data: LiveData, log_head: str) -> Iterator[tuple[str, Fault]]:
    """Yield each file that says something else than the log; `log_head` is the hash of its last entry."""
    if not all(data.bodies.values()):
        return  # the server has answered an error, which is a fault already
    log = read_log(data.bodies[LOG], LOG)
    for problem in log.problems[:1]:
        yield LOG, Fault(problem, "deploy again")
    if not log.entries:
        return
    if log_head and log.entries[-1]["hash"] != log_head:
        yield LOG, Fault("is not that of the generation which is current", ONE_GENERATION)
    for path, compare in ((VERSIONS, compare_versions), (ANNOUNCEMENTS, compare_announcements)):
        try:
            rows = list_rows(parse_json(data.bodies[path]), path[4:-5])
        except JsonError as error:
            yield path, Fault(str(error), "deploy again")
            continue
        for problem in list(compare(log, rows or []))[:1]:
            yield path, Fault(problem, ONE_GENERATION)


def find_age_faults(data: LiveData, today: dt.date, max_age_days: int) -> Iterator[Fault]:
    """Yield what is wrong with the day of the build: too long ago, or before a version took effect."""
    try:
        built = parse_day(data.versions["built"])
    except (KeyError, TypeError, ValueError):
        yield Fault("does not say when it was built", "deploy with a newer release")
        return
    advice = "the job that builds every night does not run: start it"
    if (today - built).days > max_age_days:
        yield Fault(f"was built {(today - built).days} days ago, on {built}", advice)
    for row in data.rows:
        effective = row.get("effective")
        is_due = isinstance(effective, str) and str(built) < effective <= str(today)
        if is_due and not row.get("withdrawn_by"):
            number = f"{row.get('version')!s:.20}"
            yield Fault(f"version {number} took effect on {effective}, after the build of {built}", advice)
