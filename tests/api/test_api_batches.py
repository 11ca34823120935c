"""The files: the list and its pages, the state of a file, its results."""

from datetime import datetime, timedelta

import pytest

from chalicelib.api.operations.listing import ELSEWHERE
from chalicelib.domain.file import standstill
from chalicelib.domain.file.batch import BatchStatus, Watch
from chalicelib.domain.messages.sending import Pause
from chalicelib.errors import PublishRefused
from chalicelib.steps import intake
from tests.api.office import BPJS, BRI, BSG, DINAS, REASON
from tests.support.builders import NOW, a_batch, a_nik
from tests.support.world import a_line


def a_file(office, number, *, bank="002", at=NOW, **changes):
    batch = a_batch(f"incoming/{bank}/BPUM/{number}.csv", bank=bank, received_at=at, **changes)
    return office.batches.claim(batch)


def pages(office, *, who=DINAS, **query):
    """Return the ids of every page."""
    found, cursor = [], None
    for _ in range(200):
        response = office.ask(
            "GET /batches", who=who, query=query | ({"cursor": cursor} if cursor else {})
        )
        assert response.status == 200, response.body
        found.append([each["batch"] for each in response.body["batches"]])
        cursor = response.body["next"]
        if cursor is None:
            return found
    raise AssertionError("it never ends")


def latest_first(files):
    return [f.id for f in sorted(files, key=lambda f: (f.received_at, f.id), reverse=True)]


def test_a_file_is_shown_with_its_counts_and_sums(office, enrolled):
    body = office.ask(f"GET /batches/{enrolled.id}").body
    assert (body["status"], body["rows"], body["progress"]) == ("completed", 5, 1.0)
    assert (body["accepted"], body["duplicate"], body["rejected"]) == (3, 1, 1)
    assert (body["premium_total"], body["net_aid_total"]) == (100_800, 3_499_200)
    assert (body["sms"]["sent"], body["sms"]["not_possible"]) == (2, 1)
    assert (body["bank_name"], body["file"]) == ("BRI", "a.csv")
    assert body["codes"]["nik_length"] == 1
    assert (body["sms_done_by"], body["sms_paused"]) == (None, False)
    assert body["sms_estimate"]["cost_usd"] == "0.09"
    assert body["sms_estimate"]["parts"] == 2
    own = office.ask(f"GET /batches/{enrolled.id}", who=BRI).body["sms_estimate"]
    assert (own["parts"], own["cost_usd"], own["left_usd"]) == (2, None, None)


def test_a_files_number_may_be_typed_in_small_letters(office, enrolled):
    assert office.ask(f"GET /batches/{enrolled.id.lower()}").status == 200


def test_a_refused_file_shows_the_reason_and_is_finished(office):
    batch = office.run("Nama,Nilai Bantuan\nSiti,1200000\n")
    body = office.ask(f"GET /batches/{batch.id}").body
    assert (body["status"], body["progress"]) == ("refused", 1.0)
    assert body["errors"][0]["code"] == "header_missing"


def test_the_list_has_the_latest_first_over_all_banks(office):
    banks = ("002", "127", "008", ELSEWHERE)
    files = [
        a_file(office, n, bank=banks[n % 4], at=NOW + timedelta(hours=n % 5)) for n in range(23)
    ]
    assert [each for page in pages(office, limit="4") for each in page] == latest_first(files)
    assert [len(page) for page in pages(office, limit="4")] == [4, 4, 4, 4, 4, 3]
    own = [each for each in files if each.bank == "002"]
    for asked in ({"who": BRI}, {"bank": "bri"}):
        assert [e for page in pages(office, limit="2", **asked) for e in page] == latest_first(own)


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_files_of_one_moment_are_all_listed_once(office, limit):
    files = [a_file(office, n, at=NOW) for n in range(12)]
    files += [a_file(office, n, at=NOW - timedelta(1)) for n in range(12, 15)]
    found = [each for page in pages(office, limit=str(limit)) for each in page]
    assert found == latest_first(files)


def test_pages_stay_the_same_while_files_arrive(office):
    files = [a_file(office, n, at=NOW + timedelta(hours=n)) for n in range(6)]
    first = office.ask("GET /batches", query={"limit": "3"}).body
    for n in range(6, 10):
        a_file(office, n, at=NOW + timedelta(hours=n))
    second = office.ask("GET /batches", query={"limit": "3", "cursor": first["next"]}).body
    shown = [each["batch"] for each in (*first["batches"], *second["batches"])]
    assert shown == latest_first(files)
    assert second["next"] is None


def test_the_list_is_narrowed_down(office):
    a = a_file(office, 1, scheme="KUR")
    b = a_file(office, 2, status=BatchStatus.REFUSED, at=NOW + timedelta(minutes=1))
    c = a_file(office, 3, stuck="given up", at=NOW + timedelta(minutes=2))
    assert pages(office, scheme="kur") == [[a.id]]
    assert pages(office, status="refused") == [[b.id]]
    assert pages(office, status="stuck") == [[c.id]]
    assert pages(office, scheme="BPUM") == [[c.id, b.id]]
    assert pages(office, scheme="nothing") == [[]]


@pytest.mark.parametrize(
    ("from_", "to", "found"),
    [
        # Makassar is eight hours ahead: the day begins at 16:00 UTC of the day before.
        ("2026-11-22", None, [3, 2, 1]),
        (None, "2026-11-22", [2, 1, 0]),
        ("2026-11-22", "2026-11-22", [2, 1]),
        ("2026-11-23", "2026-11-23", [3]),
        ("2026-11-24", None, []),
        ("0001-01-01", "9999-12-31", [3, 2, 1, 0]),
        (None, "0001-01-01", []),
        ("9999-12-31", None, []),
    ],
)
def test_days_are_the_provinces_and_both_included(office, from_, to, found):
    midnight = NOW.replace(hour=16, minute=0) - timedelta(days=1)
    moments = (
        midnight - timedelta(microseconds=1),
        midnight,
        midnight + timedelta(days=1) - timedelta(microseconds=1),
        midnight + timedelta(days=1),
    )
    files = [a_file(office, n, at=at) for n, at in enumerate(moments)]
    query = {name: value for name, value in (("from", from_), ("to", to)) if value}
    assert pages(office, **query) == [[files[n].id for n in found]]


def test_with_few_matching_files_a_page_is_short_and_has_a_next_page(office):
    for n in range(1100):
        a_file(office, n, at=NOW + timedelta(seconds=n))
    wanted = a_file(office, 2000, scheme="KUR", at=NOW - timedelta(1))
    found = pages(office, scheme="KUR", limit="5")
    assert len(found) == 3
    assert [each for page in found for each in page] == [wanted.id]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "51"},
        {"limit": "x"},
        {"status": "new"},
        {"from": "yesterday"},
        {"from": "86400"},
        {"to": "\u0662\u0660\u0662\u0666-11-22"},
        {"from": "2026-11-23", "to": "2026-11-22"},
        {"bank": "a b"},
        {"scheem": "KUR"},
        {"limit": ["1", "2"]},
        {"cursor": ""},
        {"cursor": "AAAA"},
    ],
)
def test_a_wrong_question_is_refused(office, query):
    assert office.ask("GET /batches", query=query).status == 400


def test_a_cursor_is_good_for_its_own_question_only(office):
    for n in range(4):
        a_file(office, n, bank=("002", "127")[n % 2], at=NOW + timedelta(hours=n))
    cursor = office.ask("GET /batches", query={"limit": "1"}).body["next"]
    assert office.ask("GET /batches", query={"limit": "2", "cursor": cursor}).status == 200
    for who, query in ((DINAS, {"bank": "002"}), (DINAS, {"scheme": "BPUM"}), (BRI, {}), (BSG, {})):
        response = office.ask("GET /batches", who=who, query={"cursor": cursor, **query})
        assert (response.status, response.code) == (400, "cursor_invalid")
    own = office.ask("GET /batches", who=BRI, query={"limit": "1"}).body["next"]
    assert office.ask("GET /batches", who=BSG, query={"cursor": own}).code == "cursor_invalid"


def test_a_file_without_a_bank_has_the_same_name_in_intake_and_api():
    assert ELSEWHERE == intake.ELSEWHERE


def test_the_expected_end_of_a_files_messages_counts_earlier_files(office):
    office.sending = type(office.sending)(office.sending.prices, rate=1.0)
    first = office.take(office.put([a_line(n) for n in range(1, 5)]))
    office.now += timedelta(seconds=1)
    second = office.take(office.put([a_line(n) for n in range(5, 7)], "incoming/127/BPUM/b.csv"))
    office.drive_chunks()
    shown = {b["batch"]: b for b in office.ask("GET /batches").body["batches"]}
    seconds = {
        id_: (parsed(each["sms_done_by"]) - office.now).total_seconds()
        for id_, each in shown.items()
    }
    rate = office.sending.files_rate
    assert seconds == pytest.approx({first.id: 4 / rate, second.id: 6 / rate}, abs=1e-5)
    office.gates.pause(Pause(office.now, "ani", REASON), batch=first.id)
    body = office.ask(f"GET /batches/{first.id}").body
    assert (body["sms_paused"], body["sms_done_by"]) == (True, None)
    other = office.ask(f"GET /batches/{second.id}").body
    assert (parsed(other["sms_done_by"]) - office.now).total_seconds() == pytest.approx(
        2 / rate, abs=1e-5
    )


def parsed(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("who", [DINAS, BPJS, BRI])
def test_results_are_linked_for_some_minutes(office, enrolled, who):
    query = {} if who == BRI else {"reason": REASON}
    files = office.ask(f"GET /batches/{enrolled.id}/results", who=who, query=query).body["files"]
    assert [each["name"] for each in files] == [
        "hasil.xlsx",
        "ditolak.xlsx",
        "konfirmasi.xlsx",
        "hasil.csv",
        "ditolak.csv",
        "konfirmasi.csv",
        "ringkasan.json",
    ]
    key = f"results/002/{enrolled.id}/ditolak.csv"
    assert files[4]["url"] == f"https://bucket/{key}?name={enrolled.id}-ditolak.csv&valid=300"
    assert parsed(files[1]["expires_at"]) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("batch", ["A" * 2049, "\0", "gate", "7K3M9QX2 ", "7K3M9QXO", "\ud55c" * 8])
@pytest.mark.parametrize("call", ["GET /batches/{}", "GET /batches/{}/rows"])
def test_an_invalid_batch_id_is_not_looked_up(office, enrolled, monkeypatch, batch, call):
    """No table takes any text as a key."""
    monkeypatch.setattr(office.batches, "get", None)
    response = office.ask(call.format(batch))
    assert (response.status, response.code) == (404, "batch_unknown")


def test_results_that_are_not_written_yet_are_not_linked(office):
    batch = office.take(office.put([a_line(1)]))
    files = office.ask(f"GET /batches/{batch.id}/results").body["files"]
    assert [each["name"] for each in files] == ["ringkasan.json"]


def test_failed_messages_of_a_file_are_ordered_again(office):
    for number in (1, 2, 6):
        office.sms_sender.failing[f"+62812{number:08d}"] = PublishRefused("unreachable")
    batch = office.run([a_line(n) for n in range(1, 8)])
    response = office.ask(f"POST /batches/{batch.id}/resend", {"reason": REASON})
    assert (response.status, response.body) == (202, {"people": 3, "jobs": 2})
    assert len(office.resend_queue.bodies) == 2
    assert f'"reason":"{REASON}"' in office.resend_queue.bodies[0]
    assert a_nik(1) not in "".join(office.resend_queue.bodies)


def test_without_failed_messages_nothing_is_ordered(office, enrolled):
    response = office.ask(f"POST /batches/{enrolled.id}/resend", {"reason": REASON})
    assert (response.status, response.body) == (202, {"people": 0, "jobs": 0})
    assert office.resend_queue.bodies == []


@pytest.mark.parametrize("reason", [f"{code}: 3" for code in sorted(standstill.CODES)])
def test_staff_read_why_a_file_makes_no_progress_and_banks_do_not(office, reason):
    batch = a_file(office, 1, status=BatchStatus.ENROLLING)
    office.batches.watch(batch.id, Watch("x", NOW), stuck=reason)
    for who in (DINAS, BPJS):
        shown = office.ask(f"GET /batches/{batch.id}", who=who).body
        assert shown["status"] == "stuck"
        assert shown["stuck"]["reason"] == reason
        assert shown["stuck"]["code"] == reason.removesuffix(": 3")
        assert shown["stuck"]["message"] != standstill.explained("something else")
    shown = office.ask(f"GET /batches/{batch.id}", who=BRI).body
    assert (shown["status"], shown["stuck"]) == ("stuck", None)


def test_a_file_without_trouble_has_no_such_reason(office, enrolled):
    assert office.ask(f"GET /batches/{enrolled.id}", who=DINAS).body["stuck"] is None
