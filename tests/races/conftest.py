from collections.abc import Iterator

import pytest

from tests.races.race import Race
from tests.support.dynamodb_local import available, client, running


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    if not available():
        pytest.skip("DynamoDB Local is not installed (make dynamodb-local)")
    with running() as address:
        yield address


@pytest.fixture
def race(endpoint: str) -> Race:
    """Give the test its own tables on the real engine, and everything else in memory."""
    return Race(client(endpoint, max_pool_connections=50))
