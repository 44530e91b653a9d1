import pytest

from tests.notifier import front_door
from tests.notifier.sink import Sink


@pytest.fixture
def campaign(tmp_path):
    return front_door.campaign(tmp_path)


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink
