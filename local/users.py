"""Makes one user of each role in the embedded cloud's user pool, to sign in with."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import boto3

_PASSWORD = "Payung-lokal-2026"  # noqa: S105  # this user pool exists on this machine only
_USERS: Mapping[str, str] = {
    "dinas": "dinas",
    "bpjs": "bpjs",
    "bri": "bank-002",
    "bsg": "bank-127",
}
"""The users' groups, by their names."""


@dataclass(frozen=True, slots=True)
class User:
    """A user who can sign in."""

    name: str
    password: str
    group: str


def make_users(session: boto3.Session, pool: str) -> list[User]:
    """Make one user of each role in a user pool, with permanent passwords. Safe to repeat."""
    cognito = session.client("cognito-idp")
    users = [User(name, _PASSWORD, group) for name, group in _USERS.items()]
    for user in users:
        with suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(UserPoolId=pool, Username=user.name, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=user.name, Password=user.password, Permanent=True
        )
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=user.name, GroupName=user.group)
    return users


def id_token(session: boto3.Session, client: str, user: User) -> str:
    """Sign a user in; return the ID token for the API."""
    answer = session.client("cognito-idp").initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


def as_text(users: list[User]) -> str:
    """Return the lines about the users for the command line."""
    return "\n".join(f"  {each.name:<8} {each.password}   ({each.group})" for each in users)
