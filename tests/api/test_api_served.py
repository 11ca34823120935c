"""The API as it is served: tokens, the gateway's own answers, the page, and AWS behind it."""

import base64
import json
import time
import urllib.request
from collections.abc import Iterator

import pytest
from builders import a_nik
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from moto.cognitoidp import models
from served import Served, served, upload
from world import a_line

from chalicelib import site
from chalicelib.endpoints import ENDPOINTS

LOOKUP = "POST /enrollments/lookup"
IDS = [f"{each.method} {each.path}" for each in ENDPOINTS]


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served() as made:
        yield made


def forged(api, key=None, headers=None, **claims):
    """Return a token like the department's, but for what is said."""
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
    told = api.ask("GET /me", token=token(api))
    assert (told.status, told.code) == (401, "not_signed_in")
    assert told.body["error"]["request_id"]
    assert told.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=IDS)
def test_every_route_wants_a_token(api, endpoint):
    path = endpoint.path.format(batch="7K3M9QX2")
    body = {} if endpoint.body else None
    assert api.ask(f"{endpoint.method} {path}", body).status == 401


@pytest.mark.parametrize(
    ("user", "role"), [("dinas", "dinas"), ("bpjs", "bpjs"), ("bri", "bank"), ("bsg", "bank")]
)
def test_the_users_of_the_embedded_cloud_can_sign_in(api, user, role):
    assert api.ask("GET /me", token=api.tokens[user]).body["role"] == role


@pytest.mark.parametrize("call", ["GET /nothing", "DELETE /batches", "GET /uploads", "PUT /"])
def test_an_address_that_is_not_there_is_said_so(api, call):
    for token in (None, api.tokens["dinas"]):
        told = api.ask(call, token=token)
        assert (told.status, told.code) == (404, "address_unknown")


def test_what_is_not_sent_as_json_is_not_read(api):
    told = api.ask(
        LOOKUP, b"nik=1", token=api.tokens["dinas"], headers={"Content-Type": "text/plain"}
    )
    assert (told.status, told.code) == (415, "not_json")


def test_the_documentation_is_served(api):
    told = api.ask("GET /openapi.json", token=api.tokens["bri"])
    assert told.body["openapi"] == "3.1.0"


@pytest.fixture(scope="module")
def enrolled(api):
    """A file that a bank uploaded with its ticket, as its browser does, all the way through."""
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
    assert found["protected_today"] is True
    asked = {"nik": a_nik(1), "unmask": True, "reason": "Ditanyakan di loket"}
    assert api.ask(LOOKUP, asked, token=dinas).body["enrollments"][0]["nik"] == a_nik(1)
    assert api.ask(LOOKUP, {"nik": a_nik(1)}, token=bsg).code == "not_enrolled"
    files = api.ask(f"GET {path}/results", token=bri).body["files"]
    assert [each["name"] for each in files] == ["hasil.csv", "ditolak.csv", "ringkasan.json"]
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


def test_the_trail_is_in_its_own_log(api, enrolled):
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


def test_the_page_is_open_to_all_and_well_guarded(api):
    told = api.ask("GET /")
    assert told.status == 200
    assert told.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<base href="/">' in told.text
    assert "{{" not in told.text
    assert "https://cognito.test" in told.text
    policy = told.headers["Content-Security-Policy"]
    origin = api.cloud.environment["PAYUNG_BUCKET_ORIGIN"]
    assert f"connect-src 'self' https://cognito.test {origin};" in policy
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert told.headers["X-Content-Type-Options"] == "nosniff"


def test_everything_that_the_page_loads_is_served(api):
    for path in sorted((site.FOLDER / "assets").iterdir()):
        told = api.ask(f"GET /assets/{path.name}")
        assert told.status == 200, f"{path.name}: its kind must be in site.TYPES"
        assert told.headers["Content-Type"] == site.TYPES[path.suffix]
        assert told.text == path.read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["..%2findex.html", "..", "../index.html", "%2e%2e/app.py", "nothing.js", "index.html"]
)
def test_nothing_else_is_served(api, name):
    assert api.ask(f"GET /assets/{name}").status == 404


def test_what_a_browser_has_already_is_not_sent_again(api):
    for path in ("/", f"/assets/{next((site.FOLDER / 'assets').iterdir()).name}"):
        first = api.ask(f"GET {path}")
        told = api.ask(f"GET {path}", headers={"If-None-Match": first.headers["ETag"]})
        assert (told.status, told.text) == (304, "")
        assert api.ask(f"GET {path}", headers={"If-None-Match": '"other"'}).status == 200


def test_urllib_sends_the_path_as_it_stands():
    """The traversals above reach the server as they are written."""
    assert urllib.request.Request("http://h/assets/../x").selector == "/assets/../x"
