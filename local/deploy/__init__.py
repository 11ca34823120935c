"""Puts payung into an AWS account: `python -m local.deploy package | deploy | destroy`.

    wheels       downloads the functions' dependencies for Lambda's machines, and checks the hashes
    sdk          chooses the parts of AWS's SDK that are packed
    bytecode     compiles the packaged modules
    artefact     makes the package: the code as one archive, and the template
    parameters   reads the parameters of a stage
    preflight    checks what a deployment needs, before it changes anything
    bucket       manages the bucket of the packages
    changes      changes a stack by a change set: shown, judged, executed
    losses       finds the changes of a change set that remove or replace a resource
    account      deploys the account's own stack
    texting      sets the account's SMS settings, which CloudFormation cannot set
    aws_answers  reads refusals, and what the account has of SMS
    stack        deploys the package of a stage
    staff        invites users, and helps those who lost a password or a phone
    removal      deletes the stack of a stage

This package itself is never deployed.
"""

from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[2]
"""The project's folder."""

REGION: Final = "ap-southeast-3"
"""Jakarta: the data must stay in Indonesia."""

STAGES = ("dev", "prod")

ACCOUNT_STACK: Final = "payung-account"
"""The name of the CloudFormation stack that all stages of an account share."""


class DeployError(Exception):
    """Packaging, deploying or deleting failed; the text says why, and what to do."""


def stack_name(stage: str) -> str:
    """Return the name of the CloudFormation stack of a stage."""
    return f"payung-{stage}"
