"""Limits of requests: one user cannot starve the others, nor read out everybody."""

from datetime import timedelta

import pytest

from chalicelib.api.endpoints import ENDPOINTS
from chalicelib.api.limits import LIMITS
from chalicelib.api.permissions import Action
from chalicelib.api.requests import Request, answered
from tests.api.office import BRI, BSG, DINAS, REASON, claims_of
from tests.support.builders import a_nik

LOOKUP = "POST /enrollments/lookup"
WANTED = {"nik": a_nik(1)}
UPLOAD = {"scheme": "BPUM", "file_name": "a.csv", "size": 1}


def fill(office, who, use, times):
    begins = office.now.replace(minute=0, second=0, microsecond=0)
    office.uses.counts[who, use, begins] = times


def test_the_limit_of_a_user_is_said_in_words_with_the_time_to_wait(office, enrolled):
    office.now += timedelta(minutes=48, seconds=30)
    fill(office, "user#ani", "look_up", 299)
    assert office.ask(LOOKUP, WANTED).status == 200
    response = office.ask(LOOKUP, WANTED)
    assert (response.status, response.code) == (429, "limit_reached")
    assert response.answer.headers["Retry-After"] == "690"
    message = response.body["error"]["message"]
    assert "paling banyak 300 dalam satu jam untuk satu pengguna" in message
    assert "12 menit lagi" in message
    office.now += timedelta(seconds=690)
    assert office.ask(LOOKUP, WANTED).status == 200


def test_a_refused_request_leaves_a_line_with_the_person_that_was_sought(office, enrolled):
    fill(office, "user#ani", "look_up", 300)
    office.ask(LOOKUP, {**WANTED, "reason": REASON})
    (line,) = office.lines
    assert (line["outcome"], line["shown"], line["reason"]) == ("limit_reached", "nothing", REASON)
    assert line["nik_hash"] == [office.audit.hash_of(a_nik(1))]


@pytest.mark.parametrize("body", [WANTED, {"nik": a_nik(77)}, {"nik": "71"}, {}, {"x": 1}])
def test_each_try_counts_also_one_that_finds_nobody(office, enrolled, body):
    fill(office, "user#ani", "look_up", 299)
    assert office.ask(LOOKUP, body).status in {200, 400, 404}
    assert office.ask(LOOKUP, body).status == 429


def test_the_users_of_a_bank_share_its_limit_and_other_banks_have_their_own(office, enrolled):
    fill(office, "bank#002", "uploads", 200)
    response = office.ask("POST /uploads", UPLOAD, who=BRI)
    assert (response.status, response.code) == (429, "limit_reached")
    assert "untuk satu bank" in response.body["error"]["message"]
    assert office.ask("POST /uploads", UPLOAD, who=BSG).status == 200


def test_another_user_is_not_held_up(office, enrolled):
    fill(office, "user#ani", "look_up", 300)
    assert office.ask(LOOKUP, WANTED).status == 429
    fill(office, "user#budi", "look_up", 0)
    claims = claims_of("dinas", **{"cognito:username": "budi"})
    (endpoint,) = [each for each in ENDPOINTS if each.action is Action.LOOK_UP]
    request = Request(body=b'{"nik":"%s"}' % a_nik(1).encode(), claims=claims)
    assert answered(endpoint, request, lambda: office.ports).status == 200


def test_everything_that_shows_people_or_gives_work_has_a_limit():
    assert set(LIMITS) == {
        Action.LOOK_UP,
        Action.RESEND,
        Action.LIST_ROWS,
        Action.DOWNLOAD_RESULTS,
        Action.DOWNLOAD_OUTREACH,
        Action.ORDER_OUTREACH,
        Action.ORDER_ACCESS,
        Action.DOWNLOAD_ACCESS,
        Action.RESEND_BATCH,
        Action.PROPOSE_REVERSAL,
        Action.MAKE_REMITTANCE,
        Action.CUT_REMITTANCE,
        Action.DECIDE_REVERSAL,
        Action.UPLOAD,
    }
    for each in LIMITS.values():
        assert 0 < each.user < each.bank


def test_a_request_without_permission_counts_nothing(office, enrolled):
    office.ask("POST /uploads", UPLOAD, who=DINAS)
    office.ask("POST /enrollments/resend", {**WANTED, "reason": REASON}, who=BRI)
    assert office.uses.counts == {}
