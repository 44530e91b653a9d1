"""Fact rows and what did not change: on pages, in letters, feeds and the data for notices."""

from __future__ import annotations

import email
import json
import subprocess
from email.policy import default
from html import unescape

import pytest
from bs4 import BeautifulSoup

from changelog.history import read_revisions
from changelog.replay import build_version_log
from generator.context import create_site_context
from generator.fact_rows import build_fact_rows
from generator.template_files import TemplateFiles
from tests.helpers.cli import BuildCommand, create_history, hash_files, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.in_process import build

HISTORY = """
git init --quiet --initial-branch main .
settings "nb, nn, en"
retention="what: {nb: Hovedregel, nn: Hovudregel, en: Main rule}"
purpose="name: {nb: å drive det, nn: å drive det, en: to run it}, legal_basis: contract"
facts() { # PERIOD COUNTRY [MORE RECIPIENTS…]
  echo "- {id: main, $retention, period: $1}" | file facts/retention.yaml
  echo "- {id: run, $purpose}" | file facts/purposes.yaml
  echo "- {id: host, name: Vertskap AS, country: $2}" | file facts/recipients.yaml
  for name in "${@:3}"; do
    echo "- {id: $name, name: ${name^}, country: DE}" >>content/facts/recipients.yaml
  done
}
facts P2Y NO
echo "access: {nb: Skriv., nn: Skriv., en: Write.}" >content/facts/rights.yaml
for code in nb nn en; do
  section $code/01-om Om "{{ controller.name }} {{ controller.email }}"
  section $code/02-deling Deling "{{ table: recipients }}"
  section $code/03-formal Formål "{{ table: purposes }}"
  section $code/04-lagring Lagring "{{ table: retention }}"
  section $code/05-rettar Rettar "{{ table: rights }}"
done
sed -i 's/^title: {nb: Personvern,/title: {nb: Personvern, nn: Personvern,/' content/policy.yaml
commit 2026-01-05
facts P1Y US a b
sed -i 's/post@/personvern@/; s/name: Eksempel AS/name: Eksempel og Co/' content/policy.yaml
echo "complaint: {nb: Klag., nn: Klag., en: Complain.}" >>content/facts/rights.yaml
file changes/1.yaml <<'X'
level: major
effective: P30D
summary: {nb: Flere får opplysninger., nn: Fleire får opplysningar., en: More recipients.}
action: {nb: Les, nn: Les, en: Read}
X
commit 2026-01-06
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return create_history(tmp_path_factory.mktemp("facts") / "source", HISTORY)


@pytest.fixture(scope="module")
def out(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "out"
    build(source, folder, today="2026-01-10")
    return folder


PAGES = {
    "nb": "versjon/2.0/endringer/index.html",
    "nn": "nn/versjon/2.0/endringar/index.html",
    "en": "en/version/2.0/changes/index.html",
}
ROWS = {
    "nb": [
        "Nye mottakere A (Tyskland); B (Tyskland)",
        "Land: Vertskap AS Før Norge Etter USA",
        "Behandlingsansvarlig Før Eksempel AS Etter Eksempel og Co",
        "E-postadresse Før post@example.no Etter personvern@example.no",
        "Lagringstid: Hovedregel Før 2 år Etter 1 år (kortere)",
        "Rettighet lagt til Klage",
    ],
    "nn": [
        "Nye mottakarar A (Tyskland); B (Tyskland)",
        "Land: Vertskap AS Før Noreg Etter USA",
        "Behandlingsansvarleg Før Eksempel AS Etter Eksempel og Co",
        "E-postadresse Før post@example.no Etter personvern@example.no",
        "Lagringstid: Hovudregel Før 2 år Etter 1 år (kortare)",
        "Rett lagd til Klage",
    ],
    "en": [
        "New recipients A (Germany); B (Germany)",
        "Country: Vertskap AS Before Norway After United States",
        "Controller Before Eksempel AS After Eksempel og Co",
        "E-mail address Before post@example.no After personvern@example.no",
        "Storage period: Main rule Before 2 years After 1 year (shorter)",
        "Right added Complain",
    ],
}
LINES = {
    "nb": ["Nye mottakere: A (Tyskland); B (Tyskland)", "Land: Vertskap AS – før: Norge, etter: USA"],
    "nn": ["Nye mottakarar: A (Tyskland); B (Tyskland)", "Land: Vertskap AS – før: Noreg, etter: USA"],
    "en": [
        "New recipients: A (Germany); B (Germany)",
        "Country: Vertskap AS – before: Norway, after: United States",
    ],
}
LAST = {"nb": "Rettighet lagt til: Klage", "nn": "Rett lagd til: Klage", "en": "Right added: Complain"}
MORE = {"nb": "og 1 til", "nn": "og 1 til", "en": "and 1 more"}
UNCHANGED = {
    "nb": "Tabellen over formål og behandlingsgrunnlag er uendret.",
    "nn": "Tabellen over formål og behandlingsgrunnlag er uendra.",
    "en": "The table of purposes and legal bases is unchanged.",
}


def read_rows(element):
    """Return the rows of a list of facts in the order in which they are read aloud."""
    return [
        " ".join(row.get_text(" ").split()).replace("( ", "(").replace(" )", ")")
        for row in element.find_all("li")
    ]


@pytest.mark.parametrize("locale", PAGES)
def test_a_page_shows_five_rows_and_collapses_the_others(out, locale):
    page = BeautifulSoup((out / "site" / PAGES[locale]).read_text(encoding="utf-8"), "html.parser")
    first, others = page.find_all("ul", class_="facts")
    assert read_rows(first) == ROWS[locale][:5]
    assert read_rows(others) == ROWS[locale][5:]
    assert others.find_parent("details").summary.text == MORE[locale]
    assert [item.text for item in page.select("ul.not-changed li")] == [UNCHANGED[locale]]
    head = page.find(class_="head")
    assert {"facts", "not-changed"} <= {
        name for element in head.find_all(class_=True) for name in element["class"]
    }


@pytest.mark.parametrize("locale", PAGES)
def test_letter_feed_and_notice_have_the_rows_as_lines_and_only_a_notice_leaves_any_out(out, locale):
    message = email.message_from_bytes((out / f"letters/2.0/{locale}.eml").read_bytes(), policy=default)
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    announcements = json.loads((out / "site/api/announcements.json").read_text(encoding="utf-8"))
    (row,) = announcements["announcements"]
    texts = row["languages"][locale]
    assert len(texts["facts"]) == 6
    assert texts["facts"][5] == MORE[locale]
    assert texts["facts"][:2] == LINES[locale]
    assert texts["unchanged"] == [UNCHANGED[locale]]
    folder = {"nb": "endringslogg", "nn": "nn/endringslogg", "en": "en/changelog"}[locale]
    feed = unescape(unescape((out / f"site/{folder}/feed.xml").read_text(encoding="utf-8")))
    for line in (*texts["facts"][:5], *texts["unchanged"]):
        assert f"- {line}\n" in text
        assert f">{line}</li>" in feed
    assert f"- {LAST[locale]}\n" in text
    assert f">{LAST[locale]}</li>" in feed
    assert MORE[locale] not in text


def test_a_page_says_nothing_of_facts_that_did_not_change(out):
    first = (out / "site/versjon/1.0/index.html").read_text(encoding="utf-8")
    assert 'class="facts"' not in first


def create_site(source):
    log = build_version_log(read_revisions(source))
    return create_site_context(log, log.latest.effective, TemplateFiles(REPOSITORY / "templates"))


def test_versions_without_the_language_or_without_other_words_have_no_view(source):
    site = create_site(source)
    first, second = site.log.versions
    assert build_fact_rows(site, first, second, "nb").hidden_count == 1
    assert build_fact_rows(site, first, first, "nb") is None
    assert build_fact_rows(site, first, second, "sv") is None


LEAK_HISTORY = """
start
echo "- {id: host, name: Vertskap AS}" | file facts/recipients.yaml
section nb/04-mottakere Mottakere "{{ table: recipients }}"
section en/04-mottakere Recipients "{{ table: recipients }}"
words nb/01-kontakt "Spør etter hemmeligheten."
note mottakere minor
commit 2026-01-06
words nb/01-kontakt "Spør oss."
note spor major P30D
commit 2026-01-07
words nb/01-kontakt "Bare spør oss."
note bare minor
commit 2026-01-08
"""


def test_words_removed_from_a_version_between_renew_what_is_said_of_later_ones(tmp_path):
    source, out = create_history(tmp_path / "source", LEAK_HISTORY), tmp_path / "out"
    page = out / "site/versjon/2.1/endringer/index.html"
    build(source, out, today="2026-06-01")
    assert "Listen over mottakere er uendret." in page.read_text(encoding="utf-8")
    redact = ("redact", "kontakt", "--reason", "Lekket.", "--source", str(source))
    done = subprocess.run(
        BuildCommand().arguments(*redact), input="hemmeligheten", text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    run_command(source, "git", "add", "--all")
    run_command(source, "git", "commit", "-qm", "Fjern et ord")
    build(source, out, today="2026-06-01")
    assert "Listen over mottakere er uendret." not in page.read_text(encoding="utf-8")
    build(source, tmp_path / "clean", today="2026-06-01", use_cache=False)
    assert hash_files(tmp_path / "clean/site") == hash_files(out / "site")
