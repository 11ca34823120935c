"""Every command that docs/operations.md names is run: AWS's against recorded answers, ours at home.

A command of AWS becomes the call that AWS's command line would make. botocore checks and serializes
it, and what the page says to look at is in the answer. A command that no test runs fails here.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import jmespath
import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from local import __main__ as local_main
from local import dead_letters
from local.assembly.assemble import assemble
from local.cloud import embedded
from local.deploy import ROOT, parameters, preflight, wheels
from local.deploy import __main__ as deploy_main
from local.deploy.artefact import Artefact
from tests.deploy.guide_commands import (
    PAGE,
    AwsCall,
    NoSuchCommand,
    call_of,
    commands,
    of_aws,
)
from tests.deploy.recorded_answers import ACTS, ANSWERS, LOOKED_FOR, NAMED_ON_THE_PAGE
from tests.deploy.recorded_aws import GIVEN, OF_ACCOUNT, Recorded, recorded_aws
from tests.deploy.user_pool import Office

ALL = commands()
CALLS = [(" ".join(each), call_of(each)) for each in of_aws()]
OURS = [each for each in ALL if each[:3] == ("python", "-m", "local")]
OF_USERS = [each for each in ALL if each[:3] == ("python", "-m", "local.deploy")]
OF_MAKE = [each[1:] for each in ALL if each[0] == "make" and len(each) > 1]
TESTED = {
    ("python", "-m", "local", "run"): "tests/local/test_local_run.py",
    ("make", "run"): "tests/local/test_local_run.py",
    ("make", "serve"): "tests/local/test_local_serve.py",
}
"""Commands with tests of their own, which are long."""
ON_AWS = ("dead-letters", "--on-aws")


def test_there_are_commands_of_each_sort() -> None:
    assert len(CALLS) >= 40
    assert (len(OURS), len(OF_USERS), len(OF_MAKE)) >= (5, 6, 8)


def test_every_command_is_run() -> None:
    run = {
        *of_aws(),
        *TESTED,
        *(each for each in OURS if each[3:5] == ON_AWS or len(each) == len(ON_AWS) + 2),
        *OF_USERS,
        *(("make", *each) for each in OF_MAKE if each[0] in MADE),
    }
    assert set(ALL) - run == {("make",)}
    for path in TESTED.values():
        assert (ROOT / path).is_file()


def outputs_of(call: AwsCall) -> Any:
    """Make a call with botocore's own client; return the recorded answer."""
    session = Session()
    session.set_credentials("a", "b")
    client = session.create_client(call.service, region_name="ap-southeast-3")
    model = session.get_service_model(call.service).operation_model(call.operation)
    answer = dict(ANSWERS.get(call.name, {}))
    if answer:
        report = ParamValidator().validate(answer, model.output_shape)
        assert not report.has_errors(), report.generate_report()
    made = []

    def answered(model: Any, params: Any, **_: Any) -> Any:
        made.append(model.name)
        return SimpleNamespace(status_code=200), answer

    client.meta.events.register("before-call.*.*", answered)
    found = client._make_api_call(call.operation, call.parameters)  # noqa: SLF001  # by its name
    assert made == [call.operation]
    return found


@pytest.mark.parametrize(("command", "call"), CALLS, ids=[command for command, _ in CALLS])
def test_a_command_of_aws_answers_what_the_page_looks_for(command: str, call: AwsCall) -> None:
    answer = outputs_of(call)
    if call.query:
        assert jmespath.search(call.query, answer), f"{call.query} finds nothing"
    elif call.name in LOOKED_FOR:
        for path in LOOKED_FOR[call.name]:
            assert jmespath.search(path, answer), path
    else:
        assert call.name in ACTS, "name what a reader looks for in its answer"


def test_nothing_is_recorded_for_nothing() -> None:
    calls = {call.name for _, call in CALLS}
    queried = {call.name for _, call in CALLS if call.query}
    assert set(ANSWERS) == queried | set(LOOKED_FOR)
    assert set(LOOKED_FOR) | ACTS | queried == calls
    for path in NAMED_ON_THE_PAGE:
        assert re.search(rf"\b{path.rpartition('.')[2]}\b", PAGE), path
    assert {path for paths in LOOKED_FOR.values() for path in paths} >= NAMED_ON_THE_PAGE


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("aws sqs list-queue", "list-queue"),
        ("aws sqs list-queues --prefix payung", "--prefix"),
        ("aws sqs list-queues payung", "unnamed"),
        ("aws lambda update-event-source-mapping --no-uuid", "--no-uuid"),
    ],
)
def test_a_wrong_command_is_no_call(words: str, why: str) -> None:
    with pytest.raises(NoSuchCommand, match=why):
        call_of(words.split())


def test_logs_that_the_page_shows_are_log_groups_of_the_template(resources_text: str) -> None:
    groups = {call.parameters["logGroupName"] for _, call in CALLS if call.service == "logs"}
    assert len(groups) > 8
    for group in groups:
        assert f'"{group.replace("prod", "${Stage}")}"' in resources_text, group


def test_resources_that_the_page_asks_for_are_in_the_template(resources_text: str) -> None:
    for _, call in CALLS:
        if name := call.parameters.get("LogicalResourceId"):
            assert f'"{name}": {{"Type": ' in resources_text, name


@pytest.fixture(scope="module")
def resources_text() -> str:
    made = assemble().template["Resources"].items()
    return json.dumps({name: {"Type": each["Type"], **each} for name, each in made})


def test_the_fields_of_trail_events_are_those_that_cloudtrail_writes() -> None:
    (program,) = re.findall(r"jq -r '([^']+)'", PAGE)
    event = {
        "eventTime": "2026-11-22T02:00:00Z",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/a/b"},
        "eventName": "GetItem",
        "resources": [{"type": "AWS::DynamoDB::Table", "ARN": "arn:aws:dynamodb:x:1:table/t"}],
    }
    fields = re.findall(r"\.([a-zA-Z]\w*(?:\[\d\])?(?:\.\w+)*)", program.partition("|")[2])
    shown = [jmespath.search(each, event) for each in fields if each != "tsv"]
    assert len(shown) == 4
    assert all(shown), dict(zip(fields, shown, strict=False))


@pytest.fixture
def letter(aws: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the id of a dead letter."""
    monkeypatch.setattr(dead_letters, "_WAIT_SECONDS", 0)  # all messages are on one server here
    queue = aws.cloud.dead_letters["ChunkDeadLetters"]
    body = json.dumps({"v": 1, "batch": "AAAAAAAA", "chunk": 3})
    sent = aws.session.client("sqs").send_message(QueueUrl=queue, MessageBody=body)
    return str(sent["MessageId"])


@pytest.mark.parametrize("words", [each for each in OURS if each[3:5] == ON_AWS], ids=" ".join)
def test_dead_letters_are_shown_redriven_and_set_aside(
    words: tuple[str, ...], letter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = [{"ID": letter, "payung-prod-": "payung-local-"}.get(each, each) for each in words[3:]]
    assert local_main.main(here) == 0
    said = capsys.readouterr().out
    if "--redrive" in words:
        assert said == "1 pesan dijalankan lagi\n"
    elif "--set-aside" in words:
        assert said == "dikesampingkan: v 1, batch AAAAAAAA, chunk 3\n"
    else:
        assert letter in said
        assert "no reason is kept" in said


def test_the_short_form_is_the_same_command_at_home() -> None:
    (short,) = (each for each in OURS if each[3:] == ("dead-letters",))
    options = local_main._parser().parse_args(short[3:])  # noqa: SLF001  # the command line
    assert (options.on_aws, options.do) == (False, local_main._dead_letters)  # noqa: SLF001


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with embedded() as session:
        made = Office(session)
        made.instead_of("payung-prod", monkeypatch)
        monkeypatch.setattr(deploy_main, "_session", lambda: session)
        yield made


@pytest.mark.parametrize("words", [each for each in OF_USERS if len(each) > 4], ids=" ".join)
def test_a_command_about_users_does_it(
    words: tuple[str, ...], office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    if words[3] not in {"invite", "users"}:
        deploy_main.main(["invite", "--stage", "prod", "--name", "ani", "--mail",
                          "ani@example.org", "--group", "dinas"])  # fmt: skip
        office.signed_in()
        capsys.readouterr()
    assert deploy_main.main(words[3:]) == 0
    said = capsys.readouterr().out
    assert ("ani" in said) == (words[3] != "users")
    assert said


def test_a_command_about_users_that_is_only_named_has_its_options_elsewhere() -> None:
    full = {each[3] for each in OF_USERS if len(each) > 4}
    assert {each[3] for each in OF_USERS} == full


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Recorded]:
    """Give an account in which nothing is missing, and a package without code."""
    monkeypatch.setattr(wheels, "PYTHON", preflight.sys.version_info[:2])
    monkeypatch.setattr(preflight, "_cli", list)

    def build(stage: str, *_: Any, **__: Any) -> Artefact:
        made = Artefact(tmp_path / "deployment.zip", tmp_path / "sam.yaml", {})
        made.archive.write_bytes(b"code")
        made.template.write_text(json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}))
        return made

    def given(stage: str) -> Any:
        return GIVEN.model_copy(update={"parameters": {**GIVEN.parameters, "Stage": stage}})

    monkeypatch.setattr(deploy_main.artefact, "build", build)
    monkeypatch.setattr(parameters, "read", given)
    monkeypatch.setattr(parameters, "read_account", lambda: OF_ACCOUNT)
    with recorded_aws() as made:
        monkeypatch.setattr(deploy_main, "_session", lambda: made.session)
        yield made


def _deploy_first(account: Recorded, stage: str) -> None:
    assert deploy_main.main(["deploy", "--stage", stage]) == 0
    assert f"payung-{stage}" in account.stacks.stacks


def _nothing(_account: Recorded, _stage: str) -> None:
    pass


MADE: dict[str, tuple[Callable[[Recorded, str], None], str]] = {
    "preflight": (_nothing, "{stage} can be deployed"),
    "deploy": (_nothing, "the stack payung-{stage} is deployed: https://api/"),
    "package": (_nothing, "deployment.zip"),
    "destroy": (_deploy_first, "payung-{stage}"),
}
"""What must be there before a target of make, and what it says."""


@pytest.mark.parametrize("words", [each for each in OF_MAKE if each[0] in MADE], ids=" ".join)
def test_a_target_of_make_does_it(
    words: tuple[str, ...], account: Recorded, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run the command that make would run, in this process."""
    given = words if len(words) > 1 else (*words, "STAGE=dev")
    make = ["make", "--dry-run", "--no-print-directory", *given]
    done = subprocess.run(
        make, cwd=ROOT, capture_output=True, text=True, check=True
    )  # a fixed command
    (line,) = re.findall(r"python -m local\.deploy (.+)$", done.stdout, re.MULTILINE)
    options = shlex.split(line)
    stage = options[options.index("--stage") + 1]
    before, says = MADE[words[0]]
    before(account, stage)
    capsys.readouterr()
    assert deploy_main.main(options) == 0
    said = capsys.readouterr().out
    wanted = "shown only, nothing was changed" if "--look" in options else says.format(stage=stage)
    assert wanted in said
