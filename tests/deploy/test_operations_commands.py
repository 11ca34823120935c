"""Every command that docs/operations.md names exists and takes the options that it is given there.

AWS's commands are compared with botocore's description of each service, from which AWS makes its
command line; payung's own are parsed by their own parsers.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from local import __main__ as local_main
from local.deploy import ROOT
from local.deploy import __main__ as deploy_main

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
OF_THE_CLI = {"query", "output", "region", "cli-read-timeout", "cli-binary-format"}
"""Options of AWS's command line itself."""
ITS_OWN = {
    ("cloudtrail", "validate-logs"): {"trail-arn", "start-time"},
    ("logs", "tail"): {"since", "filter-pattern"},
    ("s3", "cp"): {"recursive"},
}
"""Commands that are no operation of a service, with the options of AWS's guides used here."""
QUOTED = "QUOTED"
_COMMAND = re.compile(r"(?:^|[\s(=])((?:aws [a-z]|python -m local|make [a-z])[^|)<>&;#\n]*)")


def texts() -> Iterator[str]:
    """Iterate over the code of the page: its shell blocks, then the code within its text."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    for block in blocks:
        yield block.replace("\\\n", " ")
    bare = re.sub(r"^ *```.*?^ *```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`]+)`", bare):
        yield " ".join(span.split())


def commands() -> list[list[str]]:
    """Return the words of each command, with quoted texts replaced."""
    found = set()
    for text in texts():
        plain = re.sub(r"\"[^\"]*\"|'[^']*'", QUOTED, text)
        found |= {" ".join(each.split()) for each in _COMMAND.findall(plain)}
    return [each.split() for each in sorted(found)]


ALL = commands()
OF_AWS = [each for each in ALL if each[0] == "aws"]
OURS = [each for each in ALL if each[0] == "python"]
OF_MAKE = [each for each in ALL if each[0] == "make"]


@cache
def operations(service: str) -> dict[str, Any]:
    model = Session().get_service_model({"s3api": "s3"}.get(service, service))
    return {xform_name(each, "-"): model.operation_model(each) for each in model.operation_names}


def members(service: str, operation: str) -> set[str]:
    shape = operations(service)[operation].input_shape
    return {xform_name(each, "-") for each in (shape.members if shape else ())}


def test_there_are_commands_of_each_sort() -> None:
    assert len(OF_AWS) >= 25
    assert len(OURS) >= 8
    assert len(OF_MAKE) >= 4


@pytest.mark.parametrize("words", OF_AWS, ids=" ".join)
def test_a_command_of_aws_exists_with_its_options(words: list[str]) -> None:
    _, service, operation, *rest = words
    given = {each[2:] for each in rest if each.startswith("--")}
    if (service, operation) in ITS_OWN:
        assert given - OF_THE_CLI <= ITS_OWN[service, operation]
        return
    assert operation in operations(service)
    known = members(service, operation)
    for option in given - OF_THE_CLI:
        assert option in known or option.removeprefix("no-") in known, option


@pytest.mark.parametrize("words", OURS, ids=" ".join)
def test_a_command_of_ours_is_understood(words: list[str]) -> None:
    main = deploy_main if words[2] == "local.deploy" else local_main
    options = words[3:]
    if len(options) == 1 or (words[2] == "local.deploy" and "--stage" not in options):
        # Named in the text only: its options are in a block.
        assert options[0] in main._parser().format_help()  # noqa: SLF001  # the command line
        return
    main._parser().parse_args(options)  # noqa: SLF001  # the command line


@pytest.mark.parametrize("words", OF_MAKE, ids=" ".join)
def test_a_target_of_make_exists(words: list[str]) -> None:
    targets = [each for each in words[1:] if "=" not in each]
    assert re.search(rf"^{re.escape(targets[0])}:", MAKEFILE, re.MULTILINE)
