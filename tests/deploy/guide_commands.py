"""Finds the commands of docs/operations.md, and turns those of AWS into calls of its SDK.

botocore's description of each service, from which AWS makes its command line, says which options
there are and what a value is.
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.session import Session

from local.deploy import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ACCOUNT = "123456789012"
_BEGINNINGS = (("aws",), ("python", "-m", "local"), ("python", "-m", "local.deploy"), ("make",))
_OF_THE_CLI = {"query", "output", "region", "cli-read-timeout", "cli-binary-format"}
"""Options of AWS's command line itself."""
_WITHOUT_VALUE = {"recursive"}
_OPERATORS = set("();<>|&")
_UNNAMED = {("lambda", "invoke"): 1, ("logs", "tail"): 1, ("s3", "cp"): 2}
"""How many arguments without a name a command takes."""
INSTEAD = {
    ("cloudtrail", "validate-logs"): "DescribeTrails",
    ("logs", "tail"): "FilterLogEvents",
    ("s3", "cp"): "ListObjectsV2",
}
"""The first call of the commands that are no operation of their service, from AWS's guides."""
RENAMED = {("sns", "subscribe", "notification-endpoint"): "endpoint"}
"""Options that AWS's command line calls otherwise than its SDK."""
FILLED = {
    "$UUID": "6c2f0a3e-5f2e-4c38-9d0e-0f4d4d0b7a11",
    "$BANK_ACCESS_ARN": f"arn:aws:iam::{ACCOUNT}:policy/payung-prod-BankAccess-1A2B",
    "key": "THE_KEY_OF_THE_BANK",
}
"""What an operator puts in the place of a variable or of words in angle brackets."""


@dataclass(frozen=True, slots=True)
class AwsCall:
    """A command of AWS as a call: `operation` as the SDK has it, `query` as JMESPath."""

    service: str
    operation: str
    parameters: dict[str, Any]
    query: str | None = None

    @property
    def name(self) -> str:
        """The call's name in a table: `sqs.ListQueues`."""
        return f"{self.service}.{self.operation}"


class NoSuchCommand(Exception):
    """A command that AWS's command line would refuse."""


def commands() -> list[tuple[str, ...]]:
    """Return the words of each command of the page, each once."""
    return sorted({words for line in _lines() for words in _commands_in(line)})


def of_aws() -> list[tuple[str, ...]]:
    """Return the commands of AWS."""
    return [each for each in commands() if each[0] == "aws"]


def _lines() -> Iterator[str]:
    """Iterate over the lines of the page's shell blocks, and the code within its text."""
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()
    bare = re.sub(r"^ *```.*?^ *```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`]+)`", bare):
        line = " ".join(span.split())
        if line.split()[0] in {"aws", "python", "make"}:
            yield line


def _commands_in(line: str) -> Iterator[tuple[str, ...]]:
    """Iterate over the commands of a line of a shell."""
    filled = re.sub(r"<([a-zA-Z]+)>", lambda it: ACCOUNT if it[1] == "account" else it[1], line)
    reader = shlex.shlex(filled, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    found: list[str] = []
    for word in [*reader, ";"]:
        if set(word) <= _OPERATORS:
            if any(tuple(found[: len(each)]) == each for each in _BEGINNINGS):
                yield tuple(found)
            found = []
        elif found or not re.fullmatch(r"\w+=[^=]*\$?", word):  # no assignment before a command
            found.append(word)


@cache
def _model(service: str) -> Any:
    return Session().get_service_model(service)


def call_of(words: Sequence[str]) -> AwsCall:
    """Return the call that a command makes.

    Raises:
        NoSuchCommand: AWS's command line would refuse it.
    """
    _, service, command, *rest = words
    unnamed, options = _options(rest)
    if len(unnamed) != _UNNAMED.get((service, command), 0):
        raise NoSuchCommand(f"unnamed: {unnamed}")
    model = _model(service)
    if (service, command) in INSTEAD:
        operation = INSTEAD[service, command]
        parameters = _of_its_own(service, unnamed, options)
    else:
        names = {xform_name(each, "-"): each for each in model.operation_names}
        if command not in names:
            raise NoSuchCommand(command)
        operation = names[command]
        shape = model.operation_model(operation).input_shape
        members = shape.members if shape else {}
        parameters = dict(
            _parameter(members, RENAMED.get((service, command, name), name), values)
            for name, values in options.items()
            if name not in _OF_THE_CLI
        )
    (query,) = options.get("query", [None])
    return AwsCall(service, operation, parameters, query)


def _options(rest: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the arguments without a name, and those of each option."""
    unnamed: list[str] = []
    options: dict[str, list[str]] = {}
    into = unnamed
    for word in rest:
        if word.startswith("--"):
            name, into = word[2:], []
            options[name] = into
            if name in _WITHOUT_VALUE:
                into = unnamed
        elif into is not unnamed and len(into) == 1 and word.endswith(".json") and "=" not in word:
            unnamed.append(word)  # the file for the answer, behind the last option
        else:
            into.append(word)
    return unnamed, options


def _of_its_own(service: str, unnamed: Sequence[str], options: dict[str, Any]) -> dict[str, Any]:
    if service == "cloudtrail":
        assert set(options) == {"trail-arn", "start-time"}
        return {"trailNameList": options["trail-arn"]}
    if service == "s3":
        assert set(options) == {"recursive"}
        found = re.fullmatch(r"s3://([a-z0-9-]+)/(.+/)", unnamed[0])
        assert found, unnamed
        return {"Bucket": found[1], "Prefix": found[2]}
    assert set(options) <= {"since", "filter-pattern"}
    assert re.fullmatch(r"[1-9][0-9]*[mhd]", options["since"][0])
    found = {"logGroupName": unnamed[0]}
    if "filter-pattern" in options:
        (found["filterPattern"],) = options["filter-pattern"]
    return found


def _parameter(members: Any, option: str, values: list[str]) -> tuple[str, Any]:
    """Return the parameter that an option gives, and its value."""
    names = {xform_name(each, "-"): each for each in members}
    if option in names:
        return names[option], _value(members[names[option]], values)
    no = names.get(option.removeprefix("no-"))
    if no is None or members[no].type_name != "boolean":
        raise NoSuchCommand(f"--{option}")
    return no, False


def _value(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "boolean" and not values:
        return True
    if shape.type_name == "list":
        return [_value(shape.member, [each]) for each in values]
    (text,) = (FILLED.get(each, each) for each in values)
    if shape.type_name in {"structure", "map"}:
        pairs = (each.split("=", 1) for each in text.split(","))
        return json.loads(text) if text.startswith("{") else dict(pairs)
    return {"integer": int, "long": int, "blob": str.encode}.get(shape.type_name, str)(text)
