"""Reads AWS's answers: the reason of a refusal, and what an account has of SMS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from .parameters import AccountParameters

if TYPE_CHECKING:
    import boto3

_SERVICE = "pinpoint-sms-voice-v2"  # AWS End User Messaging, in botocore
_LIMIT = "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"
_OPT_OUTS = "Default"
"""The list of opt-outs of an account in which nobody has chosen another; SNS uses it."""


def code(error: ClientError) -> str:
    """Return the code of a refusal."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def reason(error: ClientError | BotoCoreError) -> str:
    """Return why a call failed, in AWS's words."""
    if isinstance(error, ClientError):
        said = str(error.response.get("Error", {}).get("Message", ""))
        return f"{code(error)}: {said}" if said else code(error)
    return str(error)


@dataclass(frozen=True, slots=True)
class Texting:
    """What AWS End User Messaging has for this account in the region.

    `granted` is the highest spend limit that AWS accepts (USD a month), None if it names none.
    """

    sender_arn: str | None
    sender_is_registered: bool
    opt_out_list_arn: str | None
    granted: int | None


def texting(session: "boto3.Session", given: AccountParameters) -> Texting:
    """Ask for the sender ID, the list of opt-outs and the spend limit of the account.

    Raises:
        ClientError, BotoCoreError: AWS does not answer this.
    """
    messaging: Any = session.client(_SERVICE)
    senders = messaging.describe_sender_ids(
        Filters=[
            {"Name": "sender-id", "Values": [given.sender_id]},
            {"Name": "iso-country-code", "Values": [given.sender_country]},
        ]
    )["SenderIds"]
    lists = messaging.describe_opt_out_lists()["OptOutLists"]
    limits = messaging.describe_spend_limits()["SpendLimits"]
    sender = next(iter(senders), None)
    return Texting(
        sender_arn=sender["SenderIdArn"] if sender else None,
        sender_is_registered=bool(sender and sender["Registered"]),
        opt_out_list_arn=next(
            (each["OptOutListArn"] for each in lists if each["OptOutListName"] == _OPT_OUTS), None
        ),
        granted=next((int(each["MaxLimit"]) for each in limits if each["Name"] == _LIMIT), None),
    )


def policy_of(session: "boto3.Session", arn: str) -> str | None:
    """Return the resource policy of a sender ID or a list of opt-outs; None if it has none.

    Raises:
        ClientError, BotoCoreError: AWS does not answer this.
    """
    messaging: Any = session.client(_SERVICE)
    try:
        found: str | None = messaging.get_resource_policy(ResourceArn=arn).get("Policy")
    except ClientError as error:
        if code(error) == "ResourceNotFoundException":
            return None
        raise
    return found or None
