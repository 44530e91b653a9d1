import pytest

from notifier import ledger as steps
from tests.notifier import front_door, servers
from tests.notifier.book import Book
from tests.notifier.sink import Sink


@pytest.fixture(autouse=True)
def _every_test_makes_its_statements():
    """What is made once is made once a test, so that each test feels a mutation of it."""
    steps._made_once.cache_clear()


@pytest.fixture
def campaign(tmp_path):
    return front_door.campaign(tmp_path)


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


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
    """The URL of an empty ledger and its key, on both databases."""
    if request.param == "sqlite":
        return {"ledger": f"sqlite:///{tmp_path / 'notify.db'}"}
    return {"ledger": request.getfixturevalue("postgresql").database(), "key": "k" * 32}


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path)
    yield book
    book.vault.close()
