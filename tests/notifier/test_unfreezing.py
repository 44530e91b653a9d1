"""What was frozen, from what, how it differs from today, and how a wrong list is frozen again."""

import json

import pytest

from notifier.plan import count_differences
from tests.notifier.cli import run_command
from tests.notifier.factories import create_campaign, write_addressees, write_letter


def test_plan_says_where_and_when_the_list_was_frozen(campaign):
    lines = campaign.plan("--ledger", campaign.ledger).out.splitlines()
    frozen = next(line for line in lines if line.startswith("frozen"))
    assert frozen.endswith(f"+00:00 from {campaign.addressees} (3 rows)")
    assert not any(line.startswith("today") for line in lines)


@pytest.fixture
def list_frozen(campaign):
    campaign.plan("--ledger", campaign.ledger)
    return campaign


def find_today(campaign) -> str:
    ended = campaign.plan("--ledger", campaign.ledger)
    assert ended.code == 0
    return next(line for line in ended.out.splitlines() if line.startswith("today"))


def test_plan_says_how_todays_list_differs_from_the_frozen_one(list_frozen):
    assert find_today(list_frozen) == "today          the same people in the list"
    list_frozen.addressees.write_text("email\nMEMBER1@example.no\nnew@example.no\nnew@example.no\n")
    assert find_today(list_frozen) == (
        "today          1 more in the list, 2 no longer in it; notify unfreeze lets plan freeze it again"
    )


def test_plan_knows_little_of_a_list_that_an_older_release_froze(list_frozen):
    list_frozen.execute("UPDATE klartekst_campaign SET source = NULL")
    lines = list_frozen.plan("--ledger", list_frozen.ledger).out.splitlines()
    assert next(line for line in lines if line.startswith("frozen")).endswith("+00:00")


def test_a_closed_list_is_not_compared(list_frozen):
    list_frozen.run("purge", "--letter", list_frozen.letter, "--force")
    assert "today" not in list_frozen.plan("--ledger", list_frozen.ledger).out


def test_a_list_that_was_deleted_matters_to_nobody(list_frozen, server):
    list_frozen.addressees.unlink()
    assert "the list cannot be compared: --recipients: the file cannot be read" in find_today(list_frozen)
    assert list_frozen.send(server.url, 3).code == 0


def test_a_wrong_list_is_frozen_again(tmp_path, ledger, server):
    campaign = create_campaign(tmp_path, **ledger)
    campaign.plan("--ledger", campaign.ledger)
    write_addressees(campaign.addressees, 5)
    write_letter(campaign.letter, text="corrected")
    assert campaign.plan("--ledger", campaign.ledger).last_line == "--confirm 3"
    ended = campaign.run("unfreeze", "--letter", campaign.letter)
    assert (ended.code, ended.out) == (0, "2.0: the list of 3 addressees is no longer frozen\n")
    assert json.loads(campaign.run("status", "--format", "json").out)["campaigns"] == []
    assert campaign.plan("--ledger", campaign.ledger).last_line == "--confirm 5"
    assert campaign.send(server.url, 5).code == 0
    assert len(server.accepted) == 5
    assert all(b"corrected" in message for _, message in server.accepted)
    out = tmp_path / "proof"
    assert campaign.run("proof", "--letter", campaign.letter, "--out", out).code == 0
    (decision,) = json.loads((out / "proof.json").read_text())["decisions"]
    assert (decision["decision"], decision["addressees"]) == ("unfrozen", 3)


def test_a_campaign_is_unfrozen_as_often_as_need_be(list_frozen):
    for _ in range(2):
        assert list_frozen.run("unfreeze", "--letter", list_frozen.letter).code == 0
        ended = list_frozen.run("unfreeze", "--letter", list_frozen.letter)
        assert (ended.code, "the ledger has no campaign of 2.0" in ended.err) == (2, True)
        assert list_frozen.plan("--ledger", list_frozen.ledger).code == 0
    ids = list_frozen.execute("SELECT id FROM klartekst_campaign WHERE version = '2.0'")
    assert ids == [(3,)]  # never that of a campaign that a suspended run may still have


@pytest.mark.parametrize("state", ["sending", "sent", "in_doubt", "returned"])
def test_a_letter_that_somebody_may_have_stays_frozen(list_frozen, state):
    list_frozen.execute(f"UPDATE klartekst_delivery SET state = '{state}' WHERE id = 2")
    ended = list_frozen.run("unfreeze", "--letter", list_frozen.letter)
    assert (ended.code, "letters of 2.0 have been sent" in ended.err) == (2, True)
    assert list_frozen.execute("SELECT count(*) FROM klartekst_delivery") == [(3,)]


@pytest.mark.parametrize("state", ["pending", "refused", "gave_up", "undeliverable", "withdrawn"])
def test_a_letter_that_nobody_got_is_unfrozen(list_frozen, state):
    list_frozen.execute(f"UPDATE klartekst_delivery SET state = '{state}' WHERE id = 2")
    assert list_frozen.run("unfreeze", "--letter", list_frozen.letter).code == 0
    assert list_frozen.execute("SELECT count(*) FROM klartekst_delivery") == [(0,)]
    assert list_frozen.execute("SELECT count(*) FROM klartekst_letter") == [(0,)]


def test_nothing_is_unfrozen_under_a_run(list_frozen):
    list_frozen.execute(
        "INSERT INTO klartekst_run (process, lease, renewed, commits)"
        " VALUES ('elsewhere/1/2/3', 1e9, (julianday('now') - 2440587.5) * 86400, 0)"
    )
    ended = list_frozen.run("unfreeze", "--letter", list_frozen.letter)
    assert (ended.code, "a run is sending from this ledger" in ended.err) == (75, True)


def test_a_closed_campaign_stays_closed(list_frozen):
    assert list_frozen.run("purge", "--letter", list_frozen.letter, "--force").code == 0
    ended = list_frozen.run("unfreeze", "--letter", list_frozen.letter)
    assert (ended.code, ended.err) == (2, "the campaign of 2.0 is closed\n")


def test_addresses_of_an_unfrozen_list_are_in_no_file(list_frozen):
    assert list_frozen.run("unfreeze", "--letter", list_frozen.letter).code == 0
    folder = list_frozen.database.parent
    assert all(b"member1@" not in path.read_bytes() for path in folder.glob("notify.db*"))


def test_unfreeze_needs_a_ledger(tmp_path, letter_files):
    ended = run_command("unfreeze", "--ledger", f"sqlite:///{tmp_path / 'none.db'}", "--letter", letter_files)
    assert (ended.code, "there is no ledger" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("", "", (0, 0)),
        ("abc", "", (3, 0)),
        ("", "ab", (0, 2)),
        ("ac", "abc", (0, 1)),
        ("bcd", "acx", (2, 2)),
    ],
)
def test_sorted_values_are_compared_in_one_pass(first, second, expected):
    assert count_differences(first, second) == expected
