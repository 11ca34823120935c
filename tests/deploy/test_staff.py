"""Users of a deployed stage, in the embedded user pool."""

from collections.abc import Iterator

import boto3
import pytest

from local.assembly.assemble import assemble
from local.cloud import embedded
from local.deploy import DeployError, __main__, staff
from local.deploy.staff import Staff
from tests.deploy.user_pool import Office

MAIL = "ani@example.org"


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with embedded() as made:
        yield made


@pytest.fixture
def office(session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(session)
    made.instead_of("payung-dev", monkeypatch)
    return made


@pytest.fixture
def users(office: Office, session: boto3.Session) -> Staff:
    return Staff(session, "dev")


def test_an_invited_user_has_a_verified_address_a_group_and_a_mail(
    office: Office, users: Staff
) -> None:
    said = list(users.invite("ani", MAIL, "dinas"))
    assert "second factor" in said[-1]
    found = office.user()
    attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
    assert (attributes["email"], attributes["email_verified"]) == (MAIL, "true")
    assert found["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    (sent,) = office.sent
    assert sent["DesiredDeliveryMediums"] == ["EMAIL"]
    assert "TemporaryPassword" not in sent
    assert not any("@" in line for line in said)
    groups = office.cognito.admin_list_groups_for_user(UserPoolId=office.pool, Username="ani")
    assert [each["GroupName"] for each in groups["Groups"]] == ["dinas"]


def test_an_invitation_may_be_repeated(office: Office, users: Staff) -> None:
    for _ in range(2):
        list(users.invite("ani", MAIL, "bank-002"))
    assert [each.get("MessageAction") for each in office.sent] == [None, "RESEND"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("Ani Budi", MAIL, "dinas"), "small letters"),
        (("ani", "ani", "dinas"), "mail address"),
        (("ani", MAIL, "bank-999"), "there is no group bank-999; there are bank-002"),
    ],
)
def test_a_wrong_invitation_makes_nobody(
    office: Office, users: Staff, given: tuple[str, str, str], why: str
) -> None:
    with pytest.raises(DeployError, match=why):
        list(users.invite(*given))
    assert not office.sent


@pytest.mark.parametrize(
    ("mail", "group", "why"),
    [
        ("budi@example.org", "dinas", "another mail address"),
        (MAIL, "bank-002", "is in dinas already"),
    ],
)
def test_a_name_that_is_taken_stays_as_it_is(
    office: Office, users: Staff, mail: str, group: str, why: str
) -> None:
    list(users.invite("ani", MAIL, "dinas"))
    with pytest.raises(DeployError, match=why):
        list(users.invite("ani", mail, group))
    assert len(office.sent) == 1


def test_a_lost_phone_leaves_no_factor_and_no_session(office: Office, users: Staff) -> None:
    list(users.invite("ani", MAIL, "dinas"))
    access = office.signed_in()
    said = list(users.lost_phone("ani"))
    assert said[0] == "ani has no second factor any more"
    assert "UserMFASettingList" not in office.user() or not office.user()["UserMFASettingList"]
    with pytest.raises(office.cognito.exceptions.NotAuthorizedException):
        office.cognito.get_user(AccessToken=access)


def test_a_new_password_is_asked_for_by_mail(office: Office, users: Staff) -> None:
    list(users.invite("ani", MAIL, "bank-002"))
    with pytest.raises(DeployError, match="invite again"):
        list(users.new_password("ani"))
    office.signed_in()
    with pytest.raises(DeployError, match="use password"):
        list(users.invite("ani", MAIL, "bank-002"))
    list(users.new_password("ani"))
    assert office.user()["UserStatus"] == "RESET_REQUIRED"


def test_a_disabled_user_is_out(office: Office, users: Staff) -> None:
    list(users.invite("ani", MAIL, "bpjs"))
    list(users.disable("ani"))
    assert not office.user()["Enabled"]


def test_the_list_shows_who_has_no_second_factor(office: Office, users: Staff) -> None:
    for name, group in (("ani", "dinas"), ("budi", "bpjs"), ("citra", "bank-002")):
        list(users.invite(name, f"{name}@example.org", group))
    office.signed_in("ani")
    ani, budi, citra, count = users.show()
    assert ani.endswith(" second factor")
    assert "NO" not in ani
    assert budi.endswith("NO second factor")
    assert citra.endswith("no second factor")
    assert count == "3 users"


@pytest.mark.parametrize("command", ["password", "lost-phone", "disable"])
def test_an_unknown_user_is_said(
    office: Office,
    session: boto3.Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    monkeypatch.setattr(__main__, "_session", lambda: session)
    assert __main__.main([command, "--stage", "dev", "--name", "ani"]) == 1
    assert "there is no user ani" in capsys.readouterr().err
    assert __main__.main([command, "--stage", "prod", "--name", "ani"]) == 1
    assert "payung-prod is not there" in capsys.readouterr().err


def test_the_template_has_the_output() -> None:
    assert staff.POOL in assemble().template["Outputs"]
