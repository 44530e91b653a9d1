"""An intact site fits, in every language and for every kind of entry; letters and logs are found in it."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.policy import SMTP

import pytest

from tests.browser.verification.conftest import REMOVED, SCENARIOS
from tests.helpers.cli import create_history
from tests.helpers.in_process import build
from tests.verifier.test_saved_files import FORWARDED

_FITS = {
    "endringslogg/kontroll/": "Tekstene og loggen stemmer overens. Oppføringer i loggen: {}. Tekster: {}.",
    "nn/endringslogg/kontroll/": "Tekstane og loggen stemmer overeins. "
    "Oppføringar i loggen: {}. Tekstar: {}.",
    "en/changelog/verification/": "The texts and the log agree. Entries in the log: {}. Texts: {}.",
}
_NOT_COMPARED = {
    "endringslogg/kontroll/": "Du har ikke sammenlignet med noe eget.",
    "nn/endringslogg/kontroll/": "Du har ikkje samanlikna med noko eige.",
    "en/changelog/verification/": "You have not compared this with anything of your own.",
}
_KINDS = {"published", "note-mended", "redacted"}
_TAGS = "section h2 h3 p ol ul li dl dt dd blockquote table thead th tr td pre hr strong em code a sup br"


def count(publisher) -> tuple[int, int]:
    """Return the number of entries and texts."""
    entries = publisher.read_entries()
    return len(entries), sum(len(row["languages"]) for row in entries if row["kind"] == "published")


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", _FITS)
def test_an_intact_site_fits_and_the_page_says_what_was_not_compared(reader, publisher, path):
    found = reader.check(path)
    assert found.problems == []
    assert found.kinds == ["fits", None]
    assert found.verdicts[0] == _FITS[path].format(*count(publisher))
    assert found.verdicts[1].startswith(_NOT_COMPARED[path])


def test_the_site_of_these_tests_has_every_kind_of_block_and_salt(publisher):
    assert {row["kind"] for row in publisher.read_entries()} >= _KINDS
    page = publisher.read("versjon/2.2/")
    tags = set(re.findall(r"<([a-z0-9]+)", page[page.index("<article") :]))
    assert tags >= {*re.findall(r"\w+", _TAGS)}
    assert "data-salts=" in publisher.read("versjon/2.3/")
    assert "data-salt=" in publisher.read("endringslogg/")
    assert REMOVED not in publisher.read("versjon/2.3/")


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    ["explained-later", "withdrawn", "overtaken", "language-later", "language-gone", "english-first",
     "mended-note", "form-alone", "hostile-author", "adopted"],
)  # fmt: skip
def test_other_histories_fit_too(reader, server, tmp_path, name):
    source = create_history(
        tmp_path / "source", (SCENARIOS / name / "history.sh").read_text(encoding="utf-8")
    )
    build(source, tmp_path / "out")
    server.folder = tmp_path / "out" / "site"
    path = "changelog/verification/" if name == "english-first" else "endringslogg/kontroll/"
    found = reader.check(path)
    assert found.problems == []
    assert found.kinds == ["fits", None]


def test_nothing_is_requested_before_the_click(reader):
    reader.open("endringslogg/kontroll/")
    reader.page.wait_for_selector("#_check:not([hidden])")
    names = {re.sub(r".*/|\.\w{12}(?=\.)", "", url) for url in reader.requested}
    # A browser with a window also shows the icon.
    assert names - {"icon.svg"} == {"", "site.js", "style.css", "verify.js"}
    assert len(reader.requested) == len(names)


REMOVALS = {
    "endringslogg/kontroll/": "Ord ble fjernet 8. mai 2026 fra delen «rettigheter» på norsk bokmål. "
    "Versjoner: ",
    "nn/endringslogg/kontroll/": "Ord vart fjerna 8. mai 2026 frå delen «rettigheter» på norsk bokmål. "
    "Versjonar: ",
    "en/changelog/verification/": "Words were removed on 8 May 2026 from the section ‘rettigheter’ in ",
}
LETTER_BEFORE_REMOVAL = {
    "endringslogg/kontroll/": "Ingenting til og med den er endret siden, bortsett fra ordene som er fjernet.",
    "nn/endringslogg/kontroll/": "Ingenting til og med ho er endra sidan, bortsett frå orda som er fjerna.",
    "en/changelog/verification/": "has been changed since, apart from the words that were removed.",
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("path", REMOVALS)
def test_removed_words_are_named_and_earlier_evidence_does_not_vouch_for_them(
    reader, publisher, tmp_path, path
):
    entries = publisher.read_entries()
    number = next(at for at, row in enumerate(entries) if row["kind"] == "redacted")
    version = next(iter(entries[number]["versions"]))
    at = next(place for place, row in enumerate(entries) if row.get("version") == version)
    found = reader.check(path, code=entries[at]["hash"])
    assert found.problems == []
    assert found.kinds == ["fits", "fits"]
    assert LETTER_BEFORE_REMOVAL[path] in found.verdicts[0]
    (removal,) = reader.page.locator("#_removals li").all_inner_texts()
    assert removal.startswith(REMOVALS[path])
    assert version in removal
    assert removal.endswith(f": {number + 1}.")
    saved = tmp_path / "log.json"
    saved.write_text(json.dumps({"schema": 2, "entries": entries[: at + 1]}))
    words = reader.check(path, file=saved).verdicts[0]
    assert any(own in words for own in ("men ord er fjern", "but words of its versions were removed"))


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", FORWARDED)
def test_a_forwarded_letter_is_found_in_the_log(reader, out, tmp_path, name):
    letter = tmp_path / "forwarded.eml"
    letter.write_bytes(FORWARDED[name]((out / "letters" / "2.0" / "nb.eml").read_bytes()))
    found = reader.check(file=letter)
    assert found.verdicts[0] == LETTER_FOUND["endringslogg/kontroll/"]


LETTER_FOUND = {
    "endringslogg/kontroll/": "Koden står i loggen: oppføring 2, 10. februar 2026, versjon 2.0. "
    "Verken den eller noen oppføring foran den er endret siden.",
    "nn/endringslogg/kontroll/": "Koden står i loggen: oppføring 2, 10. februar 2026, versjon 2.0. "
    "Korkje ho eller noka oppføring før ho er endra sidan.",
    "en/changelog/verification/": "The code is in the log: entry 2, 10 February 2026, version 2.0. "
    "Neither it nor any entry before it has been changed since.",
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(("path", "words"), LETTER_FOUND.items())
@pytest.mark.parametrize("language", ["nb", "en"])
def test_a_saved_letter_is_found_in_the_log(reader, out, path, words, language):
    found = reader.check(path, file=out / "letters" / "2.0" / f"{language}.eml")
    assert found.verdicts[0] == words
    assert found.kinds == ["fits", "fits"]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_letter_that_lost_its_header_is_found_by_its_words(reader, out, tmp_path, language):
    letter = message_from_bytes((out / "letters" / "2.0" / f"{language}.eml").read_bytes(), policy=SMTP)
    del letter["Policy-Log-Entry"]
    (tmp_path / "letter.eml").write_bytes(letter.as_bytes())
    found = reader.check(file=tmp_path / "letter.eml")
    assert found.verdicts[0] == LETTER_FOUND["endringslogg/kontroll/"]


@pytest.mark.long
@pytest.mark.parametrize("header", ["Policy-Log-Entry: ", "policy-log-entry:\r\n\t", "Policy-Log-Entry:\n "])
def test_the_header_of_a_letter_is_read_however_it_is_folded(reader, out, tmp_path, header):
    letter = (out / "letters" / "2.0" / "nb.eml").read_bytes().decode("ascii")
    code = re.search(r"^Policy-Log-Entry:\s+([0-9a-f]{64})\r\n", letter, re.MULTILINE)
    assert code
    # Without its words, only the header has the code.
    head = letter.partition("\r\n\r\n")[0].replace(code[0], f"{header}{code[1]}\r\n")
    (tmp_path / "letter.eml").write_bytes(f"{head}\r\n\r\nHei\r\n".encode())
    assert reader.check(file=tmp_path / "letter.eml").kinds == ["fits", "fits"]


@pytest.mark.long
def test_a_pasted_code_may_have_blanks_and_capitals(reader, publisher):
    code = publisher.read_entries()[1]["hash"]
    for pasted in (code, code[:32], f"  {code[:16].upper()} {code[16:32]}. "):
        found = reader.check(code=pasted)
        assert found.verdicts[0] == LETTER_FOUND["endringslogg/kontroll/"]


@pytest.mark.long
def test_the_code_of_an_entry_that_is_no_version_is_found(reader, publisher):
    entries = publisher.read_entries()
    at = next(number for number, row in enumerate(entries) if row["kind"] == "redacted")
    found = reader.check(code=entries[at]["hash"])
    assert found.verdicts[0].startswith(f"Koden står i loggen: oppføring {at + 1}, 8. mai 2026. ")


@pytest.mark.long
@pytest.mark.parametrize("pasted", ["abc", "x" * 32, "a" * 33, "a" * 31])
def test_what_can_be_no_code_is_refused_beside_its_field(reader, pasted):
    reader.open("endringslogg/kontroll/")
    reader.page.fill("#_code", pasted)
    reader.page.keyboard.press("Enter")
    error = reader.page.locator("#_code-error")
    error.wait_for()
    assert error.inner_text().startswith("Dette er ikke en kode.")
    assert reader.page.locator("#_code").get_attribute("aria-invalid") == "true"
    assert reader.page.locator("#_code").evaluate("field => field === document.activeElement")
    assert reader.page.locator("#_result p").count() == 0
    reader.page.fill("#_code", "")
    reader.page.keyboard.press("Enter")
    assert reader.read_outcome().kinds == ["fits", None]
    assert not error.is_visible()


def test_a_saved_log_is_the_beginning_of_the_published_one(reader, publisher, tmp_path):
    entries = publisher.read_entries()
    saved = tmp_path / "log.json"
    saved.write_text(publisher.read("api/log.json"), encoding="utf-8")
    found = reader.check(file=saved)
    assert found.verdicts[0] == (
        "Loggen du lagret, er begynnelsen av den publiserte, til og med oppføring "
        f"{len(entries)}, 8. mai 2026. Ingenting i den er endret siden."
    )
    saved.write_text(json.dumps({"schema": 2, "entries": entries[:1]}), encoding="utf-8")
    found = reader.check(file=saved)
    assert "til og med oppføring 1, 5. januar 2026" in found.verdicts[0]
    assert found.kinds == ["fits", "fits"]


def test_the_page_shows_the_last_entry_and_its_day(reader, publisher):
    reader.open("endringslogg/kontroll/")
    last = publisher.read_entries()[-1]
    assert reader.page.inner_text("p.record") == f"8.\xa0mai\xa02026: {last['hash']}"


@pytest.mark.parametrize("reader", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_the_page_says_how_to_check_without_it(reader):
    reader.open("endringslogg/kontroll/")
    text = reader.page.inner_text("main")
    assert "Kontrollen trenger JavaScript." in text
    assert "build.py verify" in text
    assert not reader.page.locator("#_check").is_visible()
    assert reader.page.locator('a[href="../../api/log.json"]').first.is_visible()


def test_over_an_insecure_connection_the_page_says_why_it_cannot_check(browser, server):
    context = browser.new_context()
    page = context.new_page()
    # The test machine resolves no such name: the browser gets the server's answers from here.
    page.route("http://policy.example/**", lambda route: route.fulfill(
        status=200, content_type="text/javascript" if route.request.url.endswith(".js") else "text/html",
        body=server.respond(route.request.url.removeprefix("http://policy.example"))[2],
    ))  # fmt: skip
    page.goto("http://policy.example/personvern/endringslogg/kontroll/")
    page.wait_for_selector("#_result .differs")
    assert page.inner_text("#_result").startswith(
        "Nettleseren kan bare kontrollere over en sikker forbindelse."
    )
    assert not page.locator("#_check").is_visible()
    context.close()
