"""The environment decides the ports of the steps."""

from datetime import UTC, datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from botocore.session import Session

from chalicelib.deadline import Deadline
from chalicelib.domain.messages.sending import Prices, Sending, Window
from chalicelib.errors import Busy
from chalicelib.lambdas.clients import PATIENT, World
from chalicelib.lambdas.wiring import Invocation
from chalicelib.settings import Settings


@pytest.fixture(autouse=True)
def region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-3")


SENDING = {
    "sms_rate": "20",
    "sms_max_price": "0.50",
    "sms_budget": "0",
    "sms_prices": "",
    "sms_countries": "62",
    "sms_window": "08:00-20:00",
    "sms_timezone": "Asia/Makassar",
}


def a_world(**settings: str) -> World:
    env = {f"PAYUNG_{name.upper()}": value for name, value in settings.items()}
    return World(Settings(env), lambda: datetime(2026, 11, 22, tzinfo=UTC))


def test_the_rules_for_sending_are_those_of_the_deployment():
    world = a_world(
        sms_window="09:00-17:30",
        sms_timezone="Asia/Jayapura",
        sms_prices="62=0.045",
        sms_max_price="0.30",
        sms_budget="1250.50",
        sms_rate="10",
        sms_countries="62, 60",
    )

    assert world.sending == Sending(
        prices=Prices({"62": 45_000}, 300_000),
        window=Window(time(9), time(17, 30), ZoneInfo("Asia/Jayapura")),
        rate=10,
        budget=1_250_500_000,
        countries=frozenset({"62", "60"}),
    )


def test_a_window_that_is_empty_is_none():
    assert a_world(**SENDING | {"sms_window": ""}).sending.window is None


def test_there_is_a_trigger_only_if_the_settings_name_one():
    assert a_world().event_source is None
    assert a_world(sms_mappings="4f9d4c4a,1b2c3d4e").event_source is not None


def test_a_client_is_made_once_for_each_way_of_trying(monkeypatch):
    made, create = [], Session.create_client

    def client(session: Session, service: str, *, config: object) -> object:
        made.append((service, config.retries["total_max_attempts"]))
        return create(session, service, config=config)

    monkeypatch.setattr(Session, "create_client", client)
    world = a_world(
        **SENDING,
        sms_mappings="4f9d4c4a",
        sms_sender_id="PAYUNG",
        sms_workers="5",
        single_sms_workers="2",
        sms_only_to="",
        batches_table="batches",
        enrollments_table="people",
        keep_days="0",
    )

    for name in ("batches", "gates", "enrollments", "sms_sender", "event_source", "outbox"):
        getattr(world, name)

    assert made == [("dynamodb", 2), ("sns", 1), ("lambda", 2), ("sqs", 2)]


def test_the_user_agent_names_payung() -> None:
    assert PATIENT.user_agent.startswith("payung Botocore/")


class Once:
    """A port that is busy the first time."""

    def __init__(self) -> None:
        self.calls = 0

    def __getattr__(self, name: str):
        def call(*_: object, **__: object) -> str:
            self.calls += 1
            if self.calls == 1:
                raise Busy("throttled")
            return name

        return call


RETRIED = (
    "batches",
    "readers",
    "enrollments",
    "ledger",
    "remittances",
    "reversals",
    "second_factors",
    "gates",
    "outbox",
    "opt_outs",
    "event_source",
    "uses",
    "announcer",
    "trail",
)
ONCE = ("sms_sender", "event_source_once", "audit", "links", "cursors")


def an_invocation(**ports: object) -> Invocation:
    deadline = Deadline(lambda: 60_000, sleep=lambda _: None)
    return Invocation(SimpleNamespace(clock=None, **ports), deadline)


@pytest.mark.parametrize("name", RETRIED)
def test_a_port_that_may_be_called_twice_retries_while_aws_is_busy(name):
    assert getattr(an_invocation(**{name: Once()}), name).some_call() == "some_call"


def test_the_bucket_retries_whole_calls_and_the_parts_of_large_objects():
    given = []
    bucket = Once()
    invocation = an_invocation(bucket=lambda again: given.append(again) or bucket)
    assert invocation.objects.some_call() == "some_call"
    (again,) = given
    part = Once()
    assert again(part.some_call) == "some_call"


@pytest.mark.parametrize("name", ONCE)
def test_publishing_and_calls_that_need_no_wait_are_never_retried(name):
    port = Once()
    with pytest.raises(Busy):
        getattr(an_invocation(**{name.removesuffix("_once"): port}), name).some_call()
    assert port.calls == 1


def test_each_port_is_known_to_be_retried_or_not():
    ports = {name for name in vars(Invocation) if not name.startswith("_")}
    values = {
        "agreements",
        "chunk_rows",
        "confirm_days",
        "only_to",
        "pace",
        "page",
        "second_factor_roles",
        "sending",
        "single_pace",
        "stage",
        "tokens",
    }
    assert ports == {*RETRIED, *ONCE, *values, "objects"}
