"""Omits the signature of calls, only for clients whose calls stay in this process.

moto checks no signature, and computing one takes a third of a call.
"""

from collections.abc import Callable
from typing import Any

from botocore.auth import SigV4Auth

from .patch import Kind, Patch

TOPIC = "signing"


def _add_auth(original: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    def add_auth(auth: Any, request: Any) -> None:
        plain: Any = SigV4Auth
        if auth.__class__ is not plain:
            original(auth, request)  # a signed link needs its signature
            return
        region, service = auth._region_name, auth._service_name  # noqa: SLF001  # kept nowhere else
        del request.headers["Authorization"]
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={auth.credentials.access_key}/19700101/{region}/{service}"
            "/aws4_request, SignedHeaders=host, Signature=none"
        )

    return add_auth


PATCHES = (
    Patch(
        TOPIC,
        "botocore.auth.SigV4Auth.add_auth",
        "botocore signs each call, and moto does not check the signature.",
        Kind.SPEED,
        "none: botocore is correct; only the embedded cloud needs no signature",
        _add_auth,
    ),
)
