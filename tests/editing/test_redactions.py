"""Redacted words are gone from every page, and the log is only added to."""

from __future__ import annotations

import json
import re

import pytest

from changelog.history import read_revisions
from changelog.record_hashes import hash_section
from changelog.redactions import get_section_text, redact_section
from changelog.replay import build_version_log
from policy.models import RedactedPlace
from verifier.verification import verify_site

LEAK = (
    "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn. Spør "
    "[Kari **Nordmann**](mailto:Kari@x.no).\n"
)
MINOR = "level: minor\nsummary: {nb: Nytt., en: New.}\n"
WORDS = "Kari Nordmann"
UNSALTED = (
    "warning: version 1.1, 1.2 has no salt, so the words can be guessed from their hash; "
    "see 'salt' in policy.yaml"
)


@pytest.fixture
def leaked(editor):
    """Publish a name in 1.1 and 1.2, and remove it in 1.3."""
    clean = editor.read("nb/01-lagring.md")
    for number, text in enumerate((LEAK, LEAK.replace("navn", "navn og telefon"), clean.decode()), start=1):
        editor.write("nb/01-lagring.md", text)
        editor.write(f"changes/{number}.yaml", MINOR)
        editor.commit()
    return editor


def build(editor, *arguments: str):
    done = editor.run("build", "--out", str(editor.source / "out"), *arguments)
    assert "Traceback" not in done.stderr
    return done


def texts(editor) -> dict[str, str]:
    site = (editor.source / "out" / "site").resolve()
    pages = (path for path in site.glob("**/*") if path.is_file())
    linked = (path for link in site.glob("**/*") if link.is_symlink() for path in link.resolve().rglob("*.*"))
    return {str(path): path.read_text(encoding="utf-8") for path in (*pages, *linked) if path.is_file()}


def records(editor) -> dict[str, dict]:
    data = json.loads((editor.source / "out/site/api/versions.json").read_bytes())
    return {row["version"]: row for row in data["versions"]}


def entries(editor) -> list[dict]:
    return json.loads((editor.source / "out/site/api/log.json").read_bytes())["entries"]


def build_log(editor):
    return build_version_log(read_revisions(editor.source))


def redact(editor, *arguments: str, words: str = WORDS, section: str = "lagring"):
    done = editor.run("redact", section, "--reason", "Lekket.", *arguments, stdin=words)
    assert "Traceback" not in done.stderr
    return done


def redact_and_commit(editor) -> None:
    done = redact(editor)
    assert done.returncode == 0, done.stderr
    editor.commit()


def test_a_leaked_name_is_removed_from_every_page_of_every_version_that_had_it(leaked):
    build(leaked)
    assert any("Nordmann" in text for text in texts(leaked).values())
    redact_and_commit(leaked)
    build(leaked)
    pages = texts(leaked)
    assert not [path for path, text in pages.items() if "Nordmann" in text or "Kari@x.no" in text]
    assert any("[fjernet]" in text for path, text in pages.items() if path.endswith("policy.txt"))


def test_the_row_has_the_words_nowhere(leaked):
    done = redact(leaked)
    row = leaked.read("redactions.yaml").decode()
    assert "Kari" not in row + done.stdout
    assert "Nordmann" not in row + done.stdout
    assert done.stdout.splitlines() == [
        "removes from version 1.1, 1.2 in 'nb'",
        "written  content/redactions.yaml",
        UNSALTED,
    ]


def test_the_log_is_only_added_to(leaked):
    build(leaked)
    before = entries(leaked)
    published = leaked.source / "published.json"
    published.write_bytes((leaked.source / "out/site/api/log.json").read_bytes())
    redact_and_commit(leaked)
    assert build(leaked, "--published", str(published)).returncode == 0
    *old, new = entries(leaked)
    assert old == before
    assert (new["kind"], new["language"]) == ("redacted", "nb")
    assert {removal["section"] for removal in new["versions"].values()} == {"lagring"}
    assert list(new["versions"]) == ["1.1", "1.2"]
    assert [number for number, row in records(leaked).items() if row.get("redacted")] == ["1.1", "1.2"]


def test_a_redaction_makes_no_version_and_leaves_the_rest_of_the_words(leaked):
    build(leaked)
    count = len(records(leaked))
    redact_and_commit(leaked)
    build(leaked)
    assert len(records(leaked)) == count
    pages = [text for path, text in texts(leaked).items() if "[fjernet]" in text and path.endswith(".txt")]
    assert any("lagrer navn. Spør [fjernet]." in text for text in pages)


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("is_committed_between", [True, False])
def test_words_can_be_removed_from_a_section_twice(leaked, is_committed_between):
    redact(leaked)
    if is_committed_between:
        leaked.commit()
    assert redact(leaked, words="telefon").returncode == 0
    assert not {"redaction-not-applied"} & leaked.rules()
    leaked.commit()
    build(leaked)
    pages = [text for path, text in texts(leaked).items() if path.endswith("versjon/1.2/policy.txt")]
    assert pages == [] or all("navn og [fjernet]. Spør [fjernet]." in text for text in pages)
    assert [entry["kind"] for entry in entries(leaked)][-2:] == ["redacted", "redacted"]


@pytest.mark.cases_in_ci
@pytest.mark.parametrize(
    ("words", "section", "problem"),
    [
        ("Kari Normann", "lagring", "no published version has these words in section 'lagring'"),
        (" \n", "lagring", "no words were given"),
        (WORDS, "lagrin", "no version has a section 'lagrin'; did you mean 'lagring'?"),
        ("lagrer", "lagring", "section 'lagring' still has these words in 'nb'"),
        ("Lekket.", "lagring", "the reason has the words"),
    ],
)
def test_what_cannot_be_removed_is_said_in_one_line(leaked, words, section, problem):
    done = redact(leaked, words=words, section=section)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(problem)
    assert not (leaked.source / "content/redactions.yaml").exists()


def test_a_row_that_does_not_fit_stops_the_build_and_the_check(leaked):
    redact(leaked)
    row = leaked.read("redactions.yaml").decode()
    damaged = row.splitlines()
    number = next(n for n, line in enumerate(damaged) if "before:" in line)
    damaged[number] = damaged[number][:-4] + ("0000" if damaged[number][-4:] != "0000" else "1111")
    leaked.write("redactions.yaml", "\n".join(damaged) + "\n")
    assert "redaction-not-applied" in leaked.run("check").stdout
    leaked.commit()
    done = build(leaked)
    assert done.returncode == 2
    assert "row 1: version 1.1 does not have the text that this row takes words out of" in done.stderr


@pytest.mark.long
def test_no_row_changes_the_text_in_force(leaked):
    version = build_log(leaked).latest
    section = version.documents["nb"].sections[0]
    start = get_section_text(section).text.index("navn")
    span, before = f"{start}-{start + 4}", hash_section(section, "")
    place = RedactedPlace(version=version.number, characters=(span,), before=before, after="0" * 64)
    after = hash_section(redact_section(section, place, "[fjernet]"), "")
    leaked.write(
        "redactions.yaml",
        f"- language: nb\n  section: lagring\n  reason: Lekket.\n  date: 2026-11-22\n  versions:\n"
        f"    - {{version: '{version.number}', characters: [{span}], before: {before}, after: {after}}}\n",
    )
    assert "redaction-not-applied" in leaked.rules()
    leaked.commit()
    done = build(leaked)
    assert done.returncode == 2
    assert f"version {version.number} is the newest or in force" in done.stderr


def test_a_page_says_that_words_were_removed(leaked):
    redact_and_commit(leaked)
    build(leaked)
    pages = [text for path, text in texts(leaked).items() if path.endswith("nb/index.html") and "1.1" in text]
    assert any("Ord er fjernet fra denne versjonen etter at den ble publisert." in text for text in pages)


@pytest.mark.long
def test_the_change_log_of_the_language_does_not_say_then_that_no_version_changes(leaked):
    unchanged = "ingen versjon endres etter at den er publisert"
    build(leaked)
    logs = [text for path, text in texts(leaked).items() if path.endswith("endringslogg/index.html")]
    assert unchanged in logs[0]
    redact_and_commit(leaked)
    build(leaked)
    logs = [text for path, text in texts(leaked).items() if path.endswith("endringslogg/index.html")]
    assert unchanged not in logs[0]
    assert "Etter publiseringen er bare enkelte ord fjernet" in logs[0]


@pytest.mark.long
def test_places_where_the_words_remain_are_listed(editor):
    clean = editor.read("nb/01-lagring.md").decode()
    link = "[her](https://eksempel.no/?navn=Kari%20Nordmann)"
    editor.write("nb/01-lagring.md", clean + f"\nSe {link}. KARI NORDMANN.\n")
    editor.write("nb/02-mer.md", "---\ntitle: Mer\n---\n\nKari Nordmann svarer.\n")
    editor.write("changes/a.yaml", "level: minor\nsummary: {nb: Kari Nordmann er her., en: New.}\n")
    editor.commit()
    editor.write("nb/01-lagring.md", clean)
    (editor.source / "content/nb/02-mer.md").unlink()
    editor.commit()
    done = redact(editor)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[2:5] == [
        "still in section 'mer' in 'nb', version 1.1; run this again for that section",
        "still in section 'mer' in 'en', version 1.1; run this again for that section",
        "still in the note of version 1.1 in 'nb'; correct the wording of the note",
    ]
    assert "links: [1]" in editor.read("redactions.yaml").decode()
    editor.commit()
    build(editor)
    pages = [text for path, text in texts(editor).items() if "versjon/1.1" in path]
    assert not [text for text in pages if "%20Nordmann" in text]


@pytest.mark.long
def test_a_generation_with_the_words_goes_although_the_row_was_deleted_meanwhile(leaked):
    build(leaked)
    redact_and_commit(leaked)
    (leaked.source / "content/redactions.yaml").unlink()
    leaked.commit()
    build(leaked)
    files = (path for path in (leaked.source / "out").rglob("*") if path.is_file())
    assert not [path for path in files if "Nordmann" in path.read_text(encoding="utf-8")]


@pytest.mark.long
def test_a_deleted_row_stays_in_force(leaked):
    redact_and_commit(leaked)
    (leaked.source / "content/redactions.yaml").unlink()
    assert "redaction-deleted" in leaked.run("check").stdout
    leaked.commit()
    assert "the words stay removed" in build(leaked).stderr
    assert not [path for path, text in texts(leaked).items() if "Nordmann" in text]


def test_an_unknown_key_of_a_row_is_an_error(leaked):
    redact(leaked)
    leaked.write("redactions.yaml", leaked.read("redactions.yaml").decode().replace("reason:", "reson:"))
    leaked.commit()
    done = build(leaked)
    assert done.returncode == 2
    assert "content/redactions.yaml:3:3: unknown key 'reson'; did you mean 'reason'?" in done.stderr


@pytest.mark.long
def test_no_folder_that_an_older_generation_linked_to_keeps_the_name(leaked):
    build(leaked)
    redact_and_commit(leaked)
    build(leaked)
    files = (path for path in (leaked.source / "out").rglob("*") if path.is_file())
    assert not [path for path in files if "Nordmann" in path.read_text(encoding="utf-8")]


SALTED = "salt: 00112233445566778899aabbccddeeff\n"


@pytest.mark.long
def test_git_can_be_cleaned_and_the_log_stays_the_same(editor):
    editor.write("policy.yaml", editor.read("policy.yaml").decode() + SALTED)
    clean = editor.read("nb/01-lagring.md").decode()
    for text in (LEAK, LEAK.replace("navn", "navn og telefon"), clean):
        editor.write("nb/01-lagring.md", text)
        editor.commit()
    redact_and_commit(editor)
    build(editor)
    before = {path: text for path, text in texts(editor).items() if path.endswith((".json", ".txt"))}
    command = "sed -i 's/Kari \\*\\*Nordmann\\*\\*/[fjernet]/; s/Kari@x.no/[fjernet]/' content/nb/*.md"
    editor.git("filter-branch", "--force", "--tree-filter", command)
    log = editor.source / "published.json"
    log.write_bytes((editor.source / "out/site/api/log.json").read_bytes())
    assert "Nordmann" not in editor.git("log", "-p")
    done = build(editor, "--published", str(log))
    assert done.returncode == 0, done.stderr
    assert (editor.source / "out/site/api/log.json").read_bytes() == log.read_bytes()
    assert any("Spør [fjernet]." in text for text in before.values())


@pytest.mark.long
def test_a_salt_is_new_after_a_redaction_and_the_key_is_published_nowhere(leaked):
    leaked.write("policy.yaml", leaked.read("policy.yaml").decode() + SALTED)
    leaked.write("nb/01-lagring.md", LEAK)
    leaked.commit()
    leaked.write("nb/01-lagring.md", LEAK.replace("Kari **Nordmann**", "oss").replace("Kari@", "post@"))
    leaked.commit()
    build(leaked)
    old = find_salts(leaked, "1.4")
    redact_and_commit(leaked)
    build(leaked)
    new = find_salts(leaked, "1.4")
    assert [before == after for before, after in zip(old, new, strict=True)].count(False) == 1
    assert find_salts(leaked, "1.3") == []
    assert not [path for path, text in texts(leaked).items() if "00112233445566778899aabbccddeeff" in text]


def find_salts(editor, number: str) -> list[str]:
    page = (editor.source / f"out/site/versjon/{number}/index.html").read_text(encoding="utf-8")
    found = re.search(r'data-salts="([0-9a-f ]+)"', page)
    return found[1].split() if found else []


def test_a_site_with_removed_words_can_be_verified(leaked):
    build(leaked)
    leaked.write("policy.yaml", leaked.read("policy.yaml").decode() + SALTED)
    redact_and_commit(leaked)
    build(leaked)
    assert [entry["kind"] for entry in entries(leaked)].count("redacted") == 1
    verification = verify_site(str(leaked.source / "out/site"))
    assert list(verification.problems) == []
    page = (leaked.source / "out/site").resolve() / "versjon/1.1/index.html"
    page.write_text(page.read_text("utf-8").replace("[fjernet]", WORDS), "utf-8")
    assert any("versjon/1.1/" in problem for problem in verify_site(str(leaked.source / "out/site")).problems)
