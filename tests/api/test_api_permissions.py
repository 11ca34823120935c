"""Permissions of every route, for every role, with its own files and those of others."""

import json

import pytest

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.permissions import (
    PERMISSIONS,
    Action,
    Role,
    User,
    caller_of,
    groups_of,
    user_of,
)
from chalicelib.api.refusals import NotAllowed, NotSignedIn
from chalicelib.api.requests import Endpoint
from tests.api.office import BPJS, BRI, BSG, DINAS, REASON, TOKENS, claims_of
from tests.api.test_api_remittances import BILL, PAY, RECEIVE
from tests.domain.test_domain_remittance import a_list
from tests.support.builders import a_nik

NIK = a_nik(1)
NOBODY = "somebody-else"
FAILED = {"reason": REASON}
PERIOD = {"from": "2026-11-01", "to": "2026-11-22"}
ORDER = "20261122T020000Z-0123abcd"
# The call, and the status for the department, BPJS, the file's own bank, another bank.
ASKED = [
    ("POST /enrollments/lookup", {"nik": NIK}, None, (200, 200, 200, 404)),
    (
        "POST /enrollments/lookup",
        {"nik": NIK, "unmask": True, "reason": REASON},
        None,
        (200, 200, 403, 403),
    ),
    ("POST /enrollments/resend", {"nik": NIK, "reason": REASON}, None, (200, 403, 403, 403)),
    ("GET /batches", None, {}, (200, 200, 200, 200)),
    ("GET /batches", None, {"bank": "002"}, (200, 200, 200, 403)),
    ("GET /batches", None, {"bank": "bri"}, (200, 200, 200, 403)),
    ("GET /batches/{batch}", None, None, (200, 200, 200, 404)),
    ("GET /batches/{batch}/rows", None, {}, (200, 200, 200, 404)),
    ("GET /batches/{batch}/results", None, None, (400, 400, 200, 404)),
    ("GET /batches/{batch}/results", None, {"reason": REASON}, (200, 200, 200, 404)),
    ("POST /batches/{batch}/resend", FAILED, None, (202, 403, 403, 403)),
    # Only a confirmation is reversed, and this file is none.
    ("POST /batches/{batch}/reversal", FAILED, None, (409, 403, 409, 404)),
    (
        "POST /batches/{batch}/reversal/decision",
        {"approve": True, **FAILED},
        None,
        (409, 403, 409, 404),
    ),
    ("GET /confirmations", None, None, (200, 200, 200, 200)),
    # Nothing of the file is deducted.
    ("POST /remittances", {"programme": "sulut-2026"}, None, (403, 403, 409, 409)),
    ("GET /remittances", None, {}, (200, 200, 200, 200)),
    ("GET /remittances", None, {"bank": "002"}, (200, 200, 200, 403)),
    ("GET /remittances/{remittance}", None, None, (200, 200, 200, 404)),
    ("POST /remittances/{remittance}/code", BILL, None, (403, 200, 403, 403)),
    ("POST /remittances/{remittance}/payment", PAY, None, (403, 403, 409, 404)),
    ("POST /remittances/{remittance}/receipt", RECEIVE, None, (403, 409, 403, 403)),
    (
        "POST /remittances/{remittance}/cut",
        {"references": ["7K3M9QX2-20"], **FAILED},
        None,
        (403, 403, 400, 404),
    ),
    ("POST /remittances/{remittance}/cancellation", FAILED, None, (403, 403, 200, 404)),
    ("GET /totals", None, {"by": "bank"}, (200, 200, 200, 200)),
    ("GET /totals/export", None, {"by": "bank", "form": "csv"}, (200, 200, 200, 200)),
    (
        "POST /uploads",
        {"scheme": "BPUM", "file_name": "a.csv", "size": 1},
        None,
        (403, 403, 200, 200),
    ),
    ("GET /sms/gate", None, None, (200, 200, 403, 403)),
    ("POST /sms/gate", {"action": "pause", **FAILED}, None, (200, 403, 403, 403)),
    ("POST /outreach", {"bank": "002"}, None, (202, 403, 403, 403)),
    ("GET /outreach", None, {"bank": "002"}, (200, 403, 403, 403)),
    ("GET /outreach", None, {"bank": "002", "reason": REASON}, (200, 403, 403, 403)),
    ("POST /access", {**PERIOD, **FAILED}, None, (202, 403, 403, 403)),
    ("GET /access", None, None, (200, 403, 403, 403)),
    ("GET /access/file", None, {"order": ORDER}, (404, 403, 403, 403)),
    ("GET /me", None, None, (200, 200, 200, 200)),
    ("GET /health", None, None, (200, 200, 200, 200)),
    ("GET /openapi.json", None, None, (200, 200, 200, 200)),
]
WHO = (DINAS, BPJS, BRI, BSG)
CASES = [
    pytest.param(call, body, query, who, status, id=f"{call} {query or body or ''} {who}")
    for call, body, query, statuses in ASKED
    for who, status in zip(WHO, statuses, strict=True)
]


def test_no_route_is_left_out():
    assert {call for call, *_ in ASKED} == {f"{e.method} {e.path}" for e in ENDPOINTS}


@pytest.mark.parametrize(("call", "body", "query", "who", "status"), CASES)
def test_permissions_are_those_of_the_table(office, enrolled, call, body, query, who, status):
    listed = a_list()
    office.remittances.create(listed)
    path = call.format(batch=enrolled.id, remittance=listed.id)
    response = office.ask(path, body, who=who, query=query)
    assert response.status == status, response.body
    if status in {403, 404}:
        assert set(response.body["error"]) == {"code", "message", "request_id"}
        assert enrolled.id not in response.answer.body
        assert listed.id not in response.answer.body


@pytest.mark.parametrize("call", sorted({call for call, *_ in ASKED}))
def test_nothing_is_allowed_without_a_role_or_a_token(office, enrolled, call):
    path = call.format(batch=enrolled.id, remittance=a_list().id)
    response = office.ask(path, {}, who=NOBODY)
    assert (response.status, response.code) == (403, "no_role")
    response = office.ask(path, {}, who=None)
    assert (response.status, response.code) == (401, "not_signed_in")


def test_another_banks_lists_and_sums_are_empty(office, enrolled):
    assert office.ask("GET /batches", who=BSG).body["batches"] == []
    assert office.ask("GET /totals", who=BSG, query={"by": "bank"}).body["lines"] == []
    assert len(office.ask("GET /batches", who=BRI).body["batches"]) == 1


def test_every_action_is_in_the_table_and_used():
    assert set(PERMISSIONS) == set(Action)
    assert {each.action for each in ENDPOINTS} | {Action.UNMASK} == set(Action)


def test_an_action_that_is_not_in_the_table_is_allowed_to_nobody(monkeypatch):
    monkeypatch.delitem(PERMISSIONS, Action.SHOW_ME)
    for role in Role:
        caller = caller_of(User("ani", ("dinas" if role is Role.DINAS else "bank-002",)))
        assert not caller.is_allowed(Action.SHOW_ME)


def test_an_endpoint_without_an_action_cannot_be_made():
    with pytest.raises(TypeError, match="no action"):
        Endpoint("GET", "/x", None, "x", answer=Role, do=print)
    with pytest.raises(TypeError, match="audit line"):
        Endpoint("POST", "/x", Action.RESEND, "x", answer=Role, do=print, changes=True)


@pytest.mark.parametrize(
    ("groups", "role", "bank"),
    [
        ("dinas", Role.DINAS, None),
        (["dinas"], Role.DINAS, None),
        ("bpjs,dinas", Role.DINAS, None),
        ("bank-002,bpjs", Role.BPJS, None),
        ("bank-002", Role.BANK, "002"),
        (["bank-002", "bank-002", "others"], Role.BANK, "002"),
    ],
)
def test_groups_make_the_role(groups, role, bank):
    caller = caller_of(user_of(claims_of(groups), TOKENS))
    assert (caller.role, caller.bank) == (role, bank)


@pytest.mark.parametrize(
    "groups",
    [
        "",
        None,
        [],
        "[]",
        "[dinas",
        "Dinas",
        "dinas2",
        "bank-2",
        "bank-0021",
        "bank-002,bank-008",
        "bank",
    ],
)
def test_no_other_group_makes_one(groups):
    with pytest.raises(NotAllowed):
        caller_of(user_of(claims_of(groups), TOKENS))


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"cognito:groups": "dinas"},
        *(claims_of("dinas", **{"cognito:username": name}) for name in ("", None, 1, ["ani"])),
    ],
)
def test_without_a_user_nobody_is_signed_in(given):
    with pytest.raises(NotSignedIn):
        user_of(given, TOKENS)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("iss", [f"{TOKENS.issuer}/", TOKENS.issuer.upper(), "https://other.test"]),
        ("aud", ["other", f"{TOKENS.client} ", [TOKENS.client], TOKENS.client.upper()]),
        ("token_use", ["access", "ID", "refresh", ["id"]]),
    ],
)
def test_a_token_of_another_pool_client_or_kind_is_refused(office, name, values):
    for value in (*values, None, "", 1):
        with pytest.raises(NotSignedIn):
            user_of(claims_of("dinas", **{name: value}), TOKENS)


def test_groups_come_as_a_list_or_as_one_text():
    for groups in (["a", "b"], "a, b", "a,b", "[a b]"):
        assert groups_of({"cognito:groups": groups}) == ("a", "b"), groups
    assert groups_of({"cognito:groups": "[dinas]"}) == ("dinas",)


@pytest.mark.parametrize(("who", "role"), [(DINAS, "dinas"), (BPJS, "bpjs"), (BRI, "bank")])
def test_every_user_sees_their_own_permissions(office, who, role):
    body = office.ask("GET /me", who=who).body
    assert (body["username"], body["role"]) == ("ani", role)
    expected = {a.value for a, roles in PERMISSIONS.items() if Role(role) in roles}
    assert set(body["may"]) == expected
    assert len(body["banks"]) == (1 if who == BRI else 6)
    assert body["programmes"][0]["code"] == "sulut-2026"
    assert [each["open"] for each in body["programmes"]] == [True, False]


def test_a_refusal_does_not_show_whether_something_exists(office, enrolled):
    other = office.ask(f"GET /batches/{enrolled.id}", who=BSG).body["error"]["message"]
    nothing = office.ask("GET /batches/7K3M9QX2", who=BSG).body["error"]["message"]
    assert other == nothing
    assert json.dumps(other).count(enrolled.id) == 0
