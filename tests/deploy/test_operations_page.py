"""What docs/operations.md says of the template is so, and its script does what it says."""

import re
import runpy
import sys
from pathlib import Path

import pytest
from builders import an_enrollment
from chalice.utils import to_cfn_resource_name

from app import app
from chalicelib.adapters.items import Item
from chalicelib.adapters.person_items import enrollment_items
from local.cloud import read_template
from local.deploy import ROOT, STAGES, parameters
from local.pump import read_limits

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TEMPLATE = read_template()
SIZES = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+|the account's)", PAGE, re.MULTILINE)


def an_item(number: int = 1) -> Item:
    (item,) = enrollment_items([an_enrollment(number)])
    return item


def test_every_parameter_of_prod_is_one_of_the_template() -> None:
    known = {name for name, _ in _parameters()}
    for stage in STAGES:
        assert set(parameters.read(stage).parameters) <= known


def test_the_page_names_parameters_that_there_are() -> None:
    known = {name for name, _ in _parameters()}
    named = set(re.findall(r"`((?:Sms|Keep|Log|Alarm|Warm|Trace)[A-Za-z]+)`", PAGE))
    resources = set(TEMPLATE.resources) | {"SmsLogRole"}
    alarms = set(re.findall(r"^\*\*`(\w+)`\*\*", PAGE, re.MULTILINE))
    assert named - known - resources - alarms == set()


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
        places = properties.get("ReservedConcurrentExecutions")
        for event in properties.get("Events", {}).values():
            places = event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        assert places == int(at_once), name


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


def _parameters() -> list[tuple[str, str]]:
    text = Path(ROOT / ".chalice" / "resources.yaml").read_text(encoding="utf-8")
    block = text.partition("Parameters:\n")[2].partition("\nConditions:")[0]
    return re.findall(r"^  (\w+):\n((?:    .*\n?)+)", block, re.MULTILINE)


@pytest.mark.parametrize("stage", STAGES)
def test_texting_limits_are_not_below_the_budget(stage: str) -> None:
    given = parameters.read(stage)
    assert given.texting.monthly_spend_limit >= float(given.parameters["SmsBudget"])
