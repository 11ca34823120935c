"""The API as it is served: tokens, the gateway's own answers, the page, and AWS behind it."""

import base64
import gzip
import json
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from moto.cognitoidp import models

from chalicelib.api import site
from chalicelib.api.endpoints import ENDPOINTS
from local.users import User
from tests.api.served import Served, served, upload
from tests.support.builders import a_nik
from tests.support.world import a_line

LOOKUP = "POST /enrollments/lookup"
IDS = [f"{each.method} {each.path}" for each in ENDPOINTS]


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served() as made:
        yield made


def forged(api, key=None, headers=None, **claims):
    """Return a token like the department's, with changes."""
    pool = models.cognitoidp_backends["123456789012"]["ap-southeast-3"].user_pools
    private = RSAKey.import_key(pool[api.cloud.user_pool].json_web_key.as_dict(private=True))
    standard = {
        "iss": api.cloud.made["UserPool"]["ProviderURL"],
        "aud": api.cloud.user_pool_client,
        "token_use": "id",
        "exp": int(time.time()) + 60,
        "cognito:username": "dinas",
        "cognito:groups": ["dinas"],
    }
    claims = {name: value for name, value in (standard | claims).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "dummy"} | (headers or {}), claims, key or private)


def test_a_token_like_the_pools_own_is_taken(api):
    assert api.ask("GET /me", token=forged(api)).body["role"] == "dinas"


def access_token(api):
    user = api.users["dinas"]
    answer = api.session.client("cognito-idp").initiate_auth(
        ClientId=api.cloud.user_pool_client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
    )
    return answer["AuthenticationResult"]["AccessToken"]


def unsigned(api):
    _, body, _ = forged(api).split(".")
    return f"eyJhbGciOiJub25lIn0.{body}."


def symmetric(api):
    """Signed with the published key, as if it were a secret."""
    return jwt.encode({"alg": "HS256"}, {"cognito:username": "dinas"}, OctKey.import_key("x" * 64))


def promoted(api):
    """A bank's token, its groups rewritten."""
    head, body, seal = api.tokens["bri"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["cognito:groups"] = ["dinas"]
    rewritten = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{rewritten}.{seal}"


REFUSED = {
    "none": lambda _: None,
    "no token at all": lambda _: "x.y.z",
    "expired": lambda api: forged(api, exp=int(time.time()) - 1),
    "without an end": lambda api: forged(api, exp=None),
    "of another pool": lambda api: forged(api, iss="https://cognito-idp.x/other"),
    "for another client": lambda api: forged(api, aud="other"),
    "an access token": access_token,
    "used as an access token": lambda api: forged(api, token_use="access"),
    "not signed": unsigned,
    "signed with a secret": symmetric,
    "signed by somebody else": lambda api: forged(api, RSAKey.generate_key(2048)),
    "tampered with": promoted,
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_no_other_token_is_taken(api, token):
    response = api.ask("GET /me", token=token(api))
    assert (response.status, response.code) == (401, "not_signed_in")
    assert response.body["error"]["request_id"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("change", ["admin_disable_user", "admin_delete_user"])
def test_a_removed_user_gets_no_new_token(api, change):
    cognito = api.session.client("cognito-idp")
    user = User("leaver", api.users["dinas"].password, "dinas")
    about = {"UserPoolId": api.cloud.user_pool, "Username": user.name}
    cognito.admin_create_user(**about, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**about, Password=user.password, Permanent=True)
    tokens = cognito.initiate_auth(
        ClientId=api.cloud.user_pool_client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
    )["AuthenticationResult"]
    renewal = {
        "ClientId": api.cloud.user_pool_client,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
    }
    assert cognito.initiate_auth(**renewal)["AuthenticationResult"]["IdToken"]
    getattr(cognito, change)(**about)
    with pytest.raises(cognito.exceptions.ClientError):
        cognito.initiate_auth(**renewal)
    if change == "admin_disable_user":
        cognito.admin_delete_user(**about)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_every_route_wants_a_token(api, endpoint):
    path = endpoint.path.format(batch="7K3M9QX2", remittance="002-261129031500-7F3A")
    body = {} if endpoint.body else None
    assert api.ask(f"{endpoint.method} {path}", body).status == 401


@pytest.mark.parametrize(
    ("user", "role"), [("dinas", "dinas"), ("bpjs", "bpjs"), ("bri", "bank"), ("bsg", "bank")]
)
def test_the_users_of_the_embedded_cloud_can_sign_in(api, user, role):
    assert api.ask("GET /me", token=api.tokens[user]).body["role"] == role


@pytest.mark.parametrize("call", ["GET /nothing", "DELETE /batches", "GET /uploads", "PUT /"])
def test_an_unknown_address_is_reported(api, call):
    for token in (None, api.tokens["dinas"]):
        response = api.ask(call, token=token)
        assert (response.status, response.code) == (404, "address_unknown")


def test_a_body_that_is_not_json_is_not_read(api):
    response = api.ask(
        LOOKUP, b"nik=1", token=api.tokens["dinas"], headers={"Content-Type": "text/plain"}
    )
    assert (response.status, response.code) == (415, "not_json")


def test_the_documentation_is_served(api):
    response = api.ask("GET /openapi.json", token=api.tokens["bri"])
    assert response.body["openapi"] == "3.1.0"


@pytest.fixture(scope="module")
def enrolled(api):
    """A file that a bank uploaded with its ticket, as its browser does, processed to the end."""
    return upload(api, [*(a_line(n) for n in range(1, 6)), a_line(9, nik="1")])


def test_a_whole_day_at_the_counter(api, enrolled):
    dinas, bri, bsg = (api.tokens[each] for each in ("dinas", "bri", "bsg"))
    assert (enrolled["status"], enrolled["accepted"], enrolled["rejected"]) == ("completed", 5, 1)
    path = f"/batches/{enrolled['batch']}"
    rows = api.ask(f"GET {path}/rows?limit=3", token=bri).body
    more = api.ask(f"GET {path}/rows?limit=3&cursor={rows['next']}", token=bri).body
    assert [each["row"] for each in (*rows["rows"], *more["rows"])] == [2, 3, 4, 5, 6, 7]
    reference = rows["rows"][0]["reference"]
    found = api.ask(LOOKUP, {"reference": reference}, token=dinas).body
    assert (found["protected"], found["enrollments"][0]["phase"]) == (False, "enrolled")
    asked = {"nik": a_nik(1), "unmask": True, "reason": "Ditanyakan di loket"}
    assert api.ask(LOOKUP, asked, token=dinas).body["enrollments"][0]["nik"] == a_nik(1)
    assert api.ask(LOOKUP, {"nik": a_nik(1)}, token=bsg).code == "not_enrolled"
    files = api.ask(f"GET {path}/results", token=bri).body["files"]
    assert [each["name"] for each in files] == [
        "hasil.xlsx",
        "ditolak.xlsx",
        "konfirmasi.xlsx",
        "hasil.csv",
        "ditolak.csv",
        "konfirmasi.csv",
        "ringkasan.json",
    ]
    total = api.ask("GET /totals?by=regency", token=dinas).body["total"]
    assert (total["accepted"], total["premium_total"]) == (5, 5 * 33_600)
    assert api.ask(f"GET {path}", token=bsg).status == 404
    again = {"nik": a_nik(2), "reason": "Tidak menerima SMS"}
    assert api.ask("POST /enrollments/resend", again, token=dinas).body["sms"] == "pending"
    pause = {"action": "pause", "reason": "Pemeriksaan"}
    assert api.ask("POST /sms/gate", pause, token=dinas).body["why"] == "paused"
    assert api.ask("POST /sms/gate", {**pause, "action": "resume"}, token=dinas).body["open"]
    assert api.ask("POST /outreach", {"bank": "002"}, token=dinas).status == 202
    assert api.ask("GET /outreach?bank=002", token=dinas).body["files"] == []


def test_the_audit_trail_is_in_its_own_log(api, enrolled):
    api.ask(LOOKUP, {"nik": a_nik(3)}, token=api.tokens["bpjs"])
    logs = api.session.client("logs")
    group = api.cloud.made["AuditLog"]["Ref"]
    found = [json.loads(e["message"]) for e in logs.filter_log_events(logGroupName=group)["events"]]
    (line,) = [each for each in found if each["who"] == "bpjs"]
    assert (line["action"], line["outcome"], line["shown"]) == ("look_up", "ok", "masked")
    assert a_nik(3) not in json.dumps(found)


def test_a_ticket_names_the_object_and_its_size_exactly(api):
    asked = {"scheme": "BPUM", "file_name": "a.csv", "size": 10}
    ticket = api.ask("POST /uploads", asked, token=api.tokens["bri"]).body
    policy = json.loads(base64.b64decode(ticket["fields"]["policy"]))
    assert {"key": ticket["key"]} in policy["conditions"]
    assert ["content-length-range", 10, 10] in policy["conditions"]
    assert "$" not in ticket["key"]
    bucket = api.cloud.bucket
    assert ticket["url"] == f"https://{bucket}.s3.ap-southeast-3.amazonaws.com/"


def test_the_page_needs_no_token_and_has_security_headers(api):
    response = api.ask("GET /")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<base href="/">' in response.text
    assert "{{" not in response.text
    assert "https://cognito.test" in response.text
    policy = response.headers["Content-Security-Policy"]
    origin = api.cloud.environment["PAYUNG_BUCKET_ORIGIN"]
    assert f"connect-src 'self' https://cognito.test {origin};" in policy
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_everything_that_the_page_loads_is_served_and_kept_by_the_browser(api):
    page = api.ask("GET /")
    assert page.headers["Cache-Control"] == "no-cache"
    assert len(re.findall(r'"assets/[a-z]+-[0-9a-f]{16}\.[a-z]+"', page.text)) == 5
    for name, content in site.assets().items():
        response = api.ask(f"GET /assets/{name}")
        assert response.status == 200
        assert response.headers["Content-Type"] == site.TYPES[Path(name).suffix]
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.text == content


def test_long_answers_are_compressed_for_clients_that_can_read_it(api):
    name = max(site.assets(), key=lambda each: len(site.assets()[each]))
    request = urllib.request.Request(  # noqa: S310  # on loopback
        f"{api.url}/assets/{name}", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
        body = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) < len(site.assets()[name]) / 2
    assert gzip.decompress(body).decode() == site.assets()[name]


def test_the_form_to_sign_in_comes_within_two_seconds_on_a_slow_line(api):
    """At 400 kbit/s and 400 ms: the page, then all that it names, at the same time."""
    sent = {"page": api.ask("GET /").text}
    names = [name for name in site.assets() if f'"assets/{name}"' in sent["page"]]
    for name in names:
        sent[name] = api.ask(f"GET /assets/{name}").text
    assert 4 <= len(sent) <= 7  # and the views, while the user types
    content = sum(len(gzip.compress(text.encode(), 6)) + 900 for text in sent.values())  # headers
    assert 2 * 0.4 + content / (400_000 / 8) < 1.6


@pytest.mark.parametrize(
    "name",
    [
        "..%2findex.html",
        "..",
        "../index.html",
        "%2e%2e/app.py",
        "nothing.js",
        "index.html",
        "main.js",
    ],
)
def test_nothing_else_is_served(api, name):
    assert api.ask(f"GET /assets/{name}").status == 404


def test_an_asset_in_the_browsers_cache_is_not_sent_again(api):
    for path in ("/", f"/assets/{next(iter(site.assets()))}"):
        first = api.ask(f"GET {path}")
        response = api.ask(f"GET {path}", headers={"If-None-Match": first.headers["ETag"]})
        assert (response.status, response.text) == (304, "")
        assert api.ask(f"GET {path}", headers={"If-None-Match": '"other"'}).status == 200


def test_urllib_sends_the_path_unchanged():
    """The path traversals above reach the server unchanged."""
    assert urllib.request.Request("http://h/assets/../x").selector == "/assets/../x"
