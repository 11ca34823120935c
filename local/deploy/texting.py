"""The account's SMS settings, which are the region's and no resource of CloudFormation's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import DeployError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_EVERY_MESSAGE = "100"  # per cent: a receipt for each, also where it was delivered


def wanted(*, role: str, spend_limit: int, sender_id: str) -> Mapping[str, str]:
    """Return the settings that payung needs.

    `role` is the ARN of the role with which SNS writes its delivery logs; `spend_limit` is whole
    USD a month.
    """
    return {
        "DefaultSMSType": "Transactional",
        "DefaultSenderID": sender_id,
        "DeliveryStatusIAMRole": role,
        "DeliveryStatusSuccessSamplingRate": _EVERY_MESSAGE,
        "MonthlySpendLimit": str(spend_limit),
    }


def ensure(sns: "SNSClient", settings: Mapping[str, str]) -> Mapping[str, str]:
    """Set what differs; return that. Safe to repeat.

    Raises:
        DeployError: SNS refuses, mostly because more is to be spent than AWS has granted.
    """
    found = sns.get_sms_attributes()["attributes"]
    differing = {name: value for name, value in settings.items() if found.get(name) != value}
    if not differing:
        return {}
    try:
        sns.set_sms_attributes(attributes=differing)
    except ClientError as error:
        said = error.response["Error"]
        raise DeployError(
            f"SNS refuses {', '.join(sorted(differing))}: {said.get('Message', said['Code'])}. "
            "A higher monthly spend limit has to be asked of AWS first (Service Quotas, SNS)."
        ) from None
    return differing
