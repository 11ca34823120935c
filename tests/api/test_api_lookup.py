"""Is this person protected?"""

import json
from datetime import timedelta

import pytest
from builders import NOW, a_nik, replace
from office import BPJS, BRI, BSG, DINAS, REASON
from world import a_line

from chalicelib.domain.enrollment import Sms, SmsEvent
from chalicelib.domain.reference import reference

EVERYBODY = (DINAS, BPJS, BRI)


def look_up(office, who=DINAS, **whom):
    return office.ask("POST /enrollments/lookup", whom, who=who)


def reference_of(office, number=1):
    return office.enrollments.of_person(a_nik(number))[0].reference


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_enrolled_person_is_found_and_masked(office, enrolled, who):
    told = look_up(office, who, nik=a_nik(1))
    (found,) = told.body["enrollments"]
    assert (told.status, told.body["protected_today"]) == (200, True)
    assert (found["starts"], found["ends"]) == ("2026-11-22", "2027-02-21")
    assert (found["premium"], found["bank_name"]) == (33_600, "BRI")
    assert (found["sms"], found["reference"]) == ("sent", reference_of(office))
    assert a_nik(1) not in told.answer.body
    assert "81200000001" not in told.answer.body
    assert told.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}.{2} {3}", "'{0}"])
def test_a_nik_may_be_typed_with_dots_and_spaces(office, enrolled, written):
    nik = a_nik(1)
    typed = written.format(nik, nik[:6], nik[6:12], nik[12:])
    assert look_up(office, nik=typed).status == 200


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_reference_in_the_sms_leads_to_the_person(office, enrolled, who):
    reference = reference_of(office, 2)
    told = look_up(office, who, reference=reference.lower().replace("-", " "))
    assert told.body["enrollments"][0]["reference"] == reference


@pytest.mark.parametrize("row", range(2, 15))
def test_every_row_is_found_whatever_stands_above_it(office, row):
    # Empty lines and cells of several lines: the chunk's number is further and further off.
    lines = []
    for number in range(1, 14):
        lines.append(a_line(number, name='"Siti\nContoh\nNama Panjang"' if number % 3 else "Ani B"))
        lines += [""] * (number % 2)
    batch = office.run(lines)
    people = sorted(office.tables.people.values(), key=lambda each: each.row)
    assert len(people) == 13
    person = people[row - 2]
    told = look_up(office, reference=person.reference)
    assert told.body["enrollments"][0]["row"] == person.row
    assert told.body["enrollments"][0]["batch"] == batch.id


def test_a_lookup_asks_the_tables_once_or_twice(office, enrolled):
    asked = []

    def counted(kind, name):
        method = getattr(kind, name)

        def call(*args, **kwargs):
            asked.append(name)
            return method(*args, **kwargs)

        setattr(kind, name, call)

    for kind in (office.batches, office.enrollments):
        for name in [each for each in dir(kind) if not each.startswith("_")]:
            if callable(getattr(kind, name)):
                counted(kind, name)
    look_up(office, nik=a_nik(1))
    assert asked == ["of_person"]
    asked.clear()
    reference = look_up(office, nik=a_nik(2)).body["enrollments"][0]["reference"]
    asked.clear()
    look_up(office, reference=reference)
    assert asked == ["get", "of_person"]


@pytest.mark.parametrize("number", [2, 5, 6])
def test_a_reference_that_leads_to_nobody_finds_nobody(office, enrolled, number):
    """A header, a repeated and a rejected row."""
    row = {2: 1, 5: 5, 6: 6}[number]
    told = look_up(office, reference=reference(enrolled.id, row))
    assert (told.status, told.code) == (404, "not_enrolled")


def test_a_reference_into_an_unknown_file_or_beyond_its_end_finds_nobody(office, enrolled):
    for text in (reference("7K3M9QX2", 2), reference(enrolled.id, 9_999_999)):
        assert look_up(office, reference=text).code == "not_enrolled"


def test_a_mistyped_reference_is_said_to_be_one(office, enrolled):
    reference = reference_of(office)
    wrong = reference[:-1] + ("A" if reference[-1] != "A" else "B")
    assert (look_up(office, reference=wrong).code) == "reference_invalid"


def test_a_bank_finds_its_own_people_only(office, enrolled):
    told = look_up(office, BSG, nik=a_nik(1))
    assert (told.status, told.code) == (404, "not_enrolled")
    told = look_up(office, BSG, reference=reference_of(office))
    assert (told.status, told.code) == (404, "not_enrolled")


def test_a_bank_is_not_told_that_another_banks_person_is_not_protected(office, enrolled):
    """Nor that they are: whoever is enrolled nowhere is told of in the same words."""
    elsewhere = look_up(office, BSG, nik=a_nik(1)).body["error"]["message"]
    nowhere = look_up(office, BSG, nik=a_nik(77)).body["error"]["message"]
    assert elsewhere == nowhere
    assert "penerima bank Anda" in elsewhere
    assert "belum terdaftar" in look_up(office, nik=a_nik(77)).body["error"]["message"]


def test_who_is_not_enrolled_is_not_found(office):
    told = look_up(office, nik=a_nik(5))
    assert (told.status, told.code) == (404, "not_enrolled")
    assert a_nik(5) not in told.answer.body


@pytest.mark.parametrize(("days", "protected"), [(-1, False), (0, True), (91, True), (92, False)])
def test_protection_is_told_for_the_day_of_the_question(office, enrolled, days, protected):
    office.now = NOW + timedelta(days=days)
    assert look_up(office, nik=a_nik(1)).body["protected_today"] is protected


@pytest.mark.parametrize("who", [DINAS, BPJS])
def test_staff_with_a_reason_see_nik_and_phone_in_full(office, enrolled, who):
    told = look_up(office, who, nik=a_nik(1), unmask=True, reason=REASON)
    (found,) = told.body["enrollments"]
    assert (found["nik"], found["phone"]) == (a_nik(1), "+6281200000001")


@pytest.mark.parametrize("reason", [None, "", "    ok    "])
def test_without_a_reason_nothing_is_shown_in_full(office, enrolled, reason):
    asked = {"nik": a_nik(1), "unmask": True} | ({} if reason is None else {"reason": reason})
    told = look_up(office, **asked)
    assert told.status == 400
    assert a_nik(1) not in told.answer.body


def test_a_bank_sees_nothing_in_full(office, enrolled):
    told = look_up(office, BRI, nik=a_nik(1), unmask=True, reason=REASON)
    assert (told.status, told.code) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b'{"nik": "123"}', "nik_length"),
        (b'{"nik": ""}', "nik_missing"),
        (b'{"nik": 7171014107800001}', "request_invalid"),
        (b'{"nik": "7171014107800001", "why": "?"}', "request_invalid"),
        (b'{"nik": "7171014107800001", "reference": "7K3M9QX2-151V"}', "request_invalid"),
        (b'{"7171014107800001": "x"}', "request_invalid"),
        (b"{}", "request_invalid"),
        (b"not json", "request_invalid"),
        (b"", "request_invalid"),
        (b'{"nik": "' + b"1" * 1000 + b'"}', "request_invalid"),
        (b"\xff\xfe", "request_invalid"),
    ],
)
def test_a_question_that_cannot_be_read_is_answered_with_a_code_and_a_sentence(office, sent, code):
    told = office.ask("POST /enrollments/lookup", sent)
    assert (told.status, told.code) == (400, code)
    assert told.body["error"]["message"].endswith(".")
    assert told.body["error"]["request_id"] == "r-1"
    assert "7171014107800001" not in told.answer.body


def test_a_question_that_is_far_too_long_is_not_read(office):
    assert office.ask("POST /enrollments/lookup", b" " * 9000).code == "too_large"


def test_what_happened_to_the_message_is_told_in_its_order(office, enrolled):
    key = (a_nik(1), "sulut-2026")
    person = office.tables.people[key]
    log = (
        SmsEvent(NOW + timedelta(minutes=1), Sms.SENT),
        SmsEvent(NOW + timedelta(minutes=2), Sms.FAILED, "unreachable"),
        SmsEvent(NOW + timedelta(hours=1), Sms.PENDING, "Sudah aktif lagi", "ani", True),
    )
    office.tables.people[key] = replace(person, sms=Sms.PENDING, sms_log=log, sms_reason=None)
    (found,) = look_up(office, nik=a_nik(1)).body["enrollments"]
    events = [each["event"] for each in found["timeline"]]
    assert events == ["enrolled", "sms_sent", "sms_failed", "resend_asked"]
    assert "di luar jangkauan" in found["timeline"][2]["text"]
    assert "ani: Sudah aktif lagi" in found["timeline"][3]["text"]
    told = look_up(office, BRI, nik=a_nik(1))
    assert "ani" not in json.dumps(told.body["enrollments"][0]["timeline"])


def test_a_fault_tells_nothing_of_the_inside(office, enrolled, caplog):
    def broken(_):
        raise KeyError(a_nik(1))

    office.enrollments.of_person = broken
    told = look_up(office, nik=a_nik(1))
    assert (told.status, told.code) == (500, "internal")
    assert a_nik(1) not in told.answer.body
    assert a_nik(1) not in caplog.text
