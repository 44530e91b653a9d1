"""`undo`: a deleted note comes back, and an announced version is withdrawn by a draft."""

from __future__ import annotations

import pytest

MAJOR = (
    "level: major\neffective: 2027-01-10\nsummary: {nb: Nytt., en: New.}\n"
    "action: {nb: Ingenting., en: Nothing.}\n"
)
NB = "---\ntitle: Lagring\n---\n\n{{ controller.name }} lagrer navn og telefon.\n"
EN = "---\ntitle: Storage\n---\n\n{{ controller.name }} stores names and phones.\n"
BANK = "- {id: bank, name: Banken, country: NO}\n"


@pytest.fixture
def announced(editor):
    """Announce version 2.0, which has a new recipient, another text and other settings."""
    editor.write("nb/01-lagring.md", NB)
    editor.write("en/01-lagring.md", EN)
    editor.write("facts/recipients.yaml", BANK)
    editor.write("policy.yaml", editor.read("policy.yaml") + b"show_days: 30\n")
    editor.write("changes/bank.yaml", MAJOR)
    editor.commit()
    return editor


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("name", ["bank", "bank.yaml", "content/changes/bank.yaml"])
def test_a_deleted_note_is_restored_byte_by_byte(announced, name):
    note = announced.source / "content/changes/bank.yaml"
    note.unlink()
    assert "note-deleted" in announced.rules()
    assert announced.run("undo", name).stdout == "restored  content/changes/bank.yaml\n"
    assert note.read_text() == MAJOR
    assert "note-deleted" not in announced.rules()


def test_a_note_whose_deletion_is_committed_is_restored_in_its_newest_wording(announced):
    mended = MAJOR.replace("Nytt.", "Noe nytt.")
    announced.write("changes/bank.yaml", mended)
    announced.commit()
    (announced.source / "content/changes/bank.yaml").unlink()
    announced.commit()
    assert announced.run("undo", "bank").returncode == 0
    assert announced.read("changes/bank.yaml").decode() == mended


def test_a_withdrawal_restores_the_text_in_force_and_drafts_its_note(announced):
    done = announced.run("undo", "bank")
    assert done.stdout.splitlines() == [
        "restored  content/en/01-lagring.md",
        "restored  content/nb/01-lagring.md",
        "deleted   content/facts/recipients.yaml",
        "written  content/changes/2026-11-22-bank.yaml",
    ]
    assert announced.read("nb/01-lagring.md").decode() == NB.replace(" og telefon", "")
    assert b"show_days: 30" in announced.read("policy.yaml")
    assert announced.read("changes/bank.yaml").decode() == MAJOR
    note = announced.read("changes/2026-11-22-bank.yaml").decode()
    assert note.startswith('level: major\ntitle:\n  nb:\n  en:\neffective: 2026-11-22\nwithdraws: ["2.0"]\n')
    assert "summary:\n  nb:\n  en:\n" in note


def test_settings_that_the_text_needs_are_restored_too(editor):
    editor.write("policy.yaml", editor.read("policy.yaml").replace(b"Nordlys", b"Sydlys"))
    editor.write("changes/bank.yaml", MAJOR)
    editor.commit()
    assert "restored  content/policy.yaml\n" in editor.run("undo", "bank").stdout
    assert b"Nordlys" in editor.read("policy.yaml")


def test_every_version_that_waits_is_withdrawn(announced):
    announced.write("nb/01-lagring.md", NB.replace("telefon", "adresse"))
    announced.write("en/01-lagring.md", EN.replace("phones", "addresses"))
    announced.write("changes/adresse.yaml", MAJOR.replace("01-10", "02-10"))
    announced.commit()
    announced.run("undo", "adresse")
    assert b'withdraws: ["2.0", "3.0"]\n' in announced.read("changes/2026-11-22-adresse.yaml")


def test_a_version_in_force_is_not_withdrawn(announced):
    done = announced.run("undo", "bank", "--today", "2027-02-01")
    assert done.returncode == 2
    assert done.stderr.startswith("version 2.0 is not waiting to take effect, so it cannot be withdrawn; ")


def test_edits_that_are_not_committed_are_not_overwritten(announced):
    announced.write("nb/01-lagring.md", NB.replace("telefon", "adresse"))
    done = announced.run("undo", "bank")
    assert (done.returncode, done.stderr.split(";")[0]) == (2, "content/ has changes that are not committed")
    assert b"adresse" in announced.read("nb/01-lagring.md")


def test_a_note_that_is_not_committed_is_only_a_file(announced):
    announced.write("changes/ny.yaml", MAJOR)
    done = announced.run("undo", "ny")
    line = "content/changes/ny.yaml is not committed; to undo it, delete the file\n"
    assert (done.returncode, done.stderr) == (2, line)


def test_an_unknown_note_suggests_a_similar_one(announced):
    done = announced.run("undo", "banken")
    assert (done.returncode, done.stderr) == (2, "there is no note 'banken'; did you mean 'bank'?\n")


CORRECTION = "level: minor\nalso_in_force: true\nsummary: {nb: Rettet., en: Corrected.}\n"


@pytest.mark.long
def test_a_correction_of_the_version_in_force_stays_when_the_announced_one_is_withdrawn(announced):
    announced.write("nb/02-kontakt.md", "---\ntitle: Kontakt\n---\n\nRing oss.\n")
    announced.write("en/02-kontakt.md", "---\ntitle: Contact\n---\n\nCall us.\n")
    announced.write("changes/kontakt.yaml", CORRECTION)
    announced.commit()
    assert announced.run("undo", "bank").returncode == 0
    assert announced.read("nb/01-lagring.md").decode() == NB.replace(" og telefon", "")
    assert b"Ring oss." in announced.read("nb/02-kontakt.md")
    assert not (announced.source / "content/facts/recipients.yaml").exists()
    note = announced.read("changes/2026-11-22-bank.yaml").decode()
    texts = {"title": "Ikke", "summary": "Ikke", "action": "Ingenting"}
    for key, words in texts.items():
        note = note.replace(f"{key}:\n  nb:\n  en:\n", f"{key}: {{nb: {words}, en: {words} here}}\n")
    announced.write("changes/2026-11-22-bank.yaml", note)
    assert "error:" not in announced.run("check").stdout


def test_a_text_in_force_that_no_commit_has_is_not_guessed(editor):
    recipients = "- {id: post, name: Posten}\n"
    for code in ("nb", "en"):
        editor.write(f"{code}/01-lagring.md", f"---\ntitle: {code}\n---\n\n{{{{ table: recipients }}}}\n")
    editor.write("facts/recipients.yaml", recipients)
    editor.commit()
    editor.write("facts/recipients.yaml", recipients + BANK)
    editor.write("changes/bank.yaml", MAJOR)
    editor.commit()
    editor.write("facts/recipients.yaml", recipients.replace("Posten", "Posten Norge") + BANK)
    editor.write("changes/posten.yaml", CORRECTION + "lower_reason: {nb: Navn., en: Name.}\n")
    editor.commit()
    done = editor.run("undo", "bank")
    assert done.returncode == 2
    assert done.stderr.startswith("the text of version 1.2 is in no commit; write it again, run: ")
    assert editor.read("facts/recipients.yaml").decode().endswith(BANK)
