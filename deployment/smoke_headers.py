"""What the headers of an answer must say: the type, the security headers, and for how long it may be kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deployment.web_client import Answer
from generator.server_config import HEADERS, ORIGIN_HEADER, SHARED_PATHS

_CSP, _RESOURCE_POLICY = "Content-Security-Policy", "Cross-Origin-Resource-Policy"
_TYPES: Mapping[str, frozenset[str]] = {
    ".html": frozenset({"text/html"}),
    ".htm": frozenset({"text/html"}),
    ".css": frozenset({"text/css"}),
    ".js": frozenset({"text/javascript", "application/javascript"}),
    ".json": frozenset({"application/json"}),
    ".svg": frozenset({"image/svg+xml"}),
    ".png": frozenset({"image/png"}),
    ".txt": frozenset({"text/plain"}),
    ".xml": frozenset({"application/atom+xml"}),
}
_WITH_CHARSET = frozenset({"text/html", "text/plain"})  # browsers would guess the encoding of others as UTF-8
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?")
_CONFIGURATION = "use the site's nginx.conf, .htaccess or _headers"
_MIN_ASSET_AGE = 86_400 * 30


class Fault(NamedTuple):
    """What is wrong with an answer, and what to change."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what}; {self.advice}"


def find_header_faults(path: str, answer: Answer, origins: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with the headers of an answer to a path of the site.

    `origins` may read the shared files, and the first of several was asked for; any may if there are none.
    """
    if answer.status == 200:  # noqa: PLR2004 - OK
        yield from _find_type_faults(path, answer)
    yield from _find_caching_faults(path, answer)
    is_shared = is_shared_path(path)
    for name, value in HEADERS:
        if name == _CSP:
            yield from _find_csp_faults(answer.list_values(name), value)
        else:
            expected = "same-site" if is_shared and name == _RESOURCE_POLICY else value
            yield from _find_value_faults(answer, name, expected)
    if is_shared and answer.status == 200:  # noqa: PLR2004 - OK
        yield from _find_origin_faults(answer, origins)


def is_shared_path(path: str) -> bool:
    """Return whether pages of other origins may read a path of the site."""
    return any(
        path.startswith(shared[:-1]) if shared.endswith("*") else path == shared for shared in SHARED_PATHS
    )


def _find_type_faults(path: str, answer: Answer) -> Iterator[Fault]:
    suffix = ".html" if path.endswith("/") or not path else f".{path.rpartition('.')[2]}"
    if (expected := _TYPES.get(suffix)) is None:
        return
    kind, charset = answer.headers.get_content_type(), answer.headers.get_content_charset("")
    if "Content-Type" not in answer.headers or kind not in expected:
        said = answer.headers.get("Content-Type", "missing")
        yield Fault(f"Content-Type is {said}", f"send {max(expected)} for *{suffix}: {_CONFIGURATION}")
    elif charset not in {"utf-8", "" if kind not in _WITH_CHARSET else "utf-8"}:
        yield Fault(f"the charset of {kind} is {charset or 'missing'}", f"send utf-8: {_CONFIGURATION}")


def _find_caching_faults(path: str, answer: Answer) -> Iterator[Fault]:
    directives = {value.lower().replace(" ", "") for value in answer.list_values("Cache-Control")}
    said = ", ".join(sorted(directives)) or "missing"
    if path.startswith("assets/") and answer.status == 200:  # noqa: PLR2004 - OK
        ages = [int(value[8:]) for value in directives if re.fullmatch(r"max-age=\d{1,9}", value)]
        if (not directives & {"immutable"} and max(ages, default=0) < _MIN_ASSET_AGE) or directives & {
            "no-store",
            "no-cache",
        }:
            yield Fault(
                f"Cache-Control is {said}",
                f"send 'public, max-age=31536000, immutable' for assets/: {_CONFIGURATION}",
            )
    elif not (directives & {"no-cache", "no-store"} or {"max-age=0", "must-revalidate"} <= directives):
        yield Fault(
            f"Cache-Control is {said}: browsers show what they have kept, for days",
            f"send 'no-cache' for all but assets/: {_CONFIGURATION}",
        )


def _find_csp_faults(policies: list[str], expected: str) -> Iterator[Fault]:
    own = _parse_csp(expected)
    others = [policy for policy in policies if _parse_csp(policy) != own]
    if len(others) == len(policies):
        what = f"{_CSP} is {'not ours' if policies else 'missing'}"
        yield Fault(what, f"send the one of the site: {_CONFIGURATION}")
    elif others:
        yield Fault(f"a second {_CSP}: '{others[0]:.60}'", "send it for the rest of the host only")


def _parse_csp(policy: str) -> Mapping[str, frozenset[str]]:
    """Return the sources of each directive, of which the first of a name counts (CSP 3, 2.2.1)."""
    directives: dict[str, frozenset[str]] = {}
    for part in policy.lower().split(";"):
        if words := part.split():
            directives.setdefault(words[0], frozenset(words[1:]))
    return directives


def _find_value_faults(answer: Answer, name: str, expected: str) -> Iterator[Fault]:
    values = {value.lower() for value in answer.list_values(name)}
    if values != {expected.lower()}:
        said = ", ".join(sorted(values)) or "missing"
        yield Fault(f"{name} is {said}", f"send '{expected}', once: {_CONFIGURATION}")


def _find_origin_faults(answer: Answer, origins: Sequence[str]) -> Iterator[Fault]:
    if len(origins) > 1:
        yield from find_chosen_origin_faults(answer, origins[0])
        return
    values = answer.list_values(ORIGIN_HEADER)
    is_chosen = not values and _varies_by_origin(answer)
    is_right = (
        values == [*origins]
        if origins
        else is_chosen or values == ["*"] or (len(values) == 1 and _ORIGIN.fullmatch(values[0]))
    )
    if not is_right:
        advice = f"send {origins[0] if origins else 'the one origin of the website'}, once: {_CONFIGURATION}"
        yield Fault(f"{ORIGIN_HEADER} is {', '.join(values) or 'missing'}", advice)


def find_chosen_origin_faults(answer: Answer, origin: str) -> Iterator[Fault]:
    """Yield what is wrong with an answer for one of several origins; a host may also let all of them read."""
    values = answer.list_values(ORIGIN_HEADER)
    if values not in ([origin], ["*"]):
        advice = f"send {origin}, once, to pages from there: {_CONFIGURATION}"
        yield Fault(f"{ORIGIN_HEADER} is {', '.join(values) or 'missing'} for {origin}", advice)
    elif values == [origin] and not _varies_by_origin(answer):
        advice = f"send 'Vary: Origin', or caches give this answer to others: {_CONFIGURATION}"
        yield Fault(f"{ORIGIN_HEADER} is chosen by origin, and Vary does not say so", advice)


def _varies_by_origin(answer: Answer) -> bool:
    return bool({"origin", "*"} & {value.lower() for value in answer.list_values("Vary")})
