"""Claims of odd types and forms: an answer, never an error, and never a right."""

from typing import Any

import pytest

from chalicelib.api.permissions import Caller, Role, TokenRules, caller_of, groups_of, user_of
from chalicelib.api.refusals import NotAllowed, NotSignedIn

RULES = TokenRules(issuer="https://pool.test/p", client="payung")
GOOD = {
    "cognito:username": "dinas-1",
    "cognito:groups": "dinas",
    "iss": RULES.issuer,
    "aud": RULES.client,
    "token_use": "id",
}
STRANGE = (["payung"], ["payung", "x"], {"payung": 1}, "PAYUNG", "payung ", "", 0, True, None)
USERNAMES = (
    "",
    " ",
    " dinas-1",
    "a\nb",
    "a\x00b",
    "\u202edinas",
    "x" * 129,
    0,
    True,
    ["a"],
    {"a": 1},
)
GROUPS = (
    7,
    True,
    1.5,
    b"dinas",
    {"dinas": 1},
    [["dinas"]],
    [None],
    [{"dinas": 1}],
    ["x,dinas"],
    ["dinas,"],
    "[dinas",
    "[x,dinas]",
    "dinas\x00",
    "dinas;x",
    "x dinas",
    "dinas/x",
    ["bank-002,bank-008"],
    ["bank-002", "bank-008"],
)


def caller(**claims: Any) -> Caller:
    changed = {
        name.replace("_", ":", 1) if "cognito" in name else name: claims[name] for name in claims
    }
    return caller_of(user_of(GOOD | changed, RULES))


def test_the_claims_that_the_odd_ones_begin_with_are_those_of_the_department() -> None:
    assert caller().role is Role.DINAS


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("claim", ["iss", "aud", "token_use"])
def test_a_token_is_for_payung_to_the_letter(claim: str, value: Any) -> None:
    with pytest.raises(NotSignedIn):
        caller(**{claim: value})


@pytest.mark.parametrize("username", USERNAMES)
def test_a_name_that_cognito_gives_to_nobody_is_nobodys(username: Any) -> None:
    with pytest.raises(NotSignedIn):
        caller(cognito_username=username)


@pytest.mark.parametrize("groups", GROUPS)
def test_groups_in_another_form_give_no_role(groups: Any) -> None:
    with pytest.raises(NotAllowed):
        caller(cognito_groups=groups)


def test_many_groups_take_no_time_and_give_no_more_rights() -> None:
    found = caller(cognito_groups=["bank-002"] * 50_000)
    assert (found.role, found.bank) == (Role.BANK, "002")


def test_a_group_with_a_comma_counts_as_two_only_where_api_gateway_has_joined_them() -> None:
    """Only administrators make groups, and they may put users into `dinas` anyway."""
    assert groups_of({"cognito:groups": "x,dinas"}) == ("x", "dinas")
    assert groups_of({"cognito:groups": ["x,dinas"]}) == ("x,dinas",)
