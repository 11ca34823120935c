"""Puts payung into an AWS account: `python -m local.deploy package | deploy | destroy`.

    wheels       fetches what the functions depend on, for Lambda's machines, hashes checked
    artefact     makes the package: the code as one archive, and the template
    parameters   reads what a stage is deployed with
    bucket       the bucket that packages are uploaded to
    texting      the account's SMS settings, which CloudFormation cannot make
    stack        deploys a package, and takes a stack away again

Nothing here is ever deployed itself.
"""

from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[2]
"""The project's folder."""

REGION: Final = "ap-southeast-3"
"""Jakarta: the data stays in Indonesia."""

STAGES = ("dev", "prod")


class DeployError(Exception):
    """It cannot be packaged, deployed or taken away; the text says why and what to do."""


def stack_name(stage: str) -> str:
    """Return the name of a stage's stack."""
    return f"payung-{stage}"
