"""Each function is given the settings that it reads, and no others."""

import pytest
from listening import FUNCTIONS, Heard

from chalicelib.settings import Settings

pytestmark = pytest.mark.slow

FOR_PEOPLE = {"stage"}
"""What only logs and answers show."""


NEEDED_BY = {"keep_days": {"intake", "enroll"}, "sms_sender_id": {"notify"}}
"""Settings that others read, too, but do not use.

The tables' adapters take how long things are kept, and only these store what may expire; the
carrier's takes the sender, and only this one sends.
"""


def test_settings_that_the_template_gives_are_known(heard: Heard) -> None:
    for function in FUNCTIONS:
        assert heard.environment(function) <= set(Settings.model_fields), function


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_what_it_reads(heard: Heard, function: str) -> None:
    # What no function is given has one value everywhere, its default.
    given_to_some = set().union(*(heard.environment(each) for each in FUNCTIONS))
    read = {
        name
        for name in heard.listener.read.get(function, set())
        if function in NEEDED_BY.get(name, {function})
    }
    assert sorted((read & given_to_some) - heard.environment(function)) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_given_nothing_else(heard: Heard, function: str) -> None:
    read = heard.listener.read.get(function, set())
    assert sorted(heard.environment(function) - read - FOR_PEOPLE) == []
