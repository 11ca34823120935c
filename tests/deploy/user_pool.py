"""A stage's user pool in the embedded cloud, for the commands about users."""

from typing import TYPE_CHECKING, Any

import boto3

from local import resources
from local.cloud import read_template
from local.deploy import staff

if TYPE_CHECKING:
    import pytest

    from local.template import Attributes


class Office:
    """A stage's user pool, and what the commands say."""

    def __init__(self, session: boto3.Session) -> None:
        self.session = session
        template = read_template()
        made: dict[str, Attributes] = {}
        for each in template.in_order():
            if each.type.startswith("AWS::Cognito::"):
                properties = template.resolve(dict(each.properties), made)
                made[each.name] = resources.make(session, each.type, each.name, properties)
        self.pool, self.page = made["UserPool"]["Ref"], made["UserPoolClient"]["Ref"]
        self.cognito = session.client("cognito-idp")
        self.sent: list[dict[str, Any]] = []
        events = self.cognito.meta.events
        events.register("provide-client-params.cognito-idp.AdminCreateUser", self._remember)

    def _remember(self, params: dict[str, Any], **_: Any) -> None:
        self.sent.append(params)

    def user(self, name: str = "ani") -> Any:
        return self.cognito.admin_get_user(UserPoolId=self.pool, Username=name)

    def signed_in(self, name: str = "ani") -> str:
        """Give the user a password and a second factor; return the access token."""
        secret = "Milik-Sendiri-2026"
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool, Username=name, Password=secret, Permanent=True
        )
        answer = self.cognito.initiate_auth(
            ClientId=self.page,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": secret},
        )
        access: str = answer["AuthenticationResult"]["AccessToken"]
        self.cognito.associate_software_token(AccessToken=access)
        self.cognito.verify_software_token(AccessToken=access, UserCode="123456")
        self.cognito.set_user_mfa_preference(
            AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )
        return access

    def instead_of(self, stack: str, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Let a stack have this user pool, and no other stack have one."""
        monkeypatch.setattr(
            staff.changes,
            "outputs",
            lambda _, name: {"UserPoolId": self.pool} if name == stack else {},
        )
        real = self.session.client
        monkeypatch.setattr(
            self.session,
            "client",
            lambda service: self.cognito if service == "cognito-idp" else real(service),
        )
