"""Edits of whole sections and of facts; the last section of a policy is left for a second edit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.redline.expectations import Edit, Expected, Kind
from tests.redline.policies import FactsTable, Paragraph, Policy, PolicyMaker, Section
from tests.redline.text_edits import edit_one_word, edit_period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def _choose_section(maker: PolicyMaker, policy: Policy) -> int:
    return maker.random.randrange(len(policy.sections) - 1)


def _insert(policy: Policy, place: int, section: Section) -> Policy:
    return replace(policy, sections=(*policy.sections[:place], section, *policy.sections[place:]))


def _expect(kind: Kind, units: Iterable[str]) -> tuple[Expected, ...]:
    if kind is Kind.INSERTED:
        return tuple(Expected(kind, new=unit) for unit in units)
    return tuple(Expected(kind, old=unit) for unit in units)


def add_section(maker: PolicyMaker, policy: Policy) -> Edit:
    section = maker.make_section()
    new = _insert(policy, _choose_section(maker, policy), section)
    return Edit(policy, new, _expect(Kind.INSERTED, section.units))


def remove_section(maker: PolicyMaker, policy: Policy) -> Edit:
    edit = add_section(maker, policy)
    return Edit(edit.new, policy, _expect(Kind.DELETED, (unit.new for unit in edit.expected)))


def _rename_section(*, with_alias: bool) -> Callable[[PolicyMaker, Policy], Edit]:
    def edit(maker: PolicyMaker, policy: Policy) -> Edit:
        at = _choose_section(maker, policy)
        old = policy.sections[at]
        title = maker.writer.write_title()
        name = f"s{maker.writer.write_number_word().lower()}"
        new = replace(old, id=name, title=title, aliases=(old.id,) if with_alias else ())
        expected = Expected(Kind.CHANGED, old.title, title)
        return Edit(policy, policy.replace_section(at, new), (expected,))

    return edit


def retitle_section(maker: PolicyMaker, policy: Policy) -> Edit:
    at = _choose_section(maker, policy)
    old = policy.sections[at]
    title = f"{old.title} {maker.writer.write_modifier()}"
    new = policy.replace_section(at, replace(old, title=title))
    return Edit(policy, new, (Expected(Kind.CHANGED, old.title, title),))


def split_section(maker: PolicyMaker, policy: Policy) -> Edit:
    """Split a section in three; the headings between them are new, or were headings inside it."""
    parts = [maker.make_section() for _ in range(3)]
    had_headings = maker.random.random() < 0.4
    blocks = list(parts[0].blocks)
    for part in parts[1:]:
        blocks += [Paragraph(part.title, 1)] if had_headings else []
        blocks += part.blocks
    whole = replace(parts[0], blocks=tuple(blocks))
    at = _choose_section(maker, policy)
    titles = [
        Expected(Kind.INSERTED, old=part.title if had_headings else "", new=part.title, open=had_headings)
        for part in parts[1:]
    ]
    old, new = policy.replace_section(at, whole), policy.replace_section(at, *parts)
    return Edit(old, new, tuple(titles), keeps_units=not had_headings)


def merge_sections(maker: PolicyMaker, policy: Policy) -> Edit:
    edit = split_section(maker, policy)
    titles = (replace(title, kind=Kind.DELETED, old=title.new, new=title.old) for title in edit.expected)
    return Edit(edit.new, edit.old, tuple(titles), edit.keeps_units)


def _move_section(*, edited: bool) -> Callable[[PolicyMaker, Policy], Edit]:
    def edit(maker: PolicyMaker, policy: Policy) -> Edit:
        section = Section(
            f"s{maker.writer.write_number_word().lower()}",
            maker.writer.write_title(),
            tuple(Paragraph(maker.writer.write_sentences(2)) for _ in range(3)),
        )
        at = maker.random.randint(0, 1)
        old = _insert(policy, at, section)
        moved = section
        if edited:
            number = maker.random.randrange(len(section.blocks))
            text = edit_period(maker, section.blocks[number].text)
            moved = section.replace_block(number, Paragraph(text))
        new = _insert(policy, maker.random.randint(at + 3, len(policy.sections) - 1), moved)
        pairs = zip(section.units, moved.units, strict=True)
        return Edit(old, new, tuple(Expected(Kind.MOVED, *pair, carried=True) for pair in pairs))

    return edit


def move_paragraph_to_section(maker: PolicyMaker, policy: Policy) -> Edit:
    """Move a paragraph from one section to another, and change one word or number of it."""
    places = sorted(maker.random.sample(range(len(policy.sections) - 1), 2))
    source, target = maker.random.sample(places, 2)
    paragraph = Paragraph(maker.writer.write_sentences(2))
    text = maker.random.choice([edit_period, edit_one_word])(maker, paragraph.text)

    def insert(at: int, block: Paragraph) -> Policy:
        section = policy.sections[at]
        place = maker.random.randint(1, len(section.blocks) - 1)
        return policy.replace_section(at, section.insert_blocks(place, block))

    old, new = insert(source, paragraph), insert(target, Paragraph(text))
    return Edit(old, new, (Expected(Kind.MOVED, paragraph.text, text),))


def change_fact(maker: PolicyMaker, policy: Policy) -> Edit:
    """Change a period in facts/, which a paragraph and a table show."""
    at = _choose_section(maker, policy)
    years = {"nb": "år", "en": "years"}[policy.code]
    before, after = maker.writer.write_sentence(), maker.writer.write_sentence()
    name = {"nb": "Kontoen din", "en": "Your account"}[policy.code]
    texts = [f"{before} {name}: {number} {years}. {after}" for number in (2, 9)]
    shown = Paragraph(texts[0], markdown=f"{before} {name}: {{{{ retention.account.period }}}}. {after}")
    section = policy.sections[at]
    section = section.insert_blocks(maker.random.randint(1, len(section.blocks)), shown)
    section = section.insert_blocks(maker.random.randint(1, len(section.blocks)), FactsTable())
    old = policy.replace_section(at, section)
    new = replace(old, periods={**old.periods, "account": "P9Y"})
    rows = [f"{name} {number} {years}" for number in (2, 9)]
    return Edit(old, new, (Expected(Kind.CHANGED, *texts), Expected(Kind.CHANGED, *rows)))


SECTION_EDITS = {
    "section added": add_section,
    "section removed": remove_section,
    "section renamed with an alias": _rename_section(with_alias=True),
    "section renamed without an alias": _rename_section(with_alias=False),
    "title changed": retitle_section,
    "section split": split_section,
    "sections merged": merge_sections,
    "section moved": _move_section(edited=False),
    "section moved and edited": _move_section(edited=True),
    "paragraph moved to another section and edited": move_paragraph_to_section,
    "fact changed": change_fact,
}
