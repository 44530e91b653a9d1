import pytest

from tests.notifier import servers
from tests.notifier.factories import create_campaign, write_addressees, write_letter
from tests.notifier.ledger_db import LedgerDb
from tests.notifier.smtp_server import SmtpServer


@pytest.fixture
def campaign(tmp_path):
    return create_campaign(tmp_path)


@pytest.fixture
def letter_files(tmp_path):
    """The letter of a campaign, and beside it the other files that commands read."""
    folder = tmp_path / "input"
    letter = write_letter(folder / "2.0")
    write_addressees(folder / "people.csv", 3)
    (folder / "mail.log").write_text("")
    return letter


@pytest.fixture
def server():
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql():
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb():
    with servers.mariadb() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request, tmp_path):
    """URL and key of a new ledger, in each kind of database."""
    if request.param == "sqlite":
        return {"ledger": f"sqlite:///{tmp_path / 'notify.db'}"}
    return {"ledger": request.getfixturevalue("postgresql").database(), "key": "k" * 32}


@pytest.fixture
def ledger_db(tmp_path):
    ledger_db = LedgerDb(tmp_path)
    yield ledger_db
    ledger_db.database.close()
