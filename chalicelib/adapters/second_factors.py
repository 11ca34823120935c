"""The port `SecondFactors` on Amazon Cognito."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .aws_errors import busy_is_busy
from .ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

KEPT = timedelta(minutes=5)
"""How long a process believes that a user has a second factor: as long as an ID token is valid."""
_AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"


class CognitoSecondFactors:
    """`SecondFactors` on one user pool."""

    def __init__(self, client: "CognitoIdentityProviderClient", *, pool: str, clock: Clock) -> None:
        """Take the client, the user pool's id and the clock."""
        self._client = client
        self._pool = pool
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def has(self, username: str) -> bool:
        """Return whether Cognito asks this user for a code at every sign-in.

        Only a yes is kept: who sets up a second factor may go on at once.
        """
        now = self._clock()
        if self._until.get(username, now) > now:
            return True
        try:
            with busy_is_busy():
                found = self._client.admin_get_user(UserPoolId=self._pool, Username=username)
        except self._client.exceptions.UserNotFoundException:
            return False  # deleted, while the last token is still valid
        if not found["Enabled"] or _AUTHENTICATOR not in found.get("UserMFASettingList", ()):
            return False
        self._until[username] = now + KEPT
        return True
