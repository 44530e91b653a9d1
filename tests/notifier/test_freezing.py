"""How a list becomes deliveries: each mailbox once, in the order of the list, whatever builds the indexes."""

import pytest
from sqlalchemy import inspect, select

from notifier.csv_source import CsvSource
from notifier.database import open_database
from notifier.freezing import freeze_campaign
from notifier.keys import LedgerKey
from notifier.ledger_tables import delivery_table
from notifier.letters import load_letter
from tests.notifier.factories import create_campaign, write_letter

INDEXES = {"klartekst_delivery_held", "klartekst_delivery_key", "klartekst_delivery_pending"}
LIST = "email,name\nB@x.no,1\na@x.no,2\nb@X.no,3\nc@x.no,4\n@\nA@x.no,5\nb@x.no,6\n"
OTHER_LIST = "email,name\nd@x.no,1\na@x.no,2\nD@x.no,3\n"


@pytest.fixture
def database(ledger):
    database = open_database(ledger["ledger"], create=True)
    yield database
    database.close()


def freeze(database, folder, people, version="2.0"):
    folder.mkdir(exist_ok=True)
    campaign = create_campaign(folder, people)
    letter = load_letter(write_letter(folder / version, version))
    rows = CsvSource(campaign.addressees).read_rows()
    with database.transaction() as connection:
        return freeze_campaign(connection, LedgerKey(b"k"), letter, rows, lambda _: None)


def list_addresses(database, campaign):
    columns = select(delivery_table.c.address).where(delivery_table.c.campaign == campaign.id)
    with database.transaction() as connection:
        return list(connection.execute(columns.order_by(delivery_table.c.id)).scalars())


def list_indexes(database):
    with database.transaction() as connection:
        return {
            index["name"]
            for index in inspect(connection).get_indexes(delivery_table.name)
            if index["name"] != "klartekst_delivery_key" or index["unique"]
        }


def test_each_mailbox_is_frozen_once_as_it_is_first_spelled(database, tmp_path):
    campaign = freeze(database, tmp_path / "first", LIST)
    assert list_addresses(database, campaign) == ["B@x.no", "a@x.no", "c@x.no"]
    assert (campaign.total, campaign.duplicate_count, campaign.rejected_count) == (3, 3, 1)
    assert list_indexes(database) == INDEXES


def test_the_next_campaign_of_a_ledger_is_frozen_beside_the_first(database, tmp_path):
    first = freeze(database, tmp_path / "first", LIST)
    next_one = freeze(database, tmp_path / "next", OTHER_LIST, "3.0")
    assert list_addresses(database, next_one) == ["d@x.no", "a@x.no"]
    assert (next_one.total, next_one.duplicate_count) == (2, 1)
    assert list_addresses(database, first) == ["B@x.no", "a@x.no", "c@x.no"]


def test_a_freezing_that_fails_leaves_the_indexes(database, tmp_path):
    letter = load_letter(write_letter(tmp_path / "2.0"))

    def read_rows():
        yield from CsvSource(create_campaign(tmp_path, LIST).addressees).read_rows()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        freeze_campaign(connection, LedgerKey(b"k"), letter, read_rows(), lambda _: None)
    assert list_indexes(database) == INDEXES
    assert freeze(database, tmp_path / "again", LIST).total == 3


def test_a_ledger_of_an_older_release_keeps_its_constraint(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'notify.db'}", create=True)
    with database.transaction() as connection:
        [(table,)] = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'klartekst_delivery'"
        )
        connection.exec_driver_sql("DROP TABLE klartekst_delivery")
        connection.exec_driver_sql(f"{table.rstrip().removesuffix(')')}, UNIQUE (campaign, key))")
        for index in delivery_table.indexes:
            if not index.unique:
                index.create(connection)
    campaign = freeze(database, tmp_path / "first", LIST)
    assert list_addresses(database, campaign) == ["B@x.no", "a@x.no", "c@x.no"]
    assert campaign.duplicate_count == 3
    assert list_indexes(database) == INDEXES - {"klartekst_delivery_key"}
    database.close()
