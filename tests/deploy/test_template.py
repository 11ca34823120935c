"""The template of each stage, as CloudFormation gets it."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from packaged import TOOLS, document, tool, translated

from chalicelib.api import MOST_BYTES
from local.deploy import REGION, STAGES
from local.deploy.artefact import ARCHITECTURE, Artefact

pytestmark = pytest.mark.slow

NOT_FOLLOWED = {
    "I3011": "of queues: what is in them is made anew by the sweep, so they may go with the stack",
    "I4010": "notes for machines that write templates; ours has comments for people",
}
OPEN_ROUTES = {"/", "/assets/{name}"}
"""The page itself: whoever opens it has not signed in yet."""
_RECEIVES = 5

Resources = Mapping[str, Mapping[str, Any]]


@pytest.fixture(params=STAGES)
def package(request: pytest.FixtureRequest, packages: Mapping[str, Artefact]) -> Artefact:
    return packages[request.param]


@pytest.fixture
def resources(package: Artefact) -> Resources:
    found: Resources = translated(package.template)["Resources"]
    return found


def of_type(resources: Resources, kind: str) -> dict[str, Any]:
    return {n: each["Properties"] for n, each in resources.items() if each["Type"] == kind}


def target(value: Any) -> str:
    """Return the logical id that a reference is to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text)} if found := re.fullmatch(r"\$\{(\w+)(\.\w+)?\}", text):
            return found[1]
    raise AssertionError(f"{value} is no reference to a resource")


@pytest.mark.parametrize("of", ["sam", "cloudformation"])
def test_cfn_lint_has_nothing_to_say(package: Artefact, of: str, tmp_path: Path) -> None:
    template = package.template
    if of == "cloudformation":
        template = tmp_path / "template.json"
        template.write_text(json.dumps(translated(package.template)), encoding="utf-8")
    command = [tool(TOOLS, "cfn-lint"), "--regions", REGION, "--include-checks", "I"]
    command += ["--ignore-checks", *NOT_FOLLOWED, "--", template]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_functions_run_on_the_machines_that_they_are_packed_for(resources: Resources) -> None:
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        assert function["Architectures"] == [ARCHITECTURE], name
        assert function["Runtime"] == "python3.11", name


def test_queues_feed_their_functions_message_by_message(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    functions = of_type(resources, "AWS::Lambda::Function")
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")
    assert mappings
    for name, mapping in mappings.items():
        queue = queues[target(mapping["EventSourceArn"])]
        function = functions[target(mapping["FunctionName"])]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2, name
        assert mapping["BatchSize"] >= 1, name
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"], name
        reserved = function.get("ReservedConcurrentExecutions")
        # Where there are fewer places than pollers, messages become dead letters unread.
        assert reserved is None or reserved >= mapping["ScalingConfig"]["MaximumConcurrency"], name


def test_every_queue_that_feeds_a_function_sets_failures_aside(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    for mapping in of_type(resources, "AWS::Lambda::EventSourceMapping").values():
        name = target(mapping["EventSourceArn"])
        redrive = queues[name]["RedrivePolicy"]
        aside = queues[target(redrive["deadLetterTargetArn"])]
        assert redrive["maxReceiveCount"] >= _RECEIVES, name
        assert aside["MessageRetentionPeriod"] >= queues[name]["MessageRetentionPeriod"], name


def test_the_bucket_is_made_once_it_may_announce_files(resources: Resources) -> None:
    bucket = resources["UploadsBucket"]
    depends = bucket["DependsOn"]
    assert "IntakeQueuePolicy" in ([depends] if isinstance(depends, str) else depends)
    (told,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    queue = target(told["Queue"])
    policy = resources["IntakeQueuePolicy"]["Properties"]
    assert [target(each) for each in policy["Queues"]] == [queue]
    (statement,) = policy["PolicyDocument"]["Statement"]
    named = bucket["Properties"]["BucketName"]["Fn::Sub"]
    condition = statement["Condition"]
    assert condition["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].endswith(f":s3:::{named}")
    assert condition["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_schedules_may_call_their_functions_and_nobody_may_call_any(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    permissions = of_type(resources, "AWS::Lambda::Permission")
    allowed = {
        (target(each["FunctionName"]), str(each["SourceArn"])) for each in permissions.values()
    }
    for name, permission in permissions.items():
        assert permission["Action"] == "lambda:InvokeFunction", name
        assert "SourceArn" in permission, f"{name}: anybody's could call it"
    for name, rule in of_type(resources, "AWS::Events::Rule").items():
        for each in rule["Targets"]:
            function = target(each["Arn"])
            assert function in functions
            assert (function, str({"Fn::GetAtt": [name, "Arn"]})) in allowed


def test_every_route_but_the_page_asks_who_is_there(package: Artefact) -> None:
    api = document(package.template)["Resources"]["RestAPI"]["Properties"]
    for path, methods in api["DefinitionBody"]["paths"].items():
        for method, described in methods.items():
            if path not in OPEN_ROUTES and method != "options":
                schemes = {name for each in described.get("security", ()) for name in each}
                assert schemes - {"api_key"}, f"{method} {path} is open"


def test_data_about_people_is_encrypted_kept_and_recoverable(resources: Resources) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        assert table["SSESpecification"]["SSEType"] == "KMS", name
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}, name
    for name, key in of_type(resources, "AWS::KMS::Key").items():
        assert key["EnableKeyRotation"], name
    for name, bucket in of_type(resources, "AWS::S3::Bucket").items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()), name
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, name
        assert bucket["VersioningConfiguration"]["Status"] == "Enabled", name
        assert "BucketEncryption" in bucket, name
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        assert queue.get("SqsManagedSseEnabled") or "KmsMasterKeyId" in queue, name
    kept = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::Cognito::UserPool"}
    for name, each in resources.items():
        if each["Type"] in kept:
            assert each["DeletionPolicy"] == each["UpdateReplacePolicy"] == "Retain", name


def test_the_bucket_refuses_connections_that_are_not_encrypted(resources: Resources) -> None:
    policy = resources["UploadsBucketPolicy"]["Properties"]["PolicyDocument"]
    denied = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert any(
        str(each["Condition"].get("Bool", {}).get("aws:SecureTransport")).lower() == "false"
        for each in denied
    )


def test_a_bank_comes_no_further_than_its_own_folders(resources: Resources) -> None:
    statements = resources["BankAccess"]["Properties"]["PolicyDocument"]["Statement"]
    put, get, find, key = statements
    bank = "{aws:PrincipalTag/payung-bank}"
    for each, action, folder in (
        (put, "s3:PutObject", "incoming"),
        (get, "s3:GetObject", "results"),
    ):
        own = f"${{UploadsBucket.Arn}}/{folder}/$!{bank}/*".replace("$!{", "${!")
        assert (each["Action"], each["Resource"]) == (action, {"Fn::Sub": own})
    assert find["Action"] == "s3:ListBucket"
    assert find["Condition"] == {"StringLike": {"s3:prefix": f"results/${bank}/*"}}
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert target(key["Resource"]) == "DataKey"
    assert "kms:ViaService" in key["Condition"]["StringEquals"]


def test_older_versions_do_not_stay(resources: Resources) -> None:
    rules = resources["UploadsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    days = {
        each["Prefix"]: each["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for each in rules
        if "NoncurrentVersionExpiration" in each
    }
    assert days == {"results/": 1, "work/": 1, "outreach/": 1}


def test_floods_are_stopped_before_the_functions(resources: Resources) -> None:
    (association,) = of_type(resources, "AWS::WAFv2::WebACLAssociation").values()
    assert target(association["WebACLArn"]) == "ApiFirewall"
    rules = {each["Name"]: each for each in resources["ApiFirewall"]["Properties"]["Rules"]}
    assert all("Block" in each["Action"] for each in rules.values())
    assert rules["NotTooOften"]["Statement"]["RateBasedStatement"]["AggregateKeyType"] == "IP"
    assert rules["SmallBodies"]["Statement"]["SizeConstraintStatement"]["Size"] == MOST_BYTES
    (stage,) = of_type(resources, "AWS::ApiGateway::Stage").values()
    assert any(each["ThrottlingRateLimit"] > 0 for each in stage["MethodSettings"])


def test_nobody_signs_up_by_themselves(resources: Resources) -> None:
    for name, pool in of_type(resources, "AWS::Cognito::UserPool").items():
        assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True, name
        assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12, name


def statements(resources: Resources) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for each in policy["PolicyDocument"]["Statement"]:
                yield name, each
    for name, policy in of_type(resources, "AWS::IAM::Policy").items():
        for each in policy["PolicyDocument"]["Statement"]:
            yield name, each


NO_RESOURCE = {
    "sns:Publish": "a phone number is no resource; topics are denied",
    "sns:CheckIfPhoneNumberIsOptedOut": "a phone number is no resource",
    "xray:PutTraceSegments": "traces are no resources; only where they are wanted",
    "xray:PutTelemetryRecords": "as above",
}
"""Actions that are allowed on everything, because IAM knows nothing narrower for them."""


def test_no_role_may_do_everything(resources: Resources) -> None:
    for name, each in statements(resources):
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        assert not [action for action in actions if "*" in action], name
        if each["Effect"] == "Allow" and each["Resource"] in ("*", ["*"]):
            assert set(actions) <= set(NO_RESOURCE), name


def test_no_iam_resource_has_a_name_of_its_own(resources: Resources) -> None:
    # Deploying asks for CAPABILITY_IAM only, and two stages share an account.
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        assert "RoleName" not in role, name


def test_logs_do_not_stay_for_ever(resources: Resources) -> None:
    for name, group in of_type(resources, "AWS::Logs::LogGroup").items():
        assert group.get("RetentionInDays"), name


def test_each_function_prints_into_a_log_of_its_own(resources: Resources) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")
    printing = {
        name: target(function["LoggingConfig"]["LogGroup"])
        for name, function in of_type(resources, "AWS::Lambda::Function").items()
    }
    assert len(set(printing.values())) == len(printing)
    for name, group in printing.items():
        assert group == f"{name}Log"
        # Under another name Lambda's usual tools would not find it.
        assert groups[group]["LogGroupName"]["Fn::Sub"].startswith("/aws/lambda/payung-${Stage}-")


def test_no_function_runs_side_by_side_without_a_bound(resources: Resources) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    fed = {target(each["FunctionName"]) for each in mappings}
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        # The API is bounded by its stage's throttling.
        assert name in fed | {"APIHandler"} or function["ReservedConcurrentExecutions"], name


def test_whoever_traces_may_and_nobody_else(resources: Resources) -> None:
    tracing = resources["MayTrace"]
    assert tracing["Condition"] == "IsTraced"
    roles = {target(each) for each in tracing["Properties"]["Roles"]}
    functions = of_type(resources, "AWS::Lambda::Function")
    assert roles == {target(each["Role"]) for each in functions.values()}
    for name, function in functions.items():
        wanted = {"Fn::If": ["IsTraced", "Active", "PassThrough"]}
        assert function["TracingConfig"]["Mode"] == wanted, name
