"""Alterations of a Git history: a publisher rewrites commits, and then builds the whole site anew."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.record.source_edits import LINE_EDITS, NOTE_EDITS, SETTING_EDITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.record.histories import Commit, Files


def _edit(edits: tuple[str, str], random: Random, text: str) -> str:
    """Return a text with one random match of a pattern replaced."""
    found = list(re.finditer(edits[0], text, re.MULTILINE))
    if not found:
        return text
    match = random.choice(found)
    return text[: match.start()] + match.expand(edits[1]) + text[match.end() :]


def _apply(commits: list[Commit], first: int, end: int, change: Callable[[Files], Files]) -> list[Commit]:
    return [
        replace(commit, files=change(commit.files)) if first <= at < end else commit
        for at, commit in enumerate(commits)
    ]


def _choose_range(random: Random, commits: list[Commit], last: int) -> tuple[int, int]:
    """Return a first commit up to `last`, and an end that may be anywhere after it."""
    first = random.randint(0, last)
    return first, random.choice([first + 1, random.randint(first + 1, len(commits)), len(commits)])


def edit_line(edits: tuple[str, str], folder: str, random: Random, commits: list[Commit], last: int):
    """Replace one line of one file by another, in a range of commits that have it."""
    places = [
        (at, path)
        for at, commit in enumerate(commits[: last + 1])
        for path, text in commit.files.items()
        if re.match(folder, path) and re.search(edits[0], text, re.MULTILINE)
    ]
    if not places:
        return None
    first, path = random.choice(places)
    old = commits[first].files[path]
    new = _edit(edits, random, old)
    _, end = _choose_range(random, commits, last)

    def change(files: Files) -> Files:
        # The same text under another name is the same section after a move.
        return {name: new if text == old else text for name, text in files.items()}

    altered = _apply(commits, first, max(end, first + 1), change)
    return None if altered == commits else altered


def _edit_blocks(random, commits, last, change):
    """Change the list of blocks of one section in a range of commits that have the same text."""
    first, end = _choose_range(random, commits, last)
    path = random.choice([name for name in commits[first].files if name.endswith(".md")])
    old = commits[first].files[path]
    head, _, body = old.partition("\n---\n")
    blocks = body.strip().split("\n\n")
    new = f"{head}\n---\n\n" + "\n\n".join(change(blocks)) + "\n"

    def apply(files: Files) -> Files:
        return {name: new if text == old else text for name, text in files.items()}

    return _apply(commits, first, end, apply)


def delete_paragraph(random, commits, last):
    """Delete a block."""
    return _edit_blocks(random, commits, last, lambda blocks: blocks[1:] or ["Tom."])


def insert_paragraph(random, commits, last):
    """Insert a paragraph."""
    at = random.randint(0, 2)
    return _edit_blocks(random, commits, last, lambda blocks: [*blocks[:at], "Nytt.", *blocks[at:]])


def swap_paragraphs(random, commits, last):
    """Move the first block to the end."""
    return _edit_blocks(random, commits, last, lambda blocks: [*blocks[1:], blocks[0]])


def swap_sections(random, commits, last):
    """Swap two sections."""
    first, end = _choose_range(random, commits, last)

    def change(files: Files) -> Files:
        swap = {"01": "02", "02": "01"}
        return {
            re.sub(r"/0[12]", lambda found: "/" + swap[found[0][1:]], name): text
            for name, text in files.items()
        }

    return _apply(commits, first, end, change)


def delete_section(random, commits, last):
    """Delete a section in every language."""
    first, end = _choose_range(random, commits, last)
    drop = random.choice(["lagring", "kontakt", "rettar"])

    def change(files: Files) -> Files:
        return {name: text for name, text in files.items() if drop not in name}

    return _apply(commits, first, end, change)


def insert_section(random, commits, last):
    """Insert a section in every language."""
    first, end = _choose_range(random, commits, last)

    def change(files: Files) -> Files:
        more = {
            f"{name[:2]}/09-salg.md": "---\ntitle: Salg\n---\n\nVi selger.\n"
            for name in files
            if name.endswith(".md")
        }
        return {**files, **more}

    return _apply(commits, first, end, change)


def rename_section(random, commits, last):
    """Give a section another id, which readers do not see."""
    first, end = _choose_range(random, commits, last)

    def change(files: Files) -> Files:
        return {name.replace("-lagring.md", "-lager.md"): text for name, text in files.items()}

    return _apply(commits, first, end, change)


def change_period(random, commits, last):
    """Change a fact."""
    first, end = _choose_range(random, commits, last)

    def change(files: Files) -> Files:
        path = "facts/retention.yaml"
        return {**files, path: re.sub(r"P\d+[MY]", "P99Y", files[path])}

    return _apply(commits, first, end, change)


def delete_note(random, commits, last):
    """Delete a note from the commit that has it first on."""
    names = [name for name in commits[last].files if name.startswith("changes/")]
    if not names:
        return None
    drop = random.choice(names)

    def change(files: Files) -> Files:
        return {name: text for name, text in files.items() if name != drop}

    return _apply(commits, 0, random.choice([last + 1, len(commits)]), change)


def insert_note(random, commits, last):
    """Insert a note from a commit on."""
    first = random.randint(0, last)
    text = random.choice(['level: minor\nsummary: "Ny."\n', 'of: "1.1"\nsummary: "Derfor."\n'])
    return _apply(commits, first, len(commits), lambda files: {**files, "changes/inserted.yaml": text})


def drop_language(random, commits, last):
    """Leave a language out."""
    first, end = _choose_range(random, commits, last)
    pattern = re.compile(r"^(languages: \[\w\w), \w\w", re.MULTILINE)
    if not pattern.search(commits[first].files["policy.yaml"]):
        return None

    def change(files: Files) -> Files:
        return {**files, "policy.yaml": pattern.sub(r"\1", files["policy.yaml"])}

    return _apply(commits, first, end, change)


def move_day(random, commits, last):
    """Date a commit otherwise."""
    at = random.randint(0, last)
    day = commits[at].day + timedelta(days=random.choice([-9, -2, -1, 1, 2, 5]))
    return [*commits[:at], replace(commits[at], day=day), *commits[at + 1 :]]


def move_all_days(_random, commits, _last):
    """Date the whole history a day earlier."""
    return [replace(commit, day=commit.day - timedelta(days=1)) for commit in commits]


def delete_commit(random, commits, last):
    """Leave a commit out; the next one has its changes too."""
    at = random.randint(0, last)
    return [*commits[:at], *commits[at + 1 :]] if len(commits) > 1 else None


def revert_commit(random, commits, last):
    """Make a commit change nothing."""
    at = random.randint(0, last)
    if at == 0:
        return None
    return [*commits[:at], replace(commits[at - 1], day=commits[at].day), *commits[at + 1 :]]


def insert_commit(random, commits, last):
    """Insert a commit with another text between two."""
    at = random.randint(0, last)
    path = random.choice([name for name in commits[at].files if name.endswith(".md")])
    files = {**commits[at].files, path: commits[at].files[path] + "\nMellom.\n"}
    return [*commits[: at + 1], replace(commits[at], files=files, redacts=""), *commits[at + 1 :]]


def swap_commits(random, commits, last):
    """Swap what two commits contain, but not their days."""
    if last == 0:
        return None
    at = random.randint(0, last - 1)
    one, two = commits[at], commits[at + 1]
    swapped = [replace(two, day=one.day), replace(one, day=two.day)]
    return [*commits[:at], *swapped, *commits[at + 2 :]]


def insert_first_commit(_random, commits, _last):
    """Begin with an earlier version."""
    files = {
        name: text + ("\nFørst.\n" if name.endswith(".md") else "")
        for name, text in commits[0].files.items()
        if not name.startswith("changes/")
    }
    return [replace(commits[0], day=commits[0].day - timedelta(days=3), files=files), *commits]


def drop_redaction(random, commits, last):
    """Drop a removal of words."""
    places = [at for at, commit in enumerate(commits[: last + 1]) if commit.redacts]
    if not places:
        return None
    at = random.choice(places)
    return [*commits[:at], replace(commits[at], redacts=""), *commits[at + 1 :]]


def move_redaction(random, commits, last):
    """Remove words in another commit than they were removed in."""
    places = [at for at, commit in enumerate(commits) if commit.redacts]
    targets = [at for at in range(1, last + 1) if "Nordmann" not in str(commits[at].files)]
    if not targets:
        return None
    target = random.choice(targets)
    altered = [replace(commit, redacts="") if at in places else commit for at, commit in enumerate(commits)]
    altered[target] = replace(altered[target], redacts="kontakt")
    return altered


def purge_without_redaction(random, commits, last):
    """Replace a name by other words where the history has it, without saying so."""
    del random, last
    return [
        replace(
            commit, files={name: text.replace("Kari Nordmann", "Ola") for name, text in commit.files.items()}
        )
        for commit in commits
    ]


def _bind(edits: tuple[str, str], folder: str):
    return lambda random, commits, last: edit_line(edits, folder, random, commits, last)


REWRITES = {
    **{f"text: {name}": _bind(edits, r"(nb|nn|en)/") for name, edits in LINE_EDITS.items()},
    **{f"note: {name}": _bind(edits, r"changes/") for name, edits in NOTE_EDITS.items()},
    **{f"settings: {name}": _bind(edits, r"policy.yaml") for name, edits in SETTING_EDITS.items()},
    **{
        f"history: {function.__name__.replace('_', ' ')}": function
        for function in (
            delete_paragraph,
            insert_paragraph,
            swap_paragraphs,
            swap_sections,
            delete_section,
            insert_section,
            rename_section,
            change_period,
            delete_note,
            insert_note,
            drop_language,
            move_day,
            move_all_days,
            delete_commit,
            revert_commit,
            insert_commit,
            swap_commits,
            insert_first_commit,
            drop_redaction,
            move_redaction,
            purge_without_redaction,
        )
    },
}
