"""A function reads the groups of settings that it uses; what is missing is an error with a name."""

import pytest

from chalicelib import settings
from chalicelib.errors import SettingsInvalid
from chalicelib.fault_log import log_fault
from chalicelib.settings import Settings

GROUPS = settings.Group.__subclasses__()
NAMES = {name: group for group in GROUPS for name in group.model_fields}
MAY_BE_MISSING = {"chunk_rows", "sms_mappings", "sms_people_a_number"}
MAY_BE_EMPTY = {"sms_only_to", "sms_prices", "sms_window"}
FUNCTION = {"AWS_LAMBDA_FUNCTION_NAME": "payung-dev-enroll"}
ALL = {
    **FUNCTION,
    **{f"PAYUNG_{name.upper()}": "a-name" for name in NAMES},
    "PAYUNG_KEEP_DAYS": "365",
    "PAYUNG_SMS_RATE": "2.5",
    "PAYUNG_SINGLE_SMS_WORKERS": "2",
    "PAYUNG_SMS_WORKERS": "5",
    "PAYUNG_CHUNK_ROWS": "98",
    "PAYUNG_CONFIRM_DAYS": "14",
    "PAYUNG_SMS_PEOPLE_A_NUMBER": "3",
    "PAYUNG_SECOND_FACTOR": "dinas,bpjs",
}


def error_of(group: type[settings.Group], env: dict[str, str]) -> str:
    with pytest.raises(SettingsInvalid) as raised:
        Settings(env).read(group)
    return str(raised.value)


def test_a_setting_is_in_one_group():
    assert len(NAMES) == sum(len(group.model_fields) for group in GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_needs_only_its_own_variables(group):
    own = {f"PAYUNG_{name.upper()}" for name in group.model_fields}
    read = Settings({name: ALL[name] for name in own}).read(group)
    assert {f"PAYUNG_{name.upper()}" for name in read.model_dump()} == own
    assert "" not in read.model_dump().values()


@pytest.mark.parametrize("name", sorted(NAMES.keys() - MAY_BE_MISSING))
def test_a_variable_that_is_missing_is_named_with_the_function(name):
    variable = f"PAYUNG_{name.upper()}"
    error = error_of(NAMES[name], {each: value for each, value in ALL.items() if each != variable})
    assert error == f"{variable} is not set (function: payung-dev-enroll)"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_variable_is_empty_only_where_that_means_something(name):
    env = ALL | {f"PAYUNG_{name.upper()}": ""}
    if name in MAY_BE_EMPTY:
        assert getattr(Settings(env).read(NAMES[name]), name) == ""
    else:
        assert "is not valid" in error_of(NAMES[name], env)


def test_what_may_be_missing_has_a_meaning():
    assert Settings({}).read(settings.Trigger).sms_mappings is None
    assert Settings({}).read(settings.Chunks).chunk_rows == settings.CHUNK_ROWS


@pytest.mark.parametrize(
    ("name", "value"), [("keep_days", "364"), ("sms_rate", "-1"), ("sms_workers", "five")]
)
def test_a_wrong_value_is_not_in_the_error(name, value):
    error = error_of(NAMES[name], ALL | {f"PAYUNG_{name.upper()}": value})
    assert error == f"PAYUNG_{name.upper()} is not valid (function: payung-dev-enroll)"


def test_all_that_is_wrong_in_a_group_is_said_at_once():
    error = error_of(settings.BrowserServices, {"_HANDLER": "app.app", "PAYUNG_BUCKET_ORIGIN": ""})
    assert error == (
        "PAYUNG_COGNITO_ENDPOINT is not set, PAYUNG_BUCKET_ORIGIN is not valid,"
        " PAYUNG_HELP_CONTACT is not set (function: app.app)"
    )


def test_the_log_has_the_variable(log_records):
    log_fault(SettingsInvalid(error_of(settings.Bucket, dict(FUNCTION))))
    (line,) = log_records
    assert line.text == "PAYUNG_BUCKET is not set (function: payung-dev-enroll)"


def test_a_group_is_read_once():
    env = dict(ALL)
    read = Settings(env)
    first = read.read(settings.Deployment)
    env["PAYUNG_STAGE"] = "another"
    assert read.read(settings.Deployment) is first


@pytest.mark.parametrize("value", ["", "dinas", "dinas, bpjs", "Nobody", "no"])
def test_a_mistake_never_switches_second_factors_off(value):
    env = ALL | {"PAYUNG_SECOND_FACTOR": value}
    assert "PAYUNG_SECOND_FACTOR is not valid" in error_of(settings.SecondFactorRule, env)
