"""What a stage is deployed with: `.chalice/parameters-<stage>.json`.

`parameters` go to the stack as they are; `texting` to the account's SMS settings.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import ROOT, DeployError


class Texting(BaseModel):
    """The account's own bound on SMS: whole USD a month, as CloudFormation cannot set it.

    SNS stops sending, for the whole account, once it is spent. AWS grants 1 USD to begin with;
    more has to be asked for (service quota "Account spend limit for SMS").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    monthly_spend_limit: int = Field(ge=0)


class StageParameters(BaseModel):
    """One stage's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: Mapping[str, str]
    texting: Texting


def read(stage: str, folder: Path = ROOT / ".chalice") -> StageParameters:
    """Read a stage's file.

    Raises:
        DeployError: it is not there, or not of the form, or another stage's.
    """
    path = folder / f"parameters-{stage}.json"
    try:
        found = StageParameters.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise DeployError(f"{path}: {error}") from None
    if found.parameters.get("Stage") != stage:
        raise DeployError(f"{path}: its parameter Stage is not {stage}")
    return found
