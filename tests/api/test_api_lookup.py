"""Is this person protected?"""

import json
from datetime import timedelta

import pytest

from chalicelib.domain.money.ledger import Line
from chalicelib.domain.money.standing import (
    ACTIVE,
    DEDUCTED,
    DEFERRED,
    FAILED,
    REMITTED,
    RETURNED,
)
from chalicelib.domain.person.enrollment import Message, MessageKind, Sms, SmsEvent
from chalicelib.domain.person.reference import reference
from tests.api.office import BPJS, BRI, BSG, DINAS, REASON
from tests.support.builders import NOW, a_nik, replace
from tests.support.world import a_line

EVERYBODY = (DINAS, BPJS, BRI)


def look_up(office, who=DINAS, **keys):
    return office.ask("POST /enrollments/lookup", keys, who=who)


def reference_of(office, number=1):
    return office.enrollments.of_person(a_nik(number))[0].reference


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_enrolled_person_is_found_and_masked(office, enrolled, who):
    response = look_up(office, who, nik=a_nik(1))
    (found,) = response.body["enrollments"]
    assert (response.status, response.body["protected"], found["phase"]) == (200, False, "enrolled")
    assert (found["starts"], found["ends"]) == ("2026-11-22", "2027-02-21")
    assert (found["premium"], found["bank_name"]) == (33_600, "BRI")
    assert (found["sms"], found["reference"]) == ("sent", reference_of(office))
    assert a_nik(1) not in response.answer.body
    assert "81200000001" not in response.answer.body
    assert response.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}.{2} {3}", "'{0}"])
def test_a_nik_may_be_typed_with_dots_and_spaces(office, enrolled, written):
    nik = a_nik(1)
    typed = written.format(nik, nik[:6], nik[6:12], nik[12:])
    assert look_up(office, nik=typed).status == 200


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_reference_in_the_sms_leads_to_the_person(office, enrolled, who):
    reference = reference_of(office, 2)
    response = look_up(office, who, reference=reference.lower().replace("-", " "))
    assert response.body["enrollments"][0]["reference"] == reference


@pytest.mark.parametrize("row", range(2, 15))
def test_every_row_is_found_with_any_rows_above_it(office, row):
    # Empty lines and cells of several lines: the chunk's number is further and further off.
    lines = []
    for number in range(1, 14):
        lines.append(a_line(number, name='"Siti\nContoh\nNama Panjang"' if number % 3 else "Ani B"))
        lines += [""] * (number % 2)
    batch = office.run(lines)
    people = sorted(office.tables.people.values(), key=lambda each: each.row)
    assert len(people) == 13
    person = people[row - 2]
    response = look_up(office, reference=person.reference)
    assert response.body["enrollments"][0]["row"] == person.row
    assert response.body["enrollments"][0]["batch"] == batch.id


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
    response = look_up(office, reference=reference(enrolled.id, row))
    assert (response.status, response.code) == (404, "not_enrolled")


def test_a_reference_into_an_unknown_file_or_beyond_its_end_finds_nobody(office, enrolled):
    for text in (reference("7K3M9QX2", 2), reference(enrolled.id, 9_999_999)):
        assert look_up(office, reference=text).code == "not_enrolled"


def test_a_mistyped_reference_is_reported_as_such(office, enrolled):
    reference = reference_of(office)
    wrong = reference[:-1] + ("A" if reference[-1] != "A" else "B")
    assert (look_up(office, reference=wrong).code) == "reference_invalid"


def test_a_bank_finds_its_own_people_only(office, enrolled):
    response = look_up(office, BSG, nik=a_nik(1))
    assert (response.status, response.code) == (404, "not_enrolled")
    response = look_up(office, BSG, reference=reference_of(office))
    assert (response.status, response.code) == (404, "not_enrolled")


def test_a_bank_does_not_learn_whether_another_banks_person_is_protected(office, enrolled):
    """The answer is the same for a person who is enrolled nowhere."""
    elsewhere = look_up(office, BSG, nik=a_nik(1)).body["error"]["message"]
    nowhere = look_up(office, BSG, nik=a_nik(77)).body["error"]["message"]
    assert elsewhere == nowhere
    assert "penerima bank Anda" in elsewhere
    assert "belum terdaftar" in look_up(office, nik=a_nik(77)).body["error"]["message"]


def test_a_person_who_is_not_enrolled_is_not_found(office):
    response = look_up(office, nik=a_nik(5))
    assert (response.status, response.code) == (404, "not_enrolled")
    assert a_nik(5) not in response.answer.body


def moved(office, *steps, number=1):
    """Move a person's premium: `(days after enrolling, standing)` for each step."""
    ((key, person),) = [
        each for each in office.tables.people.items() if each[1].recipient.nik == a_nik(number)
    ]
    for days, after in steps:
        at = person.enrolled_at + timedelta(days=days)
        person = person.stepped(
            Line(at=at, before=person.standing, after=after, amount=person.premium, by=("bpjs.1",))
        )
    office.tables.people[key] = person


@pytest.mark.parametrize(("days", "protected"), [(-1, False), (0, True), (91, True), (92, False)])
def test_protection_is_shown_for_the_day_of_the_lookup(office, enrolled, days, protected):
    moved(office, (0, DEDUCTED), (0, REMITTED), (0, ACTIVE))
    office.now = NOW + timedelta(days=days)
    assert look_up(office, nik=a_nik(1)).body["protected"] is protected


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (None, "bank belum melaporkan pemotongan iuran Rp33.600: belum terlindungi."),
        (DEFERRED, "bank menunda pemotongan iuran Rp33.600: belum terlindungi."),
        (FAILED, "bank tidak berhasil memotong iuran Rp33.600: tidak terlindungi."),
        (RETURNED, "potongan iuran Rp33.600 dikembalikan: tidak terlindungi."),
        (DEDUCTED, "iuran Rp33.600 sudah dipotong, belum diterima BPJS: belum terlindungi."),
        (REMITTED, "sudah disetor bank, belum diterima BPJS: belum terlindungi."),
        (ACTIVE, "sudah diterima BPJS: terlindungi sampai 21 Februari 2027."),
    ],
)
@pytest.mark.parametrize("who", EVERYBODY)
def test_the_answer_says_how_far_the_cover_is(office, enrolled, who, standing, words):
    if standing:
        moved(office, (0, standing))
    response = look_up(office, who, nik=a_nik(1)).body
    (found,) = response["enrollments"]
    assert found["answer"].startswith("Terdaftar lewat BRI 22 November 2026; ")
    assert found["answer"].endswith(words)
    assert (response["protected"], response["on"]) == (standing is ACTIVE, "2026-11-22")
    assert [each["by"] for each in found["money"]] == (
        [] if standing is None else [[]] if who == BRI else [["bpjs.1"]]
    )


def test_a_past_day_is_answered_by_todays_knowledge_and_with_what_was_known(office, enrolled):
    moved(office, (2, DEDUCTED), (10, REMITTED), (20, ACTIVE))
    office.now = NOW + timedelta(days=30)
    response = look_up(office, nik=a_nik(1), on="2026-11-25").body
    (found,) = response["enrollments"]
    assert (response["protected"], response["on"]) == (True, "2026-11-25")
    assert found["known_then"] == (
        "Yang diketahui pada 25 November 2026: iuran Rp33.600 sudah dipotong, belum diterima BPJS,"
        " jadi belum terlindungi."
    )
    before = look_up(office, nik=a_nik(1), on="2026-11-21").body
    assert before["protected"] is False
    assert before["enrollments"][0]["known_then"] == (
        "Pada 21 November 2026 orang ini belum terdaftar."
    )
    assert look_up(office, nik=a_nik(1)).body["enrollments"][0]["known_then"] is None


@pytest.mark.parametrize(
    ("on", "code"), [("2026-11-23", "day_to_come"), ("22-11-2026", None), (0, None), ("", None)]
)
def test_a_day_to_come_or_in_another_spelling_is_refused(office, enrolled, on, code):
    response = look_up(office, nik=a_nik(1), on=on)
    assert response.status == 400
    assert code is None or response.code == code


@pytest.mark.parametrize("who", [DINAS, BPJS])
def test_staff_with_a_reason_see_nik_and_phone_in_full(office, enrolled, who):
    response = look_up(office, who, nik=a_nik(1), unmask=True, reason=REASON)
    (found,) = response.body["enrollments"]
    assert (found["nik"], found["phone"]) == (a_nik(1), "+6281200000001")


@pytest.mark.parametrize("reason", [None, "", "    ok    "])
def test_without_a_reason_nothing_is_shown_in_full(office, enrolled, reason):
    asked = {"nik": a_nik(1), "unmask": True} | ({} if reason is None else {"reason": reason})
    response = look_up(office, **asked)
    assert response.status == 400
    assert a_nik(1) not in response.answer.body


def test_a_bank_sees_nothing_in_full(office, enrolled):
    response = look_up(office, BRI, nik=a_nik(1), unmask=True, reason=REASON)
    assert (response.status, response.code) == (403, "not_allowed")


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
def test_a_malformed_lookup_is_answered_with_a_code_and_a_sentence(office, sent, code):
    response = office.ask("POST /enrollments/lookup", sent)
    assert (response.status, response.code) == (400, code)
    assert response.body["error"]["message"].endswith(".")
    assert response.body["error"]["request_id"] == "r-1"
    assert "7171014107800001" not in response.answer.body


def test_a_question_that_is_far_too_long_is_not_read(office):
    assert office.ask("POST /enrollments/lookup", b" " * 9000).code == "too_large"


def test_the_timeline_of_the_message_is_in_order(office, enrolled):
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
    response = look_up(office, BRI, nik=a_nik(1))
    assert "ani" not in json.dumps(response.body["enrollments"][0]["timeline"])


def test_each_message_that_a_person_has_is_shown_with_state_time_and_reason(office, enrolled):
    key = (a_nik(1), "sulut-2026")
    later = NOW + timedelta(days=3)
    office.tables.people[key] = (
        office.tables.people[key]
        .with_message(MessageKind.WITHDRAWN, Message())
        .with_message(MessageKind.ACTIVE, Message(Sms.FAILED, at=later, reason="unreachable"))
    )
    (found,) = look_up(office, nik=a_nik(1)).body["enrollments"]
    shown = [(each["kind"], each["about"], each["state"]) for each in found["messages"]]
    assert shown == [
        ("enrolled", "SMS konfirmasi", "sent"),
        ("active", "SMS tentang perlindungan yang berlaku", "failed"),
        ("withdrawn", "SMS tentang pembatalan", "pending"),
    ]
    active = found["messages"][1]
    assert active["at"] == "2026-11-25T02:00:00Z"
    assert active["reason"] == "unreachable"
    assert "di luar jangkauan" in active["explanation"]


def test_an_internal_fault_shows_no_details(office, enrolled, caplog):
    def broken(_):
        raise KeyError(a_nik(1))

    office.enrollments.of_person = broken
    response = look_up(office, nik=a_nik(1))
    assert (response.status, response.code) == (500, "internal")
    assert a_nik(1) not in response.answer.body
    assert a_nik(1) not in caplog.text


@pytest.mark.parametrize("place", ["nik", "reference"])
def test_a_nik_with_letters_for_digits_finds_its_person_in_either_place(office, enrolled, place):
    nik = a_nik(1)
    for asked in (nik, nik.replace("0", "O"), nik.replace("1", "l"), nik.replace("1", "I")):
        response = look_up(office, **{place: f"NIK {asked}"})
        assert response.status == 200, asked
        assert response.body["enrollments"][0]["reference"] == reference_of(office)


def test_a_message_is_sent_again_to_a_person_whose_nik_is_in_the_place_of_the_reference(
    office, enrolled
):
    body = {"reference": a_nik(1).replace("0", "O"), "reason": "Penerima datang ke loket"}
    assert office.ask("POST /enrollments/resend", body).status in {200, 409}
