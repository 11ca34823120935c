"""Cognito resets a password with a code that it sends by mail; moto takes any code and password."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.cognitoidp.exceptions import CodeMismatchException
from moto.cognitoidp.models import CognitoIdpBackend, UserStatus
from moto.core.exceptions import JsonRESTError

from .patch import Kind, Patch

TOPIC = "passwords"
CODE = "246810"
"""The code for a new password. The embedded user pool sends no mail, so it is always the same."""


def _confirm(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def confirming(
        backend: CognitoIdpBackend, client_id: str, username: str, password: str, code: str
    ) -> Any:
        if code != CODE:
            raise CodeMismatchException("Invalid verification code provided, please try again.")
        for pool in backend.user_pools.values():
            user = pool._get_user(username) if client_id in pool.clients else None  # noqa: SLF001  # moto's own look-up
            if user is not None:
                backend._validate_password(pool.id, password)  # noqa: SLF001  # as for other new passwords
                user.status = UserStatus.CONFIRMED
        return original(backend, client_id, username, password, code)

    return confirming


def _begin(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def beginning(
        backend: CognitoIdpBackend, client_id: str, auth_flow: str, auth_parameters: dict[str, str]
    ) -> Any:
        answer = original(backend, client_id, auth_flow, auth_parameters)
        username = auth_parameters.get("USERNAME", "")
        for pool in backend.user_pools.values():
            user = pool._get_user(username) if client_id in pool.clients else None  # noqa: SLF001  # as above
            if user is not None and user.status is UserStatus.RESET_REQUIRED:
                raise JsonRESTError(
                    "PasswordResetRequiredException", "Password reset required for the user"
                )
        return answer

    return beginning


PATCHES = (
    Patch(
        TOPIC,
        "moto.cognitoidp.models.CognitoIdpBackend.confirm_forgot_password",
        "Cognito compares the code, and the password with its policy; moto takes any.",
        Kind.CORRECTNESS,
        "moto/cognitoidp/models.py",
        _confirm,
    ),
    Patch(
        TOPIC,
        "moto.cognitoidp.models.CognitoIdpBackend.initiate_auth",
        "Cognito signs nobody in whose password an administrator has reset; moto does.",
        Kind.CORRECTNESS,
        "moto/cognitoidp/models.py",
        _begin,
    ),
)
