"""A hostile or damaged log ends in words, never in an exception, and nothing in it becomes markup."""

from __future__ import annotations

import json

import pytest

UNREADABLE = "Loggen kan ikke leses: Filen api/log.json mangler, er ødelagt eller er for stor."
_DEEP = "[" * 200_000 + "]" * 200_000
_UNREADABLE_LOGS = {
    "empty": "",
    "cut off": '{"schema": 2, "entries": [',
    "no log": "null",
    "a list": "[]",
    "another schema": '{"schema": 3, "entries": [{}]}',
    "no entries": '{"schema": 2, "entries": []}',
    "entries of another kind": '{"schema": 2, "entries": [null]}',
    "no list": '{"schema": 2, "entries": {"length": 1}}',
    "deep": '{"schema": 2, "entries": ' + _DEEP + "}",
}


@pytest.mark.cases_in_ci("cut off")
@pytest.mark.parametrize("log", _UNREADABLE_LOGS.values(), ids=_UNREADABLE_LOGS)
def test_a_log_that_cannot_be_read_is_one_sentence(reader, publisher, log):
    publisher.serve("api/log.json", log)
    found = reader.check()
    assert (found.verdicts, found.kinds, found.problems) == ([UNREADABLE], ["differs"], [])


def test_a_log_that_is_missing_or_huge_is_one_sentence(reader, publisher, server):
    server.serve_text("/personvern/api/log.json", "borte", status=404)
    assert reader.check().verdicts == [UNREADABLE]
    publisher.serve("api/log.json", '{"schema": 2, "entries": [' + " " * 40_000_000 + "{}]}")
    assert reader.check().verdicts == [UNREADABLE]


_ODD_VALUES = [
    None,
    1,
    1.5,
    "x",
    "<img src=x onerror=alert(1)>",
    [],
    {},
    {"__proto__": {"a": 1}},
    ["x"],
    True,
]


def test_every_field_of_an_entry_may_be_of_any_type(reader, publisher):
    entries = publisher.read_entries()
    odd = [
        {**entry, name: value}
        for entry in (entries[0], *(row for row in entries if row["kind"] in {"note-mended", "redacted"}))
        for name in entry
        for value in _ODD_VALUES
    ]
    publisher.serve_entries([{}, *odd, {**entries[0], "extra": 1}])
    found = reader.check()
    assert found.kinds == ["differs", None]
    assert found.problems[0] == "Oppføring 1 er ikke skrevet slik en oppføring skal være."
    assert len(found.problems) == 51
    assert found.problems[-1].startswith("Flere feil: ")


def test_entries_about_unknown_versions_and_languages_are_named(reader, publisher):
    def invent(entries) -> None:
        for row in entries:
            if row["kind"] == "note-mended":
                row["languages"] = {"constructor": {"note": None}}
            elif row["kind"] == "redacted":
                row["versions"] = {"9.9": {"section": "x", "before": "0" * 64, "document": "0" * 64}}

    publisher.forge(invent)
    words = "gjelder en versjon som ikke står i loggen, eller som står der to ganger."
    assert [line for line in reader.check().problems if line.endswith(words)]


@pytest.mark.long
def test_a_language_and_a_version_that_the_site_lacks_are_named_as_text(reader, publisher):
    entries = publisher.read_entries()
    entries[0]["languages"]["<b>fr</b>"] = entries[0]["languages"]["nb"]
    publisher.serve_entries(entries)
    found = reader.check()
    assert "Versjon 1.0 på <b>fr</b>: En side mangler eller kan ikke leses." in found.problems
    assert reader.page.locator("#_problems b").count() == 0


@pytest.mark.long
@pytest.mark.parametrize("text", ["", "[]", '{"versions": [{}]}', '{"versions": ' + _DEEP + "}"])
def test_a_list_of_versions_that_cannot_be_read_is_named(reader, publisher, text):
    publisher.serve("api/versions.json", text)
    assert reader.check().problems == [
        "Listen over versjoner kan ikke leses: Filen api/versjons.json mangler, er ødelagt eller er for stor."
        .replace("versjons.json", "versions.json")
    ]  # fmt: skip


@pytest.mark.long
def test_a_page_of_deeply_nested_elements_is_another_text(reader, publisher):
    publisher.alter("versjon/1.0/", '<section id="kontakt">', '<section id="kontakt">' + "<ul><li>" * 2_000)
    found = reader.check()
    assert found.problems == ["Versjon 1.0 på norsk bokmål: Teksten er ikke den som ble publisert."]


@pytest.mark.long
def test_a_thousand_versions_in_two_languages_are_checked_while_the_page_stays_alive(reader, publisher):
    entry = publisher.read_entries()[0]
    page = publisher.read("versjon/1.0/")
    rows, entries = [], []
    for number in range(1, 1001):
        entries.append(
            {**entry, "version": f"1.{number}", "languages": {c: entry["languages"][c] for c in ("nb", "en")}}
        )
        rows.append({"version": f"1.{number}"})
        publisher.serve(f"versjon/1.{number}/", page)
        publisher.serve(f"en/version/1.{number}/", page)
    publisher.serve_entries(entries)
    publisher.serve("api/versions.json", json.dumps({"versions": rows}))
    reader.open("endringslogg/kontroll/")
    reader.page.click("#_check button")
    # The script lets the page answer between its steps, while the check goes on.
    reader.page.wait_for_selector("#_progress[max='2006']")
    assert reader.page.locator("#_progress").is_visible()
    found = reader.read_outcome()
    assert found.problems[-1].startswith("Flere feil: ")
    assert not reader.page.locator("#_progress").is_visible()
