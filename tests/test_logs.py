"""The log reader, which runs in every test, finds personal data."""

import logging

import pytest
from botocore.exceptions import ClientError

from chalicelib.fault_log import log_fault
from tests.support.builders import a_nik
from tests.support.log_reader import telling

log = logging.getLogger("chalicelib.tried")


@pytest.mark.parametrize(
    "person", [a_nik(1), "081234567890", "+6281234567890", "6281234567", "Siti Contoh Bala"]
)
def test_the_log_reader_finds_a_person_wherever_the_line_names_them(log_records, person):
    log.debug("taken: %s", person)
    log.warning("taken", extra={"row": {"name": person}})
    try:
        raise ValueError(person)  # noqa: TRY301  # a fault with a person in its text
    except ValueError:
        log.exception("taken")
    found = telling(log_records)
    log_records.clear()
    assert len(found) == 3


def test_the_log_reader_ignores_files_rows_and_times(log_records):
    log.warning("batch 7K3M9QX2, row 151, 20261122T020000Z", extra={"at": 1795312800.123456})
    assert telling(log_records) == []


def test_a_refusal_by_aws_is_logged_with_call_and_code_and_without_its_text(log_records):
    answer = {"Error": {"Code": "AccessDeniedException", "Message": f"no {a_nik(1)}"}}
    log_fault(ClientError(answer, "PutItem"))
    (line,) = log_records
    assert line.aws == "PutItem: AccessDeniedException"
    log_fault(KeyError("nik"))
    assert not hasattr(log_records[1], "aws")
    assert telling(log_records) == []
