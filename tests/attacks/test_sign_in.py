"""Nobody gets in with a token or a group that is not exactly one of ours."""

from collections.abc import Iterator

import pytest

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.requests import Endpoint
from tests.api.office import BRI, BSG, Office
from tests.api.served import Served, served
from tests.attacks.forgery import FORGED, PEOPLE_OF_NO_ROLE, signed
from tests.attacks.requests_ import asked_with_a_reason
from tests.support.builders import a_nik
from tests.support.world import a_line

ROUTES = [f"{each.method} {each.path}" for each in ENDPOINTS]
OVERRIDES = ("X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-User")


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served() as made:
        yield made


@pytest.fixture(scope="module")
def forged(api: Served) -> dict[str, str | None]:
    return {name: make(api) for name, make in FORGED.items()}


@pytest.fixture(scope="module")
def office() -> Office:
    made = Office()
    made.run([a_line(1)])
    return made


def called(route: str, batch: str = "7K3M9QX2") -> str:
    return route.format(batch=batch, remittance=batch)


def test_the_token_that_the_forged_ones_begin_with_is_taken(api: Served) -> None:
    assert api.ask("GET /me", token=signed(api)).status == 200


@pytest.mark.parametrize("route", ROUTES)
def test_no_forged_token_opens_a_route(
    api: Served, forged: dict[str, str | None], route: str
) -> None:
    body = {} if route.startswith("POST") else None
    for name, token in forged.items():
        answer = api.ask(called(route), body, token=token)
        assert (answer.status, answer.code) == (401, "not_signed_in"), name
        if token:
            assert token not in answer.text


@pytest.mark.parametrize("place", ["query", "cookie", "another header"])
def test_a_token_in_another_place_counts_for_nothing(api: Served, place: str) -> None:
    token = signed(api)
    call = f"GET /me?Authorization={token}&token={token}" if place == "query" else "GET /me"
    headers = {
        "cookie": {"Cookie": f"Authorization={token}; token={token}"},
        "another header": {"X-Authorization": token, "Proxy-Authorization": f"Bearer {token}"},
    }.get(place)
    assert api.ask(call, headers=headers).status == 401


@pytest.mark.parametrize("header", OVERRIDES)
def test_no_header_makes_a_bank_into_staff(api: Served, header: str) -> None:
    answer = api.ask("GET /sms/gate", token=api.tokens["bri"], headers={header: "dinas"})
    assert answer.status == 403
    answer = api.ask("GET /me", token=api.tokens["bri"], headers={header: "POST"})
    assert answer.body["role"] == "bank"


@pytest.mark.parametrize("groups", PEOPLE_OF_NO_ROLE)
def test_a_group_that_looks_like_a_role_is_none(office: Office, groups: str) -> None:
    (batch,) = office.tables.files
    for route in ROUTES:
        answer = office.ask(called(route, batch), {}, who=groups)
        assert (answer.status, answer.code) == (403, "no_role"), route


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each.places == ["batch"]], ids=lambda each: each.name
)
def test_another_banks_file_does_not_differ_from_none(office: Office, endpoint: Endpoint) -> None:
    (batch,) = office.tables.files
    route = f"{endpoint.method} {endpoint.path}"
    body, query = asked_with_a_reason(endpoint)
    for who in (BSG, "bank-008"):
        answers = [
            office.ask(called(route, each), body, who=who, query=query)
            for each in (batch, "7K3M9QX2", batch.lower(), "x" * 300)
        ]
        seen = {(each.status, str({**each.body["error"], "request_id": ""})) for each in answers}
        assert len(seen) == 1
        assert answers[0].status in {403, 404}


@pytest.mark.parametrize("asked", [{"nik": a_nik(1)}, {"nik": a_nik(999)}])
def test_another_banks_person_does_not_differ_from_none(
    office: Office, asked: dict[str, str]
) -> None:
    assert office.ask("POST /enrollments/lookup", asked, who=BSG).code == "not_enrolled"
    own = office.ask("POST /enrollments/lookup", {"nik": a_nik(1)}, who=BRI)
    assert own.status == 200
