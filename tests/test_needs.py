"""A step is handed what its keywords name, and a name that nobody has is a fault at once."""

import inspect
from dataclasses import dataclass, fields
from functools import cached_property

import pytest

from chalicelib import api, enroll, erase, gate, intake, notify, outreach, receipts, report, resend
from chalicelib.needs import needs
from chalicelib.queries import about, confirmations, files, listing, people, rows, totals, uploads
from chalicelib.queries import outreach as lists
from chalicelib.queries import sending as switches
from chalicelib.queries.outlook import Outlook
from chalicelib.settings import Settings
from chalicelib.sweep import Sweep
from chalicelib.wiring import World


class Source:
    def __init__(self) -> None:
        self.made: list[str] = []
        self.clock = "clock"

    @cached_property
    def batches(self) -> str:
        self.made.append("batches")
        return "batches"

    @cached_property
    def objects(self) -> str:
        self.made.append("objects")
        return "objects"


def step(job: str, *, batches: str, clock: str, limit: int = 7) -> None:
    """Do something."""


def test_a_step_is_given_what_its_keywords_name_and_nothing_else_is_made():
    source = Source()
    assert needs(step, source) == {"batches": "batches", "clock": "clock"}
    assert source.made == ["batches"]


def test_the_first_source_gives_and_what_is_given_by_name_goes_before_all():
    other = Source()
    other.clock = "another"
    assert needs(step, other, Source())["clock"] == "another"
    assert needs(step, other, clock="mine", limit=3) == {
        "batches": "batches",
        "clock": "mine",
        "limit": 3,
    }


def test_what_nobody_has_and_what_nobody_takes_is_a_fault():
    with pytest.raises(TypeError, match="its batches"):
        needs(step, object(), clock="mine")
    with pytest.raises(TypeError, match=r"takes no \['pace'\]"):
        needs(step, Source(), pace=1)


def test_a_fault_while_something_is_made_is_not_taken_for_its_absence():
    @dataclass
    class Broken:
        clock: str = "clock"

        @property
        def batches(self) -> str:
            raise AttributeError("inside")

    with pytest.raises(AttributeError, match="inside"):
        needs(step, Broken())


OF_FUNCTIONS = (
    intake.take_upload, enroll.enroll_chunk, notify.send_confirmations, receipts.take_receipts,
    resend.resend_failed, gate.keep_gate, report.write_report, outreach.write_outreach, Sweep,
    erase.erase_person,
)  # fmt: skip
OF_REQUESTS = (
    people.look_up, confirmations.resend_person, listing.list_batches, files.show_batch,
    rows.list_rows, files.show_results, files.resend_batch, totals.show_totals, uploads.ticket,
    switches.show_gate, switches.switch_gate, lists.order_outreach, lists.show_outreach,
    about.show_me, Outlook,
)  # fmt: skip
IN_THE_WORLD = {name for name in vars(World) if not name.startswith("_")} | {"clock", "settings"}
OF_A_CALL = {"deadline", "claim", "told", "read"}


def required(of) -> set[str]:
    return {
        name
        for name, each in inspect.signature(of).parameters.items()
        if each.kind is inspect.Parameter.KEYWORD_ONLY and each.default is each.empty
    }


@pytest.mark.parametrize("of", OF_FUNCTIONS, ids=lambda of: f"{of.__module__}.{of.__name__}")
def test_the_world_has_what_the_steps_of_functions_need(of):
    assert required(of) <= IN_THE_WORLD | set(Settings.model_fields) | OF_A_CALL


@pytest.mark.parametrize("of", OF_REQUESTS, ids=lambda of: f"{of.__module__}.{of.__name__}")
def test_the_world_and_the_call_have_what_answers_need(of):
    of_the_call = {each.name for each in fields(api.Call)} | {"outlook"}
    assert required(of) <= IN_THE_WORLD | of_the_call


@pytest.mark.parametrize("of", [*OF_FUNCTIONS, *OF_REQUESTS], ids=lambda of: of.__qualname__)
def test_what_the_world_has_no_step_can_do_without(of):
    """With a default, a name that the world has no more would be left out unseen."""
    taken = {
        name
        for name, each in inspect.signature(of).parameters.items()
        if each.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert not (taken - required(of)) & (IN_THE_WORLD | set(Settings.model_fields))


@pytest.mark.parametrize("of", [*OF_FUNCTIONS, *OF_REQUESTS], ids=lambda of: of.__qualname__)
def test_no_step_is_handed_a_method_by_accident(of):
    sources = (World, Settings, api.Call)
    assert not [
        name for name in required(of) for source in sources if callable(getattr(source, name, None))
    ]
