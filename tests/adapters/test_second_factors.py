"""Who has a second factor, by the embedded user pool."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters.second_factors import KEPT, CognitoSecondFactors
from chalicelib.errors import Busy
from local.users import make_users

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def pool(aws):
    """Give the client, the pool, and a clock that a test moves."""
    make_users(aws.session, aws.cloud.user_pool)
    return Pool(aws)


class Pool:
    def __init__(self, aws):
        self.client = aws.session.client("cognito-idp")
        self.id = aws.cloud.user_pool
        self.page = aws.cloud.user_pool_client
        self.now = NOW
        self.port = CognitoSecondFactors(self.client, pool=self.id, clock=lambda: self.now)

    def set_up(self, user="dinas"):
        tokens = self.client.initiate_auth(
            ClientId=self.page,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": user, "PASSWORD": "Payung-lokal-2026"},
        )["AuthenticationResult"]
        access = tokens["AccessToken"]
        self.client.associate_software_token(AccessToken=access)
        self.client.verify_software_token(AccessToken=access, UserCode="123456")
        self.prefer(user, on=True)

    def prefer(self, user, *, on):
        self.client.admin_set_user_mfa_preference(
            UserPoolId=self.id,
            Username=user,
            SoftwareTokenMfaSettings={"Enabled": on, "PreferredMfa": on},
        )


def test_only_who_has_set_one_up_has_one(pool):
    assert not pool.port.has("dinas")
    pool.set_up()
    assert pool.port.has("dinas")  # at once: a no is never kept
    assert not pool.port.has("bpjs")


def test_who_loses_it_is_out_after_some_minutes(pool):
    pool.set_up()
    assert pool.port.has("dinas")
    pool.prefer("dinas", on=False)
    pool.now += KEPT - timedelta(seconds=1)
    assert pool.port.has("dinas")
    pool.now += timedelta(seconds=1)
    assert not pool.port.has("dinas")


def test_who_is_deleted_or_disabled_has_none(pool):
    pool.set_up()
    pool.client.admin_disable_user(UserPoolId=pool.id, Username="dinas")
    assert not pool.port.has("dinas")
    pool.client.admin_delete_user(UserPoolId=pool.id, Username="dinas")
    assert not pool.port.has("dinas")


def test_a_busy_user_pool_is_busy(pool):
    pool.client.meta.events.register(
        "before-call.cognito-idp.AdminGetUser",
        lambda **_: (
            type("Answer", (), {"status_code": 400})(),
            {
                "Error": {"Code": "TooManyRequestsException", "Message": ""},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            },
        ),
    )
    with pytest.raises(Busy):
        pool.port.has("dinas")
