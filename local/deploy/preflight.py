"""Checks what a deployment needs before it changes anything, and says in one list what is missing.

A first deployment meets many limits of a new account. AWS answers each with another error, when the
half is done. Here each has a check that only reads, and a sentence that says how to get what is
missing.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.assembly.assemble import account_template, assemble

from . import ACCOUNT_STACK, REGION, aws_answers, changes, leftovers, stack_name, wheels
from .parameters import AccountParameters, StageParameters, undecided

UNRESERVED = 100
"""Lambda refuses to set aside so many concurrent executions that fewer than these are left for all
other functions of the account (Lambda Developer Guide, reserved concurrency)."""

_HOME = "us-east-1"  # the region of AWS's account management; it is on in every account
_CLI = 2

_STATES = {
    "ROLLBACK_COMPLETE": "its creation failed, and nothing of it is left: `make destroy`",
    "ROLLBACK_FAILED": "its creation failed, and so did the taking back: `make destroy`",
    "DELETE_FAILED": "its deletion failed: repeat `make destroy`",
    "UPDATE_ROLLBACK_FAILED": "a change and its taking back failed: "
    "`aws cloudformation continue-update-rollback --stack-name {name}`",
}
_GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is missing, and how to get it. `blocks` means that deploying would fail."""

    text: str
    blocks: bool = True


@dataclass(frozen=True)
class Preflight:
    """What the checks look at."""

    session: boto3.Session
    stage: str
    given: StageParameters
    account: AccountParameters

    def run(self) -> list[Finding]:
        """Return everything that is missing."""
        found = [*_python(), *_cli(), *_undecided(self.stage, self.given), *_mail(self.given)]
        region = list(_asked("the region", self._region))
        found += region
        if any(each.blocks for each in region):
            return found  # nothing in the region answers
        for what, check in (
            ("the stacks", self._stacks),
            ("names from an earlier try", self._leftovers),
            ("Lambda's concurrency", self._concurrency),
            ("the SMS sandbox", self._sandbox),
            ("the sender and the spend limit", self._texting),
        ):
            found += _asked(what, check)
        return found

    @cached_property
    def _template(self) -> Mapping[str, Any]:
        return assemble().template

    def _region(self) -> Iterator[Finding]:
        management = self.session.client("account", region_name=_HOME)
        state = management.get_region_opt_status(RegionName=REGION)["RegionOptStatus"]
        if state == "ENABLING":
            yield Finding(f"the region {REGION} is being switched on: wait, this may take hours")
        elif state not in {"ENABLED", "ENABLED_BY_DEFAULT"}:
            yield Finding(
                f"the region {REGION} is off in this account: "
                f"`aws account enable-region --region-name {REGION}`; this may take hours"
            )

    def _stacks(self) -> Iterator[Finding]:
        cloudformation: Any = self.session.client("cloudformation")
        for name in (ACCOUNT_STACK, stack_name(self.stage)):
            state = changes.status(cloudformation, name)
            if state in _STATES:
                how = _STATES[state].format(name=name)
                if name == ACCOUNT_STACK:
                    how = how.replace(
                        "`make destroy`", f"`aws cloudformation delete-stack --stack-name {name}`"
                    )
                else:
                    how = how.replace("destroy`", f"destroy STAGE={self.stage}`")
                yield Finding(f"the stack {name} is in the state {state}; {how}")
            elif state is not None and state.endswith("_IN_PROGRESS") and state != changes.NEW:
                yield Finding(f"the stack {name} is in the state {state}: wait until it is done")

    def _leftovers(self) -> Iterator[Finding]:
        account = self.session.client("sts").get_caller_identity()["Account"]
        cloudformation: Any = self.session.client("cloudformation")
        for name, template in (
            (ACCOUNT_STACK, account_template()),
            (stack_name(self.stage), self._template),
        ):
            if changes.status(cloudformation, name) in {None, changes.NEW}:
                for each in leftovers.find(self.session, template, self.stage, account):
                    yield Finding(
                        f"{each.what} {each.name} is there already, and {name} would make it: "
                        f"{each.how}"
                    )

    def _concurrency(self) -> Iterator[Finding]:
        cloudformation: Any = self.session.client("cloudformation")
        name = stack_name(self.stage)
        limits = self.session.client("lambda").get_account_settings()["AccountLimit"]
        wanted = reserved(self._template)
        has = 0
        if changes.status(cloudformation, name) in _GOOD:
            has = reserved(changes.template_of(cloudformation, name))
        left = limits["UnreservedConcurrentExecutions"] + has - wanted
        if left < UNRESERVED:
            yield Finding(
                f"Lambda's quota is {limits['ConcurrentExecutions']} concurrent executions, and "
                f"{name} sets {wanted} aside: {left} are left for the rest, and AWS wants "
                f"{UNRESERVED}. Request 1,000 (Service Quotas, AWS Lambda, Concurrent executions); "
                "this takes hours to days"
            )

    def _sandbox(self) -> Iterator[Finding]:
        if self.session.client("sns").get_sms_sandbox_account_status()["IsInSandbox"]:
            yield Finding(
                "the account is in SNS's SMS sandbox: it sends to verified numbers only. Until AWS "
                "ends this (a support case, service limit increase, SNS text messaging), put these "
                "numbers into SmsOnlyTo",
                blocks=False,
            )

    def _texting(self) -> Iterator[Finding]:
        found = aws_answers.texting(self.session, self.account)
        sender = self.account.sender_id
        if not found.sender_is_registered:
            yield Finding(
                f"the sender ID {sender} is not registered for {self.account.sender_country}: "
                "register it (AWS End User Messaging, Registrations; it takes weeks). Carriers "
                "block messages of other senders. Then repeat make deploy: SNS needs its policy",
                blocks=False,
            )
        if found.granted is not None:
            highest = max(self.given.budget, self.account.monthly_spend_limit)
            if found.granted < highest:
                yield Finding(
                    f"AWS has granted {found.granted} USD a month for SMS, less than {highest:g} "
                    "(monthly_spend_limit, SmsBudget): above it SNS accepts messages and sends "
                    "none. Request more (Service Quotas, Amazon SNS, account spend limit for SMS), "
                    "or lower SmsBudget",
                    blocks=False,
                )


def report(findings: Sequence[Finding]) -> Iterator[str]:
    """Return the lines of the list: first what blocks, then what is missing for messages."""
    for blocks, title in (
        (True, "Missing, and needed now:"),
        (False, "Missing before messages or mails go out, or not known:"),
    ):
        of_kind = [each.text for each in findings if each.blocks is blocks]
        if of_kind:
            yield title
            yield from (f"  - {text}" for text in of_kind)


def _undecided(stage: str, given: StageParameters) -> Iterator[Finding]:
    for text in undecided(given):
        yield Finding(f".chalice/parameters-{stage}.json: {text}")


def _mail(given: StageParameters) -> Iterator[Finding]:
    if not given.parameters.get("MailFrom"):
        yield Finding(
            "MailFrom is empty: users get Cognito's own mails, in English, without the address of "
            "the page, at most 50 a day. Verify a domain in Amazon SES in this region, ask AWS to "
            "move SES out of its sandbox, and set MailFrom and MailIdentity",
            blocks=False,
        )


def _python() -> Iterator[Finding]:
    if sys.version_info[:2] != wheels.PYTHON:
        wanted = ".".join(map(str, wheels.PYTHON))
        yield Finding(
            f"this is Python {sys.version_info.major}.{sys.version_info.minor}, and the functions "
            f"run on {wanted}: start it with `make`, which uses build/python{wanted}"
        )


def _cli() -> Iterator[Finding]:
    """Deploying needs no AWS CLI, but most commands of docs/operations.md do."""
    how = f"docs/operations.md needs version {_CLI} of the AWS CLI"
    program = shutil.which("aws")
    if program is None:
        yield Finding(f"there is no `aws` on the PATH: {how}", blocks=False)
        return
    done = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)  # noqa: S603  # a fixed command
    said = (done.stdout or done.stderr).split(" ", 1)[0].strip()  # aws-cli/2.17.0
    major = said.removeprefix("aws-cli/").partition(".")[0]
    if not major.isdecimal() or int(major) < _CLI:
        yield Finding(f"{how}, and `aws --version` says {said or 'nothing'}", blocks=False)


def _asked(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Run a check. What AWS does not answer is reported as not known."""
    try:
        yield from check()
    except (ClientError, BotoCoreError) as error:
        yield Finding(f"{what} could not be checked: {aws_answers.reason(error)}", blocks=False)


def reserved(template: Mapping[str, Any]) -> int:
    """Return the concurrent executions that the functions of a template set aside."""
    return sum(
        int(each.get("Properties", {}).get("ReservedConcurrentExecutions", 0))
        for each in template["Resources"].values()
    )
