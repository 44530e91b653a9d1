import pytest

from tests.notifier import front_door, servers
from tests.notifier.sink import Sink


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
