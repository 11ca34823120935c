"""The users of a deployed stage: invites them, and helps those who lost a password or a phone.

Cognito sends every password and code by mail itself; no command shows one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import DeployError, changes, stack_name

if TYPE_CHECKING:
    import boto3

POOL = "UserPoolId"
"""The stack's output with the id of the user pool."""
_STAFF = ("dinas", "bpjs")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_AUTHENTICATOR = "SOFTWARE_TOKEN_MFA"


@dataclass(frozen=True)
class Staff:
    """The users of one stage."""

    session: "boto3.Session"
    stage: str

    def invite(self, name: str, mail: str, group: str) -> Iterator[str]:
        """Make a user in a group. Cognito sends the invitation, with a password for three days.

        Safe to repeat: a user who is there already, and has not signed in yet, gets a new one.

        Raises:
            DeployError: the name, the address or the group cannot be, or the user is somebody else.
        """
        if not _NAME.fullmatch(name):
            raise DeployError("a user's name has small letters, digits, dots, hyphens: 2 to 63")
        if not _MAIL.fullmatch(mail):
            raise DeployError("the mail address is none")
        self._must_be_group(group)
        attributes = {"email": mail, "email_verified": "true"}
        if (found := self._user(name)) is None:
            again = {}
        else:
            if _attributes(found).get("email") != mail:
                raise DeployError(f"there is a user {name} with another mail address")
            if found["UserStatus"] != "FORCE_CHANGE_PASSWORD":
                raise DeployError(f"{name} has signed in already: use password")
            again = {"MessageAction": "RESEND"}
        # The group comes first where there is a user: an invitation to an account without rights
        # helps nobody.
        if found is not None:
            self._join(name, group)
        self._cognito.admin_create_user(
            **self._about(name),
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
            DesiredDeliveryMediums=["EMAIL"],
            **again,
        )
        if found is None:
            self._join(name, group)
        yield f"{name} ({group}) gets an invitation by mail; its password is valid for three days"
        if group in _STAFF:
            yield "the page asks for a second factor after the first sign-in"

    def new_password(self, name: str) -> Iterator[str]:
        """Make a user's password invalid; Cognito sends a code, and the page asks for it.

        Raises:
            DeployError: there is no such user, or the user has never signed in.
        """
        found = self._known(name)
        if found["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            raise DeployError(f"{name} has never signed in: use invite again")
        if _attributes(found).get("email_verified") != "true":
            raise DeployError(f"{name} has no verified mail address: remove the user, then invite")
        self._cognito.admin_reset_user_password(**self._about(name))
        self._cognito.admin_user_global_sign_out(**self._about(name))
        yield f"{name} gets a code by mail; the page asks for it at the next sign-in"

    def lost_phone(self, name: str) -> Iterator[str]:
        """Take a user's second factor away, and end all sessions.

        Raises:
            DeployError: there is no such user.
        """
        found = self._known(name)
        self._cognito.admin_set_user_mfa_preference(
            **self._about(name),
            SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False},
        )
        # The person who found the phone may know the password, too.
        self._cognito.admin_user_global_sign_out(**self._about(name))
        groups = self._groups(name)
        had = _AUTHENTICATOR in found.get("UserMFASettingList", ())
        yield f"{name} {'has no second factor any more' if had else 'had no second factor'}"
        if set(groups) & set(_STAFF):
            yield "the page asks for a new one at the next sign-in, before anything else"

    def disable(self, name: str) -> Iterator[str]:
        """Let a user sign in no more; the last token ends within five minutes.

        Raises:
            DeployError: there is no such user.
        """
        self._known(name)
        self._cognito.admin_disable_user(**self._about(name))
        self._cognito.admin_user_global_sign_out(**self._about(name))
        yield f"{name} cannot sign in any more, and is out within five minutes"

    def show(self) -> Iterator[str]:
        """Return a line about each user: groups, state, and whether there is a second factor."""
        pages = self._cognito.get_paginator("list_users").paginate(UserPoolId=self._pool)
        names = sorted(each["Username"] for page in pages for each in page["Users"])
        for name in names:
            found = self._known(name)
            groups = self._groups(name)
            has = _AUTHENTICATOR in found.get("UserMFASettingList", ())
            factor = "second factor" if has else "NO second factor"
            if not has and not set(groups) & set(_STAFF):
                factor = "no second factor"
            state = found["UserStatus"] if found["Enabled"] else "DISABLED"
            yield f"{name:<20} {','.join(groups) or 'NO GROUP':<12} {state:<22} {factor}"
        yield f"{len(names)} users"

    @property
    def _cognito(self) -> Any:
        return self.session.client("cognito-idp")

    @property
    def _pool(self) -> str:
        name = stack_name(self.stage)
        try:
            return changes.outputs(self.session, name)[POOL]
        except KeyError:
            raise DeployError(f"the stack {name} is not there, or has no output {POOL}") from None

    def _about(self, name: str) -> dict[str, str]:
        return {"UserPoolId": self._pool, "Username": name}

    def _user(self, name: str) -> Mapping[str, Any] | None:
        cognito = self._cognito
        try:
            found: Mapping[str, Any] = cognito.admin_get_user(**self._about(name))
        except cognito.exceptions.UserNotFoundException:
            return None
        return found

    def _known(self, name: str) -> Mapping[str, Any]:
        if (found := self._user(name)) is None:
            raise DeployError(f"there is no user {name}")
        return found

    def _groups(self, name: str) -> list[str]:
        found = self._cognito.admin_list_groups_for_user(**self._about(name))["Groups"]
        return sorted(each["GroupName"] for each in found)

    def _must_be_group(self, group: str) -> None:
        pages = self._cognito.get_paginator("list_groups").paginate(UserPoolId=self._pool)
        known = sorted(each["GroupName"] for page in pages for each in page["Groups"])
        if group not in known:
            raise DeployError(f"there is no group {group}; there are {', '.join(known)}")

    def _join(self, name: str, group: str) -> None:
        if others := [each for each in self._groups(name) if each != group]:
            raise DeployError(f"{name} is in {', '.join(others)} already: one group is enough")
        self._cognito.admin_add_user_to_group(**self._about(name), GroupName=group)


def _attributes(user: Mapping[str, Any]) -> Mapping[str, str]:
    return {each["Name"]: each["Value"] for each in user["UserAttributes"]}
