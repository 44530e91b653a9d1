"""A ledger with two campaigns and two runs, and access to its rows."""

from pathlib import Path

from sqlalchemy import select, update

from notifier.campaigns import read_clock
from notifier.csv_source import CsvSource
from notifier.database import open_database
from notifier.deliveries import Delivery, mark_sending
from notifier.due_deliveries import claim_deliveries
from notifier.freezing import freeze_campaign
from notifier.keys import LedgerKey
from notifier.ledger_session import LedgerSession
from notifier.ledger_tables import delivery_table, run_table
from notifier.letters import load_letter
from notifier.restore_guard import RestoreGuard
from notifier.runs import start_run
from tests.notifier.factories import create_campaign, write_addressees, write_letter

MEMBERS = 6


class LedgerDb:
    def __init__(self, folder: Path) -> None:
        rows = "email,language,name\n" + "".join(f"member{n}@example.no,nb,N{n}\n" for n in range(MEMBERS))
        campaign = create_campaign(folder, rows)
        few = write_addressees(folder / "few.csv", 2)
        self.database = open_database(campaign.ledger, create=True)
        self.letter = load_letter(campaign.letter)
        other = load_letter(write_letter(folder / "letters" / "3.0", "3.0"))
        self.campaign = self.do(
            freeze_campaign, LedgerKey(b"k"), self.letter, CsvSource(campaign.addressees).read_rows(), print
        )
        self.other = self.do(freeze_campaign, LedgerKey(b"k"), other, CsvSource(few).read_rows(), print)
        self.run = self.do(start_run, "here/1", 60)
        self.stranger = self.do(start_run, "there/2", 60)

    def do(self, step, *arguments):
        with self.database.transaction() as connection:
            return step(connection, *arguments)

    def claim(self, count: int = 1, run_id: int = 0) -> list[Delivery]:
        return self.do(claim_deliveries, run_id or self.run, self.campaign.id, count, None)

    def mark_sending(self, count: int = 1) -> list[Delivery]:
        deliveries = self.claim(count)
        ids = [delivery.id for delivery in deliveries]
        assert self.do(mark_sending, self.run, ids) == set(ids)
        return deliveries

    def row(self, number: int):
        return self.do(lambda c: c.execute(select(delivery_table).where(delivery_table.c.id == number)).one())

    def rows(self) -> list[tuple[int, str, int | None]]:
        columns = select(delivery_table.c.id, delivery_table.c.state, delivery_table.c.run)
        return self.do(lambda c: [tuple(row) for row in c.execute(columns.order_by(delivery_table.c.id))])

    def states(self) -> list[str]:
        return [state for _, state, _ in self.rows()]

    def alter(self, number: int, **values) -> None:
        self.do(
            lambda c: c.execute(update(delivery_table).where(delivery_table.c.id == number).values(values))
        )

    def run_row(self, run_id: int):
        return self.do(lambda c: c.execute(select(run_table).where(run_table.c.id == run_id)).one())

    def alter_run(self, run_id: int, **values) -> None:
        self.do(lambda c: c.execute(update(run_table).where(run_table.c.id == run_id).values(values)))

    def now(self) -> float:
        return self.do(read_clock)

    def open_session(self, lease: float = 60) -> LedgerSession:
        guard = RestoreGuard(self.database)
        return LedgerSession(self.database, guard, self.campaign.id, only_key=None, lease=lease)
