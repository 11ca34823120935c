"""Users of the department and of BPJS need a second factor where the deployment says so."""

import pytest

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.permissions import WITHOUT_SECOND_FACTOR
from tests.api.office import BPJS, BRI, DINAS, Office
from tests.support.builders import a_nik

STAFF = frozenset({"dinas", "bpjs"})


@pytest.fixture
def strict() -> Office:
    return Office(second_factor_roles=STAFF)


@pytest.mark.parametrize("who", [DINAS, BPJS])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
def test_without_one_nothing_is_answered_but_who_they_are(strict, endpoint, who):
    call = f"{endpoint.method} {endpoint.path.format(batch='7K3M9QX2', remittance='7K3M9QX2')}"
    answer = strict.ask(call, {} if endpoint.body else None, who=who)
    if endpoint.action in WITHOUT_SECOND_FACTOR:
        assert answer.status == 200
    else:
        assert (answer.status, answer.code) == (403, "second_factor_missing")
        assert "Akun saya" in answer.body["error"]["message"]


def test_the_page_shows(strict):
    shown = strict.ask("GET /me", who=DINAS).body
    assert (shown["second_factor"], shown["may"]) == ("missing", ["show_me", "show_health"])
    strict.second_factors.users.add("ani")
    shown = strict.ask("GET /me", who=DINAS).body
    assert shown["second_factor"] == "active"
    assert "look_up" in shown["may"]


def test_a_refused_look_up_is_in_the_trail(strict):
    strict.ask("POST /enrollments/lookup", {"nik": a_nik(1)}, who=DINAS)
    assert [each["outcome"] for each in strict.lines] == ["second_factor_missing"]


def test_banks_need_none(strict):
    assert strict.ask("GET /me", who=BRI).body["second_factor"] == "optional"
    assert strict.ask("GET /batches", who=BRI).status == 200
    assert strict.second_factors.asked == 0


def test_nobody_needs_one_where_the_deployment_asks_for_none(office):
    assert office.ask("GET /batches", who=DINAS).status == 200
    assert office.second_factors.asked == 0
