"""What docs/reference/ says of the output and of the notification job is what commands make and print."""

from __future__ import annotations

import json
import re

import pytest

from tests.helpers.cli import run_build_py
from tests.helpers.reference import (
    PAGES,
    REPOSITORY,
    first_column_codes,
    inline_code,
    list_files,
    read_section,
    table_rows,
)


def _compile_path(path: str) -> re.Pattern[str]:
    """Return the pattern of the paths that a path of the page stands for."""
    pattern = re.escape(path).replace("/N/", r"/\d+\.\d+/").replace(r"NAME\.HASH", r"\w+\.[0-9a-f]{12}")
    return re.compile(pattern.replace(r"YYYY\-MM\-DD", r"\d{4}-\d{2}-\d{2}").replace("YYYY", r"\d{4}"))


def test_every_file_of_a_site_is_in_the_tables_of_addresses(out):
    known = [
        _compile_path(path)
        for cells in table_rows(read_section("output", "## Addresses"))
        for cell in cells
        for path in inline_code(cell)
        if "<" not in path
    ]
    files = [path.relative_to(out / "site").as_posix() for path in list_files(out / "site")]
    assert [path for path in files if not any(pattern.fullmatch(path) for pattern in known)] == []
    without_days = [pattern for pattern in known if "\\d{4}" not in pattern.pattern]
    # The sample history is too short for a page of a year, and has no day with several versions.
    assert [pattern.pattern for pattern in without_days if not any(map(pattern.fullmatch, files))] == []


def test_the_disk_has_what_the_page_draws(out):
    drawn = re.search(r"```text\nout/\n(.*?)```", read_section("output", "## On the disk"), re.DOTALL)
    assert drawn
    lines = [line for line in drawn[1].splitlines() if re.match(r" {2}\S", line)]
    assert {line.split()[0].rstrip("/") for line in lines} == {path.name for path in out.iterdir()}
    for name, target in re.findall(r"^ {2}(\w+) +-> (\S+)", drawn[1], re.MULTILINE):
        assert re.fullmatch(target.replace("NAME", r"\w+"), str((out / name).readlink()))
    generation = next((out / "generations").iterdir())
    assert {path.name for path in generation.iterdir()} == {"site", "letters"}
    assert {p.name for f in (out / "store").iterdir() for p in f.iterdir()} == {
        "nb",
        "en",
        "feed",
        "letter",
        ".authentication",
    }


@pytest.mark.parametrize(
    ("heading", "path", "inside"),
    [
        ("### api/versions.json", "site/api/versions.json", ["versions"]),
        ("### api/announcements.json", "site/api/announcements.json", ["languages", "announcements"]),
        ("### api/policy.jsonld", "site/api/policy.jsonld", []),
        ("### letter.json", "letters/2.0/letter.json", []),
    ],
)
def test_a_json_file_has_the_fields_of_the_page(heading, path, inside, out):
    found = json.loads((out / path).read_bytes())
    rows = [row for name in inside for row in found[name]]
    if "announcements" in inside:
        texts = [texts for row in found["announcements"] for texts in row["languages"].values()]
        rows += [*texts, *(line for one in texts for line in one["summary_lines"])]
    fields = set(found) | {key for row in rows for key in row}
    documented = first_column_codes(read_section("output", heading))
    optional = {
        "imported",
        "redacted",
        "redactions",
        "withdraws",
        "brings_forward",
        "affects",
        "tell",
        "audiences",
        "bounce",
    }
    assert documented - fields <= optional
    assert fields - documented == set()
    for row in rows:
        for texts in row["languages"].values() if "languages" in row else [row.get("labels", {})]:
            assert set(texts) <= set(inline_code(read_section("output", heading)))


def test_a_redline_begins_as_the_page_shows_it(out):
    shown = re.search(r"```html\n(.*?)```", read_section("redline", "## Marks"), re.DOTALL)
    assert shown
    page = (out / "site" / "versjon" / "2.0" / "endringer" / "index.html").read_text(encoding="utf-8")
    assert " ".join(shown[1].split()) in " ".join(page.split())


def test_every_data_attribute_and_link_relation_is_documented(out):
    pages = "".join(path.read_text("utf-8") for path in list_files(out / "site") if path.suffix == ".html")
    documented = PAGES["output"] + PAGES["redline"]
    assert {
        name for name in re.findall(r'\s(data-[a-z]+)="', pages) if f"[{name}]" not in documented
    } == set()
    relations = set(re.findall(r'<link rel="([a-z-]+)"', pages)) - {"stylesheet"}
    assert {name for name in relations if f'rel="{name}"' not in documented} == set()


def test_the_headers_that_a_site_sends_are_documented(out):
    sent = set(
        re.findall(
            r"^  (?:# )?([A-Z][A-Za-z-]+): ", (out / "site" / "_headers").read_text("utf-8"), re.MULTILINE
        )
    )
    assert sent == first_column_codes(read_section("output", "## Server configuration"))


def test_the_attributes_and_events_of_the_notice_are_documented():
    script = (REPOSITORY / "templates" / "notice.js").read_text(encoding="utf-8")
    documented = first_column_codes(read_section("output", "### notice.js"))
    assert set(re.findall(r'(?:get|has)Attribute\("(\w+)"\)', script)) <= documented
    assert {name for name in documented if ":" in name} == set(
        re.findall(r"policy-notice:(?:shown|acknowledged)", script)
    )


def test_status_and_proof_have_the_fields_and_states_of_the_page(out, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("email,language\na@example.no,nb\n", encoding="utf-8")
    letter, ledger = out / "letters" / "2.0", f"sqlite:///{tmp_path / 'notify.db'}"
    for words in (
        ["plan", "--letter", letter, "--recipients", people, "--ledger", ledger],
        ["proof", "--letter", letter, "--ledger", ledger, "--out", tmp_path / "proof"],
    ):
        done = run_build_py("notify", *words)
        assert (done.returncode, done.stderr) == (0, "")
    status = json.loads(run_build_py("notify", "status", "--ledger", ledger, "--format", "json").stdout)
    generated = read_section("notification-job", "## States of a delivery").partition("<!-- /generated -->")[
        0
    ]
    assert set(status["campaigns"][0]["counts"]) == first_column_codes(generated)
    text = read_section("notification-job", "## Status, purge, proof")
    assert {*status, *status["campaigns"][0]} <= set(inline_code(text))
    proof = json.loads((tmp_path / "proof" / "proof.json").read_bytes())
    _, proof_table = text.split("`proof` writes")
    assert first_column_codes(proof_table) - set(proof) == {"website"}
    assert set(proof) <= first_column_codes(proof_table)
    assert set(proof["letter"]) <= set(inline_code(proof_table))
