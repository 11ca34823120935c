"""The API, its firewall and its users, in the template of each stage."""

import re

import pytest

from chalicelib.api.requests import MOST_BYTES
from local.deploy.artefact import Artefact
from tests.deploy.packaged import document
from tests.deploy.template_reader import Resources, of_type, target

pytestmark = pytest.mark.slow

OPEN_ROUTES = {"/", "/assets/{name}"}
"""The page itself: its user has not signed in yet."""


def test_every_route_except_the_page_needs_a_token(package: Artefact) -> None:
    api = document(package.template)["Resources"]["RestAPI"]["Properties"]
    for path, methods in api["DefinitionBody"]["paths"].items():
        for method, described in methods.items():
            if path not in OPEN_ROUTES and method != "options":
                schemes = {name for each in described.get("security", ()) for name in each}
                assert schemes - {"api_key"}, f"{method} {path} is open"


def test_floods_are_stopped_before_the_functions(resources: Resources) -> None:
    (association,) = of_type(resources, "AWS::WAFv2::WebACLAssociation").values()
    assert target(association["WebACLArn"]) == "ApiFirewall"
    rules = {each["Name"]: each for each in resources["ApiFirewall"]["Properties"]["Rules"]}
    assert all("Block" in each["Action"] for each in rules.values())
    assert rules["NotTooOften"]["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert rules["SmallBodies"]["Statement"]["SizeConstraintStatement"]["Size"] == MOST_BYTES
    (stage,) = of_type(resources, "AWS::ApiGateway::Stage").values()
    assert any(each["ThrottlingRateLimit"] > 0 for each in stage["MethodSettings"])


@pytest.mark.parametrize(
    ("path", "token", "is_stopped"),
    [
        ("/v1/", None, False),
        ("/v1", None, False),
        ("/", None, False),
        ("/v1/assets/main.js", None, False),
        ("/v1/batches", None, True),
        ("/v1/enrollments/lookup", None, True),
        ("/v1/assets/../batches", None, True),
        ("/v1/batches", "Bearer", True),
        ("/v1/batches", "Basic YTpi", True),
        ("/v1/batches", "Bearer a.b", True),
        ("/v1/batches", "Bearer eyJh.eyJz._-9", False),
        ("/v1/batches", "eyJh.eyJz._-9", False),
    ],
)
def test_requests_without_a_token_use_nobodys_share_of_the_throttle(
    resources: Resources, path: str, token: str | None, *, is_stopped: bool
) -> None:
    rules = {each["Name"]: each for each in resources["ApiFirewall"]["Properties"]["Rules"]}
    rule = rules["OnlyWithToken"]
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 401
    assert rule["Priority"] < rules["NotTooOften"]["Priority"]
    page, given = rule["Statement"]["NotStatement"]["Statement"]["OrStatement"]["Statements"]
    assert page["RegexMatchStatement"]["FieldToMatch"] == {"UriPath": {}}
    passes = re.search(page["RegexMatchStatement"]["RegexString"], path) or (
        token and re.search(given["RegexMatchStatement"]["RegexString"], token)
    )
    assert (not passes) is is_stopped


def test_the_api_has_one_stage_and_the_firewall_is_before_it(resources: Resources) -> None:
    ((name, _),) = of_type(resources, "AWS::ApiGateway::Stage").items()
    # A deployment with a name of a stage makes that stage, without any of the template's settings.
    for each in of_type(resources, "AWS::ApiGateway::Deployment").values():
        assert "StageName" not in each
    (association,) = of_type(resources, "AWS::WAFv2::WebACLAssociation").values()
    assert f"/stages/${{{name}}}" in association["ResourceArn"]["Fn::Sub"]


def test_the_api_pays_for_no_metrics_of_single_methods(resources: Resources) -> None:
    (stage,) = of_type(resources, "AWS::ApiGateway::Stage").values()
    for each in stage["MethodSettings"]:
        assert each["MetricsEnabled"] is False
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        if alarm.get("Namespace") == "AWS/ApiGateway":
            # Without detailed metrics, API Gateway has these two dimensions only.
            assert {each["Name"] for each in alarm["Dimensions"]} == {"ApiName", "Stage"}, name


def test_nobody_signs_up_by_themselves(resources: Resources) -> None:
    for name, pool in of_type(resources, "AWS::Cognito::UserPool").items():
        assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True, name
        assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12, name


def test_only_tokens_for_the_page_reach_the_functions(resources: Resources) -> None:
    (api,) = of_type(resources, "AWS::ApiGateway::RestApi").values()
    (authorizer,) = api["Body"]["securityDefinitions"].values()
    rules = authorizer["x-amazon-apigateway-authorizer"]
    assert rules["type"] == "cognito_user_pools"
    assert rules["identityValidationExpression"] == {"Fn::Sub": "^${UserPoolClient}$"}
    assert rules["authorizerResultTtlInSeconds"] == 0
    function = resources["APIHandler"]["Properties"]["Environment"]["Variables"]
    assert function["PAYUNG_USER_POOL_CLIENT"] == {"Ref": "UserPoolClient"}
    assert "${UserPool}" in function["PAYUNG_TOKEN_ISSUER"]["Fn::Sub"]


def test_a_removed_user_is_out_within_minutes(resources: Resources) -> None:
    for name, client in of_type(resources, "AWS::Cognito::UserPoolClient").items():
        units = client["TokenValidityUnits"]
        assert (units["IdToken"], units["AccessToken"]) == ("minutes", "minutes"), name
        assert max(client["IdTokenValidity"], client["AccessTokenValidity"]) <= 5, name
