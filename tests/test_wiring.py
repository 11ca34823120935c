"""What the environment says becomes the world that the steps are given."""

from datetime import UTC, datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from botocore.hooks import HierarchicalEmitter
from botocore.session import Session

from chalicelib.domain.sending import Prices, Sending, Window
from chalicelib.settings import Settings
from chalicelib.wiring import PATIENT, World


@pytest.fixture(autouse=True)
def region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-3")


def a_world(**settings: object) -> World:
    return World(Settings(**settings), lambda: datetime(2026, 11, 22, tzinfo=UTC))


def test_the_rules_for_sending_are_those_of_the_deployment():
    world = a_world(
        sms_window="09:00-17:30",
        sms_timezone="Asia/Jayapura",
        sms_prices="62=0.045",
        sms_max_price="0.30",
        sms_budget="1250.50",
        sms_rate=10,
        sms_countries="62, 60",
    )

    assert world.sending == Sending(
        prices=Prices({"62": 45_000}, 300_000),
        window=Window(time(9), time(17, 30), ZoneInfo("Asia/Jayapura")),
        rate=10,
        budget=1_250_500_000,
        countries=frozenset({"62", "60"}),
    )


def test_by_default_messages_go_out_by_day_without_a_budget_of_our_own():
    sending = a_world().sending
    assert sending.window == Window(time(8), time(20), ZoneInfo("Asia/Makassar"))
    assert (sending.budget, sending.countries) == (0, frozenset({"62"}))


def test_there_is_a_trigger_only_where_there_is_one_to_switch():
    assert a_world().trigger is None
    assert a_world(sms_mapping="4f9d4c4a").trigger is not None


def test_a_client_is_made_once_for_each_way_of_trying(monkeypatch):
    made = []

    def client(_: object, service: str, *, config: object) -> object:
        made.append((service, config.retries["total_max_attempts"]))
        return SimpleNamespace(meta=SimpleNamespace(events=HierarchicalEmitter()))

    monkeypatch.setattr(Session, "create_client", client)
    world = a_world(sms_mapping="4f9d4c4a")

    for name in ("batches", "gates", "enrollments", "texter", "trigger", "resend_queue"):
        getattr(world, name)

    assert made == [("dynamodb", 2), ("sns", 1), ("lambda", 2), ("sqs", 2)]


def test_aws_is_told_who_calls() -> None:
    assert PATIENT.user_agent.startswith("payung Botocore/")
