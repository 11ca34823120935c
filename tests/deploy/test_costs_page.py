"""The numbers of resources in docs/costs.md are those of the templates, and the sums are right."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.lambdas import telemetry
from chalicelib.steps.gate import GateStatus
from chalicelib.steps.sweeping.sweep import SweepCounts
from local.assembly.assemble import account_template, assemble
from local.deploy import ROOT
from tests.support.metrics import in_a_function, recorded_metrics

PAGE = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
_POLLS_A_MONTH = 5 * 3 * 60 * 24 * 30  # five pollers of a mapping wait 20 seconds in each call
_TOTAL = re.compile(r"\| \*\*together\*\* \| \| \| \*\*about ([0-9]+)\*\* \|")
_ROW = re.compile(
    r"^\| ([^|*]+?) \| ([0-9.]+(?: \+ [0-9]+)?) \| ([0-9., ]+) \| ([0-9.]+) \|", re.MULTILINE
)


def rows() -> dict[str, tuple[list[float], list[float], float]]:
    """Return what the table of an idle month says: numbers, prices and USD, by the first word."""
    table = PAGE[PAGE.index("## An idle month") : PAGE.index("A second stage")]
    return {
        re.split(r"\W", what)[0]: (
            [float(each) for each in number.split(" + ")],
            [float(each) for each in price.split(", ")],
            float(usd),
        )
        for what, number, price, usd in _ROW.findall(table)
    }


def of_type(*kinds: str) -> Iterator[Mapping[str, Any]]:
    for template in (assemble().template, account_template()):
        for each in template["Resources"].values():
            if each["Type"] in kinds:
                yield each.get("Properties", {})


def watched(alarm: Mapping[str, Any]) -> int:
    """Return how many metrics an alarm watches: each is paid for, an expression is not."""
    return sum("MetricStat" in each for each in alarm["Metrics"]) if "Metrics" in alarm else 1


def fed_by_queues() -> int:
    return sum(
        event["Type"] == "SQS"
        for function in of_type("AWS::Serverless::Function")
        for event in function.get("Events", {}).values()
    )


def sent_while_idle() -> int:
    with recorded_metrics() as metrics:
        in_a_function(lambda: telemetry.count_sweep(SweepCounts()))
        in_a_function(lambda: telemetry.count_gate(GateStatus(open=True, budget_share=0.5)))
    return len(metrics.values)


def test_the_numbers_are_those_of_the_templates() -> None:
    (firewall,) = of_type("AWS::WAFv2::WebACL")
    has = {
        "firewall": [1, len(firewall["Rules"])],
        "alarms": [sum(map(watched, of_type("AWS::CloudWatch::Alarm")))],
        "dashboard": [len(list(of_type("AWS::CloudWatch::Dashboard")))],
        "metrics": [sent_while_idle()],
        "Lambda": [round(fed_by_queues() * _POLLS_A_MONTH / 1e6, 1)],
        "keys": [len(list(of_type("AWS::KMS::Key")))],
        "secret": [len(list(of_type("AWS::SecretsManager::Secret")))],
    }
    assert {what: numbers for what, (numbers, _, _) in rows().items()} == has


def test_each_row_and_the_sum_are_added_up_right() -> None:
    for what, (numbers, prices, usd) in rows().items():
        assert usd == pytest.approx(sum(map(float.__mul__, numbers, prices)), abs=0.005), what
    found = _TOTAL.search(PAGE)
    assert found is not None
    assert int(found[1]) == round(sum(usd for _, _, usd in rows().values()))


def test_the_text_names_the_same_numbers() -> None:
    words = {5: "five", 6: "six", 7: "seven", 8: "eight"}
    assert f"receives from {words[fed_by_queues()]} empty queues" in PAGE
    assert f"{_POLLS_A_MONTH:,} requests a month" in " ".join(PAGE.split())
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    total = _TOTAL.search(PAGE)
    assert total is not None
    assert f"about {total[1]} USD a month ([costs](costs.md))" in operations
