"""The functions, their queues, triggers and logs, in the template of each stage."""

import pytest

from local.deploy.artefact import ARCHITECTURE
from tests.deploy.template_reader import Resources, of_type, target

pytestmark = pytest.mark.slow

_RECEIVES = 5


def test_functions_run_on_the_machines_that_they_are_packed_for(resources: Resources) -> None:
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        assert function["Architectures"] == [ARCHITECTURE], name
        assert function["Runtime"] == "python3.13", name


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
        # With less concurrency than pollers, messages become dead letters unread.
        assert reserved is None or reserved >= mapping["ScalingConfig"]["MaximumConcurrency"], name


def test_each_worker_that_sends_knows_how_many_share_its_queues_part_of_the_rate(
    resources: Resources,
) -> None:
    at_once = {
        target(each["EventSourceArn"]): each["ScalingConfig"]["MaximumConcurrency"]
        for each in of_type(resources, "AWS::Lambda::EventSourceMapping").values()
        if target(each["FunctionName"]) == "Notify"
    }
    functions = of_type(resources, "AWS::Lambda::Function")
    variables = functions["Notify"]["Environment"]["Variables"]
    assert at_once == {
        "SmsQueue": int(variables["PAYUNG_SMS_WORKERS"]),
        "SingleSmsQueue": int(variables["PAYUNG_SINGLE_SMS_WORKERS"]),
    }


def test_every_queue_that_feeds_a_function_sets_failures_aside(resources: Resources) -> None:
    queues = of_type(resources, "AWS::SQS::Queue")
    for mapping in of_type(resources, "AWS::Lambda::EventSourceMapping").values():
        name = target(mapping["EventSourceArn"])
        redrive = queues[name]["RedrivePolicy"]
        aside = queues[target(redrive["deadLetterTargetArn"])]
        assert redrive["maxReceiveCount"] >= _RECEIVES, name
        assert aside["MessageRetentionPeriod"] >= queues[name]["MessageRetentionPeriod"], name


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
        # The usual tools of Lambda find it only under this name.
        assert groups[group]["LogGroupName"]["Fn::Sub"].startswith("/aws/lambda/payung-${Stage}-")


def test_no_function_runs_side_by_side_without_a_bound(resources: Resources) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping").values()
    fed = {target(each["FunctionName"]) for each in mappings}
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        # The API is bounded by its stage's throttling; `forward` only puts messages into a queue.
        bounded = fed | {"APIHandler", "Forward"}
        assert name in bounded or function["ReservedConcurrentExecutions"], name


def test_only_traced_functions_may_write_traces(resources: Resources) -> None:
    tracing = resources["MayTrace"]
    assert tracing["Condition"] == "IsTraced"
    roles = {target(each) for each in tracing["Properties"]["Roles"]}
    functions = of_type(resources, "AWS::Lambda::Function")
    assert roles == {target(each["Role"]) for each in functions.values()}
    for name, function in functions.items():
        wanted = {"Fn::If": ["IsTraced", "Active", "PassThrough"]}
        assert function["TracingConfig"]["Mode"] == wanted, name
