"""The letter of a campaign is frozen with its addressees; its folder may change afterwards without effect."""

import json
import shutil
import sqlite3

import pytest

from tests.notifier.factories import CampaignFiles, create_campaign, write_addressees, write_letter
from tests.notifier.smtp_server import SmtpServer


@pytest.fixture
def frozen(tmp_path, ledger):
    """A campaign whose letter and addressees are frozen, in each kind of database."""
    campaign = create_campaign(tmp_path, **ledger)
    assert campaign.plan("--ledger", campaign.ledger).code == 0
    return campaign


def alter_text(campaign):
    eml = campaign.letter / "nb.eml"
    eml.write_bytes(eml.read_bytes().replace(b"Din Bedrift", b"Noen andre"))


def alter_metadata(campaign, **changes):
    path = campaign.letter / "letter.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


ALTERATIONS = {
    "built again with another text": lambda campaign: write_letter(campaign.letter, text="more"),
    "built again in another language": lambda campaign: write_letter(campaign.letter, languages=("en",)),
    "a text altered": alter_text,
    "letter.json altered": lambda campaign: alter_metadata(campaign, level="minor"),
    "another version named": lambda campaign: alter_metadata(campaign, version="9.0"),
    "letter.json damaged": lambda campaign: (campaign.letter / "letter.json").write_text("{"),
    "a text deleted": lambda campaign: (campaign.letter / "nb.eml").unlink(),
    "deleted": lambda campaign: shutil.rmtree(campaign.letter),
}


@pytest.mark.cases_in_ci
@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_a_folder_altered_after_freezing_changes_no_message_and_is_reported(frozen, alteration, server):
    printed = (frozen.letter / "nb.eml").read_bytes()
    ALTERATIONS[alteration](frozen)
    sent = frozen.send(server.url, 3)
    assert sent.code == 0, sent
    assert sent.err.count("\n") == 1
    assert "the campaign of 2.0 was frozen with" in sent.err
    assert str(frozen.letter) in sent.err
    assert len(server.messages) == 3
    assert all(message.endswith(printed) for message in server.messages)
    planned = frozen.plan("--ledger", frozen.ledger)
    assert (planned.code, planned.last_line) == (0, "--confirm 3")
    assert planned.err == sent.err


def test_a_folder_built_again_with_the_same_bytes_is_not_reported(frozen, server):
    for path in frozen.letter.iterdir():
        path.write_bytes(path.read_bytes())
    sent = frozen.send(server.url, 3)
    assert (sent.code, sent.err) == (0, "")


def test_the_proof_has_the_letters_that_were_sent_also_after_a_purge(frozen, server):
    printed = {path.name: path.read_bytes() for path in frozen.letter.iterdir()}
    record = json.loads(printed["letter.json"])
    frozen.send(server.url, 3)
    shutil.rmtree(frozen.letter)
    assert frozen.run("purge", "--letter", frozen.letter).code == 0
    out = frozen.folder / "proof"
    ended = frozen.run("proof", "--letter", frozen.letter, "--out", out)
    assert ended.code == 0
    assert "is missing or damaged" in ended.err
    proof = json.loads((out / "proof.json").read_text())
    assert proof["sha256"] == record["sha256"]
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.name != "proof.json"} == printed


def test_a_proof_beside_the_letter_leaves_it_as_it_is(campaign, server):
    campaign.send(server.url, 3)
    beside = ["proof", "--letter", campaign.letter, "--out", campaign.letter]
    assert campaign.run(*beside).code == 0
    write_letter(campaign.letter, text="more")
    printed = (campaign.letter / "nb.eml").read_bytes()
    ended = campaign.run(*beside)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "choose another folder for --out" in ended.err
    assert (campaign.letter / "nb.eml").read_bytes() == printed


def test_a_letter_that_is_missing_before_freezing_is_refused(campaign, server):
    shutil.rmtree(campaign.letter)
    status = campaign.run("status", "--letter", campaign.letter)
    for ended in (status, campaign.send(server.url, 3), campaign.plan()):
        assert ended.code == 2
        assert ended.err.count("\n") == 1
    assert server.connections == 0


def test_a_letter_may_only_have_files_of_languages(campaign, server):
    """The proof writes files of these names."""
    outside = campaign.letter.parent / "outside"
    alter_metadata(campaign, languages=["../outside"], sha256={"../outside": "0" * 64})
    ended = campaign.send(server.url, 3)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert not outside.exists()


def test_a_damaged_letter_in_the_ledger_is_not_sent(campaign, server):
    campaign.plan("--ledger", campaign.ledger)
    longer = "cast(content || x'00' as blob)"
    campaign.execute(f"update klartekst_letter set content = {longer} where file = 'nb.eml'")
    ended = campaign.send(server.url, 3)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "in the ledger is damaged" in ended.err
    assert server.connections == 0


def make_schema_2(campaign):
    """Make the ledger one of the release before letters were stored."""
    campaign.execute("drop table klartekst_letter")
    for table, column in (
        ("campaign", "source"),
        ("campaign", "decisions"),
        ("campaign", "audiences"),
        ("delivery", "member"),
    ):
        campaign.execute(f"alter table klartekst_{table} drop column {column}")
    campaign.execute("update klartekst_meta set value = '2' where name = 'schema'")


def test_a_ledger_of_schema_2_gets_the_letter_of_the_folder_if_it_is_the_same(campaign, server):
    campaign.plan("--ledger", campaign.ledger)
    make_schema_2(campaign)
    assert campaign.send(server.url, 3, "--limit", 1).code == 0
    assert campaign.execute("select value from klartekst_meta where name = 'schema'") == [("4",)]
    assert campaign.execute("select file from klartekst_letter order by file") == [
        ("en.eml",),
        ("letter.json",),
        ("nb.eml",),
    ]
    write_letter(campaign.letter, text="more")
    assert campaign.send(server.url, 3).code == 0
    assert len(server.messages) == 3
    assert not any(b"more" in message for message in server.messages)


def test_a_ledger_of_schema_2_refuses_a_letter_that_has_changed(campaign, server):
    campaign.plan("--ledger", campaign.ledger)
    make_schema_2(campaign)
    write_letter(campaign.letter, text="more")
    ended = campaign.send(server.url, 3)
    assert ended.code == 2
    assert ended.err == (
        "the letter of 2.0 has changed since its campaign began; publish a changed letter as a new version\n"
    )
    assert server.connections == 0


def test_of_two_that_freeze_at_once_with_different_letters_the_first_decides(campaign, server, monkeypatch):
    printed = (campaign.letter / "nb.eml").read_bytes()
    other = CampaignFiles(
        campaign.folder,
        write_letter(campaign.folder / "again" / "2.0", text="more"),
        write_addressees(campaign.folder / "more.csv", 3),
        campaign.ledger,
    )
    monkeypatch.setattr("notifier.plan.find_campaign", lambda *_: None)  # neither has seen the other's yet
    campaign.plan("--ledger", campaign.ledger)
    ended = other.send(server.url, 3)
    assert ended.code == 0
    assert "was frozen with" in ended.err
    assert all(message.endswith(printed) for message in server.messages)


def test_a_restored_ledger_resumes_with_its_own_letter(tmp_path):
    campaign = create_campaign(tmp_path, 6)
    with SmtpServer() as server:
        campaign.send(server.url, 6, "--limit", 2)
        with sqlite3.connect(campaign.database) as source, sqlite3.connect(tmp_path / "copy.db") as copy:
            source.backup(copy)
        campaign.send(server.url, 6, "--limit", 2)
        shutil.copy(tmp_path / "copy.db", campaign.database)
        write_letter(campaign.letter, text="more")
        assert campaign.send(server.url, 6).code == 2
        (tmp_path / "empty.log").write_text("")
        assert campaign.run("reconcile", "--maillog", tmp_path / "empty.log").code == 3
        assert campaign.send(server.url, 6, "--in-doubt", "resend").code == 0
        assert not any(b"more" in message for message in server.messages)


def test_no_letter_is_sent_any_more_from_which_words_were_removed(tmp_path, ledger, server):
    campaign = create_campaign(tmp_path, **ledger)
    write_letter(campaign.letter, text="Kari Nordmann")
    assert campaign.send(server.url, 3, "--limit", 1).code == 0
    write_letter(campaign.letter, text="", redactions=1)
    ended = campaign.send(server.url, 3)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "words were removed from the letter of 2.0" in ended.err
    assert len(server.messages) == 1


@pytest.mark.parametrize("is_purged_before", [True, False])
def test_words_removed_from_a_letter_are_in_no_proof_and_not_in_the_ledger_after_a_purge(
    campaign, server, is_purged_before
):
    write_letter(campaign.letter, text="Kari Nordmann", redactions=1)
    digests = json.loads((campaign.letter / "letter.json").read_text())["sha256"]
    campaign.send(server.url, 3)
    if is_purged_before:
        assert campaign.run("purge", "--letter", campaign.letter).code == 0
    assert b"Kari Nordmann" in campaign.database.read_bytes()
    write_letter(campaign.letter, text="", redactions=2)
    for name in ("before", "after"):
        out = campaign.folder / name
        ended = campaign.run("proof", "--letter", campaign.letter, "--out", out)
        assert (ended.code, ended.err.count("\n")) == (0, 1)
        assert [path.name for path in out.iterdir()] == ["proof.json"]
        assert json.loads((out / "proof.json").read_text())["sha256"] == digests
        assert campaign.run("purge", "--letter", campaign.letter).code == 0
    for path in campaign.folder.glob("notify.db*"):
        assert b"Kari Nordmann" not in path.read_bytes()
