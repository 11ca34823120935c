"""Saved questions to the logs ask for what the logs have, and the operations page lists them."""

import inspect
import logging
import re
from collections.abc import Iterator, Mapping

import pytest

from chalicelib.api import limits
from chalicelib.errors import ObjectMissing
from chalicelib.fault_log import log_fault
from local.cloud import read_template
from local.deploy import ROOT
from tests.deploy.call_recorder import Recorded
from tests.deploy.log_lines import kept_lines

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TEMPLATE = read_template()
QUERIES = {
    each.properties["Name"]["Fn::Sub"].partition("/")[2]: each.properties
    for each in TEMPLATE.resources.values()
    if each.type == "AWS::Logs::QueryDefinition"
}
_WORDS = {
    *("asc", "as", "and", "by", "count", "desc", "fields", "filter", "in", "like", "limit"),
    *("max", "min", "pct", "sort", "stats"),
}


def names(query: str) -> Iterator[str]:
    """Iterate over the fields that a query names and does not make itself."""
    bare = re.sub(r'"[^"]*"|(?<=like )/[^/\n]+/', " ", query)
    made = set(re.findall(r"\bas (\w+)", bare))
    yield from set(re.findall(r"(?<![\w@])[a-z_]\w*", bare)) - made - _WORDS


@pytest.fixture(scope="module")
def logged(recorded: Recorded) -> Mapping[str, set[str]]:
    """Give the fields that the lines of each log group carry, by its name in the template."""
    access = TEMPLATE.resources["RestAPI"].properties["AccessLogSetting"]["Format"]
    found = {
        "ApiAccessLog": set(re.findall(r'"(\w+)":', access)),
        "AuditLog": {name for line in recorded.audit for name in line},
    }
    with kept_lines() as unexpected:
        log_fault(ObjectMissing("work/7K3M9QX2/header.json"), {"message_id": "1"})
    lines = [*recorded.lines, *unexpected]  # the workload has no unexpected fault
    for name, each in TEMPLATE.resources.items():
        if each.type == "AWS::Serverless::Function":
            # Which functions meet a fault is chance: they all log in the same way.
            found[f"{name}Log"] = {field for line in lines for field in line}
    return found


def test_there_are_questions() -> None:
    assert {"errors", "one-file", "one-queue-message", "one-request", "cut-off"} <= set(QUERIES)


def test_each_function_and_the_api_has_logged(recorded: Recorded) -> None:
    logged = {line.get("function") for line in recorded.lines}
    assert len(logged) >= 8
    assert {line["level"] for line in recorded.lines} >= {"WARNING", "ERROR"}


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_question_names_fields_that_lines_of_these_groups_carry(
    name: str, logged: Mapping[str, set[str]]
) -> None:
    asked = QUERIES[name]
    carried = set.union(*(logged[each["Ref"]] for each in asked["LogGroupNames"]))
    assert set(names(asked["QueryString"])) - carried == set()


def test_a_request_is_found_in_each_of_its_groups(logged: Mapping[str, set[str]]) -> None:
    for each in QUERIES["one-request"]["LogGroupNames"]:
        assert "request_id" in logged[each["Ref"]], each


def test_questions_compare_with_words_that_lines_have(recorded: Recorded) -> None:
    """What a question looks for is among the values of the workload, or a value of the code."""
    shown = {line["shown"] for line in recorded.audit}
    assert "nothing" in shown
    assert len(shown) > 1
    for source in (QUERIES["limited-users"]["QueryString"], inspect.getsource(limits)):
        assert '"limit_reached"' in source
    levels = set(re.findall(r'"([A-Z]+)"', QUERIES["errors"]["QueryString"]))
    assert levels & {line["level"] for line in recorded.lines}
    assert levels <= set(logging.getLevelNamesMapping())


def test_a_question_of_the_page_names_fields_of_the_audit_trail(
    logged: Mapping[str, set[str]],
) -> None:
    (query,) = re.findall(r"^ *(fields at, .*)$", PAGE, re.MULTILINE)
    assert set(names(query)) - logged["AuditLog"] == set()


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_question_is_about_log_groups_of_the_template(name: str) -> None:
    groups = {each["Ref"] for each in QUERIES[name]["LogGroupNames"]}
    assert groups
    assert {TEMPLATE.resources[each].type for each in groups} == {"AWS::Logs::LogGroup"}


def test_questions_about_functions_are_about_all_of_them() -> None:
    logs = {
        each.properties["LoggingConfig"]["LogGroup"]["Ref"]
        for each in TEMPLATE.resources.values()
        if each.type == "AWS::Serverless::Function"
    }
    for name in ("errors", "one-file", "one-queue-message", "cut-off"):
        assert {each["Ref"] for each in QUERIES[name]["LogGroupNames"]} == logs, name


def test_the_page_lists_them() -> None:
    assert set(re.findall(r"^\| `payung-prod/([a-z-]+)` \|", PAGE, re.MULTILINE)) == set(QUERIES)
