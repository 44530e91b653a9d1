"""The headings of columns at the cells of tables, from which pages make cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policy.blocks import iter_leaves
from policy.cell_labels import CELL_LABEL, label_cells
from policy.markdown import parse_markdown
from tests.helpers.factories import render_norwegian

if TYPE_CHECKING:
    from policy.blocks import Block


def list_labels(blocks: tuple[Block, ...]) -> list[str]:
    return [dict(leaf.attrs).get(CELL_LABEL, "") for leaf in iter_leaves(blocks)]


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        ("| a | b |\n|---|---|\n| c | d |\n| e | f |", ["", "", "", "b", "", "b"]),
        ("| a | **b** [c](x) |\n|---|---|\n| d | e |", ["", "", "", "b c"]),
        ("| a |  |\n|---|---|\n| c | d |", ["", "", "", ""]),
        ("| a | b[^1] |\n|---|---|\n| c | d |\n\n[^1]: x", ["", "", "", "b", ""]),
    ],
)
def test_a_cell_has_the_heading_of_its_column_unless_it_is_the_first_of_its_row(table, labels):
    blocks = label_cells(parse_markdown(table, "s"))
    assert list_labels(blocks) == labels
    assert label_cells(blocks) == blocks


_RECIPIENTS = """\
- {id: a, name: Post, country: "NO"}
- {id: b, name: Sky, role: processor, country: US, safeguard: {kind: adequacy}}
- {id: c, name: Lager, country: US}
- {id: d, name: Andre}
"""
_PURPOSES = """\
- {id: a, name: Drift, legal_basis: contract, data: [navn, ip]}
- {id: b, name: Tips, legal_basis: legitimate_interests, interest: Å hjelpe}
- {id: c, name: Salg, legal_basis: legitimate_interests}
- {id: d, name: Annet}
"""
_SOURCES = """\
- {id: a, name: Du, kind: person}
- {id: b, name: Registre, kind: other}
- {id: c, name: Aviser, kind: other, public: true}
"""
_PERIODS = """\
- {id: a, what: Navn, period: P1Y}
- {id: b, what: Logg, period: P1Y, after: Slettes}
"""


@pytest.mark.parametrize(
    ("kind", "facts", "rows"),
    [
        ("recipients", _RECIPIENTS, [
            "Mottaker|Rolle|Land|Overføringsgrunnlag",
            "Post|–|Norge|ikke nødvendig (innenfor EØS)",
            "Sky|databehandler|USA|beslutning om tilstrekkelig beskyttelsesnivå",
            "Lager|–|USA|ikke oppgitt",
            "Andre|–|ikke oppgitt|ikke oppgitt",
        ]),
        ("purposes", _PURPOSES, [
            "Formål|Behandlingsgrunnlag|Berettiget interesse|Opplysninger",
            "Drift|avtale|gjelder ikke|navn, bosted og e-post; IP-adresse",
            "Tips|berettiget interesse|Å hjelpe|ikke oppgitt",
            "Salg|berettiget interesse|ikke oppgitt|ikke oppgitt",
            "Annet|ikke oppgitt|ikke oppgitt|ikke oppgitt",
        ]),
        ("sources", _SOURCES, [
            "Kilde|Kommer fra|Offentlig kilde", "Du|deg selv|gjelder ikke", "Registre|annet|ikke oppgitt",
            "Aviser|annet|ja",
        ]),
        ("retention", _PERIODS, [
            "Hva|Hvor lenge|Deretter", "Navn|1 år|–", "Logg|1 år|Slettes",
        ]),
    ],
)  # fmt: skip
def test_a_cell_of_facts_without_a_value_says_why_and_items_have_semicolons(kind, facts, rows):
    more = {
        f"facts/{kind}.yaml": facts,
        "facts/categories.yaml": "- {id: navn, name: 'navn, bosted og e-post'}\n"
        "- {id: ip, name: IP-adresse}\n",
    }
    (part,) = render_norwegian({"01-om": f"{{{{ table: {kind} }}}}"}, more).sections
    (table,) = part.blocks
    found = [row for group in table.children for row in group.children]
    assert ["|".join(run.text for cell in row.children for run in cell.runs) for row in found] == rows
