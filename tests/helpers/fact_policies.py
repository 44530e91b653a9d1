"""Policies with facts as files, and histories of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from changelog.history import Revision
from tests.helpers.factories import section_text

START = date(2026, 1, 10)


def fact_files(
    sections: Mapping[str, str], facts: Mapping[str, str], languages: str = "nb"
) -> dict[str, str]:
    """Return the files of a policy: sections by `nb/01-om`, facts by kind; both are texts."""
    settings = (
        "title: Personvern\nbase_url: https://example.no/\n"
        f"languages: [{languages}]\ncontroller: {{name: Eksempel AS, email: post@example.no}}\n"
    )
    return {
        "policy.yaml": settings,
        **{
            f"{path}.md": section_text(body, f"Om {path.partition('-')[2]}")
            for path, body in sections.items()
        },
        **{f"facts/{kind}.yaml": text for kind, text in facts.items()},
    }


def build_history(*states: Mapping[str, str]) -> list[Revision]:
    """Return a revision for each state of all files, a day apart."""
    return [
        Revision(
            f"{number:040x}",
            int(datetime.combine(START + timedelta(number), time(12), UTC).timestamp()),
            {f"content/{path}": text.encode() for path, text in files.items()},
        )
        for number, files in enumerate(states)
    ]
