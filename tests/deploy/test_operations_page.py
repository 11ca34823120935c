"""docs/operations.md agrees with the template, and its script works."""

import re
import runpy
import sys

import pytest
from chalice.utils import to_cfn_resource_name

from app import app
from chalicelib.adapters.dynamodb.items import Item
from chalicelib.adapters.dynamodb.person_items import enrollment_items
from chalicelib.steps.intake import READERS_A_BANK
from local.assembly.assemble import account_template, assemble
from local.cloud import read_template
from local.deploy import ROOT, STAGES, parameters
from local.pump import read_limits
from tests.support.builders import an_enrollment

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TEMPLATE = read_template()
PARAMETERS = set(assemble().template["Parameters"])
SIZES = re.findall(
    r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+(?: \+ \d+)?|the account's)", PAGE, re.MULTILINE
)


def resources_of() -> list[tuple[str, str]]:
    return [(n, each["Type"]) for n, each in assemble().template["Resources"].items()]


def an_item(number: int = 1) -> Item:
    (item,) = enrollment_items([an_enrollment(number)])
    return item


def test_every_parameter_of_prod_is_one_of_the_template() -> None:
    for stage in STAGES:
        assert set(parameters.read(stage).parameters) <= PARAMETERS


def test_the_page_names_parameters_that_there_are() -> None:
    named = set(re.findall(r"`((?:Sms|Keep|Log|Alarm|Warm|Trace)[A-Za-z]+)`", PAGE))
    resources = set(TEMPLATE.resources) | set(account_template()["Resources"])
    alarms = {name for name, each in resources_of() if each == "AWS::CloudWatch::Alarm"}
    assert named - PARAMETERS - resources - alarms == set()


def test_sizes_are_as_they_are_deployed() -> None:
    limits = read_limits()
    assert {name for name, *_ in SIZES} == {
        "API",
        *(each.name for each in (*app.event_sources, *app.pure_lambda_functions)),
    }
    for name, memory, seconds, at_once in SIZES:
        if name == "API":
            continue
        assert (limits[name].memory, limits[name].timeout) == (int(memory), int(seconds)), name
        properties = TEMPLATE.resources[to_cfn_resource_name(name)].properties
        reserved = properties.get("ReservedConcurrentExecutions")
        places = [
            event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
            for event in properties.get("Events", {}).values()
            if event["Type"] == "SQS"
        ]
        found = " + ".join(map(str, places or [reserved or "the account's"]))
        assert found == at_once, name


def test_the_files_of_one_bank_never_take_all_readers() -> None:
    """The shares of two banks together leave a reader for a third bank."""
    (event,) = TEMPLATE.resources["Intake"].properties["Events"].values()
    readers = event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    assert READERS_A_BANK >= 1
    assert readers > 2 * READERS_A_BANK
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert f"{words[READERS_A_BANK]} of the {words[readers]} readers" in PAGE


def test_a_restored_table_is_written_over_the_present_one(aws, monkeypatch, tmp_path) -> None:
    (script,) = re.findall(r"^   ```python\n(.*?)^   ```", PAGE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "copy.py"
    path.write_text(re.sub(r"^   ", "", script, flags=re.MULTILINE))
    tables = aws.session.client("dynamodb")
    present = aws.cloud.made["EnrollmentsTable"]["Ref"]
    tables.create_table(
        TableName="restored",
        KeySchema=tables.describe_table(TableName=present)["Table"]["KeySchema"],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("nik", "programme")
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    spoiled = an_item(1) | {"name": {"S": "?"}}
    for table, item in (("restored", an_item(1)), (present, spoiled), (present, an_item(2))):
        tables.put_item(TableName=table, Item=item)
    monkeypatch.setattr(sys, "argv", ["copy.py", "restored", present])
    runpy.run_path(str(path))
    found = tables.scan(TableName=present)["Items"]
    assert sorted(found, key=str) == sorted([an_item(1), an_item(2)], key=str)


def test_links_within_the_page_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
    for path in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / path).exists(), path


@pytest.mark.parametrize("stage", STAGES)
def test_texting_limits_are_not_below_the_budget(stage: str) -> None:
    assert parameters.read_account().monthly_spend_limit >= parameters.read(stage).budget
