from collections.abc import Iterator

import pytest
from dynamodb_local import available, client, running
from race import Race


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    if not available():
        pytest.skip("DynamoDB Local is not installed (make dynamodb-local)")
    with running() as address:
        yield address


@pytest.fixture
def race(endpoint: str) -> Race:
    """Give tables of the test's own on the real engine, and everything else in memory."""
    return Race(client(endpoint, max_pool_connections=50))
