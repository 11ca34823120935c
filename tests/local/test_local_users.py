"""Users and groups of the template, and the gateway's own answers."""

import json

import pytest

from chalicelib.api.permissions import Role, User, caller_of
from chalicelib.domain.agreements.programme import load_agreements
from local.cloud import read_template
from local.users import as_text, id_token, make_users

TEMPLATE = read_template()
GROUPS = {
    each.properties["GroupName"]
    for each in TEMPLATE.resources.values()
    if each.type == "AWS::Cognito::UserPoolGroup"
}


def test_there_is_a_group_for_every_role_and_bank():
    banks = {f"bank-{each.code}" for each in load_agreements().banks}
    assert {"dinas", "bpjs"} | banks == GROUPS


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_every_group_makes_a_role(group):
    caller = caller_of(User("x", (group,)))
    assert (caller.role is Role.BANK) == group.startswith("bank-")


def test_a_user_of_each_role_can_sign_in_and_sees_their_role(aws):
    users = make_users(aws.session, aws.cloud.user_pool)
    assert make_users(aws.session, aws.cloud.user_pool) == users  # twice does no harm
    assert {each.group for each in users} >= {"dinas", "bpjs", "bank-002"}
    assert all(id_token(aws.session, aws.cloud.user_pool_client, each) for each in users)
    assert all(each.name in as_text(users) and each.password in as_text(users) for each in users)


def test_a_second_factor_may_be_set_up(aws):
    pool = aws.session.client("cognito-idp").describe_user_pool(UserPoolId=aws.cloud.user_pool)
    assert pool["UserPool"]["MfaConfiguration"] == "OPTIONAL"
    assert pool["UserPool"]["Policies"]["PasswordPolicy"]["MinimumLength"] == 12


def test_users_cannot_change_their_own_mail_address():
    """A code for a new password goes there."""
    assert TEMPLATE.resources["UserPoolClient"].properties["WriteAttributes"] == ["locale"]
    pool = TEMPLATE.resources["UserPool"].properties
    assert pool["AccountRecoverySetting"] == {
        "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]
    }


def definition():
    return TEMPLATE.resources["RestAPI"].properties["DefinitionBody"]


def test_the_gateways_own_answers_have_the_common_format():
    refusals = definition()["x-amazon-apigateway-gateway-responses"]
    assert {"UNAUTHORIZED", "THROTTLED", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(refusals)
    for each in refusals.values():
        error = json.loads(each["responseTemplates"]["application/json"])["error"]
        assert set(error) == {"code", "message", "request_id"}
        assert error["message"].endswith(".")
        assert error["request_id"] == "$context.requestId"


def test_tokens_are_those_of_our_user_pool():
    authorizer = definition()["securityDefinitions"]["payung"]["x-amazon-apigateway-authorizer"]
    assert authorizer == {
        "providerARNs": [{"Fn::GetAtt": ["UserPool", "Arn"]}],
        "identityValidationExpression": {"Fn::Sub": "^${UserPoolClient}$"},
        # A cached answer would let in a user who has been removed.
        "authorizerResultTtlInSeconds": 0,
    }


def test_the_access_log_holds_no_address_that_somebody_typed():
    properties = TEMPLATE.resources["RestAPI"].properties
    log = properties["AccessLogSetting"]["Format"]
    assert not any(each in log for each in ("context.path", "querystring", "authorizer", "body"))
    rates = {each["ResourcePath"]: each["ThrottlingRateLimit"] for each in settings(properties)}
    # The page loads all its parts at once, and they contain no personal data.
    assert rates["/~1assets~1{name}"] > rates["/*"] > 0
    assert not any(each["DataTraceEnabled"] for each in settings(properties))


def settings(properties):
    return properties["MethodSettings"]


def test_the_fire_wall_bounds_bodies_and_rates():
    rules = TEMPLATE.resources["ApiFirewall"].properties["Rules"]
    statements = {name: each for rule in rules for name, each in rule["Statement"].items()}
    assert statements["SizeConstraintStatement"]["Size"] == 8192
    assert statements["RateBasedStatement"]["Limit"] >= 1000
    bodies = TEMPLATE.resources["ApiFirewall"].properties["CustomResponseBodies"]
    for each in bodies.values():
        assert set(json.loads(each["Content"])["error"]) == {"code", "message", "request_id"}
