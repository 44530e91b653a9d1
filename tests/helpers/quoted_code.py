"""Code blocks of the pages in docs/, so that tests run what readers copy."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def read_quoted_code(page: str, name: str) -> str:
    """Return the code block below the comment `<!-- NAME -->` of a page."""
    found = re.search(
        rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL
    )
    assert found, f"docs/{page} quotes no {name}"
    return found[1]
