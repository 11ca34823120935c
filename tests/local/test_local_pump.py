import json
import threading
from dataclasses import dataclass, field

import pytest
from chalice.app import Chalice

from local.cloud import ACCOUNT, REGION, build, embedded
from local.moto_patches import queues
from local.pump import Limits, Pump, failures
from local.template import Template, TemplateError

WORK, SECOND, DEAD = "WorkQueue", "SecondQueue", "WorkDeadLetters"


def template(*, reports=True, batch_size=None, function="Work", max_receives=3, second=False):
    event = {"Queue": {"Fn::GetAtt": [WORK, "Arn"]}}
    if reports:
        event["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
    if batch_size:
        event["BatchSize"] = batch_size
    redrive = {
        "deadLetterTargetArn": {"Fn::GetAtt": [DEAD, "Arn"]},
        "maxReceiveCount": max_receives,
    }
    events = {"E": {"Type": "SQS", "Properties": event}}
    if second:
        of_second = event | {"Queue": {"Fn::GetAtt": [SECOND, "Arn"]}}
        events["Second"] = {"Type": "SQS", "Properties": of_second}
    return Template(
        {
            "Resources": {
                SECOND: {"Type": "AWS::SQS::Queue"},
                DEAD: {"Type": "AWS::SQS::Queue"},
                WORK: {
                    "Type": "AWS::SQS::Queue",
                    "Properties": {"VisibilityTimeout": 360, "RedrivePolicy": redrive},
                },
                function: {
                    "Type": "AWS::Serverless::Function",
                    "Properties": {"Events": events},
                },
            }
        }
    )


@dataclass
class Function:
    """A function that records its events; it returns or raises `answer`."""

    answer: object = None
    events: list = field(default_factory=list)
    contexts: list = field(default_factory=list)

    def app(self):
        app = Chalice(app_name="fake")

        @app.on_sqs_message(queue="anything", name="work", batch_size=4)
        def work(event):
            self.events.append(event.to_dict())
            self.contexts.append(event.context)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer(event.to_dict()) if callable(self.answer) else self.answer

        return app

    @property
    def bodies(self):
        return [[record["body"] for record in event["Records"]] for event in self.events]


@dataclass
class Bench:
    session: object
    cloud: object
    function: Function
    pump: Pump
    wound: list = field(default_factory=list)

    def send(self, *bodies, queue=WORK):
        for body in bodies:
            self.session.client("sqs").send_message(
                QueueUrl=self.cloud.made[queue]["Ref"], MessageBody=body
            )

    def drive(self):
        def wind_on():
            passed = queues.wind_on(ACCOUNT, REGION)
            if passed is not None:
                self.wound.append(passed)
            return passed

        self.pump.drive(wind_on)

    def waiting(self, queue=WORK):
        attributes = self.session.client("sqs").get_queue_attributes(
            QueueUrl=self.cloud.made[queue]["Ref"], AttributeNames=["All"]
        )["Attributes"]
        return sum(int(value) for name, value in attributes.items() if "NumberOfMessages" in name)


@pytest.fixture
def bench():
    def make(answer=None, **options):
        function = Function(answer)
        cloud = build(session, template(**options))
        limits = {"work": Limits(timeout=60, memory=512)}
        return Bench(session, cloud, function, Pump(function.app(), cloud, session, limits=limits))

    with embedded() as session:
        yield make


def failing(*bodies):
    return lambda event: {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]}
            for record in event["Records"]
            if record["body"] in bodies
        ]
    }


def test_a_processed_message_is_deleted(bench):
    made = bench()
    made.send("a", "b")
    made.drive()
    assert made.function.bodies == [["a", "b"]]
    assert (made.waiting(), made.waiting(DEAD)) == (0, 0)


def test_a_function_of_two_queues_takes_the_message_of_one_before_the_rest_of_the_other(bench):
    made = bench(second=True, batch_size=1)
    made.send("a", "b", "c")
    made.send("single", queue=SECOND)
    made.drive()
    assert made.function.bodies == [["a"], ["single"], ["b"], ["c"]]
    assert {each["Records"][0]["eventSourceARN"] for each in made.function.events} == {
        made.cloud.made[queue]["Arn"] for queue in (WORK, SECOND)
    }


def test_the_app_says_how_many_come_at_once(bench):
    made = bench()
    made.send(*"abcdef")
    made.drive()
    assert [len(each) for each in made.function.bodies] == [4, 2]


def test_the_template_may_say_otherwise(bench):
    made = bench(batch_size=1)
    made.send("a", "b")
    made.drive()
    assert made.function.bodies == [["a"], ["b"]]


def test_only_failed_messages_come_again_and_end_as_dead_letters(bench):
    made = bench(failing("bad"))
    made.send("good", "bad")
    made.drive()
    assert made.function.bodies == [["good", "bad"], ["bad"], ["bad"]]
    assert (made.waiting(), made.waiting(DEAD)) == (0, 1)


def test_each_time_the_receive_count_is_higher_and_the_time_out_was_waited_for(bench):
    made = bench(failing("bad"))
    made.send("bad")
    made.drive()
    counts = [
        event["Records"][0]["attributes"]["ApproximateReceiveCount"]
        for event in made.function.events
    ]
    assert counts == ["1", "2", "3"]
    assert all(350 < passed <= 361 for passed in made.wound)


def test_an_exception_fails_the_whole_delivery(bench):
    made = bench(RuntimeError("no"))
    made.send("a", "b")
    made.drive()
    assert len(made.function.events) == 3
    assert made.waiting(DEAD) == 2


def test_without_partial_responses_an_answer_settles_everything(bench):
    made = bench(failing("bad"), reports=False)
    made.send("good", "bad")
    made.drive()
    assert len(made.function.events) == 1
    assert made.waiting(DEAD) == 0


def test_an_answer_that_is_not_json_fails_the_delivery(bench):
    made = bench(lambda _event: object(), max_receives=1)
    made.send("a")
    made.drive()
    assert made.waiting(DEAD) == 1


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, {"1"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"1", "2"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"1", "2"}),
        ({"batchItemFailures": [{"itemIdentifier": "3"}]}, {"1", "2"}),
        ({"batchItemFailures": [{"wrong": "1"}]}, {"1", "2"}),
        ({"batchItemFailures": "1"}, {"1", "2"}),
        ({"other": []}, {"1", "2"}),
        ("done", {"1", "2"}),
    ],
)
def test_answers_are_read_as_lambda_reads_them(answer, failed):
    assert failures(answer, {"1", "2"}) == failed


def test_an_event_has_the_form_of_lambdas(bench):
    made = bench()
    made.send(json.dumps({"x": "é"}))
    made.drive()
    (record,) = made.function.events[0]["Records"]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == made.cloud.made[WORK]["Arn"]
    assert record["awsRegion"] == REGION
    assert record["messageId"]
    assert record["receiptHandle"]
    assert record["md5OfBody"]
    assert {"ApproximateReceiveCount", "SentTimestamp", "SenderId"} <= set(record["attributes"])


def test_a_context_knows_how_long_there_is(bench):
    made = bench()
    made.send("a", "b", "c", "d", "e")
    made.drive()
    first, second = made.function.contexts
    assert 59_000 < first.get_remaining_time_in_millis() <= 60_000
    assert first.aws_request_id != second.aws_request_id
    assert first.memory_limit_in_mb == 512
    assert first.invoked_function_arn.endswith(first.function_name)


def test_a_delayed_message_is_awaited(bench):
    made = bench()
    made.session.client("sqs").send_message(
        QueueUrl=made.cloud.made[WORK]["Ref"], MessageBody="later", DelaySeconds=600
    )
    made.drive()
    assert made.function.bodies == [["later"]]
    assert sum(made.wound) > 590


def test_a_function_that_the_app_does_not_have_is_named(bench):
    with pytest.raises(TemplateError, match="Elsewhere"):
        bench(function="Elsewhere")


def test_a_queue_whose_mapping_is_switched_off_is_left_alone(bench):
    made = bench()
    (source,) = made.cloud.sources
    switch = made.session.client("lambda").update_event_source_mapping
    switch(UUID=source.mapping, Enabled=False)
    made.send("a")
    made.drive()
    assert (made.function.bodies, made.waiting()) == ([], 1)

    switch(UUID=source.mapping, Enabled=True)
    made.drive()
    assert made.function.bodies == [["a"]]
    (record,) = made.function.events[0]["Records"]
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_it_runs_until_it_is_stopped(bench):
    made, stop = bench(), threading.Event()
    made.function.answer = lambda event: stop.set() if "b" in str(event["Records"]) else None
    made.send(*"abc")
    made.pump.run(stop, workers=2, pause=0.01)
    assert made.waiting() == 0


def test_a_running_pump_shortens_the_delay_of_failed_messages(bench):
    made, stop = bench(), threading.Event()
    made.pump = Pump(made.function.app(), made.cloud, made.session, retry_after=0)

    def answer(event):
        if len(made.function.events) == 2:
            stop.set()
            return None
        return failing("a")(event)

    made.function.answer = answer
    made.send("a")
    made.pump.run(stop, pause=0.01)
    assert made.function.bodies == [["a"], ["a"]]
    assert made.waiting() == 0
