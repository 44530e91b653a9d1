"""Whatever is altered in a published site is found, and said in one line."""

from __future__ import annotations

import copy
import json

import pytest

from verifier.pages import Page
from verifier.texts import hash_value

PAGE = "versjon/2.0/index.html"
FRONT = "index.html"
CHANGELOG = "endringslogg/index.html"
CHANGES = "versjon/2.0/endringer/index.html"
TEXT = "versjon/2.0/policy.txt"
VERSIONS = "api/versions.json"
ANNOUNCED = "api/announcements.json"
# A path, what is replaced in it and by what, and words of the line that says so.
ALTERATIONS = {
    "a word": (PAGE, "trykkeriet", "alle", "is not the one that the log has for version 2.0 (nb)"),
    "a link target": (PAGE, "example.no/navn", "example.no/nada", "not the one that the log has"),
    "emphasis": (PAGE, "<strong>lagrer</strong>", "lagrer", "not the one that the log has"),
    "a kind of list": (PAGE, "<ol><li>", "<ul><li>", "without its start tag"),
    "a first number": (PAGE, "<ol><li>", '<ol start="2"><li>', "not the one that the log has"),
    "blanks in code": (PAGE, "a  b", "a b", "not the one that the log has"),
    "a cell": (PAGE, ">Oslo</td>", ">Roma</td>", "not the one that the log has"),
    "a heading": (PAGE, ">Deling</h2>", ">Delinger</h2>", "not the one that the log has"),
    "the number of a section": (PAGE, 'h2 data-number="2"', 'h2 data-number="4"', "another number than 2"),
    "the number of a footnote": (PAGE, 'data-number="1" aria', 'data-number="2" aria', "no reference"),
    "words beside the sections": (PAGE, "</section>\n</article>", "</section>Nei</article>", "outside"),
    "a paragraph beside them": (PAGE, "</section>\n</article>", "</section><p>Nei</p></article>", "outside"),
    "a hidden paragraph": (PAGE, "<p>Vi ", "<p hidden>Vi ", "with an attribute 'hidden'"),
    "a hidden text": (PAGE, '<div class="columns">', '<div class="columns" hidden>', "hides a text"),
    "a struck word": (PAGE, "Vi <strong>", "<s>Vi</s> <strong>", "an element <s>"),
    "a hiding class": (PAGE, "<p>Vi ", '<p class="visually-hidden">Vi ', "of another class"),
    "a link read as something else": (PAGE, '<a href="https', '<a aria-label="x" href="https', "a link with"),
    "a paragraph read as another": (PAGE, "<p>Vi ", '<p aria-label="Nei">Vi ', "attribute 'aria-label'"),
    "an emphasis read as another": (PAGE, "<strong>l", '<strong role="img">l', "attribute 'role'"),
    "a row read as another": (PAGE, ">Oslo", ' aria-label="x">Oslo', "attribute 'aria-label'"),
    "a label of a cell": (PAGE, 'data-label="Hvor"', 'data-label="Ikke"', "another label than the"),
    "a label of a heading": (PAGE, '<th scope="col">Hvor', '<th data-label="x">Hvor', "another label"),
    "a label of the first cell": (PAGE, "<td>Navn", '<td data-label="Hvor">Navn', "another label than"),
    "words in a box": (PAGE, "<p>Gratis.", '<div class="scroll"></div><p>Gratis.', "is not the box"),
    "a box of another role": (PAGE, 'role="group"', 'role="img"', "is not the box"),
    "a hidden box": (PAGE, 'class="scroll"', 'class="visually-hidden"', "of another class"),
    "a hidden anchor": (PAGE, "<p>Vi ", '<p><span class="visually-hidden">Ikke</span>Vi ', "a text cannot"),
    "words in a back link": (PAGE, '"></a></li>', '">Nei</a></li>', "a link with other attributes"),
    "a hidden list of footnotes": (PAGE, '"footnotes"', '"visually-hidden"', "of another class"),
    "a reference of a class": (PAGE, ' data-number="1" aria', ' class="back" data-number="1" aria', "no ref"),
    "a hidden page": (PAGE, "<main id", '<main class="a visually-hidden" id', "hides a text"),
    "a page read as another": (PAGE, "<main id", '<main aria-label="Utkast" id', "hides a text"),
    "a page of another role": (PAGE, "<main id", '<main role="img" id', "hides a text"),
    "a hidden change log": (CHANGELOG, "<main id", '<main class="visually-hidden" id', "hides a text"),
    "words after the text": (PAGE, "</article>", "</article>Nei, vi selger dem.", "after the text"),
    "an element after the text": (PAGE, "</article>", "</article><p>Nei.</p>", "after the text"),
    "words after its column": (PAGE, "</main>", "<p>Nei.</p></main>", "after the text"),
    "a comment in the text": (PAGE, "<p>Vi ", "<p><!-- x -->Vi ", "an element <!-->"),
    "a second text": (PAGE, "</main>", '<article data-version="2.0"></article></main>', "2 texts"),
    "the number of the version": (PAGE, 'data-version="2.0"', 'data-version="1.0"', "states that it is"),
    "a salt": (PAGE, 'data-salts="', 'data-salts="0', "not the one that the log has"),
    "a salt too many": (PAGE, 'data-salts="', 'data-salts="0 ', "4 salts for 3 sections"),
    "the entry on the page": (PAGE, '<p class="meta record">', '<p class="meta">', "another hash"),
    "the link to the change log": (PAGE, 'rel="version-history"', 'rel="next"', "does not link"),
    "an element that is not closed": (PAGE, "</main>", "<p></main>", "without its start tag"),
    "the front page": (FRONT, "Skriv eller ring.", "Ikke ring.", "index.html: the text is not the one"),
    "the version on the front page": (FRONT, 'data-version="2.1"', 'data-version="9.0"', "not in the log"),
    "a note": (CHANGELOG, "sender", "stjeler", "the note of version 2.0 (nb) is not the one in the log"),
    "the salt of a note": (CHANGELOG, 'data-salt="', 'data-salt="0', "is not the one in the log"),
    "the title of a note": (CHANGELOG, ">Aldri<", ">Alltid<", "the note of version 3.0 (nb)"),
    "a part of a note": (CHANGELOG, 'data-part="action"', 'data-part="reason"', "the note of version"),
    "an unknown part": (CHANGELOG, 'data-part="action"', 'data-part="x"', "a note with the parts"),
    "a note less": (CHANGELOG, 'data-note="2.0"', "data-x", "the note of version 2.0 (nb) is missing"),
    "a note too many": (CHANGELOG, 'data-note="2.0"', 'data-note="8.0"', "which the log does not have"),
    "a version in the change log": (CHANGELOG, 'id="v2.1"', 'id="v2.2"', "lists other versions"),
    "a note on the page of changes": (CHANGES, "sender", "stjeler", "is not the one in the log"),
    "a word of the plain text": (TEXT, "trykkeriet", "alle", "is 'alle.' instead of 'trykkeriet.'"),
    "a target in the plain text": (TEXT, "<https://example.no/navn>", "", "instead of"),
    "a number in the plain text": (TEXT, "2. Adresse", "3. Adresse", "is '3.' instead of '2.'"),
    "a day": (VERSIONS, '"effective": "2026-02-20"', '"effective": "2026-02-21"', "log: effective"),
    "a level": (VERSIONS, '"level": "major"', '"level": "minor"', "than the log: level"),
    "a version in the data": (VERSIONS, '"version": "2.1"', '"version": "2.5"', "without 2.1; with 2.5"),
    "an entry": (VERSIONS, '"entry": "', '"entry": "0', "than the log: entry"),
    "a withdrawal": (VERSIONS, '"withdrawn_by": null', '"withdrawn_by": "3.0"', "log: withdrawn_by"),
    "a summary in the data": (VERSIONS, "Vi sender", "Vi selger", "has other words than in the change log"),
    "an address": (VERSIONS, "/versjon/2.0/", "/versjon/../2.0/", "an address that a site cannot have"),
    "an address elsewhere": (VERSIONS, "https://example.no/personvern/v", "https://x.no/v", "is not below"),
    "the data": (VERSIONS, "{", "[", "is not JSON"),
    "the schema of the data": (VERSIONS, '"schema": 2', '"schema": 3', "has not the schema"),
    "an announced day": (ANNOUNCED, '"effective": "2026-07-01"', '"effective": "2027-07-01"', "effective"),
    "an announced title": (ANNOUNCED, '"Aldri"', '"Alltid"', "other words than in the change log: title"),
    "an announced version": (ANNOUNCED, '"version": "3.0"', '"version": "4.0"', "not in the log: '4.0'"),
}  # fmt: skip


@pytest.mark.parametrize("name", ALTERATIONS)
def test_an_alteration_is_found(site, name):
    path, old, new, words = ALTERATIONS[name]
    site.replace(path, old, new)
    problems = site.problems()
    assert any(words in problem for problem in problems), problems
    assert all("\n" not in problem for problem in problems)


@pytest.mark.parametrize("path", [VERSIONS, ANNOUNCED])
def test_a_site_that_does_not_state_the_day_of_its_build_is_verified(site, path):
    data = json.loads(site.read(path))
    assert data.pop("built")
    (site.folder / path).write_text(json.dumps(data), encoding="utf-8")
    assert site.problems() == []


def test_an_honest_site_is_verified_and_the_last_entry_is_named(site):
    verification = site.verify()
    last = site.log["entries"][-1]
    assert verification.problems == []
    assert list(verification.results) == [
        f"verified  4 versions, 6 entries, the last is {last['hash']} of 2026-03-03"
    ]


def test_the_output_of_a_build_is_verified_through_its_links(published, site):
    assert site.verify() == type(site)(published / "site").verify()


@pytest.mark.parametrize("path", [PAGE, TEXT, CHANGES, CHANGELOG, FRONT, VERSIONS, ANNOUNCED, "api/log.json"])
def test_a_missing_file_is_found(site, path):
    (site.folder / path).unlink()
    assert any(
        path.removesuffix("index.html") in problem and "missing" in problem for problem in site.problems()
    )


def forge(site, alter) -> None:
    """Alter the entries, and compute all hashes anew, as a publisher could."""
    entries = site.log["entries"]
    alter(entries)
    previous = None
    for entry in entries:
        entry["previous"] = previous
        entry["hash"] = previous = hash_value({key: value for key, value in entry.items() if key != "hash"})
    site.write_log(entries)


FORGERIES = {
    "an unknown kind": (lambda e: e[1].update(kind="x"), "is not of a known kind"),
    "an unknown field": (lambda e: e[1].update(x="x"), "is not of a known kind with its fields"),
    "a field less": (lambda e: e[1].pop("channels"), "is not of a known kind with its fields"),
    "a day that does not exist": (lambda e: e[1].update(day="2026-02-30"), "is not of a known kind"),
    "a day before the last": (lambda e: e[1].update(day="2026-01-01"), "days never go back"),
    "takes effect too early": (lambda e: e[1].update(effective="2026-01-01"), "before it was published"),
    "channels in another order": (lambda e: e[1]["channels"].reverse(), "is not of a known kind"),
    "a number left out": (lambda e: e[3].update(version="2.2"), "has not the number that follows"),
    "a number twice": (lambda e: e.insert(1, copy.deepcopy(e[0])), "a second time"),
    "a level of the first": (lambda e: e[3].update(level="first"), "the first version has 'first'"),
    "an unknown version": (lambda e: e[2].update(version="7.0"), "was not published before it"),
    "languages of a mended note": (lambda e: e[2]["languages"].pop("nb"), "does not have the languages"),
    "no note": (lambda e: e[2]["languages"]["nb"].update(note=None), "which had none in the log"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_log_that_breaks_the_rules_is_found_although_all_hashes_are_new(site, name):
    alter, words = FORGERIES[name]
    forge(site, alter)
    problems = site.problems()
    assert any(words in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (lambda e: e[1].update(effective="2026-02-21"), "does not have the hash of its own fields"),
        (lambda e: e.pop(2), "does not name the hash of the entry before it"),
        (lambda e: e.append(e.pop(3)), "does not name the hash of the entry before it"),
    ],
)
def test_an_entry_without_its_hash_is_found(site, alter, words):
    entries = site.log["entries"]
    alter(entries)
    site.write_log(entries)
    assert any(words in problem for problem in site.problems())


REMOVAL = {"kind": "redacted", "day": "2026-03-04", "language": "nb"}


def read_sections(site, number):
    """Return the id and the hash of each section of a version in Norwegian."""
    return Page.parse(site.read(f"versjon/{number}/index.html").encode()).read_text().sections


def test_a_redaction_changes_the_hash_that_the_page_must_have(site):
    entries = site.log["entries"]
    digest = entries[1]["languages"]["nb"]["document"]
    section, before = read_sections(site, "2.0")[0]
    for document, former, words in (
        (digest, before, "redacted"),
        (digest, "0" * 64, "another section was changed too"),
        ("0" * 64, before, "is not the one that the log has"),
    ):
        removal = {"section": section, "before": former, "document": document}
        new = [*entries, {**REMOVAL, "versions": {"2.0": removal}, "previous": entries[-1]["hash"]}]
        new[-1]["hash"] = hash_value(new[-1])
        site.write_log(new)
        assert any(words in problem for problem in site.problems())


def remove_words(site, numbers) -> None:
    """Add an entry that says that words were removed; the pages are those of before."""
    entries = site.log["entries"]
    removals = {}
    for entry in entries:
        if entry["kind"] == "published" and entry["version"] in numbers:
            section, before = read_sections(site, entry["version"])[0]
            document = entry["languages"]["nb"]["document"]
            removals[entry["version"]] = {"section": section, "before": before, "document": document}
    forge(site, lambda rows: rows.append({**REMOVAL, "versions": removals}))
    rows = json.loads(site.read(VERSIONS))
    for row in rows["versions"]:
        row.update({"redacted": True} if row["version"] in numbers else {})
    site.write(VERSIONS, json.dumps(rows))


@pytest.mark.parametrize(
    ("numbers", "named"), [(["1.0", "2.0"], "versions 1.0, 2.0"), (["3.0"], "version 3.0")]
)
def test_removed_words_are_named_and_a_letter_does_not_vouch_for_them(
    site, letters, tmp_path, numbers, named
):
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"schema": 2, "entries": site.log["entries"][:2]}))
    remove_words(site, numbers)
    found = site.verify(letters=[letters["2.0"]], old_log=old)
    assert found.problems == []
    _, log, letter, removal = found.results
    is_earlier = "3.0" not in numbers
    assert removal == (
        f"redacted  words were removed from section 'kontakt' of {named} (nb) on 2026-03-04 (entry 7)"
    )
    assert letter.endswith(", apart from the words that were removed") == is_earlier
    assert log.endswith("; words of its versions were removed since") == is_earlier


def test_a_letter_that_was_sent_after_a_removal_vouches_for_all_that_is_left(site, tmp_path):
    remove_words(site, ["2.0"])
    letter = tmp_path / "letter.eml"
    letter.write_text(f"Policy-Log-Entry: {site.log['entries'][-1]['hash']}\n\n")
    assert site.verify(letters=[letter]).results[1].endswith("nothing up to entry 7 of 7 was changed since")


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"schema": 1, "entries": []}', "[" * 100000, "\ud800", "{1.5}"]
)
def test_what_is_no_log_is_one_line(site, content):
    (site.folder / "api/log.json").write_text(content, encoding="utf-8", errors="surrogatepass")
    assert len(site.problems()) == 1


def test_a_log_with_half_a_character_is_no_traceback(site):
    text = (
        json.dumps(site.log).replace('"deling"', '"x"').replace('"nb": {"document"', '"\\ud800": {"document"')
    )
    site.write("api/log.json", text)
    assert any("does not have the hash of its own fields" in problem for problem in site.problems())
