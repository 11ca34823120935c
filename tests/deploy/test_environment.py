"""Each function is given the settings that it reads, and no others."""

import pytest

from chalicelib.settings import Chunks, Group
from tests.deploy.call_recorder import FUNCTIONS, Recorded

pytestmark = pytest.mark.slow

KNOWN = {name for group in Group.__subclasses__() for name in group.model_fields}
FOR_PEOPLE = {"stage"}
"""Settings that only logs and answers show."""


FOR_TESTS = set(Chunks.model_fields)
"""Settings that the template never sets: deployed code always uses the default."""


def test_settings_that_the_template_gives_are_known(recorded: Recorded) -> None:
    for function in FUNCTIONS:
        assert recorded.environment(function) <= KNOWN, function


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_what_it_reads(recorded: Recorded, function: str) -> None:
    read = recorded.listener.read.get(function, set()) - FOR_TESTS
    assert sorted(read - recorded.environment(function)) == []


def test_no_function_is_given_what_is_for_tests(recorded: Recorded) -> None:
    assert set().union(*(recorded.environment(each) for each in FUNCTIONS)) & FOR_TESTS == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_nothing_else(recorded: Recorded, function: str) -> None:
    read = recorded.listener.read.get(function, set())
    assert sorted(recorded.environment(function) - read - FOR_PEOPLE) == []
