"""What was altered is found and named: on pages, in the log, and by a publisher who recomputes every hash."""

from __future__ import annotations

import json

import pytest

VERSION, IN_ENGLISH, FRONT, LOG = "versjon/2.2/", "en/version/2.2/", "", "endringslogg/"
TEXT_DIFFERS = "Versjon 2.2 på norsk bokmål: Teksten er ikke den som ble publisert."
NOTE_DIFFERS = "Versjon 2.2 på norsk bokmål: Forklaringen av endringen er ikke den som ble publisert."

# Each is an alteration of the page of a version that readers see.
ALTERED_TEXTS = {
    "a word": ("Nordmann svarer", "Nordmann svarte"),
    "a blank": ("Nordmann svarer", "Nordmannsvarer"),
    "a title": (">Former</h2>", ">Former her</h2>"),
    "a link's target": ('href="https://example.no/a?', 'href="https://example.com/a?'),
    "a link": ('<a href="https://example.no/a?b=1&amp;c=%22">her</a>', "her"),
    "the start of a list": ('<ol start="3">', '<ol start="2">'),
    "the kind of a list": ("<ul>", "<ol>"),
    "emphasis": ("<em>lagrer</em>", "lagrer"),
    "stronger emphasis": ("<em>lagrer</em>", "<strong>lagrer</strong>"),
    "the level of a heading": ("<h3>Under</h3>", "<h4>Under</h4>"),
    "a line break": ("<br>", " "),
    "a rule": ("<hr>", ""),
    "a cell": ("<td>c</td>", "<td>d</td>"),
    "a blank in code": ("  to  blanke", "  to blanke"),
    "a quotation": ("<blockquote>", "<div>"),
    "a footnote's number": ("-note-1", "-note-2"),
    "a footnote": ("Merknad <em>to</em>", "Merknad <em>tre</em>"),
    "an inserted paragraph": ("<hr>", "<hr><p>Unntatt i mai.</p>"),
    "an inserted element": ("<hr>", "<hr><aside>Unntatt i mai.</aside>"),
    "words outside the sections": ('<section id="kontakt">', 'Unntatt i mai. <section id="kontakt">'),
    "a second text": ("</article>", '</article><article data-version="2.2"></article>'),
    "the number of the version": ('data-version="2.2"', 'data-version="2.1"'),
    "a hidden word": ("<hr>", '<hr><p class="visually-hidden">Nei.</p>'),
    "words that are read aloud only": ("<hr>", '<hr><span class="visually-hidden">Nei.</span>'),
    "a paragraph read as another": ("<p>Vi ", '<p aria-label="Nei">Vi '),
    "emphasis read as another": ("<em>", '<em role="img">'),
    "a link read as another": ("<a href", '<a aria-label="Nei" href'),
    "a label of a cell": ('data-label="', 'data-label="Ikke '),
    "a box of another role": ('role="group"', 'role="img"'),
    "a box around nothing": ("<hr>", '<hr><div class="scroll" tabindex="0" role="group"></div>'),
    "words in a link back": ('"></a></li>', '">Nei</a></li>'),
    "a hidden article": ("<article data", '<article class="visually-hidden" data'),
    "words after the text": ("</article>", "</article>Unntatt i mai."),
    "words after its column": ("</main>", "<p>Unntatt i mai.</p></main>"),
    "salts": ('data-version="2.2"', 'data-version="2.2" data-salts="aa bb cc dd ee"'),
    "one salt too few": ('data-version="2.2"', 'data-version="2.2" data-salts="aa"'),
}  # fmt: skip


@pytest.mark.long
def test_every_alteration_of_a_text_is_found_and_named(reader, publisher):
    built = publisher.read(VERSION)
    found = {}
    for name, (old, new) in ALTERED_TEXTS.items():
        head, article, text = built.partition("<article ")
        assert old in article + text, name
        publisher.serve(VERSION, head + (article + text).replace(old, new, 1))
        found[name] = reader.check()
    assert {name: one.problems for name, one in found.items() if one.problems != [TEXT_DIFFERS]} == {}
    assert {one.links[0] for one in found.values()} == {"../../versjon/2.2/"}
    assert found["a word"].verdicts[0] == "Noe stemmer ikke. Antall feil: 1."
    assert found["a word"].kinds == ["differs", None]


@pytest.mark.long
@pytest.mark.parametrize(
    "attribute", ['class="x visually-hidden"', 'aria-label="Utkast"', 'role="img"', "inert"]
)
def test_a_text_that_the_page_around_it_hides_is_found(reader, publisher, attribute):
    publisher.alter(VERSION, "<main ", f"<main {attribute} ")
    assert reader.check().problems == [TEXT_DIFFERS]


def test_a_deleted_paragraph_and_another_salt_are_found(reader, publisher):
    publisher.alter(VERSION, "<p>Du kan når som helst:</p>", "")
    page = publisher.read("versjon/2.3/")
    salt = page.partition('data-salts="')[2][:32]
    publisher.alter("versjon/2.3/", salt, "0" * 32)
    assert reader.check().problems == [TEXT_DIFFERS, TEXT_DIFFERS.replace("2.2", "2.3")]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nn/endringslogg/kontroll/", "Versjon 2.2 på engelsk: Teksten er ikkje den som vart publisert."),
        ("en/changelog/verification/", "Version 2.2 in English: the text is not the one that was published."),
    ],
)
def test_problems_are_named_in_the_readers_language(reader, publisher, path, words):
    publisher.alter(IN_ENGLISH, "Nordmann svarer", "Nordmann svarte")
    found = reader.check(path)
    assert found.problems == [words]
    reader.page.click("#_problems a")
    reader.page.wait_for_url("**/en/version/2.2/")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", [LOG, "versjon/2.2/endringer/"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<strong>klage</strong>", "<strong>protestere</strong>"),
        ("hadde glemt det", "glemte det"),
        ('data-part="reason"', 'data-part="action"'),
        ('data-part="reason"', ""),
        ('data-note="2.2"', ""),
        ('data-note="2.2"', 'data-note="2.2" data-salt="aa"'),
    ],
)
def test_an_altered_note_is_found(reader, publisher, path, old, new):
    publisher.alter(path, old, new)
    found = reader.check()
    assert found.problems == [NOTE_DIFFERS]
    assert found.links == ["../" if path == LOG else f"../../{path}"]


@pytest.mark.long
def test_a_note_that_was_never_published_is_found(reader, publisher):
    mark = '<section data-note="1.0" data-part="title"><p>Nytt</p></section>'
    publisher.alter(LOG, '<ol class="log" reversed>', f'{mark}<ol class="log" reversed>')
    publisher.alter(
        "en/changelog/", '<ol class="log" reversed>', f'{mark.replace("1.0", "9.9")}<ol class="log">'
    )
    assert reader.check().problems == [
        NOTE_DIFFERS.replace("2.2", "1.0"),
        NOTE_DIFFERS.replace("2.2", "9.9").replace("norsk bokmål", "engelsk"),
    ]


def test_the_front_page_and_the_code_on_a_page_are_checked(reader, publisher):
    publisher.alter("nn/", "Spør oss gjerne", "Spør oss aldri")
    entry = publisher.read_entries()[0]["hash"]
    publisher.alter("versjon/1.0/", f"<code>{entry}", f"<code>{'0' * 64}")
    assert reader.check().problems == [
        "Versjon 1.0 på norsk bokmål: Siden viser en annen kode enn loggen.",
        "Forsiden på norsk nynorsk har ikke teksten til versjonen den viser.",
    ]


def test_missing_pages_are_named(reader, server):
    for path in (VERSION, LOG):
        server.serve_text(f"/personvern/{path}", "borte", status=404)
    found = reader.check()
    assert found.problems == [
        "Versjon 2.2 på norsk bokmål: En side mangler eller kan ikke leses.",
        "Forsiden eller endringsloggen på norsk bokmål mangler eller kan ikke leses.",
    ]
    assert found.links == ["../../versjon/2.2/", "../"]


def test_an_altered_entry_does_not_fit_its_own_code(reader, publisher, out):
    entries = publisher.read_entries()
    entries[0]["effective"] = "2026-01-04"
    publisher.serve_entries(entries)
    found = reader.check(file=out / "letters/2.0/nb.eml")
    assert found.problems == [
        "Oppføring 1, 5. januar 2026, stemmer ikke med sin egen kode: Den er endret.",
        "Versjon 1.0: Listen over versjoner stemmer ikke med loggen.",
    ]
    assert found.verdicts[0] == "Koden står i loggen, men noe fram til den er endret. Se listen."
    assert found.kinds == ["differs", "differs"]


@pytest.mark.long
def test_deleted_and_swapped_entries_break_the_chain(reader, publisher):
    entries = publisher.read_entries()
    publisher.serve_entries([entries[0], *entries[2:]])
    found = reader.check()
    assert found.problems[0] == (
        "Oppføring 2, 7. april 2026, følger ikke etter den forrige: "
        "Oppføringer er endret, fjernet eller satt inn."
    )
    assert "Versjon 2.0 står i listen over versjoner, men ikke i loggen." in found.problems
    publisher.serve_entries([entries[1], entries[0], *entries[2:]])
    problems = reader.check().problems
    assert "Oppføring 2 er datert 5. januar 2026, før oppføringen den følger etter." in problems


@pytest.mark.long
def test_the_list_of_versions_must_agree_with_the_log(reader, publisher):
    versions = json.loads(publisher.read("api/versions.json"))
    versions["versions"][1]["effective"] = "2026-03-19"
    versions["versions"][2]["version"] = "9.0"
    publisher.serve("api/versions.json", json.dumps(versions))
    assert reader.check().problems == [
        "Versjon 2.0: Listen over versjoner stemmer ikke med loggen.",
        "Versjon 2.1 står i loggen, men ikke i listen over versjoner.",
        "Versjon 9.0 står i listen over versjoner, men ikke i loggen.",
    ]


MISSING = (
    "Koden står ikke i loggen. Enten hører den til en annen erklæring, eller så er loggen byttet ut siden. "
    "Ta vare på det du har lagret."
)


def forge_first_day(entries) -> None:
    entries[0]["channels"] = ["alert"]


def test_whoever_recomputes_every_hash_is_found_by_a_letter_and_by_a_saved_log(
    reader, publisher, out, tmp_path
):
    saved = tmp_path / "log.json"
    saved.write_text(publisher.read("api/log.json"), encoding="utf-8")
    publisher.forge(forge_first_day)
    versions = json.loads(publisher.read("api/versions.json"))
    versions["versions"][0]["channels"] = ["alert"]
    publisher.serve("api/versions.json", json.dumps(versions))

    # Without evidence the forged log fits, and the page says that this proves nothing.
    assert reader.check().kinds == ["fits", None]
    found = reader.check(file=out / "letters/2.0/en.eml")
    assert found.verdicts[0] == MISSING
    assert found.kinds == ["differs", "fits"]
    found = reader.check(file=saved)
    assert found.verdicts[0].startswith("Fra oppføring 1, 5. januar 2026, er den publiserte loggen en annen")
    assert found.kinds == ["differs", "fits"]


def test_a_log_that_lost_its_end_is_found_by_a_saved_one(reader, publisher, tmp_path):
    saved = tmp_path / "log.json"
    saved.write_text(publisher.read("api/log.json"), encoding="utf-8")
    entries = publisher.read_entries()
    publisher.serve_entries(entries[:-1])
    found = reader.check(code=entries[-1]["hash"], file=saved)
    assert found.verdicts[0] == MISSING
    assert found.verdicts[1] == (
        "Den publiserte loggen mangler oppføringer fra den du lagret, "
        f"fra oppføring {len(entries)}, 8. mai 2026. "
        "Loggen er byttet ut siden. Ta vare på det du har lagret."
    )


@pytest.mark.long
def test_a_saved_log_that_was_altered_is_no_evidence(reader, publisher, tmp_path):
    entries = publisher.read_entries()
    entries[1]["level"] = "minor"
    saved = tmp_path / "log.json"
    saved.write_text(json.dumps({"schema": 2, "entries": entries}))
    found = reader.check(file=saved)
    assert found.verdicts[0] == "Loggen du lagret, er ødelagt: Kodene i den stemmer ikke."


@pytest.mark.long
@pytest.mark.parametrize(
    "content",
    [b"", b"Hei", b"{", b"{}", b'{"schema": 1, "entries": []}', b"\xff\xfe\x00" * 100,
     b"Subject: Hei\r\n\r\nOppf\xc3\xb8ringen i loggen er hemmelig.\r\n", b'{"entries":' + b"[" * 100_000],
)  # fmt: skip
def test_a_file_that_is_no_evidence_is_named_so(reader, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    found = reader.check(file=tmp_path / "file")
    assert found.verdicts[0] == (
        "Filen kan ikke brukes: Den er verken en e-post med kode eller en lagret logg."
    )
    assert found.kinds == ["differs", "fits"]
