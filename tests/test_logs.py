"""The log's reader, who is there in every test: that it finds what it is there for."""

import logging

import pytest
from builders import a_nik
from log_reader import telling

log = logging.getLogger("chalicelib.tried")


@pytest.mark.parametrize(
    "person", [a_nik(1), "081234567890", "+6281234567890", "6281234567", "Siti Contoh Bala"]
)
def test_whoever_is_told_of_is_found_wherever_they_stand(told_of_nobody, person):
    log.debug("taken: %s", person)
    log.warning("taken", extra={"row": {"name": person}})
    try:
        raise ValueError(person)  # noqa: TRY301  # a fault with a person in its text
    except ValueError:
        log.exception("taken")
    found = telling(told_of_nobody)
    told_of_nobody.clear()
    assert len(found) == 3


def test_files_rows_and_times_are_nobody(told_of_nobody):
    log.warning("batch 7K3M9QX2, row 151, 20261122T020000Z", extra={"at": 1795312800.123456})
    assert telling(told_of_nobody) == []
