"""Chooses which parts of AWS's SDK are packed: botocore has descriptions of 400 services.

Lambda's Python image has an SDK, too, but AWS changes its version without a deployment. The packed
one is the one that was tested (docs/decisions/0025-the-package-brings-its-sdk.md).
"""

from pathlib import PurePosixPath

SERVICES = frozenset(
    {"cognito-idp", "dynamodb", "lambda", "logs", "s3", "secretsmanager", "sns", "sqs"}
)
"""The services that the functions call, by botocore's names."""

_DESCRIPTIONS = ("botocore", "data")
_OF_A_SERVICE = len(_DESCRIPTIONS) + 2  # botocore/data/<service>/<version>/…


def is_needed(name: str) -> bool:
    """Return whether functions need this file of a wheel: descriptions of other services, no."""
    parts = PurePosixPath(name).parts
    if parts[:2] != _DESCRIPTIONS or len(parts) < _OF_A_SERVICE:
        return True
    return parts[2] in SERVICES and not parts[-1].startswith("examples-")
