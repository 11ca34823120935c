"""Who asked for whose data: the order, the file from the audit trail, and its own lines in it."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest

from chalicelib.api.permissions import Action
from chalicelib.deadline import Deadline
from chalicelib.domain.cells.nik import mask_nik
from chalicelib.domain.jobs import AccessJob
from chalicelib.files.staff.access_report import ACTIONS, COLUMNS
from chalicelib.lambdas import report
from tests.api.office import BPJS, BRI, REASON
from tests.support.builders import a_nik, replace
from tests.support.world import a_line

LOOKUP = "POST /enrollments/lookup"
PERIOD = {"from": "2026-11-20", "to": "2026-11-22"}


def order(office, **changes):
    return office.ask("POST /access", {**PERIOD, "reason": REASON, **changes})


def job(office):
    return AccessJob.model_validate_json(office.report_queue.bodies.pop())


def written(office, **changes):
    """Order a file and write it; return its rows as dictionaries."""
    office.report_queue.bodies.clear()
    response = order(office, **changes)
    assert response.status == 202, response.body
    report.access_step(office.ports).run(job(office))
    return rows(office, response.body["order"])


def rows(office, id_):
    book = openpyxl.load_workbook(io.BytesIO(office.objects.stored[f"access/{id_}/akses.xlsx"]))
    header, *lines = book.active.iter_rows(values_only=True)
    assert header == COLUMNS
    return [dict(zip(COLUMNS, each, strict=True)) for each in lines]


def test_the_file_says_who_asked_for_whose_data_when_and_why(office, enrolled):
    reference = f"{enrolled.id}-2"
    office.ask(LOOKUP, {"nik": a_nik(1)}, who=BRI, user="unggah-bri")
    full = {"nik": a_nik(1), "unmask": True, "reason": "Diminta keluarga di loket"}
    office.ask(LOOKUP, full, who=BPJS, user="petugas-bpjs")
    office.ask(f"GET /batches/{enrolled.id}/results", query={"reason": REASON}, user="budi")
    lines = written(office)
    assert [(each["Pengguna"], each["Tindakan"], each["Hasil"]) for each in lines] == [
        ("unggah-bri", "Mencari penerima", "dijawab"),
        ("petugas-bpjs", "Mencari penerima", "dijawab"),
        ("budi", "Mengunduh berkas hasil", "dijawab"),
        ("ani", "Meminta catatan akses", "dimulai"),
        ("ani", "Meminta catatan akses", "dijawab"),
    ]
    assert [each["Kelompok"] for each in lines[:3]] == [
        "Bank BRI", "BPJS Ketenagakerjaan", "Dinas Koperasi",
    ]  # fmt: skip
    assert lines[1]["Alasan"] == "Diminta keluarga di loket"
    assert [each["Data yang terlihat"] for each in lines[:3]] == [
        "disamarkan", "lengkap", "lengkap",
    ]  # fmt: skip
    assert lines[0]["Waktu"] == "22-11-2026 10.00.00"  # WITA
    assert lines[2]["Berkas"] == enrolled.id
    assert reference not in json.dumps(lines)


def test_the_file_has_no_nik_and_no_hash(office, enrolled):
    office.ask(LOOKUP, {"nik": a_nik(1)})
    id_ = order(office, reference=a_nik(1)).body["order"]
    report.access_step(office.ports).run(job(office))
    kept = [body for key, body in office.objects.stored.items() if key.startswith("access/")]
    (hash_,) = office.lines[0]["nik_hash"]
    for each in (*kept, office.trail.lines[-1].encode(), json.dumps(rows(office, id_)).encode()):
        assert a_nik(1).encode() not in each
    assert hash_ not in json.dumps(rows(office, id_))


@pytest.mark.parametrize("named", ["by NIK", "by reference"])
def test_one_person_is_found_however_they_were_asked_for(office, enrolled, named):
    found = office.ask(LOOKUP, {"nik": a_nik(2)}, user="budi").body["enrollments"][0]
    office.ask(LOOKUP, {"nik": a_nik(1)}, user="cici")
    office.ask(LOOKUP, {"reference": found["reference"]}, who=BRI, user="dedi")
    office.ask(f"GET /batches/{enrolled.id}/rows", user="evi")
    office.ask(f"GET /batches/{enrolled.id}/results", query={"reason": REASON}, user="fani")
    reference = a_nik(2) if named == "by NIK" else found["reference"].lower()
    lines = written(office, reference=reference)
    assert [each["Pengguna"] for each in lines] == ["budi", "dedi", "evi", "fani", "ani", "ani"]
    assert lines[3]["Hasil"] == "orang-orang dalam jawaban"


def test_one_users_requests_are_those_of_exactly_this_user(office, enrolled):
    for user in ("budi", "budi-2", "ani"):
        office.ask(LOOKUP, {"nik": a_nik(1)}, user=user)
    assert [each["Pengguna"] for each in written(office, user="budi")] == ["budi"]


def test_both_days_are_included_and_no_others(office, enrolled):
    for days, user in ((3, "early"), (2, "first"), (0, "last")):
        office.now -= timedelta(days=days)
        office.ask(LOOKUP, {"nik": a_nik(1)}, user=user)
        office.now += timedelta(days=days)
    assert {each["Pengguna"] for each in written(office)} == {"first", "last", "ani"}


def test_the_order_is_in_the_trail_before_its_file_and_so_is_the_download(office, enrolled):
    body = order(office, user="budi", reference=a_nik(1)).body
    begun, done = office.lines
    assert (begun["outcome"], done["outcome"]) == ("begun", "ok")
    assert begun["about"] == {"from": "2026-11-20", "to": "2026-11-22", "user": "budi"}
    assert (begun["order"], begun["reason"]) == (body["order"], REASON)
    assert begun["nik_hash"] == [office.audit.hash_of(a_nik(1))]
    report.access_step(office.ports).run(job(office))
    (file,) = office.ask("GET /access/file", query={"order": body["order"]}).body["files"]
    assert file["name"] == f"catatan-akses-{body['order'][:8]}.xlsx"
    assert file["url"].startswith(f"https://bucket/access/{body['order']}/akses.xlsx?")
    assert (office.lines[-1]["order"], office.lines[-1]["shown"]) == (body["order"], "masked")


def test_nothing_is_ordered_that_cannot_be_recorded(office):
    office.trail.full = True
    assert order(office).status == 500
    assert not office.objects.stored
    assert not office.report_queue.bodies


def test_the_list_shows_how_far_each_file_is(office, enrolled):
    first = order(office, reference=a_nik(1)).body
    assert (first["progress"], first["lines"], first["by"]) == ("waiting", None, "ani")
    assert (first["first"], first["last"], first["reason"]) == (*PERIOD.values(), REASON)
    assert first["reference"] == mask_nik(a_nik(1))
    assert office.ask("GET /access/file", query={"order": first["order"]}).body["files"] == []
    report.access_step(office.ports).run(job(office))
    office.now += timedelta(seconds=1)
    second = order(office).body
    shown = office.ask("GET /access").body["orders"]
    assert [each["order"] for each in shown] == [second["order"], first["order"]]
    assert [(each["progress"], each["lines"]) for each in shown] == [("waiting", None), ("done", 2)]


def test_an_order_without_an_end_is_called_failed_in_time(office):
    order(office)
    office.now += timedelta(hours=2, seconds=1)
    (shown,) = office.ask("GET /access").body["orders"]
    assert (shown["progress"], "Minta lagi" in shown["explanation"]) == ("failed", True)


def test_an_order_whose_message_was_set_aside_ends(office):
    order(office)
    report.access_step(office.ports).give_up(job(office))
    (shown,) = office.ask("GET /access").body["orders"]
    assert (shown["progress"], "dihentikan" in shown["explanation"]) == ("failed", True)


def test_a_period_that_takes_too_long_has_no_file_and_says_so(office, enrolled):
    for _ in range(5):
        office.ask(LOOKUP, {"nik": a_nik(1)})
    id_ = order(office).body["order"]
    left = iter([600_000, 600_000, 30_000, 30_000])
    step = replace(report.access_step(office.ports), deadline=Deadline(lambda: next(left)))
    assert step.run(job(office)).why == "too_long"
    assert f"access/{id_}/akses.xlsx" not in office.objects.stored
    (shown,) = office.ask("GET /access").body["orders"]
    assert (shown["progress"], "lebih pendek" in shown["explanation"]) == ("failed", True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from": "2026-11-22", "to": "2026-11-21"}, "period_reversed"),
        ({"to": "2026-11-23"}, "day_to_come"),
        ({"from": "2026-08-21"}, "period_too_long"),
        ({"user": "7171011203900001"}, "user_invalid"),
        ({"user": "a\nb"}, "user_invalid"),
        ({"reference": "ABC"}, "reference_invalid"),
    ],
)
def test_a_wrong_order_says_what_is_wrong(office, changes, code):
    response = order(office, **changes)
    assert (response.status, response.code) == (400, code)
    assert not office.report_queue.bodies
    assert "7171011203900001" not in json.dumps(office.lines)


def test_an_order_needs_a_reason(office):
    assert office.ask("POST /access", PERIOD).status == 400


def test_an_unknown_reference_names_the_other_way(office):
    batch = office.run([a_line(1)])
    found = office.ask(LOOKUP, {"nik": a_nik(1)}).body["enrollments"][0]["reference"]
    del office.tables.files[batch.id]
    response = order(office, reference=found)
    assert (response.status, response.code) == (404, "not_enrolled")
    assert "NIK" in response.body["error"]["message"]


def test_an_unknown_order_has_no_file(office):
    response = office.ask("GET /access/file", query={"order": "20261122T020000Z-0123abcd"})
    assert (response.status, response.code) == (404, "order_unknown")


def test_every_action_has_a_name_for_people():
    assert {each.value for each in Action} <= set(ACTIONS)
