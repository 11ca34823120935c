"""The account's SMS settings in the region. CloudFormation has no resource for them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import aws_answers
from .parameters import AccountParameters

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_EVERY_MESSAGE = "100"  # per cent: a receipt for every message, delivered ones included
SPEND_LIMIT = "MonthlySpendLimit"


def wanted(given: AccountParameters, *, role: str) -> Mapping[str, str]:
    """Return the settings that payung needs, the spend limit last.

    `role` is the ARN of the role with which SNS writes its delivery logs.
    """
    return {
        "DefaultSMSType": "Transactional",
        "DeliveryStatusIAMRole": role,
        "DeliveryStatusSuccessSamplingRate": _EVERY_MESSAGE,
        "DefaultSenderID": given.sender_id,
        SPEND_LIMIT: str(given.monthly_spend_limit),
    }


def ensure(
    sns: "SNSClient", settings: Mapping[str, str], *, granted: int | None
) -> Iterator[tuple[str, bool]]:
    """Set the settings that differ; yield a line for each, and whether it was set.

    Each goes in its own call, because SNS refuses a call whole: with the spend limit that AWS has
    not granted, the receipts would be refused, too. `granted` is the highest limit that AWS accepts
    (USD a month), if it is known. Safe to repeat.
    """
    found: Mapping[str, str] = {}
    try:
        found = sns.get_sms_attributes()["attributes"]
    except ClientError as error:
        yield f"SNS does not tell the SMS settings ({aws_answers.reason(error)})", False
    for name, value in settings.items():
        if found.get(name) == value:
            continue
        try:
            sns.set_sms_attributes(attributes={name: value})
        except ClientError as error:
            yield _refused(name, value, error, granted), False
        else:
            yield f"SMS setting {name} is now {value}", True


def _refused(name: str, value: str, error: ClientError, granted: int | None) -> str:
    line = f"SNS refuses the SMS setting {name} = {value} ({aws_answers.reason(error)})"
    if name != SPEND_LIMIT:
        return f"{line}; repeat make deploy, it sets what is missing"
    limit = "an unknown number of" if granted is None else str(granted)
    return (
        f"{line}. AWS has granted {limit} USD a month: request more (Service Quotas, Amazon SNS, "
        "account spend limit for SMS), then repeat make deploy"
    )
