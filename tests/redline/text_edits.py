"""Edits of paragraphs, headings, emphasis, links, footnotes and code within one section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.redline.expectations import Expected, Kind
from tests.redline.policies import Block, Code, Paragraph, PolicyMaker, Section

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class SectionEdit:
    """A section before and after an edit, and what a reader must see of it."""

    old: Section
    new: Section
    expected: tuple[Expected, ...]
    keeps_units: bool = True


def choose_paragraph(maker: PolicyMaker, section: Section, *, sentences: int = 1) -> tuple[Section, int]:
    """Return the section and where it has a paragraph, one of its own or a new one with enough sentences."""
    found = [
        place
        for place in section.list_positions(Paragraph)
        if not section.blocks[place].level and len(section.blocks[place].text.split(". ")) >= sentences
    ]
    if found:
        return section, maker.random.choice(found)
    place = maker.random.randint(1, len(section.blocks))
    return section.insert_blocks(place, Paragraph(maker.writer.write_sentences(sentences))), place


def insert_block_anywhere(maker: PolicyMaker, section: Section, block: Block) -> tuple[Section, int]:
    """Return the section with a block that is not its first, and where it stands."""
    place = maker.random.randint(1, len(section.blocks))
    return section.insert_blocks(place, block), place


def _edit_words(change: Callable[[PolicyMaker, list[str]], None], *, sentences: int = 1):
    """Return an edit of the words of one paragraph; the words are changed in place."""

    def edit(maker: PolicyMaker, section: Section) -> SectionEdit:
        section, place = choose_paragraph(maker, section, sentences=sentences)
        old = section.blocks[place].text
        words = old.split()
        change(maker, words)
        return replace_text(section, place, " ".join(words))

    return edit


def replace_text(section: Section, place: int, text: str) -> SectionEdit:
    """Return an edit that gives a paragraph other words."""
    changed = Expected(Kind.CHANGED, section.blocks[place].text, text)
    return SectionEdit(section, section.replace_block(place, Paragraph(text)), (changed,))


def edit_one_word(maker: PolicyMaker, text: str) -> str:
    """Return a text with one word replaced; it is neither the first nor the last."""
    words = text.split()
    _replace_word(maker, words)
    return " ".join(words)


def _replace_word(maker: PolicyMaker, words: list[str]) -> None:
    place = maker.random.choice([n for n, word in enumerate(words[1:-1], 1) if word.isalpha()])
    words[place] = maker.writer.write_modifier()


def _insert_word(maker: PolicyMaker, words: list[str]) -> None:
    words.insert(maker.random.randint(1, len(words) - 1), maker.writer.write_modifier())


def _delete_word(maker: PolicyMaker, words: list[str]) -> None:
    del words[maker.random.choice([n for n, word in enumerate(words[1:-1], 1) if word.isalpha()])]


def _list_ends(words: list[str]) -> list[int]:
    return [place for place, word in enumerate(words, 1) if word.endswith(".")]


def _insert_sentence(maker: PolicyMaker, words: list[str]) -> None:
    place = maker.random.choice([0, *_list_ends(words)])
    words[place:place] = maker.writer.write_sentence().split()


def _delete_sentence(maker: PolicyMaker, words: list[str]) -> None:
    ends = [0, *_list_ends(words)]
    number = maker.random.randrange(len(ends) - 1)
    del words[ends[number] : ends[number + 1]]


def insert_paragraph(maker: PolicyMaker, section: Section) -> SectionEdit:
    paragraph = maker.make_paragraph()
    new, _ = insert_block_anywhere(maker, section, paragraph)
    return SectionEdit(section, new, (Expected(Kind.INSERTED, new=paragraph.text),))


def delete_paragraph(maker: PolicyMaker, section: Section) -> SectionEdit:
    edit = insert_paragraph(maker, section)
    return SectionEdit(edit.new, edit.old, (Expected(Kind.DELETED, old=edit.expected[0].new),))


def rewrite_paragraph(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place = choose_paragraph(maker, section)
    sentences = [maker.writer.write_other_sentence() for _ in range(maker.random.randint(2, 3))]
    return replace_text(section, place, " ".join(sentences))


def split_paragraph(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place = choose_paragraph(maker, section, sentences=2)
    words = section.blocks[place].text.split()
    end = maker.random.choice(_list_ends(words)[:-1])
    parts = " ".join(words[:end]), " ".join(words[end:])
    new = section.replace_block(place, *map(Paragraph, parts))
    form = Expected(Kind.FORM, section.blocks[place].text, parts[1])
    return SectionEdit(section, new, (form,), keeps_units=False)


def merge_paragraphs(maker: PolicyMaker, section: Section) -> SectionEdit:
    edit = split_paragraph(maker, section)
    (form,) = edit.expected
    turned = replace(form, old=form.new, new=form.old)
    return SectionEdit(edit.new, edit.old, (turned,), keeps_units=False)


def _move_paragraph(*, edited: bool) -> Callable[[PolicyMaker, Section], SectionEdit]:
    def edit(maker: PolicyMaker, section: Section) -> SectionEdit:
        others = [maker.make_paragraph() for _ in range(3)]
        first = Paragraph(maker.writer.write_sentences(2))
        section = section.insert_blocks(len(section.blocks), first, *others, maker.make_paragraph())
        old = first.text
        text = edit_period(maker, old) if edited else old
        place = section.blocks.index(first)
        new = section.replace_block(place).insert_blocks(place + 3, Paragraph(text))
        return SectionEdit(section, new, (Expected(Kind.MOVED, old, text),))

    return edit


def edit_period(maker: PolicyMaker, text: str) -> str:
    """Return a text with its first number changed, or one word where it has none."""
    words = text.split()
    place = next((n for n, word in enumerate(words) if word.isdecimal()), None)
    if place is None:
        return edit_one_word(maker, text)
    words[place] = str(int(words[place]) + 50)
    return " ".join(words)


def insert_heading(maker: PolicyMaker, section: Section) -> SectionEdit:
    heading = maker.make_heading(maker.random.choice([1, 3]))
    place = maker.random.randint(1, len(section.blocks) - 1)
    new = section.insert_blocks(place, heading)
    return SectionEdit(section, new, (Expected(Kind.INSERTED, new=heading.text),))


def change_heading_level(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place = insert_block_anywhere(maker, section, maker.make_heading(2))
    section = section.insert_blocks(place + 1, maker.make_paragraph())
    heading = section.blocks[place]
    # `#` and `##` are the same level of a section.
    new = section.replace_block(place, replace(heading, level=maker.random.choice([3, 4])))
    expected = (Expected(Kind.FORM, heading.text, heading.text),)
    turned = maker.random.random() < 0.5
    return SectionEdit(new, section, expected) if turned else SectionEdit(section, new, expected)


def change_emphasis(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place = choose_paragraph(maker, section)
    text = section.blocks[place].text
    sign = maker.random.choice(["*", "**"])
    words = text.split()
    at = maker.random.randrange(1, len(words) - 2)
    words[at : at + 2] = [f"{sign}{words[at]}", f"{words[at + 1]}{sign}"]
    new = section.replace_block(place, Paragraph(text, markdown=" ".join(words)))
    expected = (Expected(Kind.FORM, text, text),)
    turned = maker.random.random() < 0.5
    return SectionEdit(new, section, expected) if turned else SectionEdit(section, new, expected)


def _edit_link(*, before: bool, after: bool) -> Callable[[PolicyMaker, Section], SectionEdit]:
    def edit(maker: PolicyMaker, section: Section) -> SectionEdit:
        section, place = choose_paragraph(maker, section)
        text = section.blocks[place].text
        words = text.split()
        at = maker.random.randrange(1, len(words) - 2)
        addresses = [maker.writer.write_address() if linked else "" for linked in (before, after)]
        old, new = (
            section.replace_block(place, Paragraph(text, markdown=_write_link(words, at, address)))
            for address in addresses
        )
        shown = tuple(filter(None, addresses))
        return SectionEdit(old, new, (Expected(Kind.LINK, text, text, shown),))

    return edit


def _write_link(words: list[str], place: int, address: str) -> str:
    if not address:
        return " ".join(words)
    link = f"[{' '.join(words[place : place + 2])}]({address})"
    return " ".join([*words[:place], link, *words[place + 2 :]])


def change_footnote(maker: PolicyMaker, section: Section) -> SectionEdit:
    old = maker.writer.write_sentence()
    new = edit_one_word(maker, old)
    section = section.insert_blocks(0, maker.make_paragraph())
    before, after = (replace(section, note=text) for text in (old, new))
    return SectionEdit(before, after, (Expected(Kind.CHANGED, old, new),))


def change_code(maker: PolicyMaker, section: Section) -> SectionEdit:
    section, place = insert_block_anywhere(maker, section, maker.make_code())
    code = section.blocks[place]
    number = maker.random.randrange(len(code.lines))
    line = code.lines[number].replace("on", "off")
    new = Code((*code.lines[:number], line, *code.lines[number + 1 :]))
    expected = Expected(Kind.CHANGED, code.units[0], new.units[0], lines=(code.lines[number], line))
    return SectionEdit(section, section.replace_block(place, new), (expected,))


TEXT_EDITS = {
    "word replaced": _edit_words(_replace_word),
    "word inserted": _edit_words(_insert_word),
    "word deleted": _edit_words(_delete_word),
    "sentence inserted": _edit_words(_insert_sentence),
    "sentence deleted": _edit_words(_delete_sentence, sentences=2),
    "paragraph inserted": insert_paragraph,
    "paragraph deleted": delete_paragraph,
    "paragraph rewritten": rewrite_paragraph,
    "paragraph split": split_paragraph,
    "paragraphs merged": merge_paragraphs,
    "paragraph moved": _move_paragraph(edited=False),
    "paragraph moved and edited": _move_paragraph(edited=True),
    "heading inserted": insert_heading,
    "heading level changed": change_heading_level,
    "emphasis changed": change_emphasis,
    "link target changed": _edit_link(before=True, after=True),
    "link removed": _edit_link(before=True, after=False),
    "link added": _edit_link(before=False, after=True),
    "footnote changed": change_footnote,
    "code line changed": change_code,
}
