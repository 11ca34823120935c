"""The patches of moto for speed change none of moto's answers."""

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.adapters.direct import sends_directly
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
    # A claim that wins, one that is too late, and one that newer code has written.
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
    # Invalid calls are refused with the same text.
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
    # Transactions that succeed.
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
    # Transactions that are cancelled.
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
    # All items are as before.
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


def answer_of(client, name, parameters):
    try:
        answer = getattr(client, name)(**parameters)
    except ClientError as error:
        answer = dict(error.response) | {"raised": type(error).__name__, "message": str(error)}
    except Exception as error:  # noqa: BLE001  # moto itself may fail, and then both must fail alike
        return {"stumbled": type(error).__name__, "over": str(error)}
    about = answer.pop("ResponseMetadata")
    return answer | {"status": about["HTTPStatusCode"], "retries": about["RetryAttempts"]}


def everything(client):
    return {
        table: sorted(client.scan(TableName=table)["Items"], key=str) for table in (PEOPLE, COUNTS)
    }


def dynamodb_answers(session, *, directly=False):
    """Return the answer of each call, and all items after it."""
    client = session.client("dynamodb", config=UNCHECKED)
    plain = session.client("dynamodb")
    tables(plain)
    asked = sends_directly(client, session.get_credentials()) if directly else client
    # Twice, so that the second round uses everything that the first has cached.
    return [
        (name, answer_of(asked, name, parameters), everything(plain))
        for name, parameters in CALLS + CALLS
    ]


def by_moto_alone(ask):
    with credentials(), mock_aws():
        return ask(boto3.Session(region_name=REGION))


def by_the_embedded_cloud(ask):
    with embedded() as session:
        return ask(session)


@pytest.fixture(scope="module")
def moto_answers():
    return by_moto_alone(dynamodb_answers)


@pytest.mark.parametrize("directly", [False, True])
def test_dynamodb_answers_as_moto_alone_does(moto_answers, directly):
    def ask(session):
        return dynamodb_answers(session, directly=directly)

    for found, wanted in zip(by_the_embedded_cloud(ask), moto_answers, strict=True):
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


def sns_answers(session, *, directly=False):
    client = session.client("sns", config=UNCHECKED)
    if directly:
        sends_directly(client, session.get_credentials())
    answers = [answer_of(client, "publish", each) for each in PUBLISHED]
    assert all(len(each.pop("MessageId", "")) in {0, 36} for each in answers)
    return answers


@pytest.mark.parametrize("directly", [False, True])
def test_sns_answers_as_moto_alone_does(directly):
    def ask(session):
        return sns_answers(session, directly=directly)

    assert by_the_embedded_cloud(ask) == by_moto_alone(sns_answers)


def test_every_answer_has_its_own_id_and_belongs_to_the_caller():
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
def test_event_handlers_on_a_call_still_run(event):
    with embedded() as session:
        client = session.client("dynamodb")
        tables(client)
        client.get_item(TableName=PEOPLE, Key=key("a"))
        events = []

        def listen(event_name, **_):
            events.append(event_name)

        client.meta.events.register(event, listen)
        client.get_item(TableName=PEOPLE, Key=key("a"))
        client.meta.events.unregister(event, listen)
        client.get_item(TableName=PEOPLE, Key=key("a"))
        assert events == [f"{event}.dynamodb.GetItem"]


def test_a_handler_that_answers_instead_of_moto_is_used():
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
