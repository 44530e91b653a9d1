"""Older versions of a policy: planned, previewed, written to a branch and proved."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adoption.history.command import (
    HistoryOptions,
    UnprovenHistoryError,
    plan_history,
    prove,
    write_history,
    write_plan_and_preview,
)
from adoption.history.links import LinkCompleter
from adoption.history.markdown import read_markdown
from adoption.history.proof import find_difference
from adoption.history.sources import SourceFile
from changelog.announcements import list_announcements
from changelog.history import Revision, read_revisions
from changelog.replay import build_version_log
from changelog.versions import VersionLog
from common.errors import InputError
from editing.checking import check_content
from editing.message_language import ENGLISH
from generator.template_files import TemplateFiles
from policy.document import render_document
from policy.findings import Severity
from policy.loader import load_policy
from policy.models import Level
from tests.helpers.cli import create_history, run_command
from tests.helpers.environment import REPOSITORY
from tests.helpers.factories import section_text

TODAY = date(2026, 6, 1)
POLICY = """
git init --quiet --initial-branch main .
git config user.name Redaksjonen
git config user.email redaksjonen@example.no
settings "{languages}" "authority: {{name: Datatilsynet, url: https://www.datatilsynet.no}}"
echo hello > README
"""
FIRST = (
    "# Contact\n\nWrite to Eksempel AS at post@example.no.\n\n# Storage\n\nWe keep your name for 2 years.\n"
)
SECOND = FIRST.replace("your name", "your name and address")
THIRD = SECOND.replace("# Contact", "# How to reach us").replace(
    "# Storage", "# Erasure\n\nOn request.\n\n# Storage"
)


@pytest.fixture
def policy(tmp_path) -> Path:
    return create_policy(tmp_path / "policy", "en")


def create_policy(folder: Path, languages: str) -> Path:
    return create_history(folder, POLICY.format(languages=languages))


def write_files(folder: Path, files: dict[str, str | bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def create_options(versions: Path, policy: Path, *paths: str, language: str | None = "en") -> HistoryOptions:
    return HistoryOptions(versions, policy.parent / "plan.yaml", paths, language, policy, TODAY)


def make_plan(options: HistoryOptions, preview: Path | None = None) -> str:
    templates = TemplateFiles(REPOSITORY / "templates")
    list(write_plan_and_preview(options, preview, templates, ENGLISH))
    return options.plan.read_text("utf-8")


def write(options: HistoryOptions, branch: str = "older") -> VersionLog:
    """Write the versions of a plan; return the log of the new branch."""
    list(write_history(options, branch))
    return build_version_log(read_revisions(options.source, branch))


def adopt(policy: Path, files: dict[str, str | bytes], *, language: str | None = "en") -> VersionLog:
    options = create_options(write_files(policy.parent / "older", files), policy, language=language)
    make_plan(options)
    return write(options)


def test_a_folder_of_dated_files_becomes_versions(policy):
    log = adopt(policy, {"2018-05-25.md": FIRST, "2019-01-01.md": SECOND, "2020-01-01.md": THIRD})
    assert [(str(one.published), one.is_imported) for one in log.versions] == [
        ("2018-05-25", True), ("2019-01-01", True), ("2020-01-01", True),
    ]  # fmt: skip
    assert list_announcements(log) == ()
    assert log.adoption_problem is None
    assert log.entries[-1].day == TODAY


def test_sections_keep_their_ids_and_their_old_names(policy):
    log = adopt(policy, {"2018-05-25.md": FIRST, "2019-01-01.md": THIRD})
    sections = log.latest.documents["en"].sections
    assert [section.id for section in sections] == ["contact", "erasure", "storage"]
    assert "how-to-reach-us" in sections[0].aliases
    assert log.latest.touched_sections.added == ("erasure",)


def test_sections_of_two_languages_belong_together(tmp_path):
    policy = create_policy(tmp_path / "policy", "nb, en")
    norwegian = "# Kontakt\n\nSkriv til post@example.no.\n\n# Lagring\n\nVi lagrer navnet i 2 år.\n"
    log = adopt(policy, {"2018-05-25.nb.md": norwegian, "2019-01-01.en.md": THIRD}, language=None)
    english = [section.id for section in log.latest.documents["en"].sections if section.locale == "en"]
    assert set(english) == {"kontakt", "erasure", "lagring"}
    assert [len(version.documents) for version in log.versions] == [1, 2]


def test_check_finds_nothing_in_the_past(policy):
    adopt(policy, {"2018-05-25.md": FIRST, "2019-01-01.md": SECOND})
    run_command(policy, "git", "checkout", "--quiet", "--force", "older")
    findings = check_content(policy, TODAY)
    assert [str(one) for one in findings if one.severity is Severity.ERROR] == []


def test_check_wants_no_translation_of_a_note_that_is_older_than_the_language(tmp_path):
    policy = create_policy(tmp_path / "policy", "nb, en")
    norwegian = "# Kontakt\n\nSkriv til post@example.no.\n"
    files = {
        "2018-05-25.nb.md": norwegian,
        "2019-01-01.nb.md": f"{norwegian}\nHei.\n",
        "2020-01-01.en.md": FIRST,
    }
    options = create_options(write_files(policy.parent / "older", files), policy, language=None)
    options.plan.write_text(make_plan(options).replace('summary: ""', "summary: {nb: Vi sier mer.}", 2))
    write(options)
    run_command(policy, "git", "checkout", "--quiet", "--force", "older")
    assert "note-not-translated" not in {one.rule for one in check_content(policy, TODAY)}


def test_the_other_files_of_the_policy_stay(policy):
    run_command(policy, "git", "add", "--all")
    run_command(policy, "git", "commit", "--quiet", "--message", "Begin")
    adopt(policy, {"2018-05-25.md": FIRST, "2019-01-01.md": SECOND})
    names = run_command(policy, "git", "ls-tree", "-r", "--name-only", "older").split()
    assert "README" in names
    assert [name for name in names if name.startswith("content/en/")] == [
        "content/en/01-contact.md", "content/en/02-storage.md",
    ]  # fmt: skip
    assert run_command(policy, "git", "rev-parse", "--abbrev-ref", "HEAD").strip() == "main"


def test_planning_again_keeps_what_was_written(policy):
    options = create_options(
        write_files(policy.parent / "older", {"2018-05-25.md": FIRST, "2019-01-01.md": SECOND}), policy
    )
    text = make_plan(options)
    head, _, last = text.rpartition('summary: ""')
    options.plan.write_text(
        f"{head}summary: {{en: We keep addresses.}}{last}".replace('links: ""', "links: https://example.no/")
    )
    write_files(options.versions, {"2020-01-01.md": THIRD})
    plan = plan_history(options, str).plan
    assert plan.links == "https://example.no/"
    assert [row.summary and row.summary.get_text("en") for row in plan.versions] == [
        None,
        "We keep addresses.",
        None,
    ]
    make_plan(options)
    assert "We keep addresses." in options.plan.read_text("utf-8")


def test_a_row_says_what_the_change_log_says(policy):
    options = create_options(
        write_files(policy.parent / "older", {"2018-05-25.md": FIRST, "2019-01-01.md": SECOND}), policy
    )
    head = make_plan(options).rpartition("    day: 2019-01-01")[0]
    row = (
        "day: 2019-01-02",
        "effective: 2019-02-01",
        "level: major",
        "title: {en: It}",
        "summary: {en: So.}",
    )
    options.plan.write_text(head + "".join(f"    {line}\n" for line in row))
    version = write(options).latest
    assert (version.number, str(version.published), str(version.effective)) == (
        "2.0",
        "2019-01-02",
        "2019-02-01",
    )
    assert version.note_texts["en"].title == "It"
    assert version.channels == ()


def test_a_version_may_be_left_out(policy):
    options = create_options(
        write_files(
            policy.parent / "older",
            {"2018-05-25.md": FIRST, "2019-01-01.md": "# Junk\n\nJunk.\n", "2020-01-01.md": SECOND},
        ),
        policy,
    )
    text = make_plan(options)
    start = text.index('version: "2019-01-01"')
    options.plan.write_text(text[:start] + text[start:].replace('skip: ""', "skip: junk", 1))
    assert [str(version.published) for version in write(options).versions] == ["2018-05-25", "2020-01-01"]


def test_what_cannot_be_read_or_says_nothing_new_is_proposed_to_be_left_out(policy):
    files = {"2018-05-25.md": FIRST, "2019-01-01.md": "\n", "2020-01-01.md": f"{FIRST}\n"}
    options = create_options(write_files(policy.parent / "older", files), policy)
    rows = plan_history(options, str).plan.versions
    assert [bool(row.skip) for row in rows] == [False, True, True]


def test_the_plan_proposes_what_the_text_says(policy):
    said = "Effective July 1, 2019\n\n" + SECOND.replace("2 years", "5 years and share it with others")
    options = create_options(
        write_files(policy.parent / "older", {"2018-05-25.md": FIRST, "2019-06-01.md": said}), policy
    )
    row = plan_history(options, str).plan.versions[1]
    assert (row.effective, row.level) == (date(2019, 7, 1), Level.MAJOR)


def test_a_row_that_cannot_be_used_is_named(policy):
    options = create_options(write_files(policy.parent / "older", {"2018-05-25.md": FIRST}), policy)
    make_plan(options)
    files = {"2018-05-25.md": FIRST, "2020-01-01.md": SECOND}
    write_files(policy.parent / "older", files)
    text = make_plan(options)
    before, _, after = text.rpartition('summary: ""')
    options.plan.write_text(f"{before}summary: {{nb: Norsk.}}{after}")
    templates = TemplateFiles(REPOSITORY / "templates")
    lines = [str(line) for line in write_plan_and_preview(options, None, templates, ENGLISH)]
    assert lines[1].endswith("version 2020-01-01: 'summary' has no text in 'en'")


def test_the_preview_shows_every_change_on_one_page(policy, tmp_path):
    options = create_options(
        write_files(policy.parent / "older", {"2018-05-25.md": FIRST, "2019-01-01.md": SECOND}), policy
    )
    make_plan(options, tmp_path / "preview.html")
    page = (tmp_path / "preview.html").read_text("utf-8")
    assert "<ins>and address" in page or "<ins> and address" in page
    assert "<link" not in page
    assert "src=" not in page


REPOSITORY_SCRIPT = """
git init --quiet --initial-branch main .
mkdir privacy
printf '%s' "$FIRST" > privacy/policy.md
commit 2018-05-25 "Write a policy"
git mv privacy/policy.md privacy.md
printf '%s' "$SECOND" > privacy.md
commit 2019-01-01 "Move it and say more"
echo other > other.md
commit 2019-02-01
printf '%s' "$THIRD" > privacy.md
commit 2020-01-01
"""


WRONG_CLOCK = REPOSITORY_SCRIPT.replace("2019-01-01 ", "'@5000000000 +0000' ")
LINK = "git init --quiet .\nln -s /etc/hostname privacy.md\ncommit 2019-01-01"


def create_repository(folder: Path, script: str = REPOSITORY_SCRIPT) -> Path:
    head = "\n".join(
        f"{name}={quote(text)}" for name, text in (("FIRST", FIRST), ("SECOND", SECOND), ("THIRD", THIRD))
    )
    return create_history(folder, f"{head}\n{script}")


def quote(text: str) -> str:
    return "$'" + text.replace("'", "\\'").replace("\n", "\\n") + "'"


def test_renames_are_followed_in_a_repository(policy, tmp_path):
    options = create_options(create_repository(tmp_path / "site"), policy, "en=privacy.md")
    assert "Move it and say more" in make_plan(options)
    log = write(options)
    assert [str(version.published) for version in log.versions] == ["2018-05-25", "2019-01-01", "2020-01-01"]
    moments = run_command(policy, "git", "log", "--reverse", "--format=%cI", "older").split()
    assert moments[0] == "2018-05-25T11:00:00+00:00"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"readme.md": FIRST}, "not a dated file"),
        ({"2018-05-25.md": FIRST, "2018-05-25.html": FIRST}, "same day"),
        ({"2018-02-30.md": FIRST}, "no such day"),
        ({"1776-07-04.md": FIRST}, "between 2000 and 2100"),
        ({"2018-05-25.sv.md": FIRST}, "no language 'sv'"),
        ({"2018-05-25.sh": FIRST}, "not a kind of file"),
        ({"2018-05-25.md": "a" * (512 * 1024 + 1)}, "over 512 KiB"),
        ({"2018-05-25.md": b"\x00\x01"}, "not a text"),
        ({"2018-05-25.md": b"\xff\xfe\xfa"}, "no version can be read"),
        ({}, "no version of the policy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_source_that_cannot_be_used_is_refused_in_one_line(policy, files, words):
    options = create_options(write_files(policy.parent / "older", files), policy)
    with pytest.raises(InputError, match=words) as refused:
        make_plan(options)
    assert len(refused.value.args) == 1
    assert not options.plan.exists()


@pytest.mark.parametrize("create", [os.mkfifo, lambda path: path.symlink_to("/etc/hostname"), Path.mkdir])
def test_what_is_no_regular_file_is_refused(policy, create):
    folder = write_files(policy.parent / "older", {"2018-05-25.md": FIRST})
    create(folder / "2019-01-01.md")
    with pytest.raises(InputError, match="not a dated file"):
        make_plan(create_options(folder, policy))


@pytest.mark.parametrize(
    ("paths", "script", "words"),
    [
        ((), REPOSITORY_SCRIPT, "a repository"),
        (("en=privcy.md",), REPOSITORY_SCRIPT, "did you mean 'privacy.md'"),
        (("sv=privacy.md",), REPOSITORY_SCRIPT, "no language 'sv'"),
        (("privacy.md",), REPOSITORY_SCRIPT, "write it like"),
        (("en=privacy.md",), WRONG_CLOCK, "impossible date"),
        (("en=privacy.md",), LINK, "not a regular"),
    ],
)  # fmt: skip
def test_a_repository_that_cannot_be_used_is_refused(policy, tmp_path, paths, script, words):
    options = create_options(create_repository(tmp_path / "site", script), policy, *paths)
    with pytest.raises(InputError, match=words):
        make_plan(options)


def test_scripts_of_a_page_are_left_out(policy):
    page = "<html><body><h1>Privacy</h1><p>We keep names<script>alert(1)</script>.</p></body></html>"
    log = adopt(policy, {"2018-05-25.html": page})
    assert "alert" not in log.latest.documents["en"].sections[0].text


def test_nothing_is_written_where_a_branch_exists_or_a_row_is_wrong(policy):
    options = create_options(write_files(policy.parent / "older", {"2018-05-25.md": FIRST}), policy)
    text = make_plan(options)
    write(options)
    before = run_command(policy, "git", "for-each-ref")
    with pytest.raises(InputError, match="exists"):
        write(options)
    options.plan.write_text(text.replace('summary: ""', "summary: {nb: Norsk.}"))
    with pytest.raises(InputError, match="'summary' has no text in 'en'"):
        write(options, "other")
    options.plan.write_text(text.replace("2018-05-25", "2018-05-26"))
    with pytest.raises(InputError, match="no row for version 2018-05-25"):
        write(options, "other")
    assert run_command(policy, "git", "for-each-ref") == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('skip: ""', "skip: no", "'no' is no reason"),
        ('skip: ""\n', 'skip: ""\n  - {version: 2018-05-25, day: 2018-05-25}\n', "2018-05-25 has two rows"),
    ],
)
def test_a_row_that_could_mean_two_things_is_refused(policy, old, new, words):
    options = create_options(write_files(policy.parent / "older", {"2018-05-25.md": FIRST}), policy)
    options.plan.write_text(make_plan(options).replace(old, new, 1))
    with pytest.raises(InputError, match=words):
        make_plan(options)


@pytest.mark.parametrize("key", ["day", "effective"])
def test_a_day_that_has_not_come_is_refused(policy, key):
    files = {"2018-05-25.md": FIRST, "2020-01-01.md": SECOND}
    options = create_options(write_files(policy.parent / "older", files), policy)
    first, second = make_plan(options).split("2020-01-01", 1)
    changed = first.replace('effective: ""', "effective: 2035-01-01") + "2020-01-01" + second
    if key == "day":
        changed = first + "2020-01-01" + second.replace("day: 2020-01-01", "day: 2035-01-01")
    options.plan.write_text(changed)
    with pytest.raises(InputError, match="2035-01-01 has not come yet"):
        write(options)


PAGE = "<html><head><title>Window</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", PAGE.format("<h1>Title</h1><h2>A</h2><p>One.</p><h2>B</h2><p>Two.</p>")),
        ("a.html", PAGE.format("<p>Before.</p><h2>A</h2><p>One.</p><h2>B</h2><p>Two.</p>")),
        (
            "a.html",
            PAGE.format("<p class=MsoTitle>Title</p><p>Before.</p><h2>A</h2><p>10 m<sup>2</sup>.</p>"),
        ),
        (
            "a.html",
            PAGE.format(
                '<h1>A</h1><p>AS<a href="#_ftn1" name="_ftnref1">[1]</a> and us.</p>'
                '<p><a href="#_ftnref1" name="_ftn1">[1]</a> Number 9.</p>'
            ),
        ),
        (
            "a.html",
            PAGE.format(
                "<h1>A</h1><p>1<sup>st</sup>, m<sup>2</sup>, m², <big>B</big>ig, per&shy;son<wbr>al, "
                'here<sup><a href="#n">2</a></sup>, [3] and no<a href="#z">4</a>.</p>'
            ),
        ),
        ("a.html", PAGE.format("<h1>A</h1><p>One.</p>").encode("utf-16")),
        ("a.md", "# A\n\nm<sup>2</sup> per&shy;son<mark>al</mark>ly\n\n```json\n{}\n```\n"),
        ("a.md", "# A\n\nOne[^1].\n\n# B\n\nTwo.\n\n[^1]: A note\n    of lines\n\n    and paragraphs.\n"),
    ],
)
def test_titles_and_footnotes_are_proved(policy, name, text):
    log = adopt(policy, {f"2018-05-25{name[1:]}": text})
    assert len(log.versions) == 1


def test_a_lost_or_added_word_is_named(policy):
    options = create_options(write_files(policy.parent / "older", {"2018-05-25.md": FIRST}), policy)
    imported = plan_history(options, str).imported
    path, data = next((path, data) for path, data in imported[0].files.items() if path.endswith("contact.md"))
    for changed, words in (
        (data.replace(b"Write to ", b""), "lacks 'Write to'"),
        (data + b"Really.\n", "'Really Storage We"),
    ):
        files = {**imported[0].files, path: changed}
        with pytest.raises(UnprovenHistoryError, match=words):
            prove([Revision("a" * 40, imported[0].time, files)], imported)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("[a](#storage)", "[a](#id)"),
        ("[a](#nowhere) b", "a b"),
        ("[a [b] c](../x.md) d", "[a [b] c](https://example.no/x.md) d"),
        ("![image](x.png)", "![image](https://example.no/terms/x.png)"),
        ("[a](https://example.com/(x))", "[a](https://example.com/(x))"),
        ("[a](javascript:alert)", "a"),
    ],
)
def test_links_lead_somewhere_or_become_words(typed, completed):
    links = LinkCompleter({"storage": "id"}, "https://example.no/terms/")
    assert links.complete(typed) == completed


WORDS = st.lists(
    st.sampled_from(
        [
            "we",
            "keep",
            "your",
            "name",
            "address",
            "*two*",
            "**years**",
            "`code`",
            "[link](https://x.no/a)",
            "3",
        ]
    ),
    min_size=1,
)
BLOCKS = st.one_of(
    WORDS.map(" ".join),
    st.lists(WORDS.map(lambda words: "- " + " ".join(words)), min_size=1).map("\n".join),
    st.lists(WORDS.map(lambda words: "1. " + " ".join(words)), min_size=2).map("\n".join),
    st.sampled_from(
        ["<!-- note -->", "{% if x %}", "<b>bold</b> text<br>more", "<table><tr><td>cell</td></tr></table>"]
    ),
    WORDS.map(lambda words: "## " + " ".join(words)),
    WORDS.map(lambda words: "### " + " ".join(words)),
)


@settings(max_examples=60)
@given(st.lists(BLOCKS, min_size=1).map("\n\n".join))
def test_no_word_of_a_text_is_lost(text):
    file = SourceFile("x.md", f"# Title\n\nText.\n\n{text}\n".encode(), "x.md")
    found = read_markdown(file.name, file.data)
    files = {
        f"content/en/{number:02}-s{number}.md": section_text(section.markdown, f'"{section.title}"').encode()
        for number, section in enumerate(found.sections, start=1)
    }
    settings_file = "title: P\nbase_url: https://example.no/\nlanguages: [en]\ncontroller: {name: E}\n"
    loaded = load_policy({"content/policy.yaml": settings_file.encode(), **files})
    assert find_difference(file, found, render_document(loaded, "en").sections) is None
