"""Saved questions to the logs ask for what the logs have, and the operations page lists them."""

import re
from collections.abc import Iterator

import pytest

from local.cloud import read_template
from local.deploy import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TEMPLATE = read_template()
QUERIES = {
    each.properties["Name"]["Fn::Sub"].partition("/")[2]: each.properties
    for each in TEMPLATE.resources.values()
    if each.type == "AWS::Logs::QueryDefinition"
}
OURS = {"function", "level", "message", "batch", "chunk", "request_id"}
"""What every line of a function has, as far as it is known (chalicelib/lambdas/telemetry.py)."""
_WORDS = {
    *("asc", "as", "and", "by", "count", "desc", "fields", "filter", "in", "like", "limit"),
    *("max", "min", "pct", "sort", "stats"),
}


def names(query: str) -> Iterator[str]:
    """Iterate over the fields that a query names and does not make itself."""
    bare = re.sub(r'"[^"]*"|(?<=like )/[^/\n]+/', " ", query)
    made = set(re.findall(r"\bas (\w+)", bare))
    yield from set(re.findall(r"(?<![\w@])[a-z_]\w*", bare)) - made - _WORDS


def fields_of_code() -> set[str]:
    """Return the names that log calls, access log and audit lines give to their fields."""
    found = set(OURS)
    for path in (ROOT / "chalicelib").rglob("*.py"):
        found |= set(re.findall(r'"(\w+)":', path.read_text(encoding="utf-8")))
    access = TEMPLATE.resources["RestAPI"].properties["AccessLogSetting"]["Format"]
    return found | set(re.findall(r'"(\w+)":', access)) | {"shown", "reason"}


def test_there_are_questions() -> None:
    assert {"errors", "one-file", "one-queue-message", "one-request", "cut-off"} <= set(QUERIES)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_question_names_fields_that_the_logs_have(name: str) -> None:
    assert set(names(QUERIES[name]["QueryString"])) - fields_of_code() == set()


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
