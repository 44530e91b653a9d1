"""`review` as reviewers of a pull request read it, and no longer than a comment may be."""

from __future__ import annotations

import pytest

_LIMIT = 65_536  # characters of a comment on GitHub
_NOTE = "level: minor\nsummary: {nb: Nytt, en: New}\n"


def _section(title: str, text: str) -> str:
    return f"---\ntitle: {title}\n---\n\n{text}\n"


@pytest.fixture
def reviewed(editor):
    """An editor on a branch; `main` is the base of the review."""
    editor.write("facts/retention.yaml", "- {id: a, what: {nb: Navn, en: Names}, period: P2Y}\n")
    editor.write("nb/01-lagring.md", _section("Lagring", "Vi lagrer navn i {{ retention.a.period }}."))
    editor.write("en/01-lagring.md", _section("Storage", "We store names for {{ retention.a.period }}."))
    editor.git("add", "-A")
    editor.git("commit", "-q", "--amend", "--no-edit")
    editor.git("switch", "-qc", "edit")
    return editor


def _review(editor, *options: str) -> str:
    done = editor.run("review", "--base", "main", "--today", "2026-11-22", *options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_branch_without_changes_has_no_version(reviewed):
    review = _review(reviewed)
    assert review.startswith("## No new version: readers see no difference\n")
    assert "Checklist" not in review
    assert "Changed words" not in review


def test_uncommitted_edits_and_all_commits_are_one_change(reviewed):
    reviewed.write("nb/01-lagring.md", _section("Lagring", "Vi lagrer navn og e-post."))
    reviewed.commit()
    reviewed.write("en/01-lagring.md", _section("Storage", "We store names and addresses."))
    reviewed.write("changes/a.yaml", _NOTE)
    review = _review(reviewed)
    assert review.startswith("## Version 1.1: minor\n\n- Minimum level: minor\n")
    assert review.count("## Version") == 1
    assert "- Published: 2026-11-22, if it is merged that day" in review
    assert "- Nobody is told; readers find it in the change log" in review


def test_a_level_below_the_facts_is_put_to_the_reviewers_with_its_reason(reviewed):
    reviewed.write("facts/retention.yaml", "- {id: a, what: {nb: Navn, en: Names}, period: P3Y}\n")
    reviewed.write("changes/a.yaml", _NOTE + "lower_reason: {nb: Lovpålagt, en: Required by law}\n")
    review = _review(reviewed)
    assert "- Minimum level: major\n  - retention.a.period grows from P2Y to P3Y\n" in review
    assert "- [ ] The reason for the lower level is true; it is published." in review
    assert "> Required by law" in review


def test_a_correction_of_both_versions_is_two_versions(reviewed):
    reviewed.git("switch", "-q", "main")
    reviewed.write("nb/01-lagring.md", _section("Lagring", "Vi lagrer mer."))
    reviewed.write("en/01-lagring.md", _section("Storage", "We store more."))
    reviewed.write(
        "changes/a.yaml",
        "level: major\neffective: 2026-12-30\ntitle: {nb: Mer, en: More}\nsummary: {nb: Mer, en: More}\n"
        "action: {nb: Les, en: Read}\n",
    )
    reviewed.commit()
    reviewed.git("switch", "-qC", "edit")
    for code, title in (("nb", "Kontakt"), ("en", "Contact")):
        reviewed.write(f"{code}/02-kontakt.md", _section(title, "{{ controller.email }}"))
    reviewed.write("changes/b.yaml", _NOTE + "also_in_force: true\n")
    review = _review(reviewed)
    assert [line for line in review.splitlines() if line.startswith("## V")] == [
        "## Version 1.1: minor",
        "## Version 2.1: minor",
    ]


def test_a_long_change_is_cut_between_lines_and_says_how_to_see_all(reviewed):
    words = {"nb": "ord «æøå» @alle ", "en": "words "}
    for code, title in (("nb", "Lagring"), ("en", "Storage")):
        paragraphs = (f"{number} {words[code] * 40}" for number in range(300))
        reviewed.write(f"{code}/01-lagring.md", _section(title, "\n\n".join(paragraphs)))
    reviewed.write("changes/a.yaml", f"level: minor\nsummary: {{nb: {'a ' * 20_000}, en: {'b ' * 20_000}}}\n")
    review = _review(reviewed)
    assert _LIMIT * 0.9 < len(review.encode()) < _LIMIT
    assert review.count("*The rest does not fit here; to see it, run: build.py diff main*") == 2
    assert "## nb" in review
    assert "## en" in review
    assert "- [ ] All languages say the same." in review
    assert all(line.count("**") % 2 == 0 for line in review.splitlines())


def test_it_is_written_to_a_file_in_the_language_of_the_reviewers(reviewed, tmp_path):
    assert _review(reviewed, "--out", str(tmp_path / "review.md"), "--lang", "nb") == ""
    assert (tmp_path / "review.md").read_text("utf-8").startswith("## Ingen ny versjon: Leserne ser ingen")
    done = reviewed.run("review", "--base", "main", "--out", str(tmp_path / "none" / "review.md"))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
