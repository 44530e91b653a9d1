"""Everybody is told by default, and nobody is left out by mistake of a letter that is for some audiences."""

import json
import sqlite3

import pytest

from tests.notifier.cli import run_command
from tests.notifier.factories import create_campaign, write_letter

ONLY_MEMBERS = {
    "affects": ["members"],
    "tell": "affected",
    "audiences": ["members", "visitors", "subscribers"],
}
PEOPLE = """email,language,audience
anna@example.no,nb,members
berit@example.no,nb,visitors members
carl@example.no,nb,visitors
dina@example.no,nb,
ANNA@example.no,en,visitors
carl@example.no,nb,members
"""


@pytest.fixture
def narrowed(tmp_path, ledger):
    campaign = create_campaign(tmp_path, PEOPLE, **ledger)
    write_letter(campaign.letter, **ONLY_MEMBERS)
    return campaign


def test_only_those_affected_get_a_narrowed_letter_and_plan_says_who_does_not(narrowed, server):
    ended = narrowed.plan("--ledger", narrowed.ledger)
    assert ended.code == 0
    assert "concerns       only members\n  members      3\nleft out       1\n  (none)       1\n" in ended.out
    assert "duplicates     2\n" in ended.out
    assert narrowed.send(server.url, 3).code == 0
    mailed = sorted(recipient for recipient, _ in server.accepted)
    assert mailed == ["anna@example.no", "berit@example.no", "carl@example.no"]


def test_a_mailbox_is_told_once_whichever_row_comes_first(tmp_path, server):
    rows = PEOPLE.splitlines()
    campaign = create_campaign(tmp_path, "\n".join([rows[0], *reversed(rows[1:])]) + "\n")
    write_letter(campaign.letter, **ONLY_MEMBERS)
    assert campaign.send(server.url, 3).code == 0
    assert len({recipient.lower() for recipient, _ in server.accepted}) == len(server.accepted) == 3


def test_the_proof_states_who_was_left_out(narrowed, server):
    narrowed.send(server.url, 3)
    out = narrowed.folder / "proof"
    assert narrowed.run("proof", "--letter", narrowed.letter, "--out", out).code == 0
    assert json.loads((out / "proof.json").read_text())["audiences"] == {
        "tell": "affected",
        "affected": ["members"],
        "told": {"members": 3},
        "left_out": 1,
        "left_out_of": {"": 1},
    }


def test_people_in_two_audiences_count_in_both_and_get_one_letter(tmp_path, server):
    campaign = create_campaign(tmp_path, PEOPLE)
    write_letter(campaign.letter, **(ONLY_MEMBERS | {"affects": ["members", "visitors"]}))
    assert "  members      3\n  visitors     3\nleft out       1\n" in campaign.plan().out
    assert campaign.send(server.url, 3).code == 0
    assert len(server.accepted) == 3


def test_no_address_of_those_left_out_is_stored(narrowed):
    narrowed.plan("--ledger", narrowed.ledger)
    if narrowed.ledger.startswith("sqlite"):
        assert narrowed.execute("SELECT state, answer, count(*) FROM klartekst_delivery GROUP BY 1, 2") == [
            ("pending", None, 3)
        ]
        assert b"dina@" not in narrowed.database.read_bytes()


@pytest.mark.parametrize("record", [{"affects": ["members"]}, {"affects": ["members"], "tell": "everybody"}])
def test_everybody_is_told_of_a_change_that_only_informs(tmp_path, server, record):
    campaign = create_campaign(tmp_path, PEOPLE)
    write_letter(campaign.letter, **record)
    assert "concerns       members; everybody is told\n" in campaign.plan().out
    assert campaign.send(server.url, 4).code == 0
    assert len(server.accepted) == 4


def test_a_list_that_does_not_say_who_is_in_which_audience_is_refused(narrowed, server):
    narrowed.addressees.write_text("email\nanna@example.no\n")
    for ended in (narrowed.plan(), narrowed.plan("--ledger", narrowed.ledger), narrowed.send(server.url, 1)):
        assert (ended.code, "no column audience; the letter is only for members" in ended.err) == (2, True)


def test_a_mistyped_audience_leaves_nobody_out_silently(narrowed, server):
    narrowed.addressees.write_text(
        "email,audience\nanna@example.no,membrs\nberit@example.no,members staff\ncarl@example.no,members\n"
    )
    ended = narrowed.plan("--ledger", narrowed.ledger)
    assert (ended.code, ended.last_line) == (1, "--confirm 2")
    assert (
        "line 2: an audience that is not in facts/audiences.yaml; nothing is sent for this row" in ended.err
    )
    assert "membrs" not in ended.err
    assert narrowed.send(server.url, 2).code == 1


@pytest.mark.parametrize(
    "record",
    [
        {"affects": "members"},
        {"affects": [1]},
        {"tell": "affected"},
        {"tell": "some", "affects": ["members"]},
        {"lead_days": "30"},
        {"lead_days": True},
        {"audiences": {}},
    ],
)
def test_a_letter_with_wrong_audiences_is_damaged(campaign, record):
    write_letter(campaign.letter, **record)
    ended = campaign.plan()
    assert (ended.code, "not a letter.json of schema 2" in ended.err) == (2, True)


@pytest.fixture
def members(tmp_path):
    path = tmp_path / "members.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people (id, email, role)")
        rows = [
            (1, "anna@example.no", "member"),
            (2, "berit@example.no", None),
            (3, "carl@example.no", "guest"),
        ]
        connection.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def plan_from_database(campaign, url, query, conditions=None):
    (campaign.folder / "query.sql").write_text(query)
    options = ["--letter", campaign.letter, "--query", campaign.folder / "query.sql"]
    if conditions is not None:
        path = campaign.folder / "audiences.yaml"
        path.write_text(conditions)
        options += ["--audiences", path]
    return run_command("plan", *options, KLARTEKST_RECIPIENTS=url)


QUERY = "SELECT id, email, role FROM people"
CONDITIONS = """members: role = 'member'
visitors: "id IN (SELECT id FROM people WHERE role = 'guest')"
"""


def test_conditions_decide_who_is_in_an_audience(tmp_path, members):
    campaign = create_campaign(tmp_path)
    write_letter(campaign.letter, **ONLY_MEMBERS)
    out = plan_from_database(campaign, members, QUERY, CONDITIONS).out
    assert "  members      1\nleft out       2\n  (none)       1\n  visitors     1\n" in out


def test_a_query_may_return_the_audiences(tmp_path, members):
    campaign = create_campaign(tmp_path)
    write_letter(campaign.letter, **ONLY_MEMBERS)
    query = "SELECT email, CASE role WHEN 'member' THEN 'members visitors' END AS audience FROM people"
    assert "  members      1\nleft out       2\n" in plan_from_database(campaign, members, query).out


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (None, "pass --audiences FILE with an SQL condition for each"),
        ("visitors: role = 'guest'\n", "no condition for members, whom the letter is for"),
        ("members: role = role_of_nobody\n", "--recipients: the database"),
        ("[", "not YAML in UTF-8"),
        ("members\n", "must have an SQL condition for each audience"),
        ("{}\n", "must have an SQL condition for each audience"),
        ("members: ' '\n", "members: write an SQL condition as its value"),
        ("members: [a]\n", "members: write an SQL condition as its value"),
        ("[a]: x\n", "not YAML in UTF-8"),
        ("!!int '': x\n", "the name of an audience is its id"),
        ("a b: x\n", "the name of an audience is its id"),
    ],
)
def test_conditions_that_cannot_be_used_are_wrong_input(tmp_path, members, conditions, words):
    campaign = create_campaign(tmp_path)
    write_letter(campaign.letter, **ONLY_MEMBERS)
    ended = plan_from_database(campaign, members, QUERY, conditions)
    assert (ended.code, words in ended.err) == (2, True)


def test_conditions_are_for_databases_only(campaign, tmp_path):
    ended = campaign.plan("--audiences", tmp_path / "audiences.yaml")
    assert (ended.code, "a CSV file has a column audience" in ended.err) == (2, True)


def test_todays_list_is_compared_by_who_would_get_the_letter(narrowed):
    narrowed.plan("--ledger", narrowed.ledger)
    assert "today          the same people in the list\n" in narrowed.plan("--ledger", narrowed.ledger).out
    narrowed.addressees.write_text(PEOPLE + "eva@example.no,nb,members\nfrode@example.no,nb,visitors\n")
    out = narrowed.plan("--ledger", narrowed.ledger).out
    assert "today          1 more in the list, 0 no longer in it" in out
