"""Tokens that must let nobody in, made with what an attacker may know."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from moto.cognitoidp import models

from tests.api.served import Served

Token = Callable[[Served], str | None]
_OTHER_KEY = RSAKey.generate_key(2048, {"kid": "dummy"})


def signed(
    api: Served, *, head: Mapping[str, Any] | None = None, key: Any = None, **claims: Any
) -> str:
    """Return a token like the department's, with changes; a claim that is None is left out."""
    private = key or RSAKey.import_key(_pool(api).json_web_key.as_dict(private=True))
    standard = {
        "iss": api.cloud.made["UserPool"]["ProviderURL"],
        "aud": api.cloud.user_pool_client,
        "token_use": "id",
        "exp": int(time.time()) + 60,
        "cognito:username": "dinas",
        "cognito:groups": ["dinas"],
    }
    given = {name: value for name, value in (standard | claims).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "dummy", **(head or {})}, given, private)


def _pool(api: Served) -> Any:
    found = models.cognitoidp_backends["123456789012"]["ap-southeast-3"].user_pools
    return found[api.cloud.user_pool]


def _raw(head: Mapping[str, Any]) -> Token:
    """Return a token with this header over the department's claims, and a signature of nothing."""

    def make(api: Served) -> str:
        _, body, seal = signed(api).split(".")
        return f"{_base64(json.dumps(head).encode())}.{body}.{seal}"

    return make


def _unsigned(algorithm: str) -> Token:
    def make(api: Served) -> str:
        _, body, _ = signed(api).split(".")
        return f"{_base64(json.dumps({'alg': algorithm, 'kid': 'dummy'}).encode())}.{body}."

    return make


def _with_secret(secret: bytes) -> Token:
    """Return a token that is signed with a secret which everybody knows."""

    def make(api: Served) -> str:
        _, body, _ = signed(api).split(".")
        head = _base64(json.dumps({"alg": "HS256", "kid": "dummy"}).encode())
        seal = hmac.digest(secret, f"{head}.{body}".encode(), "sha256")
        return f"{head}.{body}.{_base64(seal)}"

    return make


def _with_public_key(form: str) -> Token:
    def make(api: Served) -> str:
        key = RSAKey.import_key(_pool(api).json_web_key.as_dict(private=False))
        shown = key.as_pem(private=False) if form == "PEM" else str(key.as_dict()["n"]).encode()
        return str(_with_secret(shown)(api))

    return make


def _promoted(api: Served) -> str:
    head, body, seal = api.tokens["bri"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{_base64(json.dumps(claims | {'cognito:groups': ['dinas']}).encode())}.{seal}"


def _tokens_of_sign_in(kind: str) -> Token:
    def make(api: Served) -> str:
        user = api.users["dinas"]
        answer = api.session.client("cognito-idp").initiate_auth(
            ClientId=api.cloud.user_pool_client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
        )
        return str(answer["AuthenticationResult"][kind])

    return make


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _claims(**claims: Any) -> Token:
    return lambda api: signed(api, **claims)


_KIDS: tuple[Any, ...] = ("../../dev/null", "' OR '1'='1", "a\0b", [], {}, None, 1, "other")
FORGED: dict[str, Token] = {
    "none": lambda _: None,
    "empty": lambda _: "",
    "no token": lambda _: "x.y.z",
    "two parts": lambda api: signed(api).rpartition(".")[0],
    "five parts": lambda api: f"{signed(api)}.x.y",
    "JSON form": lambda api: json.dumps({"payload": signed(api).split(".")[1], "signatures": []}),
    "expired": _claims(exp=int(time.time()) - 1),
    "without an end": _claims(exp=None),
    "end as a text": _claims(exp="tomorrow"),
    "of another pool": _claims(iss="https://cognito-idp.ap-southeast-3.amazonaws.com/other"),
    "of no pool": _claims(iss=None),
    "for another client": _claims(aud="other"),
    "for no client": _claims(aud=None),
    "client in another claim": _claims(aud=None, client_id="dummy"),
    "used as an access token": _claims(token_use="access"),
    "of no use": _claims(token_use=None),
    "an access token": _tokens_of_sign_in("AccessToken"),
    "a refresh token": _tokens_of_sign_in("RefreshToken"),
    "groups rewritten": _promoted,
    "signed by another key": lambda api: signed(api, key=_OTHER_KEY),
    "own key in the header": lambda api: signed(
        api, key=_OTHER_KEY, head={"jwk": _OTHER_KEY.as_dict(private=False)}
    ),
    "own key at an address": lambda api: signed(
        api, key=_OTHER_KEY, head={"jku": "http://127.0.0.1:1/keys.json"}
    ),
    **{f"alg {name}": _unsigned(name) for name in ("none", "None", "NONE", "nOnE", "")},
    "HS256 with no secret": _with_secret(b""),
    "HS256 with the public key": _with_public_key("PEM"),
    "HS256 with the public modulus": _with_public_key("n"),
    **{f"kid {kid!r}": _raw({"alg": "RS256", "kid": kid}) for kid in _KIDS},
    "critical header": _raw({"alg": "RS256", "kid": "dummy", "crit": ["b64"], "b64": False}),
    "encrypted": _raw({"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "dummy"}),
    "signature cut": lambda api: signed(api)[:-8],
    "signature empty": lambda api: signed(api).rpartition(".")[0] + ".",
}

PEOPLE_OF_NO_ROLE = (
    "",
    "bank-02",
    "bank-0022",
    "BANK-002",
    "bank-002 x",
    "bank-\uff10\uff10\uff12",
    "bank-00\u0662",
    "bank_002",
    "xbank-002",
    "bank-002\n\u200b",
    "bank-002,bank-008",
    "bank-008,bank-002,bank-127",
    "Dinas",
    "DINAS",
    "dinas\u200b",
    "d\u0131nas",
    "admin",
    "bpjs dinas",
    "bpjs;dinas",
    '"dinas"',
    "*",
)
"""Groups that look like a role and are none; several are joined by commas, as in a request."""
