import pytest

from tests.support.world import World, a_line


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def line():
    return a_line
