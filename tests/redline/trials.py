"""Trials: a policy, one or two known edits of it, and what is wrong with each channel."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from tests.redline.expectations import Edit, Expected, Kind, mentions_form, reverse_expected
from tests.redline.judgements import Channel, judge_channel
from tests.redline.list_edits import LIST_EDITS
from tests.redline.page_judgements import (
    Pages,
    judge_cells,
    judge_collapsing,
    judge_counters,
    judge_empty_marks,
    judge_truth,
)
from tests.redline.pair_judgements import judge_pairs
from tests.redline.policies import PolicyMaker
from tests.redline.section_edits import SECTION_EDITS
from tests.redline.sites import Site
from tests.redline.text_edits import TEXT_EDITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.redline.policies import Policy

SECTION_PARTS = {**TEXT_EDITS, **LIST_EDITS}
KINDS = [*SECTION_PARTS, *SECTION_EDITS]
_SECOND_EDITS = ("word replaced", "sentence inserted", "paragraph inserted", "item changed", "row deleted")
_SHARE_OF_SECOND_EDITS = 0.3


@dataclass(frozen=True)
class Trial:
    """One edit, and the complaints about it: channel, expected and found."""

    kind: str
    seed: str
    edit: Edit
    complaints: tuple[tuple[str, str], ...]


def make_edit(kind: str, seed: str) -> Edit:
    """Return a policy and an edit of a kind; sometimes with a second one in the last section."""
    random = Random(seed)
    maker = PolicyMaker(random, random.choice(["nb", "en"]))
    policy = maker.make_policy()
    if kind in SECTION_PARTS:
        edit = _edit_section(maker, policy, random.randrange(len(policy.sections) - 1), kind)
    else:
        edit = SECTION_EDITS[kind](maker, policy)
    if random.random() >= _SHARE_OF_SECOND_EDITS:
        return edit
    second = SECTION_PARTS[random.choice(_SECOND_EDITS)](maker, edit.old.sections[-1])
    return replace(
        edit,
        old=edit.old.replace_section(len(edit.old.sections) - 1, second.old),
        new=edit.new.replace_section(len(edit.new.sections) - 1, second.new),
        expected=(*edit.expected, *second.expected),
    )


def _edit_section(maker: PolicyMaker, policy: Policy, at: int, kind: str) -> Edit:
    found = SECTION_PARTS[kind](maker, policy.sections[at])
    return Edit(
        policy.replace_section(at, found.old),
        policy.replace_section(at, found.new),
        found.expected,
        found.keeps_units,
    )


def run_trial(kind: str, seed: str, folder: Path, *, by_command: bool = False) -> Trial:
    """Build the site of an edit and judge every channel."""
    edit = make_edit(kind, seed)
    try:
        site = Site(edit, folder, by_command=by_command)
        complaints = tuple(judge_site(site, edit))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Trial(kind, seed, edit, complaints)


def judge_site(site: Site, edit: Edit) -> Iterator[tuple[str, str]]:
    """Yield the channel and the text of each complaint."""
    for name, pages, expected in (
        ("", site.read_pages(), edit.expected),
        ("since ", site.read_since_pages(), reverse_expected(edit.expected)),
    ):
        for check, found in _judge_pages(pages, expected, keeps_units=edit.keeps_units):
            yield from ((name + check, complaint) for complaint in found)
    for name, found in (
        ("note", _judge_standard_note(site, edit)),
        ("letter links", _judge_letter_links(site)),
        *((channel.name, judge_channel(channel, edit.expected)) for channel in site.read_channels()),
    ):
        yield from ((name, complaint) for complaint in found)


def _judge_pages(
    pages: Pages, expected: Sequence[Expected], *, keeps_units: bool
) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield what is judged on a page, and what is wrong with it."""
    yield "page", judge_channel(Channel("page", pages.redline.units, pages.redline.helpers), expected)
    yield "truth", judge_truth(pages, keeps_units=keeps_units)
    yield "cells", judge_cells(pages)
    yield "collapsed", judge_collapsing(pages)
    yield "marks", judge_empty_marks(pages)
    yield "counter", judge_counters(pages, expected)
    yield "before/after", judge_pairs(pages, expected)


def _judge_standard_note(site: Site, edit: Edit) -> Iterator[str]:
    kinds = {each.kind for each in edit.expected}
    note = site.read_standard_note()
    if kinds == {Kind.FORM} and not (
        mentions_form(note) and re.search(r"\b(only|bare)\b", note, re.IGNORECASE)
    ):
        yield f"a note that only the form changed; found {note!r}"
    pattern = r"\bonly\b.*\blink|\bbare\b.*\b(lenke|adresse)"
    if kinds == {Kind.LINK} and not re.search(pattern, note, re.IGNORECASE):
        yield f"a note that only link addresses changed; found {note!r}"


def _judge_letter_links(site: Site) -> Iterator[str]:
    letter = (site.out / "letters" / "2.0" / f"{site.code}.eml").read_text(encoding="utf-8")
    text = letter.replace("=\n", "").replace("=3D", "=")
    for address in re.findall(r'href="(https://[^"]*)"', text):
        if not address.startswith("https://example.no/personvern/"):
            yield f"no link in mail to {address}"
            return
