"""Deploys the package of a stage.

Everything is safe to repeat, also after it stopped half-way. Nothing is changed before the
preflight is content and CloudFormation has shown the changes.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import yaml

from . import REGION, DeployError, account, bucket, changes, preflight, stack_name
from .artefact import Artefact, size_report

if TYPE_CHECKING:
    from .parameters import AccountParameters, StageParameters

_FUNCTION = "AWS::Serverless::Function"
_PROTECTED_STAGE = "prod"
_ADDRESS = "PageAddress"


def deploy(
    stage: str,
    package: Callable[[], Artefact],
    given: "StageParameters",
    of_account: "AccountParameters",
    session: boto3.Session,
    *,
    confirmed: str = "",
    execute: bool = True,
) -> Iterator[str]:
    """Check, package, and deploy; yield a line of progress after each step.

    What is missing for messages only, and what SNS refuses, is repeated at the end. `confirmed` is
    the stack's name if changes may remove or replace resources without people's data. Without
    `execute`, the changes are only shown.

    Raises:
        DeployError: a step failed. The earlier steps are done; a second run continues after them.
    """
    later = check(stage, given, of_account, session)
    artefact = package()
    yield from size_report(artefact)
    number = session.client("sts").get_caller_identity()["Account"]
    place = bucket.artefact_bucket(stage, number)
    s3 = session.client("s3")
    bucket.ensure(s3, place, number)
    yield f"packages go to s3://{place}"
    template = upload(s3, place, artefact)
    for line, well in account.deploy(session, of_account, execute=execute):
        yield line
        if not well:
            later.append(preflight.Finding(line, blocks=False))
    name = stack_name(stage)
    address = page_address(given, session, name)
    wanted = changes.Wanted(
        name,
        template,
        {**given.parameters, _ADDRESS: address},
        {"project": "payung", "stage": stage},
    )
    yield from changes.apply(session, wanted, confirmed=confirmed == name, execute=execute)
    if execute:
        changes.protect(session, name, from_deletion=stage == _PROTECTED_STAGE)
        address = page_address(given, session, name)
        # A new stack knows its address only now. The user pool's mails name it.
        known = replace(wanted, parameters={**given.parameters, _ADDRESS: address})
        if known != wanted:
            yield from changes.apply(session, known, confirmed=confirmed == name)
        yield f"the stack {name} is deployed: {address or 'no API'}"
    yield from preflight.report(later)


def page_address(given: "StageParameters", session: boto3.Session, name: str) -> str:
    """Return the address of the page; empty for a new stack without a domain of its own."""
    if domain := given.parameters.get("ApiDomain"):
        return f"https://{domain}/"
    return changes.outputs(session, name).get("EndpointURL", "")


def check(
    stage: str, given: "StageParameters", of_account: "AccountParameters", session: boto3.Session
) -> list[preflight.Finding]:
    """Return what is missing for messages only.

    Raises:
        DeployError: something is missing without which deploying would fail; the text is the list.
    """
    found = preflight.Preflight(session, stage, given, of_account).run()
    if any(each.blocks for each in found):
        raise DeployError("\n".join(["nothing was changed.", *preflight.report(found)]))
    return found


def upload(s3: Any, place: str, artefact: Artefact) -> str:
    """Upload archive and template under the hash of their content; return the template's address.

    The hash is in the key, so CloudFormation sees another code or none.
    """
    archive = bucket.put(s3, place, artefact.archive.read_bytes(), "zip")
    template = yaml.safe_load(artefact.template.read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == _FUNCTION:
            resource["Properties"]["CodeUri"] = f"s3://{place}/{archive}"
    key = bucket.put(s3, place, json.dumps(template, sort_keys=True).encode(), "template")
    return f"https://s3.{REGION}.amazonaws.com/{place}/{key}"
