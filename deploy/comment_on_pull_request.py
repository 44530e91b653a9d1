#!/usr/bin/env python3
"""Post a file as a comment on a pull request, or update the comment that this script posted before.

    deploy/comment_on_pull_request.py FILE

The environment has GITHUB_API_URL and GITHUB_REPOSITORY as in GitHub Actions, the token of the job as
GITHUB_TOKEN, and the number of the pull request as PULL_REQUEST. With PREVIEW_URL the comment ends with a
link to that address, in the language of KLARTEKST_LANG. Needs Python and nothing else, so that the job that
may write comments runs no other code.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_MARKER = "<!-- klartekst-review -->\n"  # invisible in the comment, and how it is found again
_AUTHOR = "github-actions[bot]"  # that of GITHUB_TOKEN; whoever copies the marker is somebody else
_PREVIEW_LABELS = {
    "en": "Preview of the site and the letters",
    "nb": "Forhåndsvisning av nettstedet og e-postene",
}
_PAGE_SIZE = 100
_SECONDS = 30
_INVALID_INPUT, _TRY_LATER = 2, 75


def post_comment(text: str, environment: dict[str, str]) -> str:
    """Create or update the comment, and return what was done."""
    base = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/issues"
    token = environment["GITHUB_TOKEN"]
    body = _MARKER + text + _link_preview(environment)
    comment = _find_comment(f"{base}/{environment['PULL_REQUEST']}/comments", token)
    if comment is None:
        _request("POST", f"{base}/{environment['PULL_REQUEST']}/comments", token, {"body": body})
        return "comment posted"
    if comment["body"] == body:
        return "comment unchanged"
    _request("PATCH", f"{base}/comments/{comment['id']}", token, {"body": body})
    return "comment updated"


def _link_preview(environment: dict[str, str]) -> str:
    """Return a line with a link to the preview; nothing if there is none."""
    address = environment.get("PREVIEW_URL")
    label = _PREVIEW_LABELS.get(environment.get("KLARTEKST_LANG", ""), _PREVIEW_LABELS["en"])
    return f"\n[{label}]({address})\n" if address else ""


def _find_comment(address: str, token: str) -> dict[str, Any] | None:
    """Return our comment; None if there is none yet."""
    page = 1
    while True:
        comments = _request("GET", f"{address}?per_page={_PAGE_SIZE}&page={page}", token)
        for comment in comments:
            if comment["user"]["login"] == _AUTHOR and comment["body"].startswith(_MARKER):
                found: dict[str, Any] = comment
                return found
        if len(comments) < _PAGE_SIZE:
            return None
        page += 1


def _request(method: str, address: str, token: str, content: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the address is that of GitHub's API
        address,
        method=method,
        data=json.dumps(content).encode() if content else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - the same
        return json.load(response)


def main() -> int:
    """Run the command; return its exit code."""
    try:
        print(post_comment(Path(sys.argv[1]).read_text(encoding="utf-8"), dict(os.environ)))
    except IndexError:
        print("usage: deploy/comment_on_pull_request.py FILE", file=sys.stderr)
    except KeyError as error:
        print(f"the environment variable {error.args[0]} is missing", file=sys.stderr)
    except urllib.error.HTTPError as error:
        print(f"GitHub answers with {error.code} to {error.url}", file=sys.stderr)
        return _TRY_LATER if error.code >= 500 else _INVALID_INPUT  # noqa: PLR2004 - of the server
    except urllib.error.URLError as error:
        print(f"GitHub does not answer: {error.reason}", file=sys.stderr)
        return _TRY_LATER
    except OSError as error:
        print(f"{sys.argv[1]}: {error.strerror}", file=sys.stderr)
    else:
        return 0
    return _INVALID_INPUT


if __name__ == "__main__":
    sys.exit(main())
