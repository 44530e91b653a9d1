"""A policy that has everything a page may have to carry, as a script of its history.

Long words, wide tables, footnotes, code, lists of every kind; sections moved, renamed, added and taken out;
blocks and rows that moved; a section without its twin; versions overtaken, many to come, and a draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.helpers.cli import run_command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TODAY = "2026-06-15"  # 2.0 is in force, five versions on three days are to come
BEFORE_ALL = "2024-12-01"  # nothing is in force yet
BASE = "https://example.no/personvern/"

_LONG = "Personopplysningsbehandlingsansvarlighetsfraskrivelsesdokumentasjonspliktsforskrift"
_SETTINGS = f"""\
title: {{nb: Personvernerklæring, en: Privacy policy}}
base_url: {BASE}
languages: [nb, en]
controller: {{name: Eksempel AS, address: "Gata 1, 0150 Oslo", email: post@example.no,
  website: https://example.no}}
authority: {{name: Datatilsynet, url: https://www.datatilsynet.no}}
mail: {{from: post@example.no, reply_to: post@example.no}}
announce: {{minor: [], major: [help_centre, login, email], special: [help_centre, login, email, alert]}}
"""
_FACTS = {
    "facts/categories.yaml": "- {id: contact, name: {nb: Kontaktopplysninger, en: Contact details}}\n",
    "facts/audiences.yaml": "- {id: members, name: {nb: Medlemmer, en: Members}}\n",
    "facts/retention.yaml": """\
- {id: account, what: {nb: Kontoen din, en: Your account}, data: [contact], period: P2Y,
   after: {nb: Opplysningene slettes., en: The data are deleted.}}
- {id: usage, what: {nb: Bruksmønstre i analysesystemene, en: Usage patterns}, data: [contact], period: P36M}
""",
    "facts/purposes.yaml": """\
- {id: membership, name: {nb: Å følge opp medlemskapet, en: To follow up the membership},
   legal_basis: contract, data: [contact], audience: [members], retention: account}
- {id: tips, name: {nb: Å gi deg anbefalinger og tips, en: To give you tips},
   legal_basis: legitimate_interests,
   interest: {nb: Å være nyttig, en: To be useful}, data: [contact], audience: [members], retention: usage}
""",
    "facts/recipients.yaml": """\
- {id: mail, name: Post og Partnere AS, role: processor, country: "NO"}
- {id: cloud, name: Sky Inc., role: processor, country: US, safeguard: {kind: scc}}
""",
}
_INTRO = """\
---
title: {title}
---
{first} `en_veldig_lang_kodesnutt_uten_mellomrom=1234567890`[^a] og *mer*[^b] og igjen[^a].

> {quote}

## {heading}

1. Først **dette**
2. Så [dette](https://example.no/en/sti/som/er/veldig/veldig/veldig/lang/og/uten/mellomrom?og=et&par=parametre)
   - og under det {long}
   - og enda et punkt

{word}
: Det som kan knyttes til en person.
: Enda en forklaring med `kode`.

***

```
GET /en/veldig/lang/linje/som/ikke/kan/brytes?med=mange&parametre=som&bare=fortsetter&og=fortsetter HTTP/1.1
```

[^a]: En fotnote med [lenke](#tabell).
[^b]: En fotnote til.
"""
_WIDE = """\
---
title: {title}
---
| Tjeneste | Leverandør | Land | Formål | Lagringstid | Grunnlag | Kommentar |
|---|---|---|---|---|---|---|
| Nyhetsbrev | Post og Partnere AS | Norge | Å sende det til dem som ber | 2 år | Samtykke | Frivillig |
| Statistikk | Sky Inc. | USA | Å forstå hvordan sidene brukes | 3 år | Interesse | Kan protesteres mot |
| {last} | Eksempel AS | Norge | {long} | 5 år | Rettslig plikt | Regnskapsloven |

{table}
"""
_FACT_TABLES = "{{ table: purposes }}\n\n{{ table: retention }}\n\n{{ table: recipients }}"

# The script speaks Norwegian; the English twins say the same.
_ENGLISH = {
    "Vi følger loven nøye": "We follow the law closely",
    "Vi følger loven": "We follow the law",
    " og *mer*": " and *more*",
    " og igjen": " and again",
    "Et sitat på to linjer.": "A quotation of two lines.",
    "Et helt annet sitat.": "Another quotation altogether.",
    "Et nytt begrep": "A new term",
    "Et begrep": "A term",
    "Først **dette**": "First **this**",
    "Så [dette]": "Then [this]",
    "og under det": "and below it",
    "og enda et punkt": "and one more item",
    "Det som kan knyttes til en person.": "What can be tied to a person.",
    "Enda en forklaring med": "Another explanation with",
    "En fotnote med [lenke]": "A footnote with a [link]",
    "En fotnote til.": "One more footnote.",
    "| Tjeneste | Leverandør | Land | Formål | Lagringstid | Grunnlag | Kommentar |":
        "| Service | Provider | Country | Purpose | Kept for | Basis | Remark |",
    "Nyhetsbrev": "Newsletter",
    "Å sende det til dem som ber": "To send it to those who ask",
    "Frivillig": "Voluntary",
    "Å forstå hvordan sidene brukes": "To understand how the pages are used",
    "Interesse": "Interest",
    "Kan protesteres mot": "Can be objected to",
    "Rettslig plikt": "Legal obligation",
    "og en tittel som aldri ser ut til å ta slutt selv om den burde det":
        "and a title that never seems to come to an end although it should",
    "og en ny tittel": "and a new title",
    "Et avsnitt som blir stående her til det flyttes et annet sted.":
        "A paragraph that stays here until it is moved to another place.",
    "Vi samler inn navn, telefonnummer og adresse når du melder deg inn hos oss.":
        "We collect your name, telephone number and address when you join us.",
    "Et siste avsnitt i delen, som ikke endres i det hele tatt.":
        "A last paragraph of the section that does not change at all.",
    "Vi samler inn:": "We collect:",
    "fødselsdato": "date of birth",
    "telefonnummer": "telephone number",
    "Om oss og ordene våre": "About us and our words",
    "Om oss": "About us",
    "En del som flytter": "A section that moves",
    "Ordene er de samme på det nye stedet.": "The words are the same in the new place.",
    "Det gamle navnet": "The old name",
    "Det nye navnet": "The new name",
    "Teksten i delen med det gamle navnet.": "The text of the section with the old name.",
    "Teksten i delen med det nye navnet.": "The text of the section with the new name.",
    "En del som går ut": "A section that goes",
    "Denne delen tas ut igjen.": "This section is taken out again.",
    "En del som kommer til": "A section that comes in",
    "Den er ny.": "It is new.",
    "Helt ny.": "Quite new.",
    "Den er fra april.": "It is from April.",
    "Den er fra mai.": "It is from May.",
    "Den er fra slutten av mai, uten merknad.": "It is from the end of May, without a note.",
    "Den er fra juni.": "It is from June.",
    "Særlig viktig.": "Of special importance.",
    "Dette er et utkast.": "This is a draft.",
}  # fmt: skip


def _section(title: str, *paragraphs: str, alias: str = "") -> str:
    head = f"---\ntitle: {title}\n" + (f"aliases: [{alias}]\n" if alias else "") + "---\n"
    return head + "\n\n".join(paragraphs) + "\n"


def _note(level: str, effective: str, nb: str, en: str) -> str:
    return f"""\
level: {level}
effective: {effective}
summary: {{nb: "{nb}", en: "{en}"}}
action: {{nb: "Skriv til <post@example.no> hvis du vil [protestere](https://example.no/protest).",
  en: "Write to <post@example.no> if you object."}}
reason: {{nb: "Loven krever det.", en: "The law asks for it."}}
"""


def _first() -> dict[str, str]:
    files = {"policy.yaml": _SETTINGS, **_FACTS}
    for lang in ("nb", "en"):
        files[f"{lang}/01-om.md"] = _INTRO.format(
            title="Om oss og ordene våre", first="Vi følger loven", quote="Et sitat på to linjer.",
            heading="Et begrep", word=_LONG, long=_LONG,
        )  # fmt: skip
        files[f"{lang}/02-tabell.md"] = _WIDE.format(
            title="Tjenester", last="Regnskap", long=_LONG, table=_FACT_TABLES
        )
        files[f"{lang}/03-langt.md"] = _section(
            f"{_LONG} og en tittel som aldri ser ut til å ta slutt selv om den burde det",
            "Et avsnitt som blir stående her til det flyttes et annet sted.",
            "Vi samler inn navn, telefonnummer og adresse når du melder deg inn hos oss.",
            "Et siste avsnitt i delen, som ikke endres i det hele tatt.",
        )
        files[f"{lang}/04-flyttes.md"] = _section(
            "En del som flytter", "Ordene er de samme på det nye stedet."
        )
        files[f"{lang}/05-gammelt.md"] = _section("Det gamle navnet", "Teksten i delen med det gamle navnet.")
        files[f"{lang}/06-ut.md"] = _section("En del som går ut", "Denne delen tas ut igjen.", "- ett\n- to")
    return files


def _unnoted(files: Mapping[str, str]) -> dict[str, str | None]:
    return {
        name: files[name]
        .replace("| Nyhetsbrev | Post og Partnere AS | Norge", "| Nyhetsbrev | Sky Inc. | Irland")
        .replace("| Statistikk |", "| Tall |")
        for name in ("nb/02-tabell.md", "en/02-tabell.md")
    }


def _reshaped() -> dict[str, str | None]:
    files: dict[str, str | None] = {"changes/b.yaml": _note(
        "major", "2025-08-01",
        "Erklæringen har fått en ny form, og to deler er [flyttet](https://example.no/om-flyttingen).",
        "The policy has a new form, and two sections have moved.",
    )}  # fmt: skip
    for lang in ("nb", "en"):
        files |= {
            f"{lang}/04-flyttes.md": None,
            f"{lang}/00-flyttes.md": _section("En del som flytter", "Ordene er de samme på det nye stedet."),
            f"{lang}/05-gammelt.md": None,
            f"{lang}/05-nytt.md": _section(
                "Det nye navnet", "Teksten i delen med det nye navnet.",
                "Et avsnitt som blir stående her til det flyttes et annet sted.", alias="gammelt",
            ),
            f"{lang}/06-ut.md": None,
            f"{lang}/07-inn.md": _section("En del som kommer til", "Den er ny.[^1]", "[^1]: Helt ny."),
            f"{lang}/03-langt.md": _section(
                f"{_LONG} og en ny tittel", "Vi samler inn:", "- navn\n- telefonnummer\n- fødselsdato",
                "Et siste avsnitt i delen, som ikke endres i det hele tatt.",
            ),
            f"{lang}/01-om.md": _INTRO.format(
                title="Om oss", first="Vi følger loven nøye", quote="Et helt annet sitat.",
                heading="Et nytt begrep", word="Personopplysning", long=_LONG,
            ),
        }  # fmt: skip
    return files


def _closing(words: str) -> dict[str, str | None]:
    return {f"{lang}/07-inn.md": _section("En del som kommer til", words) for lang in ("nb", "en")}


def _steps() -> list[tuple[str, Mapping[str, str | None]]]:
    first = _first()
    many = "Vi bruker en ny leverandør av e-post, og opplysningene dine kan nå lagres i USA."

    def step(words: str, name: str, level: str, effective: str) -> dict[str, str | None]:
        english = f"{_in_english(words)} We use a new provider."
        return {**_closing(words), f"changes/{name}.yaml": _note(level, effective, many, english)}

    alone = {"nb/08-bare-norsk.md": _section("Bare på norsk", "Ingen tvilling.")}
    return [
        ("2025-01-02", first),
        ("2025-03-03", _unnoted(first)),
        ("2025-06-04", _reshaped()),
        ("2026-04-01", {**alone, **step("Den er fra april.", "c", "major", "2026-08-01")}),
        ("2026-05-02", step("Den er fra mai.", "d", "major", "2026-08-01")),
        ("2026-05-20", _closing("Den er fra slutten av mai, uten merknad.")),
        ("2026-06-01", step("Den er fra juni.", "e", "major", "2026-09-01")),
        ("2026-06-10", step("Særlig viktig.", "f", "special", "2026-11-15")),
    ]


def tell(folder: Path) -> None:
    """Make the repository in an empty folder, with one edit that is not committed yet."""
    _git(folder, "init", "--quiet", "--initial-branch=main")
    for day, files in _steps():
        _write(folder / "content", files)
        _git(folder, "add", "--all")
        _git(folder, "commit", "--quiet", "--message=a step", day=day)
    _write(folder / "content", _closing("Dette er et utkast."))


def _write(content: Path, files: Mapping[str, str | None]) -> None:
    for name, text in files.items():
        path = content / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_in_english(text) if name.startswith("en/") else text, encoding="utf-8")


def _in_english(text: str) -> str:
    for norwegian in sorted(_ENGLISH, key=len, reverse=True):
        text = text.replace(norwegian, _ENGLISH[norwegian])
    return text


def _git(folder: Path, *words: str, day: str = "2025-01-02") -> None:
    noon = f"{day}T12:00:00+01:00"
    run_command(folder, "git", *words, GIT_AUTHOR_DATE=noon, GIT_COMMITTER_DATE=noon)
