"""What the embedded cloud mends in moto for speed changes none of moto's answers."""

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.wire import sends_as_written
from local.cloud import REGION, credentials, embedded

UNCHECKED = Config(parameter_validation=False)
PEOPLE, COUNTS = "people", "counts"
NEWER = {"#v": "version"}
OLD = {":v": {"N": "3"}}


def tables(client):
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


def key(name, part="p"):
    return {"id": {"S": name}, "part": {"S": part}}


def put(name, table=PEOPLE, **attributes):
    return {"TableName": table, "Item": key(name) | attributes}


def update(name, expression, values=None, table=PEOPLE, **more):
    given = {"ExpressionAttributeValues": values} if values else {}
    return {"TableName": table, "Key": key(name), "UpdateExpression": expression} | given | more


def claim(name, by, **more):
    return update(
        name,
        "SET sms = :sending, sms_claim = :claim",
        {
            ":sending": {"S": "sending"},
            ":pending": {"S": "pending"},
            ":claim": {"S": by},
            **OLD,
        },
        ConditionExpression="sms = :pending AND (attribute_not_exists(#v) OR #v <= :v)",
        ExpressionAttributeNames=NEWER,
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        **more,
    )


def count(name, by, table=COUNTS):
    return update(
        name,
        "ADD n :by SET #v = :v",
        {":by": {"N": str(by)}, **OLD},
        table,
        ConditionExpression="attribute_not_exists(#v) OR #v <= :v",
        ExpressionAttributeNames=NEWER,
    )


def together(*items):
    return "transact_write_items", {"TransactItems": list(items)}


def person(name, version="2", **more):
    return put(name, sms={"S": "pending"}, version={"N": version}, scheme={"S": "BPUM"}, **more)


ALL_KINDS = {
    "text": {"S": "Siti É \U0001f600"},
    "empty": {"S": ""},
    "number": {"N": "12.50"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"M": {"B": {"N": "1"}}}]},
    "map": {"M": {"BS": {"S": "no bytes"}}},
}
CALLS = [
    ("put_item", person("a")),
    ("put_item", person("b", **ALL_KINDS)),
    ("put_item", person("c", version="9")),
    ("put_item", person("d")),
    # The claim that wins, the one that comes too late, one that newer code has written.
    ("update_item", claim("a", "x", ReturnValues="ALL_NEW")),
    ("update_item", claim("a", "y", ReturnValues="ALL_NEW")),
    ("update_item", claim("b", "x", ReturnValues="UPDATED_NEW")),
    ("update_item", claim("c", "x", ReturnValues="ALL_OLD")),
    ("update_item", claim("nobody", "x")),
    ("update_item", claim("d", "", ReturnValues="UPDATED_OLD")),
    # The same words with other values, and with values of another kind.
    ("update_item", update("a", "SET n = :n", {":n": {"N": "1"}}, ReturnValues="ALL_NEW")),
    ("update_item", update("a", "SET n = :n", {":n": {"S": "1"}}, ReturnValues="ALL_NEW")),
    ("update_item", update("a", "SET n = :n", {":n": {"L": []}}, ReturnValues="ALL_NEW")),
    ("update_item", update("new", "ADD n :n", {":n": {"N": "5"}}, ReturnValues="ALL_NEW")),
    ("update_item", update("new", "ADD n :n", {":n": {"N": "-2"}}, ReturnValues="ALL_NEW")),
    ("update_item", update("new", "ADD n :n", {":n": {"S": "x"}}, ReturnValues="ALL_NEW")),
    ("update_item", update("new", "REMOVE n, m", ReturnValues="ALL_NEW")),
    ("update_item", update("new", "ADD s :s", {":s": {"SS": ["a"]}}, ReturnValues="ALL_NEW")),
    ("update_item", update("new", "ADD s :s", {":s": {"SS": ["a"]}}, ReturnValues="ALL_NEW")),
    # What is amiss is refused in the same words.
    ("update_item", update("a", "SET n = :n", {":n": {"N": "1"}, ":m": {"N": "1"}})),
    ("update_item", update("a", "SET n = :n", {":m": {"N": "1"}})),
    ("update_item", update("a", "SET #n = :n", {":n": {"N": "1"}})),
    ("update_item", update("a", "SET id = :n", {":n": {"S": "1"}})),
    ("update_item", update("a", "")),
    ("update_item", update("a", "SET n = :n", {":n": {"N": "1"}}, "nowhere")),
    ("update_item", {"TableName": PEOPLE, "Key": {"id": {"S": "a"}}}),
    ("put_item", put("")),
    ("put_item", {"TableName": PEOPLE, "Item": {"id": {"S": "a"}}}),
    ("put_item", put("e") | {"ConditionExpression": "attribute_not_exists(id)"}),
    ("put_item", put("e") | {"ConditionExpression": "attribute_not_exists(id)"}),
    ("put_item", put("e") | {"ConditionExpression": "((attribute_exists(id)))"}),
    ("put_item", put("e") | {"ConditionExpression": "name = :x"}),
    # Transactions that stand.
    together({"Put": put("f", n={"N": "1"})}, {"Update": count("x", 1)}),
    together({"Put": put("g", **ALL_KINDS)}, {"Update": count("x", 41)}),
    together({"Update": count("x", -2)}, {"Update": count("y", 7)}, {"Update": claim("d", "x")}),
    together({"Delete": {"TableName": PEOPLE, "Key": key("f")}}, {"Update": count("x", 1)}),
    together(
        {
            "ConditionCheck": {
                "TableName": PEOPLE,
                "Key": key("g"),
                "ConditionExpression": "attribute_exists(id)",
            }
        },
        {"Update": count("x", 1)},
    ),
    together({"Put": put("g", n={"N": "2"})}, {"Update": update("g2", "SET a.b = :b", OLD)}),
    # Transactions that do not.
    together({"Put": put("h")}, {"Update": claim("a", "z")}, {"Update": count("x", 1)}),
    together({"Put": put("h")}, {"Update": claim("c", "z")}, {"Update": count("x", 1)}),
    together({"Update": count("x", 1)}, {"Update": claim("nobody", "z")}),
    together({"Put": put("h")}, {"Put": put("h")}),
    together({"Put": put("")}, {"Update": count("x", 1)}),
    together({"Put": put("h", n={"N": "many"})}, {"Update": count("x", 1)}),
    together({"Update": count("x", 1)}, {"Put": put("h", n={"N": "many"})}),
    together({"Update": count("x", 1)}, {"Put": put("h", table="nowhere")}),
    together({"Update": count("x", 1)}, {"Update": update("h", "SET n = :n", {":m": {"N": "1"}})}),
    together({"Update": count("x", 1)}, {"Update": update("a", "ADD sms :n", {":n": {"N": "1"}})}),
    together({"Update": count("x", 1)}, {"Update": update("a", "SET id = :n", {":n": {"S": "1"}})}),
    together({"Update": count("x", 1), "Put": put("h")}),
    together({"Update": count("x", 1)}, {"Update": count("z", "x")}),
    # And everything is as it was.
    ("get_item", {"TableName": PEOPLE, "Key": key("b"), "ConsistentRead": True}),
    ("get_item", {"TableName": PEOPLE, "Key": key("h")}),
    ("get_item", {"TableName": COUNTS, "Key": key("x"), "ReturnConsumedCapacity": "TOTAL"}),
    (
        "query",
        {
            "TableName": PEOPLE,
            "KeyConditionExpression": "id = :id",
            "ExpressionAttributeValues": {":id": {"S": "b"}},
        },
    ),
    ("batch_get_item", {"RequestItems": {PEOPLE: {"Keys": [key("a"), key("h")]}}}),
    ("delete_item", {"TableName": PEOPLE, "Key": key("a"), "ReturnValues": "ALL_OLD"}),
    ("delete_item", {"TableName": PEOPLE, "Key": key("a")}),
    ("get_item", {"TableName": "nowhere", "Key": key("a")}),
]


def heard(client, name, parameters):
    try:
        answer = getattr(client, name)(**parameters)
    except ClientError as error:
        answer = dict(error.response) | {"raised": type(error).__name__, "told": str(error)}
    except Exception as error:  # noqa: BLE001  # moto itself may stumble, and then alike
        return {"stumbled": type(error).__name__, "over": str(error)}
    about = answer.pop("ResponseMetadata")
    return answer | {"status": about["HTTPStatusCode"], "retries": about["RetryAttempts"]}


def everything(client):
    return {
        table: sorted(client.scan(TableName=table)["Items"], key=str) for table in (PEOPLE, COUNTS)
    }


def told_by_dynamodb(session, *, as_written=False):
    """Return what each call is answered, and all that is there after it."""
    client = session.client("dynamodb", config=UNCHECKED)
    plain = session.client("dynamodb")
    tables(plain)
    asked = sends_as_written(client) if as_written else client
    # Twice over, so that everything that is kept the first time is used.
    return [
        (name, heard(asked, name, parameters), everything(plain))
        for name, parameters in CALLS + CALLS
    ]


def by_moto_alone(ask):
    with credentials(), mock_aws():
        return ask(boto3.Session(region_name=REGION))


def by_the_embedded_cloud(ask):
    with embedded() as session:
        return ask(session)


@pytest.fixture(scope="module")
def told_by_moto():
    return by_moto_alone(told_by_dynamodb)


@pytest.mark.parametrize("as_written", [False, True])
def test_dynamodb_answers_as_moto_alone_does(told_by_moto, as_written):
    def ask(session):
        return told_by_dynamodb(session, as_written=as_written)

    for found, wanted in zip(by_the_embedded_cloud(ask), told_by_moto, strict=True):
        assert found == wanted


SMS = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
PUBLISHED = [
    {"PhoneNumber": "+6281200000001", "Message": "Siti É & <b>+1 %"},
    {"PhoneNumber": "+6281200000001", "Message": "x", "MessageAttributes": SMS},
    {"PhoneNumber": "081200000001", "Message": "x", "MessageAttributes": SMS},
    {"PhoneNumber": "+6281200000001", "Message": "x" * 300_000},
    {"TopicArn": "arn:aws:sns:ap-southeast-3:123456789012:nowhere", "Message": "x"},
    {"PhoneNumber": "+6281200000001", "Message": "x", "Subject": "y"},
]


def told_by_sns(session):
    client = session.client("sns", config=UNCHECKED)
    answers = [heard(client, "publish", each) for each in PUBLISHED]
    assert all(len(each.pop("MessageId", "")) in {0, 36} for each in answers)
    return answers


def test_sns_answers_as_moto_alone_does():
    assert by_the_embedded_cloud(told_by_sns) == by_moto_alone(told_by_sns)


def test_an_answer_is_told_apart_and_is_the_callers_own():
    with embedded() as session:
        client = session.client("dynamodb")
        tables(client)
        client.put_item(**put("a", list={"L": [{"S": "a"}]}))
        first, second = (client.get_item(TableName=PEOPLE, Key=key("a")) for _ in range(2))
        first["Item"]["list"]["L"].append({"S": "b"})
        assert second["Item"]["list"]["L"] == [{"S": "a"}]
        ids = {each["ResponseMetadata"]["RequestId"] for each in (first, second)}
        assert len(ids) == 2
        third = client.get_item(TableName=PEOPLE, Key=key("a"))
        assert third["Item"] == second["Item"]


def refused(request, **_):
    return AWSResponse(request.url, 400, {}, MockRawResponse(b'{"__type": "x#LimitExceeded"}'))


@pytest.mark.parametrize(
    "event", ["before-send", "before-parse", "response-received", "before-sign"]
)
def test_who_listens_on_the_way_hears(event):
    with embedded() as session:
        client = session.client("dynamodb")
        tables(client)
        client.get_item(TableName=PEOPLE, Key=key("a"))
        heard_of = []

        def listen(event_name, **_):
            heard_of.append(event_name)

        client.meta.events.register(event, listen)
        client.get_item(TableName=PEOPLE, Key=key("a"))
        client.meta.events.unregister(event, listen)
        client.get_item(TableName=PEOPLE, Key=key("a"))
        assert heard_of == [f"{event}.dynamodb.GetItem"]


def test_who_answers_in_motos_place_is_heard():
    with embedded() as session:
        client = session.client("dynamodb")
        tables(client)
        client.meta.events.register_first("before-send", refused)
        with pytest.raises(ClientError, match="LimitExceeded"):
            client.put_item(**put("a"))
        client.meta.events.unregister("before-send", refused)
        client.put_item(**put("a"))


def test_a_fault_is_answered_once_and_does_nothing_twice():
    with embedded() as session:
        client = session.client("dynamodb")
        tables(client)
        for _ in range(2):
            with pytest.raises(ClientError, match="ConditionalCheckFailed"):
                client.update_item(**count("x", 1) | {"ConditionExpression": "#v > :v"})
        client.update_item(**count("x", 1))
        assert client.get_item(TableName=COUNTS, Key=key("x"))["Item"]["n"] == {"N": "1"}
