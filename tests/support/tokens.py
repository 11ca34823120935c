"""The claims of ID tokens, as API Gateway passes them to the function behind the API."""

import os
from collections.abc import Mapping
from typing import Any

VARIABLES = {
    "PAYUNG_TOKEN_ISSUER": "https://cognito-idp.ap-southeast-3.amazonaws.com/pool",
    "PAYUNG_USER_POOL_CLIENT": "payung-page",
}
"""The environment of a function that no template describes."""


def claims_of(
    groups: object,
    environment: Mapping[str, str] = os.environ,
    *,
    username: str = "ani",
) -> dict[str, Any]:
    """Return the claims of a valid token of a user in these groups."""
    return {
        "sub": "00000000-0000-0000-0000-000000000000",
        "iss": environment["PAYUNG_TOKEN_ISSUER"],
        "aud": environment["PAYUNG_USER_POOL_CLIENT"],
        "token_use": "id",
        "cognito:username": username,
        "cognito:groups": groups,
    }
