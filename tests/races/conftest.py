import pytest

from tests.races.race import Race
from tests.support.dynamodb_local import client


@pytest.fixture
def race(dynamodb_local_endpoint: str) -> Race:
    """Give the test its own tables on the real engine, and everything else in memory."""
    return Race(client(dynamodb_local_endpoint, max_pool_connections=50))
