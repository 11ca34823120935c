"""Reads `.chalice/parameters-<stage>.json` and `.chalice/parameters-account.json`.

The `parameters` of a stage go to its stack unchanged. An account has one set of SMS settings in a
region, whatever stages it has; they are in the account's own file.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from . import ROOT, DeployError

_FOLDER = ROOT / ".chalice"
_FEWEST_DAYS = 365  # a claim may come a year after the cover
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_AnyFile = TypeVar("_AnyFile", bound=BaseModel)


class StageParameters(BaseModel):
    """The file of one stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: Mapping[str, str]

    @model_validator(mode="after")
    def _has_a_certificate_for_its_domain(self) -> Self:
        given = [bool(self.parameters.get(each)) for each in ("ApiDomain", "ApiCertificate")]
        if any(given) and not all(given):
            raise ValueError("ApiDomain and ApiCertificate go together: give both or none")
        return self

    @model_validator(mode="after")
    def _has_an_identity_for_its_mail(self) -> Self:
        given = [bool(self.parameters.get(each)) for each in ("MailFrom", "MailIdentity")]
        if any(given) and not all(given):
            raise ValueError("MailFrom and MailIdentity go together: give both or none")
        return self

    @property
    def budget(self) -> float:
        """The stage's own budget for SMS: USD a month."""
        return float(self.parameters.get("SmsBudget", "0"))


class AccountParameters(BaseModel):
    """The file of the account.

    `monthly_spend_limit` is whole USD a month. When it is reached, SNS stops sending for the whole
    account. AWS grants 1 USD at first; more must be requested. `sender_country` is the country
    (ISO 3166, two letters) for which the sender ID is registered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender_id: str = Field(min_length=3, max_length=11, pattern=r"^[0-9-]*[A-Za-z][A-Za-z0-9-]*$")
    sender_country: str = Field(pattern=r"^[A-Z]{2}$")
    monthly_spend_limit: int = Field(ge=0)


def read(stage: str, folder: Path = _FOLDER) -> StageParameters:
    """Read the file of a stage.

    Raises:
        DeployError: the file is missing or not valid, or it is another stage's.
    """
    path = folder / f"parameters-{stage}.json"
    found = _read(path, StageParameters)
    if found.parameters.get("Stage") != stage:
        raise DeployError(f"{path}: its parameter Stage is not {stage}")
    return found


def read_account(folder: Path = _FOLDER) -> AccountParameters:
    """Read the file of the account.

    Raises:
        DeployError: the file is missing or not valid.
    """
    return _read(folder / "parameters-account.json", AccountParameters)


def _read(path: Path, kind: type[_AnyFile]) -> _AnyFile:
    try:
        return kind.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise DeployError(f"{path}: {error}") from None


def undecided(given: StageParameters) -> list[str]:
    """Return what a stage's file does not say and must: each as a sentence with the parameter.

    Prod needs an address for its alarms, second factors, and a decision on retention. The
    template's `Rules` refuse the same, but only after the package is made and uploaded.
    """
    values = given.parameters
    days, is_for_ever = values.get("KeepDays", "0"), values.get("KeepForEver") == "yes"
    found = []
    if not _is_retention(days):
        found.append(f"KeepDays is {days!r}: a number of days, at least {_FEWEST_DAYS}, or 0")
    if days != "0" and is_for_ever:
        found.append("KeepForEver is yes, but KeepDays is not 0: decide for one")
    if values.get("Stage") != "prod":
        return found
    if not _MAIL.fullmatch(values.get("AlarmEmail", "")):
        found.append("AlarmEmail is no address: somebody must get the alarms")
    if values.get("SecondFactor", "required") != "required":
        found.append("SecondFactor is not required: users of dinas and bpjs need a second factor")
    if days == "0" and not is_for_ever:
        found.append(
            f"KeepDays is 0: decide how long data are kept (at least {_FEWEST_DAYS} days), or that "
            "they are kept for ever (KeepForEver: yes)"
        )
    return found


def _is_retention(days: str) -> bool:
    return days.isascii() and days.isdecimal() and (days == "0" or int(days) >= _FEWEST_DAYS)
