"""`notify lookup`: was this person told? The address is neither stored nor printed."""

import subprocess
from email import message_from_bytes

import pytest

from tests.notifier.cli import ENTRY as COMMAND
from tests.notifier.cli import run_command
from tests.notifier.factories import create_campaign, write_letter
from tests.notifier.test_audiences import ONLY_MEMBERS, PEOPLE
from tests.notifier.test_coverage import KEY, as_csv, as_json, make_row, set_states

ROWS = "email,language\n Kari.Nordmann@Example.no,nb\nbøyle@bærum.example,nb\n"


@pytest.fixture
def campaign(tmp_path, server):
    campaign = create_campaign(tmp_path, ROWS, key=KEY)
    server.extensions = (*server.extensions, "SMTPUTF8")
    assert campaign.send(server.url, 2).code == 0
    return campaign


def look_up(campaign, typed: str | bytes, *exports: str, letter=None):
    options = ["--ledger", campaign.ledger, "--letter", letter or campaign.letter]
    for number, text in enumerate(exports):
        path = campaign.folder / f"export-{number}"
        path.write_text(text)
        options += ["--shown", path]
    ended = run_command("lookup", *options, typed=typed, **campaign.environment)
    assert "@e" not in ended.out.lower().replace("@dinbedrift.example", "") + ended.err.lower()
    return ended


@pytest.mark.parametrize("typed", ["kari.nordmann@example.no", "  KARI.NORDMANN@EXAMPLE.NO \r\n"])
def test_somebody_whose_letter_was_accepted_was_told(campaign, server, typed):
    ended = look_up(campaign, typed)
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[0].startswith("letter of 2.0: the relay accepted it (20")
    [identifier] = [
        message_from_bytes(octets)["Message-ID"]
        for recipient, octets in server.accepted
        if "nordmann" in recipient.lower()
    ]
    assert lines[1:] == [f"Message-ID: {identifier}", "told: yes"]


def test_other_spellings_of_a_mailbox_are_the_same_person(campaign):
    assert look_up(campaign, "BØYLE@xn--brum-voa.example").code == 0


def test_a_stranger_was_not_told(campaign):
    ended = look_up(campaign, "stranger@example.no")
    assert (ended.code, ended.out) == (1, "letter of 2.0: not in the list\ntold: no\n")


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ("pending", 1, "not sent yet"),
        ("claimed", 1, "not sent yet"),
        ("sending", 1, "not sent yet"),
        ("refused", 1, "refused by the relay"),
        ("gave_up", 1, "given up"),
        ("undeliverable", 1, "no server accepts such an address"),
        ("withdrawn", 1, "no member any more"),
        ("returned", 1, "did not reach the mailbox (20"),
        ("in_doubt", 3, "the relay may have accepted it (20"),
    ],
)
def test_every_state_is_said_in_words(campaign, state, code, words):
    set_states(campaign, member0=state)
    ended = look_up(campaign, "kari.nordmann@example.no")
    assert (ended.code, words in ended.out) == (code, True)
    assert ended.out.endswith({1: "told: no\n", 3: "told: perhaps\n"}[code])


def test_the_website_may_have_told_somebody_whom_no_letter_reached(campaign):
    set_states(campaign, member0="returned")
    shown = make_row("kari.nordmann@example.no", "alert")
    export = as_json(
        shown,
        shown | {"shown": "2026-11-25T07:00:00Z"},
        make_row("kari.nordmann@example.no", acknowledged=True),
        make_row("somebody@example.no"),
        make_row("kari.nordmann@example.no", version="1.0"),
        make_row("kari.nordmann@example.no", entry="ab" * 32, acknowledged=True),
    )
    ended = look_up(campaign, "kari.nordmann@example.no", export, as_csv(shown))
    assert (ended.code, ended.out.splitlines()[2:]) == (
        0,
        [
            "website: shown (alert) 2026-11-23T07:00:00+00:00",
            "website: shown (login) 2026-11-23T07:00:00+00:00",
            "website: acknowledged (login) 2026-11-23T07:00:00+00:00",
            "told: yes",
        ],
    )


def test_the_website_may_have_told_somebody_who_is_not_in_the_list(campaign):
    ended = look_up(campaign, "new@example.no", as_json(make_row("New@example.no")))
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "told: yes")


def test_an_export_without_the_key_is_one_line(campaign):
    row = make_row("kari.nordmann@example.no")
    del row["addressee"]
    ended = look_up(campaign, "kari.nordmann@example.no", as_csv(row))
    assert (ended.code, ended.out, "define KLARTEKST_KEY" in ended.err) == (2, "", True)


def test_somebody_who_was_left_out_is_not_in_the_list(tmp_path, server):
    campaign = create_campaign(tmp_path, PEOPLE)
    write_letter(campaign.letter, **ONLY_MEMBERS)
    campaign.send(server.url, 3)
    ended = look_up(campaign, "dina@example.no")
    assert (ended.code, ended.out.splitlines()[0]) == (1, "letter of 2.0: not in the list, or left out")


def test_after_a_purge_nobody_can_be_looked_up(campaign):
    campaign.run("purge", "--letter", campaign.letter)
    ended = look_up(campaign, "kari.nordmann@example.no")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "is purged: nobody of its list can be recognised any more" in ended.err


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "\n",
        "kari",
        "kari@example.no,ola@example.no",
        "kari@example.no\nola@example.no\n",
        "kari\x00@example.no",
        b"k\xe6ri@example.no",
        "k" * 2000 + "@example.no",
    ],
)
def test_anything_but_one_address_is_one_line_that_repeats_nothing(campaign, typed):
    ended = look_up(campaign, typed)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith("standard input: ")
    assert "kari" not in ended.err


def test_without_standard_input_it_is_one_line(campaign):
    words = " ".join([*COMMAND, "lookup", "--ledger", campaign.ledger, "--letter", str(campaign.letter)])
    done = subprocess.run(["sh", "-c", f"exec {words} <&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
