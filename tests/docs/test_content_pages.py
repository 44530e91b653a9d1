"""What docs/reference/ says of the content and of its history is what a build reads and makes of it."""

from __future__ import annotations

import re

import pytest

from tests.helpers.reference import (
    REPOSITORY,
    build_source,
    commit_files,
    inline_code,
    read_section,
    table_rows,
)

LANGUAGES = ("nb", "nn", "en")

# Every fact and setting there is, so that every placeholder and every column of a table has a value.
EVERYTHING = {
    "policy.yaml": """
title: {nb: Personvernerklæring, nn: Personvernerklæring, en: Privacy policy}
base_url: https://example.no/personvern/
languages: [nb, nn, en]
controller:
  {name: A, address: B, email: a@b.no, phone: "1", website: https://example.no, former_names: [A, B, C]}
dpo: {name: D, email: d@example.no, phone: "2"}
authority: {name: Datatilsynet, url: https://www.datatilsynet.no}
mail: {from: a@example.no, reply_to: a@example.no, bounce: a@example.no}
""",
    "facts/purposes.yaml": """
- {id: ID, name: x, legal_basis: consent, interest: x, data: [ID], audience: [ID], retention: ID}
""",
    "facts/categories.yaml": "- {id: ID, name: x}",
    "facts/retention.yaml": """
- {id: ID, what: x, period: P2Y6M, criteria: x, after: x}
- {id: days, what: x, period: P30D}
""",
    "facts/recipients.yaml": "- {id: ID, name: x, role: joint, country: DE, safeguard: {kind: scc, text: x}}",
    "facts/cookies.yaml": "- {id: ID, name: x, provider: x, purpose: x, period: P1Y}",
    "facts/rights.yaml": "access: x",
    "facts/sources.yaml": "- {id: ID, name: x, kind: other, public: true}",
    "facts/audiences.yaml": "- {id: ID, name: x}",
}


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> dict[str, str]:
    """A policy with every placeholder and every table, as plain text by language."""
    folder = tmp_path_factory.mktemp("everything")
    cells = [
        inline_code(cell)
        for row in table_rows(read_section("content", "## Placeholders"))
        for cell in [" ".join(row)]
    ]
    names = [
        name.strip("{ }") for row in cells for name in row if name.startswith("{{") and "table:" not in name
    ]
    likewise = [
        f"{row[0].strip('{ }').rpartition('.')[0]}.{key}"
        for row in cells
        for key in row[1:]
        if row[0].startswith("{{ ") and key.isidentifier()
    ]
    kinds = [inline_code(cells[0])[0] for cells in table_rows(read_section("content", "### Tables"))]
    lines = [f"{name} = {{{{ {name} }}}}" for name in (*names, *likewise, "retention.days.period")]
    tables = [f"## {kind}\n\n{{{{ table: {kind} }}}}" for kind in kinds]
    body = "\n\n".join(["---\ntitle: Alt\n---", *lines, *tables])
    commit_files(
        folder / "source", EVERYTHING | {f"{code}/01-alt.md": body for code in LANGUAGES}, "2026-01-05"
    )
    site = build_source(folder / "source", folder / "out") / "site"
    folders = {"nb": "versjon/1.0", "nn": "nn/versjon/1.0", "en": "en/version/1.0"}
    return {code: (site / path / "policy.txt").read_text("utf-8") for code, path in folders.items()}


def test_every_placeholder_of_the_table_has_a_value(everything):
    for text in everything.values():
        values = re.findall(r"^([a-zA-Z_.]+) = (.*)$", text, re.MULTILINE)
        assert len(values) >= len(EVERYTHING)
        assert all(value for _, value in values)


def test_values_become_the_words_of_the_table(everything):
    names = {"P2Y6M": "retention.ID.period", "P30D": "retention.days.period", "DE": "recipients.ID.country"}
    names |= {"[A, B, C]": "controller.former_names"}
    found = [cells for cells in table_rows(read_section("content", "## Placeholders")) if len(cells) == 4]
    assert {inline_code(cells[0])[0] for cells in found} == set(names)
    for cells in found:
        for locale, words in zip(LANGUAGES, cells[1:], strict=True):
            assert f"{names[inline_code(cells[0])[0]]} = {words}\n" in everything[locale]


def test_tables_of_facts_have_the_columns_of_the_page(everything):
    for kind, *columns in table_rows(read_section("content", "### Tables")):
        for locale, names in zip(LANGUAGES, columns, strict=True):
            below = everything[locale].partition(f"\n{inline_code(kind)[0]}\n\n")[2]
            assert below
            if ", " in names:  # one column alone is printed as a list
                assert below.split("\n")[0] == names.replace(", ", "\t")


def test_the_note_of_the_example_has_the_level_that_its_facts_set(published):
    assert [(row["version"], row["level"], row["minimum_level"]) for row in published["versions"]] == [
        ("1.0", "first", "first"),
        ("2.0", "major", "major"),
    ]
    assert published["versions"][1]["effective"] == "2026-03-03"


def test_names_that_readers_see_are_those_of_the_catalogue():
    bokmal, nynorsk = (
        (REPOSITORY / "languages" / code / "interface.po").read_text(encoding="utf-8")
        for code in ("nb", "nn")
    )
    found = [
        cells
        for cells in table_rows(read_section("history", "## Days"))
        if len(cells) == 4 and cells[1] != "–"
    ]
    assert found
    for _, in_bokmal, in_nynorsk, english in found:
        assert f'msgid "{english}"\nmsgstr "{in_bokmal}"' in bokmal
        assert f'msgid "{english}"\nmsgstr "{in_nynorsk}"' in nynorsk
