"""Keys from the deployment's secret."""

import boto3
from botocore.stub import Stubber

from chalicelib.adapters.secret import Secret


def client(value="something random"):
    made = boto3.client(
        "secretsmanager", region_name="x", aws_access_key_id="x", aws_secret_access_key="x"
    )
    stub = Stubber(made)
    stub.add_response("get_secret_value", {"SecretString": value}, {"SecretId": "payung"})
    stub.activate()
    return made


def test_each_use_has_a_key_of_its_own_and_the_secret_is_asked_for_once():
    secret = Secret(client(), name="payung")
    assert len(secret.key("cursor")) == 32
    assert secret.key("cursor") == secret.key("cursor")
    assert secret.key("cursor") != secret.key("audit-nik")


def test_another_secret_makes_other_keys():
    one, other = Secret(client("a"), name="payung"), Secret(client("b"), name="payung")
    assert one.key("cursor") != other.key("cursor")


def test_the_template_makes_one(aws):
    secret = Secret(
        aws.session.client("secretsmanager"), name=aws.cloud.environment["PAYUNG_SECRET"]
    )
    assert len(secret.key("cursor")) == 32
