"""One number for many people: it gets a few messages of a file, and of a day."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from tests.api.office import Office
from tests.attacks.containers import FORMATS
from tests.support.builders import a_nik

HEADER = ["NIK", "Nama", "Nilai Bantuan", "No HP"]
PHONES = (
    "081234567890",
    "+6281234567890",
    "6281234567890",
    "+62 812-3456-7890",
    "0812.3456.7890",
    "0812 3456 7890",
    "'081234567890",
    "81234567890",
    "+62(0)81234567890",
)
"""Spellings of one number."""
MOST = 3


@pytest.mark.parametrize("form", FORMATS)
def test_no_number_gets_more_than_a_few_messages_of_a_file(form: str) -> None:
    office = Office(chunk_rows=50)
    people = [
        [a_nik(n), "Maria Contoh", "1200000", phone]
        for n, phone in enumerate(itertools.islice(itertools.cycle(PHONES), 200), 1)
    ]
    others = [[a_nik(n), "Maria Contoh", "1200000", f"0857{n:08d}"] for n in range(300, 320)]
    batch = office.run(FORMATS[form]([HEADER, *people, *others]))
    to = [phone for phone, _ in office.sms_sender.published]
    assert to.count("+6281234567890") <= MOST
    assert len(to) == len(set(to)) - 1 + to.count("+6281234567890")
    assert len(set(to)) == 1 + len(others)
    assert len(office.tables.people) == len(people) + len(others), "nobody loses the protection"
    assert "phone_shared" in office.result(batch, "hasil.csv")


BANKS = ("002", "bri", "008", "127")
SCHEMES = ("BPUM", "KUR", "UMKM", "KOPERASI")


def a_file_of_one(form: str, number: int, phone: str) -> bytes:
    return FORMATS[form]([HEADER, [a_nik(number), "Maria Contoh", "1200000", phone]])


def got(office: Office) -> int:
    """Return how many messages the number of `PHONES` got; nobody else gets one in these tests."""
    assert {phone for phone, _ in office.sms_sender.published} <= {"+6281234567890"}
    return len(office.sms_sender.published)


@pytest.mark.parametrize("form", FORMATS)
def test_no_number_gets_more_than_a_few_messages_of_a_day_however_many_files(form: str) -> None:
    """Each file has one person, so the limit of a file holds nothing back."""
    office = Office()
    for n, phone in enumerate(PHONES, 1):
        office.run(a_file_of_one(form, n, phone), f"incoming/002/BPUM/{n}.dat")
    assert got(office) == MOST
    assert len(office.tables.people) == len(PHONES), "nobody loses the protection"


def test_banks_and_schemes_share_the_number_of_a_day() -> None:
    office = Office()
    for n, (bank, scheme) in enumerate(itertools.product(BANKS, SCHEMES), 1):
        key = f"incoming/{bank}/{scheme}/a.csv"
        office.run(a_file_of_one("comma", n, PHONES[n % len(PHONES)]), key)
    assert got(office) == MOST
    assert len(office.tables.people) == len(BANKS) * len(SCHEMES)


def test_the_day_of_a_number_is_that_of_its_people_and_not_of_greenwich() -> None:
    office = Office()
    office.now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # 07:00 in Makassar
    for n in range(1, 9):
        office.run(a_file_of_one("comma", n, PHONES[0]), f"incoming/002/BPUM/{n}.csv")
        office.now += timedelta(hours=2)
    assert got(office) == MOST


def test_jobs_that_come_again_do_not_make_room_for_more_people() -> None:
    office = Office()
    for n in range(1, 8):
        upload = office.put(a_file_of_one("comma", n, PHONES[0]), f"incoming/002/BPUM/{n}.csv")
        office.take(upload)
    office.drive_chunks()
    jobs = list(office.sms_queue.bodies)
    for _ in range(3):
        office.sms_queue.bodies[:] = jobs
        office.drive()
    assert got(office) == MOST


def test_files_that_are_handed_in_again_do_not_make_room_for_more_people() -> None:
    office = Office()
    for again in range(3):
        for n in range(1, 8):
            key = f"incoming/002/BPUM/{again}-{n}.csv"
            office.run(a_file_of_one("comma", n, PHONES[(again + n) % len(PHONES)]), key)
    assert got(office) == MOST
    assert len(office.tables.people) == 7
