"""`notify coverage`: everybody of the list counts exactly once, joined with the website without addresses."""

import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.csv_source import CsvSource
from notifier.database import open_database
from notifier.freezing import freeze_campaign
from notifier.keys import LedgerKey, parse_key
from notifier.ledger_tables import DeliveryState, delivery_table
from notifier.letters import load_letter
from notifier.plan import _AnonymousSource
from tests.notifier.factories import ENTRY, create_campaign, write_letter
from tests.notifier.test_audiences import ONLY_MEMBERS, PEOPLE

KEY = "a key of ledger and website"
SHARED = json.loads((Path(__file__).parents[1] / "helpers" / "member_keys.json").read_text("utf-8"))
COLUMNS = ["user", "version", "entry", "channel", "shown", "acknowledged", "addressee"]
HOUR = "2026-11-23T07:00:00Z"


def name_user(address: str) -> str:
    """Return the website's own name for a member, which the ledger does not know."""
    return address.encode().hex().ljust(64, "0")[:64]


def make_row(address: str, channel="login", *, acknowledged=False, version="2.0", entry=ENTRY, key=KEY):
    member = parse_key(key).build_member_key(version, address)
    times = [None, HOUR] if acknowledged else [HOUR, None]
    return dict(zip(COLUMNS, [name_user(address), version, entry, channel, *times, member], strict=True))


def as_json(*rows: dict, schema: int = 3) -> str:
    return json.dumps({"schema": schema, "log": rows})


def as_csv(*rows: dict) -> str:
    head = list(rows[0])
    return "".join(
        ",".join(row[column] or "" for column in head) + "\n"
        for row in [{column: column for column in head}, *rows]
    )


class Joined:
    """A campaign with a ledger, and `coverage` of it."""

    def __init__(self, campaign) -> None:
        self.campaign = campaign

    def run(self, *exports: str, form: str = "text"):
        options = ["--letter", self.campaign.letter, "--format", form]
        for number, text in enumerate(exports):
            path = self.campaign.folder / f"export-{number}"
            path.write_text(text)
            options += ["--shown", path]
        return self.campaign.run("coverage", *options)

    def count(self, *exports: str) -> dict:
        ended = self.run(*exports, form="json")
        assert ended.code in (0, 1), ended.err
        assert re.findall("member|example.no|@", ended.out + ended.err) in ([], ["member"]), ended
        found = json.loads(ended.out)
        parts = ["acknowledged", "shown_at_login", "mailed", "returned"]
        total = sum(found[part] for part in parts)
        for part in ("not_concerned", "still_to_be_told"):
            total += found[part]["total"]
            assert found[part]["total"] == sum(found[part].values()) - found[part]["total"]
        assert total == found["people"]
        assert (ended.code == 0) == (
            not (found["returned"] or found["still_to_be_told"]["total"] or found["rejected_rows"])
        )
        return found


@pytest.fixture
def joined(tmp_path):
    campaign = create_campaign(tmp_path, 4, key=KEY)
    assert campaign.plan("--ledger", campaign.ledger).code == 0
    return Joined(campaign)


def set_states(campaign, **states: str) -> None:
    for member, state in states.items():
        number = int(member.removeprefix("member")) + 1
        campaign.execute(f"UPDATE klartekst_delivery SET state = '{state}' WHERE id = {number}")


@pytest.mark.parametrize("vector", SHARED["member_keys"])
def test_the_ledger_has_the_key_of_a_member_that_the_plugin_has(vector):
    key = parse_key(SHARED["key"])
    assert key.build_member_key(vector["version"], vector["address"]) == vector["member_key"]


def test_the_ledger_names_every_member_as_the_website_does(tmp_path, ledger, server):
    rows = "email,name\n Kari@Example.NO,Kari\nola@example.no,Ola\nkari@example.no,again\n"
    campaign = create_campaign(tmp_path, rows, **{"key": KEY, **ledger})
    assert campaign.send(server.url, 2).code == 0
    key = campaign.key or (tmp_path / "notify.db.key").read_text()
    export = as_csv(make_row("kari@example.no", key=key), make_row("ola@example.no", key=key))
    assert Joined(campaign).count(export)["shown_at_login"] == 2


def test_everybody_counts_once_by_the_best_way_in_which_they_were_told(joined):
    set_states(joined.campaign, member0="sent", member1="sent", member2="returned", member3="sent")
    export = as_json(
        make_row("member0@example.no"),
        make_row("member0@example.no", "alert", acknowledged=True),
        make_row("member1@example.no", "alert"),
        make_row("member3@example.no", version="1.0"),
    )
    assert joined.count(export) == {
        "schema": 1,
        "version": "2.0",
        "people": 4,
        "acknowledged": 1,
        "shown_at_login": 1,
        "mailed": 1,
        "returned": 1,
        "not_concerned": {"total": 0, "left_out": 0, "withdrawn": 0},
        "still_to_be_told": {
            "total": 0,
            "pending": 0,
            "in_doubt": 0,
            "refused": 0,
            "gave_up": 0,
            "undeliverable": 0,
        },
        "rejected_rows": 0,
        "without_key": 0,
        "website": {
            "files_sha256": [hashlib.sha256(export.encode()).hexdigest()],
            "not_in_list": 0,
            "accounts_gone": 0,
            "of_other_text": 0,
        },
    }
    assert joined.count()["mailed"] == 3
    assert joined.count()["website"] is None


def test_no_state_is_counted_twice_or_not_at_all(tmp_path):
    cases = list(product(DeliveryState, [None, False, True]))
    campaign = create_campaign(tmp_path, len(cases), key=KEY)
    campaign.plan("--ledger", campaign.ledger)
    set_states(campaign, **{f"member{number}": state for number, (state, _) in enumerate(cases)})
    rows = [
        make_row(f"member{number}@example.no", acknowledged=acknowledged)
        for number, (_, acknowledged) in enumerate(cases)
        if acknowledged is not None
    ]
    found = Joined(campaign).count(as_json(*rows))
    states = len(DeliveryState)
    assert (found["people"], found["acknowledged"], found["shown_at_login"]) == (3 * states, states, states)
    assert (found["mailed"], found["returned"], found["not_concerned"]["withdrawn"]) == (1, 1, 1)
    # Those who are claimed or at the dot are not told yet.
    assert found["still_to_be_told"] == {
        "total": 7,
        "pending": 3,
        "in_doubt": 1,
        "refused": 1,
        "gave_up": 1,
        "undeliverable": 1,
    }


def test_the_text_has_the_same_numbers_and_leaves_out_parts_that_are_zero(joined):
    set_states(joined.campaign, member0="sent", member1="withdrawn", member2="gave_up")
    ended = joined.run(as_json(make_row("member0@example.no", acknowledged=True)))
    assert (ended.code, ended.err) == (1, "")
    assert [re.split(r"\s{2,}", line.strip()) for line in ended.out.splitlines()] == [
        ["people of 2.0", "4"],
        ["acknowledged", "1"],
        ["shown at login", "0"],
        ["mailed", "0"],
        ["returned", "0"],
        ["not concerned", "1"],
        ["withdrawn", "1"],
        ["still to be told", "2"],
        ["pending", "1"],
        ["gave up", "1"],
        ["rejected rows", "0"],
    ]


def test_pages_of_an_export_and_repeated_files_count_everybody_once(joined):
    pages = [as_json(make_row(f"member{n}@example.no", acknowledged=n == 1)) for n in range(3)]
    found = joined.count(*pages, as_csv(make_row("member1@example.no")), pages[0])
    assert (found["acknowledged"], found["shown_at_login"]) == (1, 2)
    assert len(found["website"]["files_sha256"]) == 4


def test_those_who_are_left_out_are_not_concerned(tmp_path):
    campaign = create_campaign(tmp_path, PEOPLE, key=KEY)
    write_letter(campaign.letter, **ONLY_MEMBERS)
    campaign.plan("--ledger", campaign.ledger)
    # Carl is in two rows, and the first one says that the change does not concern him.
    found = Joined(campaign).count(as_json(*(make_row(f"{name}@example.no") for name in ("carl", "dina"))))
    assert found["people"] == 4
    assert found["not_concerned"] == {"total": 1, "left_out": 1, "withdrawn": 0}
    assert (found["shown_at_login"], found["website"]["not_in_list"]) == (1, 1)


def test_rejected_rows_are_counted_apart_and_are_not_told(tmp_path, server):
    campaign = create_campaign(tmp_path, "email\nkari@example.no\nno address\n", key=KEY)
    assert campaign.send(server.url, 1).code == 1
    ended = Joined(campaign).run()
    assert (ended.code, ended.out.splitlines()[-1].split()) == (1, ["rejected", "rows", "1"])
    assert Joined(campaign).count()["people"] == 1


def test_a_list_of_rejected_rows_has_nobody(tmp_path):
    campaign = create_campaign(tmp_path, "email\nno address\n", key=KEY)
    assert campaign.plan("--ledger", campaign.ledger).last_line == "--confirm 0"
    found = Joined(campaign).count()
    assert (found["people"], found["rejected_rows"]) == (0, 1)


def test_everybody_told_ends_with_0(joined, server):
    joined.campaign.send(server.url, 4)
    assert joined.run().code == 0


def test_members_of_the_export_who_cannot_be_joined_are_named_apart(joined):
    gone = make_row("gone@example.no") | {"addressee": None}
    other = make_row("member1@example.no", entry="ab" * 32)
    both = [make_row("member2@example.no"), make_row("member2@example.no", entry="cd" * 32)]
    new = make_row("new@example.no")
    ended = joined.run(as_json(gone, other, *both, new), form="json")
    assert json.loads(ended.out)["shown_at_login"] == 1
    assert json.loads(ended.out)["website"] | {"files_sha256": 0} == {
        "files_sha256": 0,
        "not_in_list": 1,
        "accounts_gone": 1,
        "of_other_text": 1,
    }
    assert ended.err.splitlines() == [
        "members in the export who are not in the list, or are left out: 1",
        "members in the export who have no account any more, and are not counted: 1",
        "members in the export who were shown another text of this version, and are not counted: 1",
    ]


def test_an_export_with_another_key_is_suspected(joined):
    ended = joined.run(as_json(make_row("member0@example.no", key="another")))
    assert ended.err == (
        "nobody in the export is in the list: is KLARTEKST_KEY in wp-config.php the key of this ledger?\n"
    )


@pytest.mark.parametrize("form", [as_csv, as_json])
def test_an_export_without_the_key_of_the_ledger_is_one_line(joined, form):
    row = make_row("member0@example.no")
    del row["addressee"]
    ended = joined.run(form(row, **({"schema": 2} if form is as_json else {})))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "define KLARTEKST_KEY in wp-config.php" in ended.err


@pytest.mark.parametrize("addressee", ["kari@example.no", "AB" * 32, 7, 0, False, []])
def test_an_export_with_something_else_in_place_of_the_hash_is_refused_unread(joined, addressee):
    ended = joined.run(as_json(make_row("member0@example.no") | {"addressee": addressee}))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "example.no" not in ended.err


def test_a_campaign_of_an_older_release_counts_by_mail_alone(joined):
    joined.campaign.execute("UPDATE klartekst_delivery SET member = NULL")
    ended = joined.run(as_json(make_row("member0@example.no")), form="json")
    assert json.loads(ended.out)["without_key"] == 4
    assert ended.err == (
        "people who were frozen by an older release, and count by mail alone since no export names them: 4. "
        "If nothing was sent yet, run notify unfreeze, and plan again\n"
    )
    assert joined.run().err == ""


def test_a_purged_campaign_cannot_be_joined(joined):
    joined.campaign.run("purge", "--letter", joined.campaign.letter, "--force")
    ended = joined.run()
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "nobody of its list can be recognised any more" in ended.err


def test_a_preview_names_nobody(joined, tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'preview.db'}", create=True)
    letter, source = load_letter(joined.campaign.letter), CsvSource(joined.campaign.addressees)
    with database.transaction() as connection:
        rows = _AnonymousSource(source).read_rows()
        freeze_campaign(connection, LedgerKey(b"k"), letter, rows, print)
        assert connection.execute(select(delivery_table.c.member).distinct()).scalars().all() == [None]
    database.close()


def test_an_unknown_campaign_is_wrong_input(joined, tmp_path):
    other = write_letter(tmp_path / "letters" / "3.0", "3.0")
    ended = joined.campaign.run("coverage", "--letter", other)
    assert (ended.code, "the ledger has no campaign of 3.0" in ended.err) == (2, True)
