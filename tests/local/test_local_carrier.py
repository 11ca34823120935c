"""The whole cycle: sent, reported, counted; and the carrier's other behaviour."""

import base64
import gzip
import json
from datetime import timedelta

import pytest
from moto.sns.models import sns_backends

from chalicelib.domain.messages.receipt import OTHER_REASON, reason_of
from chalicelib.domain.person.enrollment import Sms
from chalicelib.lambdas import wiring
from local.carrier import FAILURES, Carrier
from local.cloud import ACCOUNT, REGION
from local.moto_patches import applied, queues
from local.pump import Context, Limits, Pump, scheduled_event
from local.run import world

HEADER = "NIK,Nama,Nilai Bantuan,No HP"
PHONE = "0812000000{:02d}"
BATCH_PREFIX = "results/002/"


class Circle:
    """A cloud with its app, pump and carrier, and a clock that a test can advance."""

    def __init__(self, session, cloud, app, clock):
        self.session, self.cloud, self.app, self.clock = session, cloud, app, clock
        self.pump = Pump(app, cloud, session)
        self.carrier = Carrier(app, cloud, session, clock)

    def upload(self, *endings):
        """Upload a file with one person for each ending of a phone number."""
        lines = [
            f"717101170180{number:04d},Siti Contoh {chr(65 + number) * 3},1200000,"
            + PHONE.format(int(ending))
            for number, ending in enumerate(endings, 1)
        ]
        body = "\n".join((HEADER, *lines)) + "\n"
        key = "incoming/002/BPUM/penerima.csv"
        self.session.client("s3").put_object(Bucket=self.cloud.bucket, Key=key, Body=body.encode())

    def drive(self):
        """Process everything in the queues."""

        def wind_on():
            passed = queues.wind_on(ACCOUNT, REGION)
            if passed is not None:
                self.clock.advance(passed)
            return passed

        self.pump.drive(wind_on)

    def pass_time(self, **time):
        """Let time pass, the carrier work, and its receipts be taken."""
        self.clock.advance(timedelta(**time).total_seconds())
        queues.let_pass(ACCOUNT, REGION, timedelta(**time).total_seconds())
        self.carrier.work()
        self.pump.serve({"receipts"})

    def sweep(self):
        self.app.handler_map["sweep"](scheduled_event(), Context("sweep", Limits(240)))
        self.drive()

    @property
    def summary(self):
        """The bank's counts of its messages."""
        s3 = self.session.client("s3")
        listed = s3.list_objects_v2(Bucket=self.cloud.bucket, Prefix=BATCH_PREFIX)["Contents"]
        (key,) = (each["Key"] for each in listed if "ringkasan" in each["Key"])
        body = s3.get_object(Bucket=self.cloud.bucket, Key=key)["Body"].read()
        return {state: n for state, n in json.loads(body)["sms"].items() if n}

    def person(self, number):
        return wiring.world().enrollments.find("sulut-2026", f"717101170180{number:04d}")

    @property
    def waiting(self):
        """The messages in the queue of receipts, and in its dead letters."""
        found = []
        for name in ("ReceiptQueue", "ReceiptDeadLetters"):
            url = self.cloud.made[name]["Ref"]
            answer = self.session.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0)
            found += [json.loads(each["Body"]) for each in answer.get("Messages", [])]
        return found


@pytest.fixture
def circle():
    with world() as made, applied(["opt_outs"]):
        yield Circle(*made)


@pytest.fixture
def events(monkeypatch):
    """The decoded events of the function."""
    seen = []

    def keep(circle, failing=0):
        handler = circle.app.handler_map["forward"]

        def forward(event, context):
            content = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
            seen.append(content)
            if len(seen) <= failing:
                raise RuntimeError("no")
            return handler(event, context)

        monkeypatch.setattr(circle.carrier, "_handler", forward)
        return seen

    return keep


def test_a_file_goes_round_until_every_message_has_its_end(circle):
    circle.upload("11", "93", "94", "95", "96", "97", "98", "99", "12")
    circle.drive()
    assert circle.summary == {"sent": 8, "failed": 1}

    circle.carrier.work()
    circle.pass_time(minutes=3)
    circle.sweep()
    assert circle.summary == {"delivered": 3, "failed": 5, "sent": 1}

    circle.pass_time(hours=73)
    circle.sweep()
    assert circle.summary == {"delivered": 3, "failed": 5, "unconfirmed": 1}
    assert [circle.person(number).sms_reason for number in range(1, 10)] == [
        None,
        "no_receipt",
        None,
        "blocked_as_spam",
        "blocked",
        "invalid_number",
        "unreachable",
        "opted_out",
        None,
    ]
    assert circle.waiting == []


def test_what_the_messages_cost_is_added_up(circle):
    circle.upload("11", "94", "97")
    circle.drive()
    circle.carrier.work()
    circle.pass_time(minutes=3)
    month = f"{circle.clock():%Y-%m}"
    assert wiring.world().gates.read(month).billed == 3 * 45_000


def test_a_receipt_that_is_ahead_of_the_record_waits_in_its_queue(circle):
    texter = wiring.world().sms_sender
    publish = texter.publish

    def publish_with_receipt(phone, text):
        message_id = publish(phone, text)
        circle.carrier.work()
        circle.pass_time(minutes=1)
        return message_id

    texter.publish = publish_with_receipt
    circle.upload("11")
    circle.drive()  # to the end of the time for which the queue hides the receipt
    assert circle.person(1).sms is Sms.DELIVERED
    assert circle.waiting == []


def test_a_receipt_for_nobody_is_given_up_without_being_set_aside(circle):
    sns = circle.session.client("sns")
    sns.publish(PhoneNumber="+6281200000011", Message="a code to sign in with")
    circle.carrier.work()
    circle.pass_time(minutes=1)  # it may be ahead of its message
    circle.pass_time(minutes=6)
    assert (circle.carrier.until_next(), circle.waiting) == (None, [])


def test_a_function_that_fails_is_called_again_after_one_minute_and_after_two(circle, events):
    seen = events(circle, failing=2)
    circle.upload("11")
    circle.drive()
    circle.carrier.work()
    circle.pass_time(minutes=1)
    assert 55 < circle.carrier.until_next() <= 60
    circle.pass_time(minutes=1)
    assert 115 < circle.carrier.until_next() <= 120
    circle.pass_time(minutes=2)
    assert (len(seen), circle.carrier.until_next()) == (3, None)
    assert circle.person(1).sms is Sms.DELIVERED


def test_an_event_that_fails_three_times_goes_into_the_queue_as_it_was(circle, events):
    seen = events(circle, failing=3)
    circle.upload("11")
    circle.drive()
    circle.carrier.work()
    circle.clock.advance(120)
    for _ in range(3):
        circle.carrier.work()
        circle.clock.advance(120)
    (record,) = circle.waiting
    assert len(seen) == 3
    assert record["requestContext"]["condition"] == "RetriesExhausted"

    circle.pass_time()
    assert circle.person(1).sms is Sms.DELIVERED


def test_an_event_is_of_one_log_group_and_has_many_lines(circle, events):
    seen = events(circle)
    circle.upload("11", "12", "13", "97", "96")
    circle.drive()
    circle.carrier.work()
    circle.pass_time(minutes=3)
    lines = {each["logGroup"].rpartition("/")[2]: len(each["logEvents"]) for each in seen}
    assert lines == {"DirectPublishToPhoneNumber": 3, "Failure": 2}
    assert {each["messageType"] for each in seen} == {"DATA_MESSAGE"}


def test_a_number_that_could_not_be_reached_is_reached_the_second_time(circle, events):
    seen = events(circle)
    sns = circle.session.client("sns")
    for _ in range(2):
        sns.publish(PhoneNumber="+6281200000098", Message="x")
        circle.carrier.work()
        circle.pass_time(minutes=2)
    # Each line comes again, because it is a receipt for nobody.
    delivered = {each["logEvents"][0]["message"]: None for each in seen}
    assert [json.loads(line)["status"] for line in delivered] == ["FAILURE", "SUCCESS"]


def test_who_has_opted_out_is_refused_by_sns_itself(circle):
    sns = circle.session.client("sns")
    phone = "+6281200000099"
    with pytest.raises(sns.exceptions.InvalidParameterException, match="opted out"):
        sns.publish(PhoneNumber=phone, Message="x")
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=phone)["isOptedOut"]
    assert not sns_backends[ACCOUNT][REGION].sms_messages


def test_the_same_numbers_fare_the_same_each_time(circle):
    waits = []
    for _ in range(2):
        again = Carrier(circle.app, circle.cloud, circle.session, circle.clock)
        if not waits:
            phone = "+6281200000011"
            circle.session.client("sns").publish(PhoneNumber=phone, Message="x")
        waits.append(again.until_next())
    assert waits[0] == pytest.approx(waits[1], abs=1)
    assert 2 <= waits[0] <= 60


def test_every_failure_is_in_the_words_of_sns():
    assert OTHER_REASON not in {reason_of(words) for words in FAILURES.values()}
