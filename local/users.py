"""Somebody of each role, to sign in with at home: made in the embedded cloud's user pool."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import boto3

_PASSWORD = "Payung-lokal-2026"  # noqa: S105  # of a user pool that is nowhere but on this machine
_USERS: Mapping[str, str] = {
    "dinas": "dinas",
    "bpjs": "bpjs",
    "bri": "bank-002",
    "bsg": "bank-127",
}
"""The users' groups, by their names."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in."""

    name: str
    password: str
    group: str


def make_users(session: boto3.Session, pool: str) -> list[User]:
    """Make somebody of each role in a user pool, with passwords that last; safe to repeat."""
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
    """Sign somebody in; return the ID token that the API takes."""
    answer = session.client("cognito-idp").initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


def told(users: list[User]) -> str:
    """Return the users as the command line shows them."""
    return "\n".join(f"  {each.name:<8} {each.password}   ({each.group})" for each in users)
