"""Conditional writes: what a refusal, a busy table and newer code mean to the caller."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from chalicelib.adapters.dynamodb.items import number, text
from chalicelib.adapters.dynamodb.writes import WriteResult, delete, put, transact, update
from chalicelib.errors import Busy, NewerVersion

KEY = {"id": text("a")}
NOT_REFUSED = {"Code": "None"}
REFUSED = {"Code": "ConditionalCheckFailed"}


@pytest.fixture
def dynamodb() -> Any:
    return boto3.client(
        "dynamodb",
        region_name="ap-southeast-3",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture
def stub(dynamodb):
    with Stubber(dynamodb) as stub:
        yield stub


def stored(version: int) -> dict[str, Any]:
    return {"Item": {**KEY, "v": number(version)}}


def refuse(stub: Stubber, operation: str, **answer: Any) -> None:
    stub.add_client_error(
        operation, "ConditionalCheckFailedException", http_status_code=400, modeled_fields=answer
    )


def cancel(stub: Stubber, *reasons: dict[str, Any]) -> None:
    stub.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        http_status_code=400,
        modeled_fields={"CancellationReasons": list(reasons)},
    )


def an_update():
    return update("table", KEY).set("name", text("b")).not_newer()


def some(many: int) -> list[dict[str, Any]]:
    return [an_update().transaction_item for _ in range(many)]


def test_a_write_that_is_done_returns_what_it_asked_for(dynamodb, stub):
    stub.add_response("update_item", {"Attributes": {"name": text("b")}})

    result = an_update().new_when_written().send(dynamodb)

    assert result == WriteResult(written=True, item={"name": text("b")})


@pytest.mark.parametrize(
    ("operation", "write"),
    [
        ("put_item", put("table", KEY)),
        ("update_item", an_update()),
        ("delete_item", delete("table", KEY)),
    ],
)
def test_a_refused_condition_is_an_answer(dynamodb, stub, operation, write):
    refuse(stub, operation)
    assert write.send(dynamodb) == WriteResult(written=False, item={})


def test_a_refused_write_returns_the_stored_item(dynamodb, stub):
    refuse(stub, "update_item", **stored(1))
    result = an_update().old_when_refused().send(dynamodb)
    assert result == WriteResult(written=False, item=stored(1)["Item"])


def test_a_refusal_by_an_item_of_newer_code_is_raised(dynamodb, stub):
    refuse(stub, "update_item", **stored(2))
    with pytest.raises(NewerVersion):
        an_update().old_when_refused().send(dynamodb)


@pytest.mark.parametrize(
    ("code", "status"),
    [("ProvisionedThroughputExceededException", 400), ("InternalServerError", 500)],
)
def test_a_busy_table_is_busy(dynamodb, stub, code, status):
    stub.add_client_error("update_item", code, http_status_code=status)
    with pytest.raises(Busy, match=code):
        an_update().send(dynamodb)


def test_a_write_without_an_answer_is_busy(dynamodb):
    def no_answer(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    dynamodb.meta.events.register("before-send", no_answer)
    with pytest.raises(Busy, match="ReadTimeoutError"):
        an_update().send(dynamodb)


def test_another_error_is_let_through(dynamodb, stub):
    stub.add_client_error("update_item", "ValidationException", http_status_code=400)
    with pytest.raises(dynamodb.exceptions.ClientError, match="ValidationException"):
        an_update().send(dynamodb)


def test_a_transaction_that_is_done_has_no_refusals(dynamodb, stub):
    stub.add_response("transact_write_items", {})
    assert transact(dynamodb, some(3), may_refuse=2) == {}


@pytest.mark.parametrize(
    ("reasons", "refusals"),
    [
        ([REFUSED, NOT_REFUSED, NOT_REFUSED], {0: {}}),
        ([NOT_REFUSED, REFUSED | stored(1), NOT_REFUSED], {1: stored(1)["Item"]}),
        ([REFUSED | stored(1), REFUSED, REFUSED], {0: stored(1)["Item"], 1: {}, 2: {}}),
        ([NOT_REFUSED, REFUSED, REFUSED], {1: {}, 2: {}}),
    ],
)
def test_each_refusal_is_at_the_place_of_its_item(dynamodb, stub, reasons, refusals):
    cancel(stub, *reasons)
    assert transact(dynamodb, some(3), may_refuse=2) == refusals


def test_a_refusal_that_the_caller_cannot_decide_about_is_newer_code(dynamodb, stub):
    cancel(stub, NOT_REFUSED, NOT_REFUSED, REFUSED)
    with pytest.raises(NewerVersion):
        transact(dynamodb, some(3), may_refuse=2)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    "code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_another_writer_in_the_way_is_busy_whatever_else_is_refused(dynamodb, stub, code, place):
    reasons = [REFUSED, REFUSED, REFUSED]
    reasons[place] = {"Code": code}
    cancel(stub, *reasons)
    with pytest.raises(Busy):
        transact(dynamodb, some(3), may_refuse=3)


def test_a_transaction_cancelled_for_another_reason_is_let_through(dynamodb, stub):
    cancel(stub, NOT_REFUSED, {"Code": "ValidationError"}, NOT_REFUSED)
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        transact(dynamodb, some(3), may_refuse=3)


def test_each_name_has_one_alias_and_each_value_its_own():
    write = (
        update("table", KEY)
        .set("status", text("b"))
        .set("gone", None)
        .set_if_absent("due", text("c"))
        .add_counts({"rows": 2, "none": 0})
        .only_if("status", text("a"))
        .only_if("gone", text("d"))
        .only_if_any("owner", [text("e"), text("f")])
    )

    assert write.transaction_item == {
        "Update": {
            "TableName": "table",
            "Key": KEY,
            "UpdateExpression": ("SET #0 = :0,#2 = if_not_exists(#2, :1) REMOVE #1 ADD #3 :2"),
            "ConditionExpression": "#0 = :3 AND #1 = :4 AND #4 IN (:5, :6)",
            "ExpressionAttributeNames": {
                "#0": "status",
                "#1": "gone",
                "#2": "due",
                "#3": "rows",
                "#4": "owner",
            },
            "ExpressionAttributeValues": {
                ":0": text("b"),
                ":1": text("c"),
                ":2": number(2),
                ":3": text("a"),
                ":4": text("d"),
                ":5": text("e"),
                ":6": text("f"),
            },
        }
    }


def test_a_write_without_conditions_has_no_expressions():
    assert put("table", KEY).transaction_item == {"Put": {"TableName": "table", "Item": KEY}}
