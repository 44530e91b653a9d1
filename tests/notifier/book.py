"""A ledger opened at its pages: one campaign of six and another of two, two runs, rows to look at."""

from pathlib import Path

from sqlalchemy import select, update

from notifier import ledger as steps
from notifier import letterbox, register
from notifier.addressees import CsvFile
from notifier.desk import Desk, Scope
from notifier.keys import Key
from notifier.ledger import Post
from notifier.seal import Seal
from notifier.tables import post, run
from notifier.vault import open_vault
from tests.notifier import front_door

MEMBERS = 6


class Book:
    def __init__(self, folder: Path) -> None:
        people = "email,language,name\n" + "".join(f"member{n}@example.no,nb,N{n}\n" for n in range(MEMBERS))
        campaign = front_door.campaign(folder, people)
        few = front_door.write_people(folder / "few.csv", 2)
        self.vault = open_vault(campaign.ledger, create=True)
        self.letter = letterbox.read(campaign.letter)
        other = letterbox.read(front_door.print_letter(folder / "letters" / "3.0", "3.0"))
        self.campaign = self.do(
            register.freeze, Key(b"k"), self.letter, CsvFile(campaign.people).people(), print
        )
        self.other = self.do(register.freeze, Key(b"k"), other, CsvFile(few).people(), print)
        self.run = self.do(steps.begin, "here/1", 60)
        self.stranger = self.do(steps.begin, "there/2", 60)

    def do(self, step, *arguments):
        with self.vault.transaction() as connection:
            return step(connection, *arguments)

    def claimed(self, count: int = 1, run_id: int = 0) -> list[Post]:
        return self.do(steps.claim, run_id or self.run, self.campaign.id, count, None)

    def handed(self, count: int = 1) -> list[Post]:
        posts = self.claimed(count)
        assert self.do(steps.hand, self.run, [one.id for one in posts]) == {one.id for one in posts}
        return posts

    def row(self, number: int):
        return self.do(lambda c: c.execute(select(post).where(post.c.id == number)).one())

    def rows(self) -> list[tuple[int, str, int | None]]:
        return self.do(
            lambda c: [
                tuple(r) for r in c.execute(select(post.c.id, post.c.state, post.c.run).order_by(post.c.id))
            ]
        )

    def states(self) -> list[str]:
        return [state for _, state, _ in self.rows()]

    def alter(self, number: int, **values) -> None:
        self.do(lambda c: c.execute(update(post).where(post.c.id == number).values(values)))

    def run_row(self, run_id: int):
        return self.do(lambda c: c.execute(select(run).where(run.c.id == run_id)).one())

    def alter_run(self, run_id: int, **values) -> None:
        self.do(lambda c: c.execute(update(run).where(run.c.id == run_id).values(values)))

    def now(self) -> float:
        return self.do(register.now)

    def desk(self, lease: float = 60) -> Desk:
        return Desk(self.vault, Seal(self.vault), Scope(self.campaign.id, None, lease))
