"""Receipts go from CloudWatch's call into their queue, and from there to their people."""

import json
from datetime import timedelta

import pytest

from chalicelib.adapters.ports import JobQueue
from chalicelib.domain.messages.receipt import read_receipts
from chalicelib.domain.person.enrollment import Sms
from chalicelib.errors import Busy, MessageMalformed
from chalicelib.lambdas import forward, receipts
from chalicelib.lambdas.receipts import event_of
from local.carrier import failure_of
from tests.support.builders import NOW, a_nik
from tests.support.delivery_logs import a_line, an_event

PROGRAMME = "sulut-2026"


def step(world):
    return forward.step(world.ports)


def queued(world):
    return [event_of(each) for each in world.receipt_queue.bodies]


def test_every_line_is_queued_once(world):
    lines = [a_line(f"message-{number}") for number in range(250)]
    assert step(world).run(an_event(*lines)) == 3
    found = [each for event in queued(world) for each in read_receipts(event).receipts]
    assert [each.message_id for each in found] == [f"message-{n}" for n in range(250)]


def test_a_control_message_queues_nothing(world):
    assert step(world).run(an_event("whatever it says", kind="CONTROL_MESSAGE")) == 0
    assert world.receipt_queue.bodies == []


@pytest.mark.parametrize("event", [{}, {"awslogs": {}}, {"awslogs": {"data": "?"}}])
def test_an_event_of_another_shape_is_refused(world, event):
    with pytest.raises(MessageMalformed):
        step(world).run(event)


def test_a_line_that_cannot_be_read_goes_on_to_the_function_that_counts_it(world):
    step(world).run(an_event("{", a_line("one")))
    (event,) = queued(world)
    assert read_receipts(event).malformed == 1


def test_a_busy_queue_lets_lambda_call_again(world, monkeypatch):
    def busy(*_, **__):
        raise Busy("no")

    monkeypatch.setattr(world.receipt_queue, "send", busy)
    with pytest.raises(Busy):
        step(world).run(an_event(a_line()))


def test_a_call_that_lambda_gave_up_is_taken_from_the_queue_too(world):
    event = an_event(a_line("one"))
    record = json.dumps(failure_of(event, KeyError("x"), NOW))
    assert event_of(record) == event_of(json.dumps(event)) == event


@pytest.mark.parametrize("body", ["no JSON", "[]", "1", '{"requestPayload": 1}'])
def test_a_message_of_another_shape_is_refused_without_its_text(body):
    with pytest.raises(MessageMalformed) as raised:
        event_of(body)
    assert body not in str(raised.value) or len(body) == 1


def test_a_receipt_travels_from_the_log_to_its_person(world, line):
    world.run([line(1)])
    world.now += timedelta(minutes=3)
    step(world).run(an_event(a_line("message-1")))
    assert world.ports.outbox.waiting(JobQueue.RECEIPTS) == 1
    take = receipts.step(world.ports)
    for event in queued(world):
        take.run(event)
    assert world.enrollments.find(PROGRAMME, a_nik(1)).sms is Sms.DELIVERED
