"""Cognito renews no session of a user who is disabled or deleted; moto does."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.cognitoidp.exceptions import NotAuthorizedError
from moto.cognitoidp.models import CognitoIdpUserPool

from .patch import Kind, Patch

TOPIC = "sessions"


def _renew(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def refusing(pool: CognitoIdpUserPool, refresh_token: str) -> Any:
        known = pool.refresh_tokens.get(refresh_token)
        user = pool._get_user(known[1]) if known else None  # noqa: SLF001  # moto's own look-up
        if user is None or not user.enabled:
            raise NotAuthorizedError("User is disabled.")
        return original(pool, refresh_token)

    return refusing


PATCHES = (
    Patch(
        TOPIC,
        "moto.cognitoidp.models.CognitoIdpUserPool.create_tokens_from_refresh_token",
        "Cognito renews no session of a disabled user; moto does.",
        Kind.CORRECTNESS,
        "moto/cognitoidp/models.py",
        _renew,
    ),
)
