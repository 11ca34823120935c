import copy
import threading

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.table import Table

from local.cloud import embedded

PEOPLE, COUNTS = "people", "counts"


@pytest.fixture
def dynamodb():
    with embedded() as session:
        client = session.client("dynamodb")
        for name in (PEOPLE, COUNTS):
            client.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[
                    {"AttributeName": "id", "AttributeType": "S"},
                    {"AttributeName": "part", "AttributeType": "S"},
                ],
                KeySchema=[
                    {"AttributeName": "id", "KeyType": "HASH"},
                    {"AttributeName": "part", "KeyType": "RANGE"},
                ],
            )
        yield client


def key(number):
    return {"id": {"S": f"{number:04d}"}, "part": {"S": "p"}}


def put(number, table=PEOPLE, **attributes):
    return {
        "Put": {
            "TableName": table,
            "Item": key(number) | attributes,
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def count(by, condition=None):
    update = {
        "TableName": COUNTS,
        "Key": key(0),
        "UpdateExpression": "ADD n :by",
        "ExpressionAttributeValues": {":by": {"N": str(by)}},
    }
    if condition:
        update["ConditionExpression"] = condition
    return {"Update": update}


def everything(client):
    return {
        table: sorted(client.scan(TableName=table)["Items"], key=str) for table in (PEOPLE, COUNTS)
    }


def test_a_successful_transaction_changes_both_tables(dynamodb):
    dynamodb.transact_write_items(TransactItems=[*map(put, range(99)), count(99)])
    assert len(everything(dynamodb)[PEOPLE]) == 99
    assert everything(dynamodb)[COUNTS] == [key(0) | {"n": {"N": "99"}}]


@pytest.mark.parametrize("taken", [0, 50, 98])
def test_one_failed_condition_of_many_leaves_nothing_behind(dynamodb, taken):
    dynamodb.put_item(TableName=PEOPLE, Item=key(taken) | {"owner": {"S": "first"}})
    dynamodb.transact_write_items(TransactItems=[count(7)])
    before = everything(dynamodb)

    with pytest.raises(ClientError) as failed:
        dynamodb.transact_write_items(TransactItems=[count(99), *map(put, range(99))])

    assert everything(dynamodb) == before
    reasons = failed.value.response["CancellationReasons"]
    assert [each["Code"] for each in reasons].count("ConditionalCheckFailed") == 1
    assert reasons[taken + 1]["Item"]["owner"] == {"S": "first"}


def test_an_update_and_a_delete_are_taken_back_too(dynamodb):
    for number in range(3):
        dynamodb.put_item(TableName=PEOPLE, Item=key(number) | {"n": {"N": "1"}})
    before = everything(dynamodb)
    change = {
        "Update": {
            "TableName": PEOPLE,
            "Key": key(0),
            "UpdateExpression": "SET n = :n REMOVE m",
            "ExpressionAttributeValues": {":n": {"N": "2"}},
        }
    }
    delete = {"Delete": {"TableName": PEOPLE, "Key": key(1)}}
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=[change, delete, put(2)])
    assert everything(dynamodb) == before


def test_a_repeated_target_leaves_nothing_behind(dynamodb):
    with pytest.raises(ClientError, match="multiple operations"):
        dynamodb.transact_write_items(TransactItems=[put(1), count(1), put(1)])
    assert everything(dynamodb) == {PEOPLE: [], COUNTS: []}


def test_a_malformed_operation_leaves_nothing_behind(dynamodb):
    broken = put(2, n={"N": "x"})
    broken["Put"]["Item"]["part"] = {"N": "1"}
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=[put(1), count(1), broken])
    assert everything(dynamodb) == {PEOPLE: [], COUNTS: []}


def test_a_cancelled_insert_can_be_made_again(dynamodb):
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=[put(1), count(1, "n = :by")])
    dynamodb.transact_write_items(TransactItems=[put(1), count(1)])
    assert len(everything(dynamodb)[PEOPLE]) == 1


def test_no_table_is_copied(dynamodb, monkeypatch):
    copied = []
    original = copy.deepcopy

    def watched(value, *rest):
        result = original(value, *rest)
        if isinstance(value, Table) and result is not value:
            copied.append(value)
        return result

    monkeypatch.setattr("moto.dynamodb.models.copy.deepcopy", watched)
    dynamodb.transact_write_items(TransactItems=[*map(put, range(99)), count(99)])
    assert not copied


def test_of_many_threads_one_wins(dynamodb):
    won, lost, start = [], [], threading.Barrier(8)

    def insert(number):
        start.wait()
        try:
            dynamodb.put_item(
                TableName=PEOPLE,
                Item=key(1) | {"owner": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(id)",
            )
            won.append(number)
        except ClientError:
            lost.append(number)

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)


def test_an_item_over_the_limit_is_refused(dynamodb):
    with pytest.raises(ClientError):
        dynamodb.put_item(
            TableName=PEOPLE, Item=key(1) | {"a": {"S": "x" * 300_000}, "b": {"S": "x" * 300_000}}
        )


def test_all_kinds_of_attribute_come_back_as_they_went(dynamodb):
    item = key(1) | {
        "text": {"S": "é"},
        "number": {"N": "12.5"},
        "yes": {"BOOL": True},
        "nothing": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
        "list": {"L": [{"S": "a"}, {"M": {"b": {"N": "1"}}}]},
        "set": {"SS": ["a", "b"]},
    }
    dynamodb.put_item(TableName=PEOPLE, Item=item)
    found = dynamodb.get_item(TableName=PEOPLE, Key=key(1))["Item"]
    found["set"]["SS"].sort()
    assert found == item
