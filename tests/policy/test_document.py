"""The document as a reader sees it: facts filled in, numbers, twins, and what counts as words."""

from __future__ import annotations

import pytest

from policy.blocks import iter_leaves, render_html
from policy.document import compute_section_fingerprint, render_document, render_policy_text
from policy.loader import load_policy
from tests.helpers.factories import (
    POLICY_YAML,
    REDLINE_LABELS,
    ParsedHtml,
    policy_files,
    render_norwegian,
    section_text,
)

FACTS = {
    "facts/retention.yaml": (
        "- {id: main, what: Hovedregel, period: P2Y}\n- {id: log, what: Logger, criteria: Så lenge X}\n"
    ),
    "facts/categories.yaml": "- {id: contact, name: Navn}\n- {id: ip, name: IP-adresse}\n",
    "facts/recipients.yaml": (
        "- {id: a, name: Drift AS, role: processor, country: US, safeguard: {kind: scc, text: Be om kopi}}\n"
        "- {id: other, name: Andre}\n"
    ),
    "facts/purposes.yaml": (
        "- {id: a, name: Drift, legal_basis: contract, data: [contact, ip], retention: main}\n"
    ),
    "facts/rights.yaml": "access: Skriv til oss.\nerasure: Ring oss.\n",
    "facts/sources.yaml": "- {id: a, name: Folkeregisteret, kind: other, public: true}\n",
    "facts/cookies.yaml": "- {id: a, name: sid, period: P1D}\n- {id: b, name: lang, period: Økt}\n",
    "facts/audiences.yaml": "- {id: members, name: Medlemmer}\n",
}


def render_section_html(body: str, more: dict[str, str] | None = None) -> str:
    (part,) = render_norwegian({"01-om": body}, more).sections
    return render_html(part.blocks, REDLINE_LABELS)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Fra {{ controller.name }}.", "<p>Fra SMB Norge.</p>"),
        ("Fra {{controller.name}}.", "<p>Fra SMB Norge.</p>"),
        ("**{{ controller.name }}**", "<p><strong>SMB Norge</strong></p>"),
        ("{{ controller.email }}", '<p><a href="mailto:post@example.no">post@example.no</a></p>'),
        ("[Skriv](mailto:{{ controller.email }})", '<p><a href="mailto:post@example.no">Skriv</a></p>'),
        ("[Ring](tel:{{ controller.phone }})", '<p><a href="tel:23357010">Ring</a></p>'),
        (
            "![{{ controller.name }}](x.png)".replace("{{ controller.name }}", "Vi"),
            '<p><a href="x.png">Vi</a></p>',
        ),
        ("## Hos {{ controller.name }}", "<h3>Hos SMB Norge</h3>"),
        ("- {{ retention.main.period }}", "<ul><li>2 år</li></ul>"),
        ("x[^1]\n\n[^1]: {{ controller.name }}", '<li id="om-note-1"><p>SMB Norge</p>'),
        ("| a |\n|---|\n| {{ controller.name }} |", "<td>SMB Norge</td>"),
        (
            "Til {{ recipients.a.country }} som {{ recipients.a.role }}",
            "<p>Til USA som databehandler</p>",
        ),
    ],
)
def test_a_placeholder_is_filled_in_everywhere(body, expected):
    assert expected in render_section_html(body, FACTS)


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("retention", ["Hva|Hvor lenge", "Hovedregel|2 år", "Logger|Så lenge X"]),
        ("recipients", [
            "Mottaker|Rolle|Land|Overføringsgrunnlag",
            "Drift AS|databehandler|USA|EUs standard personvernbestemmelser; Be om kopi",
            "Andre|–|ikke oppgitt|ikke oppgitt",
        ]),
        ("purposes", [
            "Formål|Behandlingsgrunnlag|Opplysninger|Lagringstid",
            "Drift|avtale|Navn; IP-adresse|2 år",
        ]),
        ("rights", [
            "Rettighet|Slik bruker du den",
            "Få innsyn|Skriv til oss.",
            "Få opplysninger slettet|Ring oss.",
        ]),
        ("sources", ["Kilde|Kommer fra|Offentlig kilde", "Folkeregisteret|annet|ja"]),
        ("cookies", ["Navn|Hvor lenge", "sid|1 dag", "lang|Økt"]),
    ],
)  # fmt: skip
def test_a_table_of_facts_has_a_column_for_what_is_said(kind, rows):
    (part,) = render_norwegian({"01-om": f"{{{{ table: {kind} }}}}"}, FACTS).sections
    (table,) = part.blocks
    found = [row for group in table.children for row in group.children]
    assert ["|".join(run.text for cell in row.children for run in cell.runs) for row in found] == rows
    assert found[1].children[0].attrs == (("scope", "row"),)


def test_facts_with_one_column_are_a_list_and_without_rows_nothing():
    assert render_section_html("{{ table: audiences }}", FACTS) == "<ul><li>Medlemmer</li></ul>"
    assert render_section_html("A\n\n{{ table: audiences }}") == "<p>A</p>"


def test_sections_are_numbered_from_one_in_the_order_of_their_files():
    found = render_norwegian({"10-b": "b", "02-a": "a", "100-c": "c"})
    assert [(part.number, part.id) for part in found.sections] == [(1, "a"), (2, "b"), (3, "c")]


def test_headings_in_a_section_stand_below_its_own():
    seen = ParsedHtml(render_section_html("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f"))
    assert [tag for tag, _ in seen.tags] == ["h3", "h3", "h4", "h5", "h6", "h6"]


def test_footnotes_of_different_sections_and_of_one_used_twice_have_ids_of_their_own():
    body = "a[^1] b[^x] c[^1]\n\n[^1]: en\n[^x]: to"
    found = render_norwegian({"01-om": body, "02-mer": body})
    seen = ParsedHtml("".join(render_html(part.blocks, REDLINE_LABELS) for part in found.sections))
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    links = [attrs["href"].removeprefix("#") for tag, attrs in seen.tags if tag == "a"]
    assert len(ids) == len(set(ids)) == 8
    assert set(links) == set(ids)
    assert links[:3] == ["om-note-1", "om-note-2", "om-note-1"]
    assert seen.words == ["a", "b", "c", "en", "to"] * 2


@pytest.mark.parametrize(
    ("given", "missing", "line"),
    [
        ("nb", "en", "This section is available in Norwegian only for now."),
        ("en", "nb", "Denne delen finnes foreløpig bare på engelsk."),
    ],
)
def test_a_section_without_its_twin_stands_in_the_other_language_and_says_so(given, missing, line):
    policy = load_policy(
        policy_files({f"{given}/02-ny.md": section_text("{{ retention.main.period }}", "Ny")} | FACTS)
    )
    first, alone = render_document(policy, missing).sections
    assert (first.locale, alone.locale, alone.number, alone.title) == (missing, given, 2, "Ny")
    said_so, body = alone.blocks
    assert (said_so.attrs, said_so.runs[0].text) == ((("lang", missing),), line)
    assert body.runs[0].text == {"nb": "2 år", "en": "2 years"}[given]


def test_policy_txt_holds_titles_words_and_targets_and_no_numbers():
    body = (
        "Hei **du** [her](https://a.no/) og {{ controller.email }}.[^1]\n\n## Mer\n\n- a\n- b\n\n    c\n\n"
        "| x | y |\n|---|---|\n| 1 | 2 |\n\n[^1]: Note"
    )
    found = render_norwegian({"01-om": body, "02-mer": "---"})
    assert render_policy_text(found) == (
        "Del 01-om\n\nHei du her <https://a.no/> og post@example.no <mailto:post@example.no>.\n\nMer\n\n"
        "a\nb\nc\n\nx\ty\n1\t2\n\nNote\n\nDel 02-mer\n"
    )


SPELLINGS = {
    "emphasis": ("*a* **b c**", "_a_ __b c__"),
    "bullets": ("- a\n- b", "* a\n* b"),
    "loose": ("- a\n- b", "- a\n\n- b"),
    "numbers": ("1. a\n2. b", "1) a\n1) b"),
    "heading": ("## A b\n\nc", "A b\n---\nc"),
    "closed heading": ("## A b", "## A b ##"),
    "wrap": ("a b c", "a\nb\n   c"),
    "hard break": ("a  \nb", "a\\\nb"),
    "blank": ("a b", "\n\n  a   b  \n\n"),
    "table": ("| a | b |\n|---|---|\n| c | d |", "a|b\n-|-\nc|d"),
    "entity": ("å & «b»", "&aring; &amp; &laquo;b&raquo;"),
    "escape": ("a.b", "a\\.b"),
    "reference": ("[a b](https://x.no/)", "[a b][r]\n\n[r]: https://x.no/ 'title'"),
    "autolink": ("<https://x.no/>", "[https://x.no/](https://x.no/)"),
    "footnote": ("a[^1]\n\n[^1]: b", "a^[b]"),
    "code": ("`a b`", "``a b``"),
    "fence": ("```\na b\n```", "    a b"),
    "placeholder": ("{{ controller.name }}", "{{controller.name}}"),
    "rule": ("a\n\n---\n\nb", "a\n\n* * *\n\nb"),
}


@pytest.mark.parametrize(("one", "other"), SPELLINGS.values(), ids=SPELLINGS)
def test_spelling_of_markdown_changes_nothing_for_readers(one, other):
    first, second = (render_norwegian({"01-om": body}).sections[0] for body in (one, other))
    assert first.looks_like(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b", "a c"),
        ("a b", "ab"),
        ("[a](https://x.no)", "[a](https://y.no)"),
        ("[a](https://x.no)", "a"),
        ("a", "a b"),
    ],
)
def test_other_words_or_another_target_are_a_change(one, other):
    first, second = (render_norwegian({"01-om": body}).sections[0] for body in (one, other))
    assert not first.looks_like(second)


def _fingerprint(body: str, title: str = "T", facts: str = "P2Y") -> str:
    more = {
        "nb/01-om.md": section_text(body, title),
        "facts/retention.yaml": f"- {{id: m, what: x, period: {facts}}}\n",
    }
    return compute_section_fingerprint(load_policy(policy_files(more)).sections["nb"][0])


def test_the_fingerprint_follows_the_words_and_not_the_markup_or_the_facts():
    own = _fingerprint("a *b* {{ retention.m.period }} c")
    assert len(own) == 12
    assert (
        own
        == _fingerprint("a\n__b__ {{retention.m.period}} c")
        == _fingerprint("a b {{ retention.m.period }} c", facts="P3Y")
    )
    others = [
        "a b {{ retention.m.what }} c",
        "{{ retention.m.period }} a b c",
        "a b c",
        "a d {{ retention.m.period }} c",
    ]
    assert len({own, _fingerprint("a *b* {{ retention.m.period }} c", "U"), *map(_fingerprint, others)}) == 6


def test_a_fact_is_words_and_never_markup():
    more = {
        "policy.yaml": POLICY_YAML.replace("[nb, en]", "[nb]").replace(
            "SMB Norge", '"*A* <b> \\u202e [x](y)"'
        )
    }
    assert render_section_html("{{ controller.name }}", more) == "<p>*A* &lt;b&gt; [U+202E] [x](y)</p>"


def test_aliases_are_kept_on_the_section():
    policy = load_policy(policy_files({"nb/01-om.md": section_text("x", aliases="aliases: [hvem, oss]\n")}))
    assert render_document(policy, "nb").sections[0].aliases == ("hvem", "oss")
    assert policy.current_ids == {"hvem": "om", "oss": "om"}


def test_each_leaf_knows_its_line():
    (part,) = render_norwegian({"01-om": "a\n\nb\n\n- c\n- d\n\n| e |\n|---|\n| f |"}).sections
    assert [leaf.line for leaf in iter_leaves(part.blocks)] == [1, 3, 5, 6, 8, 10]
