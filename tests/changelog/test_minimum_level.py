"""The labelled edits of edits.tsv, and what each kind of fact does to the minimum level."""

from __future__ import annotations

from pathlib import Path

import pytest

from changelog.cosmetic import is_cosmetic
from changelog.kind_of_change import KindOfChange
from changelog.minimum_level import assess_minimum_level
from changelog.snapshots import Snapshot
from languages.loader import list_language_codes
from policy.document import Document, RenderedSection
from policy.loader import load_policy
from policy.localization import format_language_name
from policy.markdown import parse_markdown
from policy.models import Level

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "edits.tsv").read_text(encoding="utf-8").splitlines()
]


def is_harmless(locale: str, before: str, after: str) -> bool:
    def create_documents(words: str) -> dict[str, Document]:
        return {
            locale: Document(locale, (RenderedSection("s", 1, "Title", locale, (), parse_markdown(words)),))
        }

    return is_cosmetic(create_documents(before), create_documents(after), {}, ())


def format_confusion_table() -> str:
    """Return the confusion table of docs/minimum-level.md."""
    lines = ["| language | edit | judged cosmetic | judged a change |", "|---|---|---|---|"]
    for locale in list_language_codes():
        name = format_language_name(locale, "en", list_language_codes())
        for label, what in (("yes", "same meaning"), ("no", "changed meaning")):
            proven = [
                is_harmless(code, before, after)
                for code, expected, before, after, _ in ROWS
                if (code, expected) == (locale, label)
            ]
            lines.append(f"| {name} | {what} | {sum(proven)} | {len(proven) - sum(proven)} |")
    return "\n".join(lines)


def test_the_labelled_set_is_large_and_holds_no_edit_twice():
    assert len(ROWS) >= 150
    assert len({tuple(row[:4]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if row[1] == "no"], ids=lambda row: row[2][:40])
def test_no_change_of_meaning_is_called_cosmetic(row):
    assert not is_harmless(row[0], row[2], row[3]), row[4]


def test_nine_of_ten_corrections_are_proven():
    corrections = [row for row in ROWS if row[1] == "yes"]
    proven = [row for row in corrections if is_harmless(row[0], row[2], row[3])]
    assert len(proven) >= 0.9 * len(corrections)


def test_the_published_confusion_table_is_what_is_measured():
    assert format_confusion_table() in (REPOSITORY / "docs/minimum-level.md").read_text(encoding="utf-8")


SETTINGS = """\
title: {nb: Erklæring, en: Policy}
base_url: https://eksempel.no/
languages: [nb, en]
controller: {name: Nordlys Forening, address: Gata 1, email: post@nordlys.example, phone: "1"}
dpo: {name: Ombudet, email: ombud@nordlys.example}
announce: {major: [help_centre, email], special: [help_centre, email, alert]}
"""
BASE = {
    "policy.yaml": SETTINGS,
    "facts/purposes.yaml": "- {id: news, name: {nb: Nyhetsbrev, en: Newsletter}, "
    "legal_basis: consent, data: [contact], retention: contact}\n",
    "facts/categories.yaml": "- {id: contact, name: {nb: Kontaktopplysninger, en: Contact details}}\n",
    "facts/retention.yaml": "- {id: contact, what: {nb: Kontakt, en: Contact}, period: P2Y}\n"
    "- {id: long, what: {nb: Lenge, en: Long}, period: P5Y}\n",
    "facts/recipients.yaml": "- {id: host, name: Vertshuset AS, role: processor, country: US, "
    "safeguard: {kind: scc, text: {nb: Be om kopi, en: Ask for a copy}}}\n",
    "facts/rights.yaml": "access: {nb: Skriv til oss, en: Write to us}\n"
    "erasure: {nb: Ring oss, en: Call us}\n",
    "facts/cookies.yaml": "- {id: session, name: session, period: PT1H}\n",
    "nb/01-a.md": "---\ntitle: A\n---\n\nVi lagrer opplysninger.\n",
    "en/01-a.md": "---\ntitle: A\n---\n\nWe store data.\n",
}  # fmt: skip


def snapshot(changes: dict[str, tuple[str, str]]) -> Snapshot:
    files = dict(BASE)
    for path, (old, new) in changes.items():
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    policy = load_policy({f"content/{path}": text.encode() for path, text in files.items()})
    return Snapshot("", 0, policy)


def assess_edit(path: str, old: str, new: str):
    return assess_minimum_level(snapshot({}), snapshot({path: (old, new)}), {})


HOST = BASE["facts/recipients.yaml"]
MAJOR = [
    ("a purpose appears", "facts/purposes.yaml", "- {id: news", "- {id: sales, name: Salg}\n- {id: news"),
    ("a purpose changes", "facts/purposes.yaml", "Newsletter", "Newsletter and surveys"),
    ("a legal basis changes", "facts/purposes.yaml", "legal_basis: consent", "legal_basis: contract"),
    ("a purpose takes more data", "facts/purposes.yaml", "data: [contact], ", ""),
    ("a purpose keeps longer", "facts/purposes.yaml", "retention: contact", "retention: long"),
    ("a purpose loses its period", "facts/purposes.yaml", ", retention: contact", ""),
    ("a category appears", "facts/categories.yaml", "- {id", "- {id: health, name: Helse}\n- {id"),
    ("a period grows", "facts/retention.yaml", "period: P2Y", "period: P25M"),
    ("a period is no longer stated", "facts/retention.yaml", ", period: P2Y", ""),
    ("a recipient appears", "facts/recipients.yaml", "- {id", "- {id: bank, name: Banken}\n- {id"),
    ("a recipient is another", "facts/recipients.yaml", "Vertshuset AS", "Vertshuset ASA"),
    ("a country changes", "facts/recipients.yaml", "country: US", "country: IN"),
    ("a safeguard changes", "facts/recipients.yaml", "kind: scc", "kind: bcr"),
    (
        "a safeguard is removed",
        "facts/recipients.yaml",
        ", safeguard: {kind: scc, text: {nb: Be om kopi, en: Ask for a copy}}",
        "",
    ),
    ("a right appears", "facts/rights.yaml", "access:", "objection: {nb: Ring, en: Call}\naccess:"),
    ("a right is removed", "facts/rights.yaml", "erasure: {nb: Ring oss, en: Call us}\n", ""),
    ("the way to use a right changes", "facts/rights.yaml", "Call us", "Visit us"),
    ("the controller is another", "policy.yaml", "Nordlys Forening", "Nordlys Foreningen"),
    ("the officer has another address", "policy.yaml", "ombud@nordlys", "dpo@nordlys"),
    (
        "the officer is removed",
        "policy.yaml",
        "dpo: {name: Ombudet, email: ombud@nordlys.example}\n",
        "",
    ),
    ("a channel is removed", "policy.yaml", "[help_centre, email, alert]", "[help_centre, email]"),
]
MINOR = [
    ("a purpose is given up", "facts/purposes.yaml", BASE["facts/purposes.yaml"], "[]\n"),
    ("a period shrinks", "facts/retention.yaml", "period: P2Y", "period: P1Y"),
    ("a period is said otherwise", "facts/retention.yaml", "period: P2Y", "period: P1Y12M"),
    ("a recipient is given up", "facts/recipients.yaml", HOST, "[]\n"),
    ("a phone number changes", "policy.yaml", 'phone: "1"', 'phone: "2"'),
    (
        "a channel is added",
        "policy.yaml",
        "major: [help_centre, email]",
        "major: [help_centre, login, email]",
    ),
    ("a cookie changes", "facts/cookies.yaml", "PT1H", "PT2H"),
    ("a row gets another id", "facts/recipients.yaml", "id: host", "id: hosting"),
    ("data stand in another order", "nb/01-a.md", "Vi lagrer opplysninger.", "Vi lagrer alle opplysninger."),
]


@pytest.mark.parametrize(("what", "path", "old", "new"), MAJOR, ids=[row[0] for row in MAJOR])
def test_a_fact_that_matters_makes_the_minimum_level_major(what, path, old, new):
    found = assess_edit(path, old, new)
    assert found.level == Level.MAJOR
    assert found.reasons, what
    assert not found.is_cosmetic


@pytest.mark.parametrize(("what", "path", "old", "new"), MINOR, ids=[row[0] for row in MINOR])
def test_any_other_fact_leaves_the_minimum_level_minor(what, path, old, new):
    found = assess_edit(path, old, new)
    assert (found.level, found.reasons) == (Level.MINOR, ()), what


def test_the_reason_names_the_fact_and_what_became_of_it():
    found = assess_edit("facts/retention.yaml", "period: P2Y", "period: P3Y")
    assert [str(reason) for reason in found.reasons] == ["retention.contact.period grows from P2Y to P3Y"]


def test_a_new_row_is_one_reason_however_much_it_says():
    found = assess_edit("facts/recipients.yaml", HOST, HOST + HOST.replace("host", "bank"))
    assert [str(reason) for reason in found.reasons] == ["recipients.bank appears"]


def test_without_facts_only_settings_set_a_minimum_level():
    def create_snapshot(settings: str, words: str) -> Snapshot:
        files = {"policy.yaml": settings, "nb/01-a.md": words, "en/01-a.md": words}
        policy = load_policy({f"content/{path}": text.encode() for path, text in files.items()})
        return Snapshot("", 0, policy)

    before = create_snapshot(SETTINGS, "---\ntitle: A\n---\n\nWords.\n")
    other_words = create_snapshot(SETTINGS, "---\ntitle: A\n---\n\nWe share data.\n")
    other_name = create_snapshot(
        SETTINGS.replace("Nordlys Forening", "Sørlys"), "---\ntitle: A\n---\n\nWords.\n"
    )
    found = assess_minimum_level(before, other_words, {})
    assert (found.level, found.reasons, found.is_cosmetic, found.kind) == (
        None,
        (),
        False,
        KindOfChange.WORDS,
    )
    assert assess_minimum_level(before, other_name, {}).level is Level.MAJOR
    assert assess_minimum_level(before, snapshot({}), {}).level is Level.MAJOR


def test_a_misspelt_fact_may_be_corrected():
    before = snapshot({"facts/purposes.yaml": ("Nyhetsbrev", "Påmelidnger til kurs")})
    after = snapshot({"facts/purposes.yaml": ("Nyhetsbrev", "Påmeldinger til kurs")})
    found = assess_minimum_level(before, after, {})
    assert (found.level, found.is_cosmetic) == (Level.MINOR, True)


def test_a_correction_beside_a_changed_fact_is_not_cosmetic():
    before = snapshot({"nb/01-a.md": ("opplysninger", "opplysniger")})
    after = snapshot({"facts/cookies.yaml": ("PT1H", "PT2H")})
    assert assess_minimum_level(before, snapshot({}), {}).is_cosmetic
    assert not assess_minimum_level(before, after, {}).is_cosmetic


def test_a_correction_in_one_language_beside_a_change_in_the_other_is_not_cosmetic():
    before = snapshot({"nb/01-a.md": ("opplysninger", "opplysniger")})
    after = snapshot({"en/01-a.md": ("data", "health data")})
    assert not assess_minimum_level(before, after, {}).is_cosmetic


def test_many_corrections_at_once_are_a_revision():
    words = "opplysniger " * 13
    assert not is_harmless("nb", words, words.replace("sniger", "sninger"))
    assert is_harmless("nb", words[: 5 * 12], words[: 5 * 12].replace("sniger", "sninger"))


def test_a_name_of_the_facts_may_not_change_by_a_letter():
    before = snapshot({"nb/01-a.md": ("opplysninger", "for vertshusset AS"), "en/01-a.md": ("data", "data")})
    after = snapshot({"nb/01-a.md": ("opplysninger", "for vertshuset AS")})
    assert not assess_minimum_level(before, after, {}).is_cosmetic


def test_a_section_moved_or_added_is_not_cosmetic():
    part = RenderedSection("a", 1, "T", "nb", (), parse_markdown("Ord."))
    other = RenderedSection("b", 2, "T", "nb", (), parse_markdown("Andre ord."))
    both, turned = Document("nb", (part, other)), Document("nb", (other, part))
    assert is_cosmetic({"nb": both}, {"nb": both}, {}, ())
    assert not is_cosmetic({"nb": both}, {"nb": turned}, {}, ())
    assert not is_cosmetic({"nb": Document("nb", (part,))}, {"nb": both}, {}, ())


@pytest.mark.parametrize(
    "elsewhere", ["Tjenesten betyr nettstedet.", "Vi lagrer logger fra Tjenesten.", "Tjenestens logger."]
)
def test_a_capital_is_no_mistake_if_the_term_is_used_elsewhere(elsewhere):
    def create_documents(words: str) -> dict[str, Document]:
        parts = enumerate((words, elsewhere), start=1)
        sections = (RenderedSection(f"s{n}", n, "T", "nb", (), parse_markdown(text)) for n, text in parts)
        return {"nb": Document("nb", tuple(sections))}

    before, after = create_documents("Vi utvikler Tjenesten."), create_documents("Vi utvikler tjenesten.")
    assert not is_cosmetic(before, after, {}, ())
    assert is_harmless("nb", "Vi utvikler Tjenesten.", "Vi utvikler tjenesten.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Vi deler ikke:\n\nnavn\n\nalder", "Vi deler ikke:\n\n- navn\n- alder"),
        ("Vi lagrer ikke navn.", "Vi lagrer **ikke** navn."),
        ("Ikke del navn. Aldri.", "Ikke del navn.\n\nAldri."),
        ("- a\n- b", "2. a\n3. b"),
        ("| Navn | 2 år |\n|---|---|", "Navn\n\n2 år"),
    ],
)
def test_another_form_of_the_same_words_is_cosmetic(before, after):
    assert is_harmless("nb", before, after)
    assert is_harmless("nb", after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| a | b |\n|---|---|\n| ja |  |", "| a | b |\n|---|---|\n|  | ja |"),
        ("| a | b |\n|---|---|\n| navn | opplysniger |", "| a | b |\n|---|---|\n| | navn opplysninger |"),
        ("Navn[^1] og adresse.\n\n[^1]: Frivillig.", "Navn og adresse[^1].\n\n[^1]: Frivillig."),
    ],
)
def test_words_that_belong_to_others_are_a_change(before, after):
    assert not is_harmless("nb", before, after)
