"""Entries that a publisher appends so that a text may differ from the one that was published.

Nothing before them changes, so a saved letter or log alone finds none of these.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.record.site_copies import Site, hash_article

if TYPE_CHECKING:
    from collections.abc import Callable


def _alter_title(site: Site) -> tuple[dict[str, Any], dict[str, Any], str, str]:
    """Change the title of a section on every page and in policy.txt; return the version and the new text."""
    entry, row, code = site.choose_version()
    folder = site.folder_of(row, code)
    article = re.search(r"<article data-version.*?</article>", site.read(folder + "index.html"), re.DOTALL)
    assert article
    new = re.sub(r"(<h2[^>]*>)", r"\1Alt om ", article[0], count=1)
    title = re.search(r"<h2[^>]*>([^<]*)", article[0])
    assert title
    for path in site.list_pages_of(row["version"], code):
        site.write(path, site.read(path).replace(article[0], new))
    text = site.read(folder + "policy.txt")
    site.write(folder + "policy.txt", re.sub(rf"(?m)^{title[1]}$", f"Alt om {title[1]}", text, count=1))
    return entry, row, code, hash_article(new)


def publish_version_again(site: Site) -> bool:
    """Change a text, and say at the end of the log that the version was published so."""
    entry, _, code, digest = _alter_title(site)
    again = json.loads(json.dumps({**entry, "day": site.entries[-1]["day"]}))
    again["languages"][code]["document"] = digest
    del again["hash"]
    site.entries.append(again)
    site.save_log(recompute=True)
    if site.random.random() < 0.5:
        site.replace_everywhere({entry["hash"]: again["hash"]})
        site.entries[site.entries.index(entry)]["hash"] = entry["hash"]
        site.save_log(recompute=False)
    return True


def add_entry_of_unknown_kind(site: Site) -> bool:
    """Change a text, and say so in an entry of a kind that does not exist."""
    entry, _, code, digest = _alter_title(site)
    site.entries.append(
        {
            "kind": "corrected",
            "day": site.entries[-1]["day"],
            "version": entry["version"],
            "languages": {code: {"document": digest}},
        }
    )
    site.save_log(recompute=True)
    return True


def mend_text_with_note(site: Site) -> bool:
    """Change a text, and state its hash in an entry about a note."""
    entry, _, code, digest = _alter_title(site)
    languages = {each: {"note": text["note"]} for each, text in entry["languages"].items()}
    languages[code]["document"] = digest
    site.entries.append(
        {
            "kind": "note-mended",
            "day": site.entries[-1]["day"],
            "version": entry["version"],
            "languages": languages,
        }
    )
    site.save_log(recompute=True)
    return True


def append_with_earlier_day(site: Site) -> bool:
    """Add an entry with a day before that of the last one."""
    entry = site.random.choice(site.published)
    site.entries.append({"kind": "withdrawn", "day": "2020-01-01", "version": entry["version"], "by": "1.0"})
    site.save_log(recompute=True)
    return True


APPENDED_ENTRIES: dict[str, Callable[[Site], bool]] = {
    "appended: the same version": publish_version_again,
    "appended: unknown kind": add_entry_of_unknown_kind,
    "appended: text of a version in an entry about its note": mend_text_with_note,
    "appended: earlier day": append_with_earlier_day,
}
