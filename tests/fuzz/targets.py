"""The readers of what strangers can write: each takes bytes and gives a result or one clear error.

A target is a function of the bytes of one file, and valid files to begin with. It may raise InputError or
ContentError with findings; anything else is a fault.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from adoption.documents.importer import import_policy
from changelog.history import create_uncommitted_revision
from changelog.log_entries import EntryKind, create_entry
from common.errors import InputError
from editing.checking import check_revisions
from generator.published_log import parse_log
from notifier.audience_conditions import read_audience_conditions
from notifier.csv_source import CsvSource
from notifier.delivery_reports import parse_delivery_report
from notifier.letters import load_letter, reject_replaced_letter
from notifier.log_returns import read_returned_letters
from notifier.mail_stores import read_mbox
from notifier.reconcile import read_relay_log
from notifier.web_impressions import count_impressions
from policy import parsing
from policy.blocks import render_html, render_prose
from policy.checks.markup import MarkdownSource, find_problems
from policy.findings import ContentError, Location
from policy.logos import LogoFile, find_logo_problems
from policy.markdown import parse_markdown
from policy.placeholders import FACT_KINDS
from policy.yaml_reader import parse_yaml

REPOSITORY = Path(__file__).resolve().parents[2]
CONTENT = REPOSITORY / "content"
TODAY = date(2026, 6, 1)
LANGUAGES = ("nb", "en")
LABELS = {"footnote": "Fotnote", "footnote-back": "Tilbake"}
SETTINGS = (CONTENT / "policy.yaml").read_bytes()
SECTION = b"---\ntitle: Deling\naliases: [gammel]\n---\n"
NOTE = (
    b"level: major\neffective: 2026-12-22\ntitle: {nb: Ny, en: New}\n"
    b"summary:\n  nb: |\n    Vi *deler* med [Posten](https://posten.no).\n  en: We share.\n"
    b"action: {nb: Les, en: Read}\nchannels: [email]\nsections: [deling]\n"
)
MARKDOWN = """# Tittel

Vi *deler* **navn**, `kode` og {{ controller.name }} med [Posten](https://posten.no "tittel").[^1]

1. en
2. to
   - tre

> 18 år

| a | b |
|---|:-:|
| 1 | 2 | 3 |

Begrep
: Forklaring ^[note i teksten]

[^1]: Fotnote med ![bilde](a.png) og <b>.
[ref]: https://example.no
20. juli 2018 &amp; &#x202e; {{ table: recipients }}
""".encode()
RELAY_LOG = b"""Nov  2 10:00:00 mail postfix/cleanup[12]: 4F1A: message-id=<a.1@example.no>
2026-11-02T10:00:01+01:00 mail postfix/qmgr[13]: 4F1A: from=<a@example.no>, size=1 (queue active)
2026-11-02T10:00:02Z mail postfix/qmgr[13]: 4F1A: removed
"""
RETURNED_LOG = b"""\
Nov  2 10:00:00 mail postfix/cleanup[12]: 4F1A: message-id=<a.1@example.no>
Nov  2 10:00:01 mail postfix/smtp[14]: 4F1A: to=<a@b.no>, relay=none, dsn=4.4.1, status=deferred (x)
Nov  2 10:00:02 mail postfix/smtp[14]: 4F1A: to=<c@b.no>, orig_to=<a@b.no>, dsn=5.1.1, status=bounced (x)
Nov  2 10:00:03 mail postfix/qmgr[13]: 4F1A: from=<a@example.no>, status=expired, returned to sender
"""
REPORTS = tuple(path.read_bytes() for path in sorted((REPOSITORY / "tests/notifier/reports").glob("*/*.eml")))
EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><language>nb-NO</language><item><title>Personvernerklæring</title>
<wp:post_type>page</wp:post_type><wp:status>publish</wp:status><content:encoded><![CDATA[
[vc_row][vc_column_text]<h2>1. Deling</h2><p>Vi deler i 3 år med <a href="mailto:a@b.no">oss</a>.</p>
<table><tr><td colspan="2">a</td></tr></table><ul><li>en<ul><li>to</li></ul></li></ul>[/vc_column_text]
]]></content:encoded></item></channel></rss>""".encode()
PAGE = b"<!doctype html><html lang=nb><main><h1>Personvern</h1><h2>Deling</h2><p>Vi deler.</p></main></html>"
LETTER = json.dumps(
    {
        "schema": 2, "version": "2.0", "level": "major", "published": "2026-01-01", "effective": "2026-02-01",
        "languages": ["nb"], "sha256": {"nb": "0" * 64},
        "entry": "0" * 64, "withdraws": ["1.0"], "brings_forward": [], "lead_days": 30,
        "affects": ["members"], "tell": "affected", "audiences": ["members"],
    }
).encode()  # fmt: skip
IMPRESSIONS = json.dumps(
    {
        "schema": 2, "site": "https://example.no", "log": [
            {"user": "0" * 64, "version": "2.0", "entry": "0" * 64, "channel": "login",
             "shown": "2026-01-01T00:00:00Z", "acknowledged": None},
        ],
    }
).encode()  # fmt: skip
IMPRESSIONS_CSV = (
    f"user,version,entry,channel,shown,acknowledged\n{'0' * 64},2.0,{'0' * 64},login,,\n".encode()
)
DRAWING = b"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 48" width="240px">
<defs><linearGradient id="a"/></defs>
<g style="fill:url(#a)"><path d="M0 0h9v9z" fill="#222"/></g><title>Nordlys &amp; co</title></svg>"""
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)
REDACTIONS = (
    b"- language: nb\n  section: deling\n  reason: a\n  date: 2026-01-01\n"
    b"  versions:\n    - version: '1.0'\n      characters: [12-25]\n      links: [1]\n"
    b"      before: " + b"0" * 64 + b"\n      after: " + b"1" * 64 + b"\n"
)
ENTRY = create_entry((), EntryKind.PUBLISHED, date(2026, 1, 1), {"version": "1.0", "channels": []})
LOG = json.dumps({"schema": 2, "entries": [ENTRY.describe()]}).encode()


class Target(NamedTuple):
    """A reader of bytes, and valid files to begin with."""

    read: Callable[[bytes], object]
    seeds: Sequence[bytes]


def read(target: Target, data: bytes) -> None:
    """Run a target; raise whatever is not an error that a user can act upon."""
    try:
        target.read(data)
    except (InputError, ContentError) as error:
        if not str(error).strip() and not getattr(error, "findings", ()):
            raise RuntimeError("an error without words") from error


def _read_yaml(data: bytes) -> object:
    return parse_yaml(data.decode("utf-8", "replace"), "a.yaml")


def _read_section(data: bytes) -> object:
    return parsing.parse_section("content/nb/01-deling.md", data)


def _read_markdown(data: bytes) -> object:
    section = parsing.parse_section("content/nb/01-deling.md", SECTION + data).value
    if section is None:
        return None
    found = find_problems(MarkdownSource(Location(section.path), "nb", section.body))
    blocks = parse_markdown(section.body, section.id, "nb")
    return found, render_html(blocks, LABELS), render_prose(blocks)


def _read_note(data: bytes) -> object:
    return parsing.parse_note_file("content/changes/a.yaml", data, LANGUAGES)


def _read_facts(data: bytes) -> object:
    return [
        parsing.parse_facts(f"content/facts/{kind}.yaml", data, kind, LANGUAGES)
        for kind in sorted(FACT_KINDS)
    ]


def _read_settings(data: bytes) -> object:
    return parsing.parse_settings("content/policy.yaml", data)


def _read_redactions(data: bytes) -> object:
    return parsing.parse_redactions("content/redactions.yaml", data)


def _read_logo(data: bytes) -> object:
    files = {f"content/{name}": data for name in LogoFile}
    return [list(find_logo_problems(files, name, ())) for name in LogoFile]


def _check_policy(data: bytes) -> object:
    """Check a policy whose section, note and facts are parts of the data."""
    parts = data.split(b"\n=====\n")
    names = ("nb/01-deling.md", "en/01-deling.md", "changes/a.yaml", "facts/recipients.yaml")
    settings = {"content/policy.yaml": b"title: {nb: E, en: P}\nbase_url: https://example.no/\n"
                b"languages: [nb, en]\ncontroller: {name: Nordlys, email: a@example.no}\n"}  # fmt: skip
    first = {f"content/{code}/01-deling.md": SECTION + b"Vi deler.\n" for code in LANGUAGES} | settings
    files = settings | {f"content/{name}": part for name, part in zip(names, parts, strict=False)}
    revisions = [create_uncommitted_revision(each, TODAY) for each in (first, dict(sorted(files.items())))]
    revisions[0] = type(revisions[0])("0" * 40, revisions[0].time - 86400 * 30, revisions[0].files)
    return check_revisions(revisions, TODAY)


def _in_file(name: str, use: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return a target that finds the data in a file of this name."""

    def run(data: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "2.0", name)
            path.parent.mkdir()
            path.write_bytes(data)
            return use(path)

    return run


def _read_letter(path: Path) -> object:
    (path.parent / "nb.eml").write_bytes(b"From: a@example.no\r\n\r\n")
    reject_replaced_letter(path.parent)
    return load_letter(path.parent)


TARGETS: Mapping[str, Target] = {
    "yaml": Target(_read_yaml, (SETTINGS, NOTE, b"a: [b, {c: d}]\n'e': |\n  f\n")),
    "section": Target(_read_section, (SECTION + MARKDOWN,)),
    "markdown": Target(_read_markdown, (MARKDOWN,)),
    "note": Target(_read_note, (NOTE, b"of: '1.7'\nsummary: {nb: a, en: b}\nreason: {nb: a, en: b}\n")),
    "facts": Target(_read_facts, tuple(path.read_bytes() for path in sorted((CONTENT / "facts").iterdir()))),
    "settings": Target(_read_settings, (SETTINGS,)),
    "redactions": Target(_read_redactions, (REDACTIONS,)),
    "logo": Target(_read_logo, (DRAWING, PICTURE)),
    "policy": Target(
        _check_policy,
        (b"\n=====\n".join((SECTION + MARKDOWN, SECTION + MARKDOWN, NOTE, b"- id: a\n  name: Posten\n")),),
    ),
    "csv": Target(
        _in_file("a.csv", lambda path: list(CsvSource(path).read_rows())),
        (b'email,language,name\na@example.no,nb,Anne\n"b@example.no",en,"Bo, jr"\n',),
    ),
    "relay-log": Target(
        _in_file("mail.log", lambda path: read_relay_log([path], 1.8e9, ["<a.1@example.no>"])), (RELAY_LOG,)
    ),
    "relay-log-gz": Target(
        _in_file("mail.log.gz", lambda path: read_relay_log([path], 1.8e9, ["<a.1@example.no>"])),
        (gzip.compress(RELAY_LOG, mtime=0),),
    ),
    "relay-log-returns": Target(
        _in_file("mail.log", lambda path: list(read_returned_letters([path], frozenset({"example.no"})))),
        (RELAY_LOG, RETURNED_LOG),
    ),
    "delivery-report": Target(parse_delivery_report, REPORTS),
    "mbox": Target(
        _in_file("mbox", lambda path: [parse_delivery_report(message) for message in read_mbox(path)]),
        (b"\n".join(b"From - Mon Nov 23 07:00:00 2026\n" + report for report in REPORTS),),
    ),
    "audiences": Target(
        _in_file("audiences.yaml", read_audience_conditions),
        (b"members: role = 'member'\nguests: \"id IN (SELECT 1)\"\n",),
    ),
    "export": Target(_in_file("a.xml", import_policy), (EXPORT, PAGE, b"[vc_row]<h2>Deling</h2>Vi deler.\n")),
    "log": Target(lambda data: parse_log(data, "log.json"), (LOG,)),
    "letter": Target(_in_file("letter.json", _read_letter), (LETTER,)),
    "impressions": Target(
        _in_file("a.json", lambda path: count_impressions([path], "2.0")),
        (IMPRESSIONS, IMPRESSIONS_CSV),
    ),
}  # fmt: skip
