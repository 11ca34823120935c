"""A bank learns nothing about another bank's customer by handing in a file of its own."""

import csv
import io
import itertools

import pytest

from tests.api.office import BSG, DINAS, Office
from tests.attacks.containers import FORMATS
from tests.support.builders import a_nik

HEADER = ["NIK", "Nama", "Tanggal Lahir", "Nilai Bantuan", "No HP"]
NAME, BORN, PHONE = "Maria Contoh", "17/02/1980", "081200000001"
GUESSES = list(
    itertools.product(
        (NAME, "Maria", "MARIA CONTOH", "Yohana Lain"),
        (BORN, "18/02/1980", ""),
        ("KUR", "BPUM"),
        (PHONE, "081299999999"),
    )
)
OURS = "payung_"
SAME = {"payung_referensi", "payung_nik"}  # they differ by the file, not by the person


def a_file(form: str, name: str, born: str, phone: str, *more: list[str]) -> bytes:
    return FORMATS[form]([HEADER, [a_nik(1), name, born, "1200000", phone], *more])


@pytest.fixture
def office() -> Office:
    made = Office()
    made.run(a_file("comma", NAME, BORN, PHONE))
    return made


def said_of(office: Office, form: str, guess: tuple[str, str, str, str]) -> list[dict[str, str]]:
    name, born, scheme, phone = guess
    key = f"incoming/127/{scheme}/{len(office.tables.files)}"
    batch = office.run(a_file(form, name, born, phone), key)
    rows = csv.DictReader(io.StringIO(office.result(batch, "hasil.csv"), newline=""))
    return [{k: v for k, v in row.items() if k.startswith(OURS) and k not in SAME} for row in rows]


@pytest.mark.parametrize("form", FORMATS)
def test_no_guess_is_confirmed_by_a_result(office: Office, form: str) -> None:
    answers = [
        said_of(office, form, guess) for guess in (GUESSES if form == "comma" else GUESSES[::7])
    ]
    for rows in answers:
        for row in rows:
            text = " ".join(row.values())
            assert row["payung_status"] == "duplikat"
            assert "duplicate_other_bank" in row["payung_kode"].split(";")
            for word in ("BRI", "002", "2026", "konflik", "conflict"):
                assert word not in text, text


def test_the_same_row_gets_the_same_answer_whatever_the_other_bank_wrote() -> None:
    """Name, birth date and scheme at the other bank change nothing in the answer."""
    answers = []
    for name, born, scheme, phone in GUESSES:
        office = Office()
        office.run(a_file("comma", name, born, phone), f"incoming/002/{scheme}/a.csv")
        answers.append(said_of(office, "comma", (NAME, BORN, "KUR", PHONE)))
    assert all(each == answers[0] for each in answers)


def test_rows_in_the_api_say_no_more_than_the_result(office: Office) -> None:
    for guess in GUESSES[:6]:
        said_of(office, "comma", guess)
    for batch in [each.id for each in office.tables.files.values() if each.bank == "127"]:
        body = office.ask(f"GET /batches/{batch}/rows", who=BSG).answer.body
        for word in ("BRI", '"002"', "conflict", "konflik"):
            assert word not in body
        assert office.ask(f"GET /batches/{batch}/rows", who=DINAS).status == 200


def test_nobody_is_sent_a_message_by_a_second_bank(office: Office) -> None:
    before = list(office.sms_sender.published)
    for guess in GUESSES:
        said_of(office, "comma", guess)
    assert office.sms_sender.published == before


def test_a_look_up_says_nothing_before_and_after(office: Office) -> None:
    before = office.ask("POST /enrollments/lookup", {"nik": a_nik(1)}, who=BSG)
    said_of(office, "comma", GUESSES[0])
    after = office.ask("POST /enrollments/lookup", {"nik": a_nik(1)}, who=BSG)
    assert (before.status, before.code) == (after.status, after.code) == (404, "not_enrolled")
