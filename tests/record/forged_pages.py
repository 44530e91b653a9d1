"""Alterations of published pages and plain texts, with or without new hashes in the log.

Each is a function that returns whether the site has what it alters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.record.page_edits import AROUND_EDITS, NOTE_PAGE_EDITS, PAGE_EDITS
from tests.record.site_copies import Site, drop_surplus_salts, hash_article

if TYPE_CHECKING:
    from collections.abc import Callable


def alter_article(
    site: Site, pattern: str, replacement: str, *, everywhere: bool = False, log: bool = False
) -> bool:
    """Replace something in the text on the page of a version; if wanted, wherever it is, and in the log."""
    entry, row, code = site.choose_version()
    folder = site.folder_of(row, code)
    page = site.read(folder + "index.html")
    article = re.search(r"<article data-version.*?</article>", page, re.DOTALL)
    assert article
    found = list(re.finditer(pattern, article[0], re.DOTALL))
    if not found:
        return False
    match = site.random.choice(found)
    new = article[0][: match.start()] + match.expand(replacement) + article[0][match.end() :]
    if new == article[0]:
        return False
    if log:
        new = drop_surplus_salts(new)
    for path in site.list_pages_of(row["version"], code) if everywhere else [folder + "index.html"]:
        site.write(path, site.read(path).replace(article[0], new))
        if everywhere:
            words = [re.sub(r"<[^>]*>", "", text) for text in (match[0], match.expand(replacement))]
            text = site.read(folder + "policy.txt")
            site.write(folder + "policy.txt", text.replace(words[0], words[1]))
    if log:
        entry["languages"][code]["document"] = hash_article(new)
        for other in site.entries:
            if row["version"] in other.get("versions", {}) and other["language"] == code:
                other["versions"][row["version"]]["document"] = hash_article(new)
        site.save_log(recompute=True)
    return True


def _bind_page(edit: tuple[str, str], **options: bool) -> Callable[[Site], bool]:
    return lambda site: alter_article(site, *edit, **options)


def alter_page(site: Site, pattern: str, replacement: str) -> bool:
    """Replace something in the page of a version, or in a front page."""
    _, row, code = site.choose_version()
    path = site.random.choice(site.list_pages_of(row["version"], code))
    text = site.read(path)
    new = re.sub(pattern, replacement, text, count=1)
    if new != text:
        site.write(path, new)
    return new != text


def _bind_around(edit: tuple[str, str]) -> Callable[[Site], bool]:
    return lambda site: alter_page(site, *edit)


def alter_front_page(site: Site) -> bool:
    """Change a word in the text of a front page."""
    places = [row for row in site.rows if row["version"] in {entry["version"] for entry in site.published}]
    for row in places:
        for code in row["languages"]:
            for path in set(site.list_pages_of(row["version"], code)) - {
                site.folder_of(row, code) + "index.html"
            }:
                text = site.read(path)
                new = re.sub(
                    r"(<article data-version.*?<h2[^>]*>)", r"\1Alt om ", text, count=1, flags=re.DOTALL
                )
                site.write(path, new)
                return True
    return False


def alter_plain_text(site: Site) -> bool:
    """Change a word of policy.txt alone."""
    _, row, code = site.choose_version()
    path = site.folder_of(row, code) + "policy.txt"
    text = site.read(path)
    words = list(re.finditer(r"[A-ZÆØÅa-zæøå]{4,}", text))
    word = site.random.choice(words)
    site.write(path, text[: word.start()] + "solgt" + text[word.end() :])
    return True


def cut_plain_text(site: Site) -> bool:
    """Leave the last line of policy.txt out."""
    _, row, code = site.choose_version()
    path = site.folder_of(row, code) + "policy.txt"
    site.write(path, "\n\n".join(site.read(path).strip().split("\n\n")[:-1]) + "\n")
    return True


def remove_file(site: Site) -> bool:
    """Remove a page or a plain text."""
    _, row, code = site.choose_version()
    (site.folder / (site.folder_of(row, code) + site.random.choice(["index.html", "policy.txt"]))).unlink()
    return True


def swap_pages(site: Site) -> bool:
    """Serve the page of another version."""
    _, row, code = site.choose_version()
    _, other, _ = site.choose_version()
    if code not in other["languages"] or other is row:
        return False
    one, two = (site.folder_of(each, code) + "index.html" for each in (row, other))
    if re.findall(r"<article.*?</article>", site.read(one), re.DOTALL) == re.findall(
        r"<article.*?</article>", site.read(two), re.DOTALL
    ):
        return False
    site.write(one, site.read(two))
    return True


def _alter_note(site: Site, pattern: str, replacement: str, *, on_changes: bool = False) -> bool:
    _, row, code = site.choose_version()
    folder = site.folder_of(row, code)
    path = site.find_changelog(folder)
    if on_changes:
        pages = [each for each in (site.folder / folder).glob("*/index.html") if each.is_file()]
        if not pages:
            return False
        path = pages[0].relative_to(site.folder).as_posix()
    text = site.read(path)
    notes = list(
        re.finditer(rf'<section data-note="{re.escape(row["version"])}".*?</section>', text, re.DOTALL)
    )
    if not notes:
        return False
    note = site.random.choice(notes)
    new = re.sub(pattern, replacement, note[0], count=1)
    if new == note[0]:
        return False
    site.write(path, text[: note.start()] + new + text[note.end() :])
    return True


def _bind_note(edit: tuple[str, str], **options: bool) -> Callable[[Site], bool]:
    return lambda site: _alter_note(site, *edit, **options)


_EDITED_IN_THE_LOG = (
    "word",
    "target of a link",
    "lists",
    "paragraph that is removed",
    "section that is removed",
    "sections in another order",
    "heading",
    "start",
    "emphasis",
)


PAGE_FORGERIES: dict[str, Callable[[Site], bool]] = {
    **{f"page: {name}": _bind_page(edit) for name, edit in PAGE_EDITS.items()},
    **{
        f"pages and text: {name}": _bind_page(PAGE_EDITS[name], everywhere=True)
        for name in _EDITED_IN_THE_LOG
    },
    **{
        f"pages, text and log: {name}": _bind_page(PAGE_EDITS[name], everywhere=True, log=True)
        for name in _EDITED_IN_THE_LOG
    },
    **{f"around: {name}": _bind_around(edit) for name, edit in AROUND_EDITS.items()},
    **{f"change log: {name}": _bind_note(edit) for name, edit in NOTE_PAGE_EDITS.items()},
    **{f"changes: {name}": _bind_note(edit, on_changes=True) for name, edit in NOTE_PAGE_EDITS.items()},
    "front page: word": alter_front_page,
    "text: word": alter_plain_text,
    "text: end": cut_plain_text,
    "pages: file that is missing": remove_file,
    "pages: page of another version": swap_pages,
}
