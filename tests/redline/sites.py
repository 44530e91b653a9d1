"""Builds the site of a policy before and after an edit, and reads every channel of the change."""

from __future__ import annotations

import email
import email.policy
import html
import re
from datetime import date
from typing import TYPE_CHECKING

from click.testing import CliRunner

from build import main as build_py
from tests.helpers.cli import BuildCommand
from tests.helpers.in_process import build
from tests.record.histories import Commit
from tests.record.repositories import write_repository
from tests.redline.expectations import mentions_form, mentions_move
from tests.redline.judgements import Channel
from tests.redline.page_judgements import Pages
from tests.redline.policies import Table
from tests.redline.redline_html import Helper, RedlineHtml, Unit
from tests.redline.redline_lines import (
    DIFF_MARKDOWN,
    DIFF_TEXT,
    LETTER,
    Notation,
    read_markdown_line,
    read_unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.redline.expectations import Edit
    from tests.redline.policies import Policy

_NOTE = {
    "nb": "summary: {nb: Les dette.}\naction: {nb: Du kan si opp.}\n",
    "en": "summary: {en: Read this.}\naction: {en: You may end the contract.}\n",
}
_DETAILS = {"nb": ("Endringene ord for ord", "Ta vare på"), "en": ("Detailed changes", "Keep this e-mail")}


def compile_labels(*policies: Policy) -> re.Pattern[str]:
    """Return a pattern of what letters write before the cells of wide tables: headings of columns."""
    blocks = [block for policy in policies for section in policy.sections for block in section.blocks]
    headings = {cell for block in blocks if isinstance(block, Table) for cell in block.rows[0][1:]}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(headings)))}): ")


class Site:
    """The site and repository of a policy that was edited: version 1.0, 2.0 with a note, 2.1 as 1.0 was."""

    def __init__(self, edit: Edit, folder: Path, *, by_command: bool = False) -> None:
        self.code = edit.new.code
        self.titles = {*edit.old.titles, *edit.new.titles}
        self._labels = compile_labels(edit.old, edit.new)
        self.source, self.out = folder / "source", folder / "out"
        old, new = edit.old.write_files(), edit.new.write_files()
        note = {"changes/edit.yaml": f"level: major\neffective: 2026-06-01\n{_NOTE[self.code]}"}
        commits = [
            Commit(date(2026, 1, 5), old),
            Commit(date(2026, 2, 5), {**new, **note}),
            Commit(date(2026, 3, 5), {**old, **note}),
        ]
        write_repository(commits, self.source)
        self.by_command = by_command
        if by_command:
            result = BuildCommand().build(self.source, self.out)
            if result.code:
                raise AssertionError(result.err)
        else:
            build(self.source, self.out, use_cache=False)

    def read_page(self, number: str, *, changes: bool = False) -> str:
        """Return the HTML of a version's page, or of its changes."""
        folder, last = {"nb": ("versjon", "endringer"), "en": ("version", "changes")}[self.code]
        place = self.out / "site" / folder / number / (last if changes else "")
        return (place / "index.html").read_text(encoding="utf-8")

    def read_pages(self) -> Pages:
        """Return the page of changes of version 2.0, and the texts of 1.0 and 2.0."""
        return self._read_pages(self.read_page("2.0", changes=True), "1.0", "2.0")

    def read_since_pages(self) -> Pages:
        """Return the page of everything since version 2.0, where the edit is undone, and the texts."""
        folder = {"nb": "endringslogg/siden", "en": "changelog/since"}[self.code]
        page = (self.out / "site" / folder / "2.0" / "index.html").read_text(encoding="utf-8")
        return self._read_pages(page, "2.0", "2.1")

    def _read_pages(self, page: str, old: str, new: str) -> Pages:
        before, after = (RedlineHtml(self.read_page(number), "data-version") for number in (old, new))
        return Pages(RedlineHtml(page, "redline"), before, after, page)

    def read_standard_note(self) -> str:
        """Return the text of the version without a note."""
        page = self.read_page("2.1", changes=True)
        found = re.search(r'<div class="summary">(.*?)</div>\n', page, re.DOTALL)
        return " ".join(re.sub("<[^>]*>", " ", found[1]).split()) if found else ""

    def read_diff(self, output_format: str) -> str:
        """Return what `diff` prints of the two versions."""
        options = [
            "diff",
            "--source",
            str(self.source),
            "--format",
            output_format,
            "--lang",
            self.code,
            "1.0",
            "2.0",
        ]
        if self.by_command:
            return BuildCommand()(*options).out
        return CliRunner().invoke(build_py, options, catch_exceptions=False).output

    def read_channels(self) -> list[Channel]:
        """Return everything but the page."""
        letter = email.message_from_bytes(
            (self.out / "letters" / "2.0" / f"{self.code}.eml").read_bytes(), policy=email.policy.default
        )
        plain, rich = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
        markdown = [read_markdown_line(line) for line in self.read_diff("markdown").splitlines()[1:]]
        return [
            self._read_lines("diff text", self.read_diff("text").splitlines()[1:], DIFF_TEXT),
            self._read_lines("diff markdown", markdown, DIFF_MARKDOWN),
            _read_html("diff html", self.read_diff("html"), "redline"),
            self._read_message("feed", self._read_feed_entry()),
            self._read_lines(
                "letter text", map(self._drop_labels, self._cut_letter(plain.splitlines())), LETTER
            ),
            self._read_message("letter html", rich),
        ]

    def _read_feed_entry(self) -> str:
        feed = next((self.out / "site").rglob("feed.xml")).read_text(encoding="utf-8")
        entry = next(part for part in feed.split("<entry>") if "/2.0</id>" in part)
        content = re.search(r"<content[^>]*>(.*?)</content>", entry, re.DOTALL)
        return html.unescape(content[1])

    def _cut_letter(self, lines: list[str]) -> list[str]:
        """Return the lines of a letter that show the redline."""
        start, end = _DETAILS[self.code]
        first = next((n for n, line in enumerate(lines) if line.strip() == start), len(lines))
        last = next((n for n, line in enumerate(lines) if line.startswith(end)), len(lines))
        return lines[first + 3 : last]  # below the line that explains the marks

    def _read_lines(self, name: str, lines: Iterable[str], notation: Notation) -> Channel:
        return self._collect(name, (read_unit(line.lstrip("#"), notation) for line in lines))

    def _read_message(self, name: str, text: str) -> Channel:
        """Return the redline of a letter or feed entry as HTML."""
        page = RedlineHtml(text)
        units = [read_unit(self._drop_labels(unit.text, unit.tag), LETTER, unit.tag) for unit in page.units]
        start, end = _DETAILS[self.code]
        first = next((n for n, unit in enumerate(units) if unit.text == start), len(units))
        last = next((n for n, unit in enumerate(units) if unit.text.startswith(end)), len(units))
        return self._collect(name, units[first + 2 : last])

    def _drop_labels(self, text: str, tag: str = "") -> str:
        """Return a row of a table without the headings of columns at its cells."""
        return self._labels.sub("", text) if tag == "tr" or " | " in text else text

    def _collect(self, name: str, units: Iterable[Unit]) -> Channel:
        """Return a channel of plain text, where words in brackets say what moved."""
        found: list[Unit] = []
        helpers: list[Helper] = []
        section_moved = pending = False
        for number, unit in enumerate(units, start=1):
            title = re.sub(rf"^{self.code} +", "", unit.text)
            label = re.search(r" \((.*?)\)$", title)
            helpers += unit.helpers
            if label:
                helpers.append(Helper(label[1], is_hidden=False))
                title = title[: label.start()]
            says_moved = any(mentions_move(helper.text) for helper in unit.helpers)
            if not unit.is_marked and title in self.titles:
                section_moved = says_moved or bool(label and mentions_move(label[1]))
                continue
            if not unit.text:
                pending = pending or says_moved
                helpers += [Helper(unit.text, is_hidden=False)]
                continue
            if says_moved or pending or section_moved:
                unit.moved = number
            pending = False
            found.append(unit)
            if mentions_form(unit.text) and not unit.is_marked:
                helpers.append(Helper(unit.text, is_hidden=False))
        return Channel(name, found, helpers, is_plain=True)


def _read_html(name: str, text: str, inside: str = "") -> Channel:
    page = RedlineHtml(text, inside)
    helpers = [
        *page.helpers,
        *(Helper(found, is_hidden=False) for found in re.findall(r"\(([^()]*)\)</h2>", text)),
    ]
    return Channel(name, page.units, helpers)
