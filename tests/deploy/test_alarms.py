"""Alarms and dashboard look at metrics that there are, and each alarm is explained."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from metrics_told import everything_that_is_told

from local.cloud import ACCOUNT, REGION, build, embedded, read_template
from local.deploy import ROOT

TEMPLATE = read_template()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DAY = 86_400
_OUR_DIMENSIONS = {"service", "stage"}
AWS_TELLS = {
    "AWS/ApiGateway": ({"ApiName", "Stage"}, {"Count", "4XXError", "5XXError", "Latency"}),
    "AWS/DynamoDB": (
        {"TableName", "GlobalSecondaryIndexName"},
        {
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        },
    ),
    "AWS/Lambda": (
        {"FunctionName"},
        {"AsyncEventAge", "ConcurrentExecutions", "Errors", "Throttles"},
    ),
    "AWS/SNS": (set[str](), {"SMSMonthToDateSpentUSD"}),
    "AWS/SQS": (
        {"QueueName"},
        {
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesVisible",
            "NumberOfMessagesDeleted",
        },
    ),
}
"""What AWS tells of itself, as its services' guides have it: dimensions, and metrics."""

Resolved = Mapping[str, Any]


@pytest.fixture(scope="module")
def properties() -> Mapping[str, tuple[str, Resolved]]:
    """Give each resource's type and properties, with what they refer to made."""
    template = read_template(parameters={"AlarmEmail": "petugas@example.org", "SmsSpendAlarm": "9"})
    with embedded() as session:
        made = build(session, template).made
    return {
        name: (each.type, template.resolve(dict(each.properties), made))
        for name, each in template.resources.items()
        if each.type.startswith(("AWS::CloudWatch::", "AWS::SQS::", "AWS::SNS::", "AWS::Server"))
    }


@pytest.fixture
def alarms(properties: Mapping[str, tuple[str, Resolved]]) -> Mapping[str, Resolved]:
    return {n: each for n, (kind, each) in properties.items() if kind == "AWS::CloudWatch::Alarm"}


@pytest.fixture
def dashboard(properties: Mapping[str, tuple[str, Resolved]]) -> list[Resolved]:
    body: dict[str, Any] = json.loads(properties["Dashboard"][1]["DashboardBody"])
    return [each["properties"] for each in body["widgets"]]


def looked_at(alarm: Resolved) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Iterate over namespace, name and dimensions of what an alarm looks at."""
    parts = [
        each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ()) if "MetricStat" in each
    ]
    for each in parts or [alarm]:
        dimensions = {one["Name"]: one["Value"] for one in each.get("Dimensions", ())}
        yield each["Namespace"], each["MetricName"], dimensions


def drawn(widget: Resolved) -> Iterator[tuple[str, str, dict[str, str]]]:
    for each in widget["metrics"]:
        namespace, name, *pairs = [part for part in each if isinstance(part, str)]
        yield namespace, name, dict(zip(pairs[::2], pairs[1::2], strict=True))


def must_be_there(namespace: str, name: str, dimensions: Mapping[str, str]) -> None:
    if namespace == "payung":
        assert name in everything_that_is_told(), name
        assert set(dimensions) == _OUR_DIMENSIONS
        assert dimensions["service"] == "payung"
    else:
        known, metrics = AWS_TELLS[namespace]
        assert name in metrics, f"{namespace} {name}"
        assert set(dimensions) <= known, name
        assert bool(dimensions) == bool(known), name


def test_alarms_look_at_metrics_that_there_are(alarms: Mapping[str, Resolved]) -> None:
    for alarm in alarms.values():
        for each in looked_at(alarm):
            must_be_there(*each)


def test_the_dashboard_draws_metrics_that_there_are(dashboard: list[Resolved]) -> None:
    for widget in dashboard:
        for each in drawn(widget):
            must_be_there(*each)
        assert widget["region"] == REGION


def test_everything_that_is_told_is_drawn_or_watched(
    alarms: Mapping[str, Resolved], dashboard: list[Resolved]
) -> None:
    seen = {name for alarm in alarms.values() for _, name, _ in looked_at(alarm)}
    seen |= {name for widget in dashboard for _, name, _ in drawn(widget)}
    assert set(everything_that_is_told()) - seen == {"HelpedFiles"}


def test_somebody_is_told_of_each_alarm_and_of_its_end(
    alarms: Mapping[str, Resolved], properties: Mapping[str, tuple[str, Resolved]]
) -> None:
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["payung-local-AlarmTopic"], name
    assert properties["AlarmSubscription"][1]["TopicArn"] == "payung-local-AlarmTopic"


def test_each_alarm_leads_to_its_paragraph(alarms: Mapping[str, Resolved]) -> None:
    headings = set(re.findall(r"^\*\*`(\w+)`\*\*", OPERATIONS, re.MULTILINE))
    assert set(alarms) == headings
    for name, alarm in alarms.items():
        assert alarm["AlarmDescription"].endswith(f"; see {name} in docs/operations.md."), name


def test_every_dead_letter_queue_is_watched(
    alarms: Mapping[str, Resolved], properties: Mapping[str, tuple[str, Resolved]]
) -> None:
    dead = {
        f"payung-local-{name}"
        for name, (kind, _) in properties.items()
        if kind == "AWS::SQS::Queue" and name.endswith("DeadLetters")
    }
    assert dead
    watched = {
        dimensions["QueueName"]
        for name, alarm in alarms.items()
        if name.endswith("GaveUp")
        for _, _, dimensions in looked_at(alarm)
    }
    assert watched == dead


def test_every_function_is_watched_for_errors(
    alarms: Mapping[str, Resolved], properties: Mapping[str, tuple[str, Resolved]]
) -> None:
    functions = {
        f"payung-local-{name}"
        for name, (kind, _) in properties.items()
        if kind == "AWS::Serverless::Function"
    }
    watched = {
        dimensions["FunctionName"] for _, _, dimensions in looked_at(alarms["FunctionsFail"])
    }
    assert watched == functions


def test_alarms_are_within_cloudwatchs_bounds(alarms: Mapping[str, Resolved]) -> None:
    for name, alarm in alarms.items():
        metrics = alarm.get("Metrics", [])
        parts = [each["MetricStat"] for each in metrics if "MetricStat" in each]
        assert len(parts) <= 10, name
        periods = {each["Period"] for each in parts} or {alarm["Period"]}
        assert len(periods) == 1, f"{name}: one alarm, one period"
        assert periods.pop() * alarm["EvaluationPeriods"] <= DAY, name
        assert [each.get("ReturnData", True) for each in metrics].count(True) == bool(metrics), name
        for each in metrics:
            for used in re.findall(r"\b[a-z]\w*\b", each.get("Expression", "")):
                assert used in {one["Id"] for one in metrics}, f"{name}: {used}"


def test_nothing_waits_for_an_alarm_while_the_gate_is_shut(alarms: Mapping[str, Resolved]) -> None:
    for name in ("SmsStandStill", "SmsWait"):
        (told,) = (each for each in alarms[name]["Metrics"] if "Expression" in each)
        assert told["Expression"].startswith("IF(FILL(gate, REPEAT) > 0"), name


def test_dimensions_name_what_there_is(alarms: Mapping[str, Resolved]) -> None:
    for alarm in alarms.values():
        for _, _, dimensions in looked_at(alarm):
            assert all(dimensions.values())
            assert ACCOUNT not in "".join(dimensions.values()), "a name is wanted, not an ARN"
