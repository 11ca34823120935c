"""A stage is deployed, deployed again, destroyed, and deployed once more."""

import re

import pytest

from local.deploy import DeployError, stack_name
from local.deploy.artefact import Artefact
from local.deploy.changes import describe
from tests.ministack.deployment import STAGE, Deployment, deploy
from tests.ministack.emulator import ACCOUNT

pytestmark = pytest.mark.slow

NAME = stack_name(STAGE)
BUCKETS = [f"{NAME}-uploads-{ACCOUNT}", f"{NAME}-trail-{ACCOUNT}"]
AUDIT = f"/payung/{STAGE}/audit"
_DELETE_BUCKET = re.compile(r"aws s3api delete-bucket --bucket ([^`]+)`")
_DELETE_GROUP = re.compile(r"aws logs delete-log-group --log-group-name ([^`]+)`")


def test_a_stage_comes_and_goes_and_comes_again(deployed: Deployment, package: Artefact) -> None:
    administrator = deployed.emulator.administrator()
    cloudformation = administrator.client("cloudformation")
    again = deploy(deployed.emulator, package)
    assert f"{NAME}: nothing changes" in again.lines

    printed = "\n".join(deployed.destroy())
    assert f"the stack {NAME} is gone" in printed
    assert describe(cloudformation, NAME) is None

    # What holds people's data is kept, and its names are in the way of the next try.
    for kept in (*BUCKETS, AUDIT):
        assert kept in printed
    with pytest.raises(DeployError) as refused:
        deploy(deployed.emulator, package)
    for kept in (*BUCKETS, AUDIT):
        assert f"{kept} is there already" in str(refused.value)
    assert describe(cloudformation, NAME) is None

    for bucket in _DELETE_BUCKET.findall(str(refused.value)):
        administrator.client("s3").delete_bucket(Bucket=bucket)
    once_more = _deployed_without(refused.value, deployed, package)
    assert once_more.call("/")[0] == 200


def _deployed_without(
    refused: DeployError, deployed: Deployment, package: Artefact, tries: int = 3
) -> Deployment:
    """Deploy once the log groups that are in the way are gone.

    MiniStack makes a function's log group again if the function still runs while it goes, and that
    may be later than the refusal.
    """
    logs = deployed.emulator.administrator().client("logs")
    for group in _DELETE_GROUP.findall(str(refused)):
        logs.delete_log_group(logGroupName=group)
    try:
        return deploy(deployed.emulator, package)
    except DeployError as again:
        if not tries or not _DELETE_GROUP.search(str(again)):
            raise
        return _deployed_without(again, deployed, package, tries - 1)
