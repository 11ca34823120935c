import pytest

from tests.api.office import Office
from tests.support.world import a_line


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def enrolled(office):
    """A file of BRI's: two good rows, one without a phone, a repeated one, and a rejected one."""
    return office.run(
        [
            a_line(1),
            a_line(2),
            a_line(3, phone=""),
            a_line(1),
            a_line(4, nik="123"),
        ]
    )
