"""The smoke test: what a server answers for a site, compared with the site on the disk and with itself."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from deployment.smoke_data import (
    ANNOUNCEMENTS,
    LOG,
    ONE_GENERATION,
    VERSIONS,
    LiveData,
    find_age_faults,
    find_data_faults,
    strip_base,
)
from deployment.smoke_headers import Fault, find_chosen_origin_faults, find_header_faults, is_shared_path
from deployment.smoke_pages import Page, read_page
from deployment.web_client import Answer, check_site_address, fetch, join_address
from generator.server_config import read_origins

_OK, _NOT_FOUND = 200, 404
_REDIRECTIONS = range(300, 400)
_CONFIG_FILES = ("_headers", ".htaccess", "nginx.conf")
_FOLDERS_WITHOUT_INDEX = ("assets/", "api/")
_SHOWN_PATHS = 3
_NOTICE_SCRIPT = "notice.js"
_UNKNOWN = "an address that does not exist"
_LANGUAGE_ADVICE = "the server may choose a page by language: switch that off for the site's folder"
_LIST_ADVICE = "switch lists off (nginx: autoindex off, Apache: Options -Indexes)"
_OTHER_RULE = (
    "another rule of the server may take files of this kind: give the site's folder precedence "
    "(nginx: location ^~), or copy the site again with deploy"
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the site must be: `site` is the folder to compare with, `log_head` the hash of the last entry.

    Each may be missing. `max_age_days` is how old the build may be; without it, any age passes.
    """

    today: dt.date
    site: Path | None = None
    log_head: str = ""
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class SmokeResult:
    """The problems in lines that say what to change, and a line about what was right."""

    problems: list[str]
    summary: str


def find_problems(address: str, expectation: Expectation) -> SmokeResult:
    """Test the site at an address; raise TryLaterError if the server does not answer."""
    test = _SmokeTest(check_site_address(address), expectation)
    test.run()
    count = len(test.answers)
    return SmokeResult(list(test.describe_problems()), f"tested    {test.base}: {count} answers are right")


@dataclass
class _SmokeTest:
    """One run: the answers by path, and each fault with the paths that have it."""

    base: str
    expectation: Expectation
    answers: dict[str, Answer] = field(default_factory=dict)
    faults: dict[Fault, list[str]] = field(default_factory=dict)
    base_url: str = ""

    def run(self) -> None:
        """Request everything that is tested."""
        data = self._read_data()
        self.base_url = data.base_url or self.base
        front = self._read_page("")
        pages = {"": front, **{path: self._read_page(path) for path in self._list_homes(front)}}
        self._compare_languages(pages)
        for path in self._list_linked_files(front):
            self._request(path)
        for path in data.list_version_paths():
            self._request(path)
        self._request(_NOTICE_SCRIPT)
        self._test_other_origins()
        if front.version and data.in_force and front.version != data.in_force:
            what = f"shows version {front.version}, in force is {data.in_force}"
            self._add("", Fault(what, ONE_GENERATION))
        self._test_missing_page()
        self._test_hidden_files()
        self._test_folder_redirection(data)

    def describe_problems(self) -> Iterator[str]:
        """Yield a line for each fault, with the paths that have it."""
        for fault, paths in self.faults.items():
            names = ", ".join(path or "the front page" for path in paths[:_SHOWN_PATHS])
            others = len(paths) - _SHOWN_PATHS
            more = f" and {others} other{'s' * (others > 1)}" if others > 0 else ""
            yield f"{names}{more}: {fault}"

    def _add(self, path: str, fault: Fault) -> None:
        paths = self.faults.setdefault(fault, [])
        if path not in paths:
            paths.append(path)

    def _fetch(self, path: str) -> Answer:
        if path not in self.answers:
            is_chosen = len(self._origins) > 1 and is_shared_path(path)
            self.answers[path] = fetch(self.base + path, self._origins[0] if is_chosen else "")
        return self.answers[path]

    def _request(self, path: str) -> Answer | None:
        """Request a file that must be there and test the answer; return it unless it is an error."""
        answer = self._fetch(path)
        if answer.status != _OK:
            advice = _OTHER_RULE if answer.status == _NOT_FOUND else _describe_status(answer)
            self._add(path, Fault(f"the server answers {answer.status}", advice))
            return None
        for fault in find_header_faults(path, answer, self._origins):
            self._add(path, fault)
        expected = self._read_local(path)
        if expected is not None and answer.body != expected:
            self._add(path, Fault("is not the file that was built", ONE_GENERATION))
        return answer

    def _read_local(self, path: str) -> bytes | None:
        """Return the file that is expected at a path; None if nothing is compared."""
        if self.expectation.site is None:
            return None
        file = self.expectation.site / (f"{path}index.html" if path.endswith("/") or not path else path)
        return file.read_bytes() if file.is_file() else b""

    @cached_property
    def _origins(self) -> tuple[str, ...]:
        """The origins that may read the shared files, if the built `_headers` says so."""
        return read_origins((self._read_local("_headers") or b"").decode())

    def _read_data(self) -> LiveData:
        """Read the three files of data as one, and test whether they say the same."""
        bodies = {}
        for path in (LOG, VERSIONS, ANNOUNCEMENTS):
            answer = self._request(path)
            bodies[path] = answer.body if answer else b""
        data = LiveData(bodies)
        for path, fault in find_data_faults(data, self.expectation.log_head):
            self._add(path, fault)
        if self.expectation.max_age_days is not None:
            for fault in find_age_faults(data, self.expectation.today, self.expectation.max_age_days):
                self._add(VERSIONS, fault)
        return data

    def _read_page(self, path: str) -> Page:
        answer = self._request(path)
        return read_page(answer.body if answer else b"")

    def _to_path(self, page: str, href: str) -> str | None:
        """Return the path below the site of a link on a page; None if it leads elsewhere."""
        address = join_address(self.base + page, href)
        path = strip_base(address, self.base_url)
        return strip_base(address, self.base) if path is None else path

    def _list_homes(self, front: Page) -> Iterator[str]:
        """Yield the paths of the front pages in other languages."""
        for href in front.languages.values():
            if path := self._to_path("", href):
                yield path

    def _compare_languages(self, pages: Mapping[str, Page]) -> None:
        """Test that the front pages link each other, and are in the language that the links say."""
        for source, page in pages.items():
            for language, href in page.languages.items():
                path = self._to_path(source, href)
                target = pages.get(path) if path is not None else None
                if target is None:
                    what = f"links {href:.200}, which is not of this site, for '{language}'"
                    self._add(source, Fault(what, "deploy again"))
                elif target.language and target.language != language:
                    what = f"is in '{target.language}', not in '{language}'"
                    self._add(path or "", Fault(what, _LANGUAGE_ADVICE))

    def _list_linked_files(self, front: Page) -> Iterator[str]:
        """Yield the paths of the style sheet, the script, the icon and the feed of the front page."""
        for href in front.files:
            path = self._to_path("", href)
            if path is None:
                self._add("", Fault(f"loads {href:.200}, which is not of this site", "deploy again"))
            else:
                yield path

    def _test_missing_page(self) -> None:
        """Test the answer to an address that the site does not have."""
        path = f"smoke-test-{secrets.token_hex(8)}/"
        answer, own = self._fetch(path), self._fetch("404.html")
        expected = self._read_local("404.html") or own.body
        advice = "answer unknown addresses with 404 and 404.html (nginx: error_page, Apache: ErrorDocument)"
        if answer.status != _NOT_FOUND:
            self._add(_UNKNOWN, Fault(f"the server answers {answer.status}", advice))
        elif answer.body != expected:
            self._add(_UNKNOWN, Fault("gets a page that is not the site's 404.html", advice))
        else:
            for fault in find_header_faults(path, answer, self._origins):
                self._add(_UNKNOWN, fault)

    def _test_other_origins(self) -> None:
        """Test that pages of every origin may read a notice."""
        for origin in self._origins[1:]:
            for path in (_NOTICE_SCRIPT, ANNOUNCEMENTS):
                for fault in find_chosen_origin_faults(fetch(self.base + path, origin), origin):
                    self._add(path, fault)

    def _test_hidden_files(self) -> None:
        for path in _CONFIG_FILES:
            if self._fetch(path).status == _OK:
                self._add(path, Fault("is served", "answer 404 for the configuration files of the site"))
        for path in _FOLDERS_WITHOUT_INDEX:
            if self._fetch(path).status == _OK:
                self._add(path, Fault("is served as a list of files", _LIST_ADVICE))

    def _test_folder_redirection(self, data: LiveData) -> None:
        """Test that an address without its last slash leads to the one with it, on the same host."""
        for path in data.list_version_paths():
            if not path.endswith("/"):
                continue
            answer = self._fetch(path[:-1])
            target = join_address(answer.address, str(answer.headers.get("Location", "")))
            advice = "redirect to the address with a slash, without host (nginx: absolute_redirect off)"
            if answer.status not in _REDIRECTIONS:
                self._add(path[:-1], Fault(f"the server answers {answer.status}", advice))
            elif urlsplit(target)[:3] != urlsplit(self.base + path)[:3]:
                self._add(path[:-1], Fault(f"is redirected to {target:.200}", advice))
            return


def _describe_status(answer: Answer) -> str:
    if answer.status in _REDIRECTIONS:
        target = join_address(answer.address, str(answer.headers.get("Location", "")))
        return f"it redirects to {target:.200}: test that address, or take the redirection away"
    if answer.status == 403:  # noqa: PLR2004 - forbidden
        return "let the server read the folder and follow its links (Apache: Options FollowSymLinks)"
    return "the error log of the server says why"
