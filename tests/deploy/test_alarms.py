"""Alarms and dashboard use existing metrics, and each alarm is explained."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.cloud import ACCOUNT, REGION, build, embedded, read_template
from local.deploy import ROOT
from tests.support.metrics import all_metrics

TEMPLATE = read_template()
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:payung-local-AlarmTopic"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DAY = 86_400
LONGEST_DESCRIPTION = 1024
"""Characters of an alarm's description that CloudWatch takes."""
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
"""The metrics and dimensions of AWS's services, from their guides."""

Resolved = Mapping[str, Any]


@pytest.fixture(scope="module")
def properties() -> Mapping[str, tuple[str, Resolved]]:
    """Give each resource's type and properties, with resolved references."""
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
    return [each["properties"] for each in widgets(properties) if each["type"] == "metric"]


def widgets(properties: Mapping[str, tuple[str, Resolved]]) -> list[Any]:
    body: dict[str, Any] = json.loads(properties["Dashboard"][1]["DashboardBody"])
    found: list[Any] = body["widgets"]
    return found


def looked_at(alarm: Resolved) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Iterate over namespace, name and dimensions of an alarm's metrics."""
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
        assert name in all_metrics(), name
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


def test_every_metric_is_on_the_dashboard_or_has_an_alarm(
    alarms: Mapping[str, Resolved], dashboard: list[Resolved]
) -> None:
    seen = {name for alarm in alarms.values() for _, name, _ in looked_at(alarm)}
    seen |= {name for widget in dashboard for _, name, _ in drawn(widget)}
    assert set(all_metrics()) - seen == {"HelpedFiles"}


def test_each_alarm_notifies_people_at_its_start_and_end(
    alarms: Mapping[str, Resolved], properties: Mapping[str, tuple[str, Resolved]]
) -> None:
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC], name
    assert properties["AlarmSubscription"][1]["TopicArn"] == TOPIC


def test_each_alarm_says_when_and_how_to_begin_and_leads_to_its_paragraph(
    alarms: Mapping[str, Resolved],
) -> None:
    shown = re.compile(
        r"^### (\w+)\n\n\*Severity:\* (now|today|week)\. \*First:\* `([^`]+)`\n\n\*Meaning:\*",
        re.MULTILINE,
    )
    sections = {name: (severity, first) for name, severity, first in shown.findall(OPERATIONS)}
    assert set(alarms) == set(sections)
    for name, alarm in alarms.items():
        severity, first = sections[name]
        text = alarm["AlarmDescription"]
        assert len(text) <= LONGEST_DESCRIPTION, name
        assert text.startswith(f"[{severity}] "), name
        # The stage of this template is dev; the page's examples are of prod.
        assert f". First: {first.replace('-prod', '-dev').replace('/prod', '/dev')} . " in text
        assert text.endswith(f" Then: docs/operations.md#{name.lower()}"), name


def test_the_runbook_may_be_on_the_web() -> None:
    template = read_template(parameters={"Runbook": "https://docs.example.org/operations"})
    alarm = template.resources["ApiFails"].properties["AlarmDescription"]
    assert template.resolve(alarm, {}).endswith("https://docs.example.org/operations#apifails")


@pytest.mark.parametrize("limit", ["0", "9"])
def test_all_alarms_are_on_the_dashboard(limit: str) -> None:
    template = read_template(parameters={"SmsSpendAlarm": limit})
    made = {
        name: {"Ref": name, "Arn": f"arn:{name}", "QueueName": name, "Stage": name}
        for name in template.resources
    }
    body = template.resolve(template.resources["Dashboard"].properties["DashboardBody"], made)
    (widget,) = (each for each in json.loads(body)["widgets"] if each["type"] == "alarm")
    there = {n for n, each in template.resources.items() if each.type == "AWS::CloudWatch::Alarm"}
    assert set(widget["properties"]["alarms"]) == {f"arn:{name}" for name in there}
    assert ("SmsSpendNearLimit" in there) == (limit != "0")


def test_widgets_do_not_overlap(properties: Mapping[str, tuple[str, Resolved]]) -> None:
    taken: set[tuple[int, int]] = set()
    for each in widgets(properties):
        cells = {
            (x, y)
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        }
        assert not cells & taken
        taken |= cells


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
        dimensions["FunctionName"]
        for name in ("FunctionsFail", "ForwardingFails")
        for _, _, dimensions in looked_at(alarms[name])
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
        (result,) = (each for each in alarms[name]["Metrics"] if "Expression" in each)
        assert result["Expression"].startswith("IF(FILL(gate, REPEAT) > 0"), name


def test_dimensions_name_what_there_is(alarms: Mapping[str, Resolved]) -> None:
    for alarm in alarms.values():
        for _, _, dimensions in looked_at(alarm):
            assert all(dimensions.values())
            assert ACCOUNT not in "".join(dimensions.values()), "a name is wanted, not an ARN"
