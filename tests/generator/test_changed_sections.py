"""The list of changed sections on a page of changes: complete, true, and with a link to each place."""

import re

from changelog.redline import compute_redline
from generator import redline_views
from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from policy.document import Document, RenderedSection
from policy.markdown import parse_markdown
from tests.helpers.environment import REPOSITORY

RENDERER = Renderer(TemplateFiles(REPOSITORY / "templates"))
SALE = "We sell neither your name nor your address to anybody at all."
STORAGE = "Your orders are stored for five years after the end of the year in which you placed them."
BACKUPS = "Every night we copy all data to a second place, where a copy stays for thirty days."
COMPLAINTS = "You may complain to the authority if you think that we handle your data wrongly."


def create_document(**sections: str) -> Document:
    return Document(
        "en",
        tuple(
            RenderedSection(name, number, name.capitalize(), "en", (), parse_markdown(text))
            for number, (name, text) in enumerate(sections.items(), start=1)
        ),
    )


def show(old: Document, new: Document) -> tuple[list[tuple[str, str, str]], str]:
    """Return the entries of the list of changed sections, and the redline as HTML."""
    sections = redline_views.render_section_redlines(RENDERER, "en", compute_redline(old, new, {}))
    touched = redline_views.list_touched_sections(RENDERER, "en", sections)
    html = "".join(part for section in sections for part in section.parts)
    return [(section.name, section.label, section.anchor) for section in touched], html


def test_a_section_whose_text_is_in_another_one_now_is_named():
    old = create_document(intro=SALE, storage=STORAGE, backups=BACKUPS)
    new = create_document(intro=SALE, storage=f"{STORAGE}\n\n{BACKUPS}")
    touched, html = show(old, new)
    assert ("Backups", "merged into Storage", "_removed-backups") in touched
    assert html.count('id="_removed-backups"') == 1


def test_a_section_that_is_a_heading_of_another_one_now_is_named():
    old = create_document(intro=SALE, storage=STORAGE, backups=BACKUPS)
    new = create_document(intro=SALE, storage=f"{STORAGE}\n\n### Backups\n\n{BACKUPS}")
    touched, _ = show(old, new)
    assert ("Backups", "merged into Storage", "storage") in touched


def test_a_section_that_is_gone_links_to_its_deleted_text():
    touched, html = show(create_document(intro=SALE, complaints=COMPLAINTS), create_document(intro=SALE))
    assert touched == [("Complaints", "section removed", "_removed-complaints")]
    (section,) = re.findall(r'<section id="_removed-complaints".*?</section>', html, re.DOTALL)
    assert "You may complain" in section


def test_a_section_under_another_title_with_another_text_is_removed_and_new():
    old = create_document(intro=SALE, complaints=COMPLAINTS)
    touched, _ = show(old, create_document(intro=SALE, backups=BACKUPS))
    assert [(name, label) for name, label, _ in touched] == [
        ("Complaints", "section removed"), ("Backups", "new section"),
    ]  # fmt: skip


def test_every_former_and_every_changed_section_is_named_once():
    old = create_document(intro=SALE, storage=STORAGE, backups=BACKUPS, complaints=COMPLAINTS)
    new = create_document(intro=SALE, backups=f"{STORAGE}\n\n{BACKUPS}", news="We write to you twice a year.")
    names = sorted(name for name, _, _ in show(old, new)[0])
    assert names == ["Backups", "Complaints", "News", "Storage"]
