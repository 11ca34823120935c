"""Prod is not deployed without an address for its alarms, and without a decision on retention."""

from collections.abc import Mapping
from typing import Any

import pytest

from local.assembly.assemble import assemble
from local.deploy import DeployError, parameters, preflight, stack
from local.deploy.parameters import StageParameters
from tests.deploy.recorded_aws import OF_ACCOUNT, recorded_aws

DECIDED = {"Stage": "prod", "AlarmEmail": "petugas@example.org", "KeepDays": "1825"}
FOR_EVER = {"KeepDays": "0", "KeepForEver": "yes"}
UNDECIDED = [
    ({"AlarmEmail": ""}, "AlarmEmail"),
    ({"AlarmEmail": "petugas"}, "AlarmEmail"),
    ({"KeepDays": "0"}, "KeepDays is 0"),
    ({"KeepDays": "0", "KeepForEver": "no"}, "KeepDays is 0"),
    ({"KeepDays": "364"}, "KeepDays is '364'"),
    ({"KeepDays": ""}, "KeepDays is ''"),
    ({"KeepDays": "-1"}, "KeepDays is '-1'"),
    ({"KeepForEver": "yes"}, "decide for one"),
]


def prod(**values: str) -> StageParameters:
    return StageParameters(parameters={**DECIDED, **values})


@pytest.mark.parametrize(("values", "why"), UNDECIDED)
def test_prod_is_not_deployed_without_its_decisions(values: dict[str, str], why: str) -> None:
    made: list[str] = []
    with recorded_aws() as aws:
        steps = stack.deploy(
            "prod",
            lambda: made.append("package"),  # type: ignore[func-returns-value, arg-type, return-value]  # it is never called
            prod(**values),
            OF_ACCOUNT,
            aws.session,
        )
        with pytest.raises(DeployError, match=why):
            list(steps)
        assert not aws.stacks.stacks
    assert not made


@pytest.mark.parametrize("values", [{}, {"KeepDays": "365"}, FOR_EVER])
def test_prod_is_deployed_once_decided(values: dict[str, str]) -> None:
    assert parameters.undecided(prod(**values)) == []
    assert holds(prod(**values).parameters)


def test_the_file_of_prod_waits_for_decisions_and_dev_needs_none() -> None:
    alarm, retention = parameters.undecided(parameters.read("prod"))
    assert "AlarmEmail" in alarm
    assert "KeepDays" in retention
    assert parameters.undecided(parameters.read("dev")) == []


def test_the_list_of_the_preflight_has_them() -> None:
    with recorded_aws() as aws:
        found = preflight.Preflight(
            aws.session, "prod", prod(AlarmEmail="", KeepDays="0"), OF_ACCOUNT
        ).run()
    named = [each for each in found if "parameters-prod.json" in each.text]
    assert len(named) == 2
    assert all(each.blocks for each in named)


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        (DECIDED, True),
        ({**DECIDED, **FOR_EVER}, True),
        ({**DECIDED, "AlarmEmail": ""}, False),
        ({**DECIDED, "KeepDays": "0"}, False),
        ({**DECIDED, "SecondFactor": "optional"}, False),
        ({"Stage": "dev", "SecondFactor": "optional"}, True),
        ({"Stage": "dev"}, True),
    ],
)
def test_the_template_refuses_an_undecided_prod_itself(values: dict[str, str], taken: bool) -> None:
    assert holds(values) is taken


def holds(given: Mapping[str, str]) -> bool:
    """Whether the template's rules let these parameters pass, as CloudFormation evaluates them."""
    template = assemble().template
    values = {n: str(p.get("Default", "")) for n, p in template["Parameters"].items()} | dict(given)

    def value(term: Any) -> Any:
        match term:
            case {"Ref": name}:
                return values[name]
            case {"Fn::Equals": [one, other]}:
                return value(one) == value(other)
            case {"Fn::Not": [one]}:
                return not value(one)
            case {"Fn::Or": terms}:
                return any(map(value, terms))
            case str():
                return term
        raise AssertionError(f"unknown here: {term}")

    return all(
        value(assertion["Assert"])
        for rule in template["Rules"].values()
        if value(rule["RuleCondition"])
        for assertion in rule["Assertions"]
    )
