import base64
import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.messages.receipt import (
    OTHER_REASON,
    REASONS_BY_RESPONSE,
    Receipt,
    ReceiptEvent,
    read_receipts,
    reason_of,
)
from chalicelib.domain.messages.sms_reasons import REASONS
from tests.support.delivery_logs import PHONE, a_failure, a_line, an_event, packed


def the_receipt(line: str) -> Receipt:
    (receipt,) = read_receipts(an_event(line)).receipts
    return receipt


def test_a_receipt_of_delivery_has_id_time_price_and_parts():
    at = datetime(2026, 1, 20, 5, 10, 11, tzinfo=UTC)
    assert the_receipt(a_line("b7a1", at, priceInUSD=0.00645, numberOfMessageParts=2)) == Receipt(
        message_id="b7a1",
        at=at.replace(microsecond=559_000),
        delivered=True,
        reason=None,
        price=6_450,
        parts=2,
    )


def test_a_failed_message_has_a_reason():
    receipt = the_receipt(a_failure(response="Phone number is opted out"))
    assert (receipt.delivered, receipt.reason) == (False, "opted_out")


@pytest.mark.parametrize(("response", "reason"), REASONS_BY_RESPONSE.items())
def test_each_response_that_is_known_has_a_reason_that_staff_can_read(response, reason):
    assert the_receipt(a_failure(response=response)).reason == reason
    assert reason in REASONS


@pytest.mark.parametrize("response", ["", "Something new", "7171014107800001", None])
def test_an_unknown_response_is_the_carriers_failure(response):
    line = json.loads(a_failure())
    line["delivery"]["providerResponse"] = response
    assert the_receipt(json.dumps(line)).reason == OTHER_REASON


def test_a_response_is_recognised_in_any_case_with_or_without_full_stop():
    assert reason_of(" phone number is OPTED OUT. ") == "opted_out"
    assert reason_of("Rate exceeded") == reason_of("Rate exceeded.") == OTHER_REASON


def test_a_message_that_was_never_sent_has_no_price():
    line = a_failure(
        response="No quota left for account", priceInUSD=None, numberOfMessageParts=None
    )
    receipt = the_receipt(line)
    assert (receipt.reason, receipt.price, receipt.parts) == ("spend_limit", 0, 1)


@pytest.mark.parametrize(
    ("price", "micro_usd"),
    [(0.045, 45_000), (0.00645, 6_450), (0, 0), (1, 1_000_000), (0.0000004, 0), ("0.1", 100_000)],
)
def test_prices_are_exact(price, micro_usd):
    assert the_receipt(a_line(priceInUSD=price)).price == micro_usd


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [("05:10:11.123", 123_000), ("05:10:11.5", 500_000), ("05:10:11.51", 510_000), ("05:10:11", 0)],
)
def test_a_time_has_as_many_digits_as_sns_writes(written, microseconds):
    line = json.loads(a_line())
    line["notification"]["timestamp"] = f"2026-01-20 {written}"
    expected = datetime(2026, 1, 20, 5, 10, 11, microseconds, tzinfo=UTC)
    assert the_receipt(json.dumps(line)).at == expected


def test_the_number_is_not_kept():
    found = read_receipts(an_event(a_line(), a_failure()))
    assert PHONE not in repr(found)


def test_a_control_message_has_no_receipts():
    assert read_receipts(an_event("whatever it says", kind="CONTROL_MESSAGE")) == ReceiptEvent()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        a_line(status="PENDING"),
        a_line(priceInUSD=-0.1),
        a_line(priceInUSD="much"),
        a_line(message_id=""),
        a_line(message_id="x" * 129),
        a_line().replace('"timestamp": "', '"timestamp": "about '),
    ],
)
def test_a_malformed_line_is_counted_and_the_others_are_read(line):
    found = read_receipts(an_event(a_line("one"), line, a_line("two")))
    assert [each.message_id for each in found.receipts] == ["one", "two"]
    assert found.malformed == 1


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"awslogs": None},
        {"awslogs": {"data": 5}},
        {"awslogs": {"data": "?"}},
        {"awslogs": {"data": base64.b64encode(b"not gzip").decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"{}")[:-9]).decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"not JSON")).decode()}},
        packed([]),
        packed({"messageType": "NEWS", "logEvents": []}),
        packed({"messageType": "DATA_MESSAGE", "logEvents": [{"message": None}]}),
    ],
)
def test_another_event_is_refused_without_repeating_its_content(event):
    with pytest.raises(ValueError, match=r"^no event of a log subscription$") as caught:
        read_receipts(event)
    assert caught.value.__suppress_context__


@given(st.lists(st.text()))
def test_any_lines_are_read_or_counted(lines):
    found = read_receipts(an_event(*lines))
    assert len(found.receipts) + found.malformed == len(lines)
