"""Code that a page of docs/ quotes, so that a test runs what the reader copies."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def quoted(page: str, name: str) -> str:
    """Give the block of code below the comment that names it."""
    found = re.search(
        rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL
    )
    assert found, f"docs/{page} quotes no {name}"
    return found[1]
