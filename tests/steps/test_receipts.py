import dataclasses
from datetime import timedelta

import pytest

from chalicelib.deadline import patient
from chalicelib.domain.jobs import ReportJob
from chalicelib.domain.person.enrollment import Sms, SmsEvent
from chalicelib.errors import Busy, MessageMalformed, NotYet, OutOfTime
from chalicelib.lambdas import receipts as receipt_lambda
from chalicelib.steps.receipts import ReceiptCounts
from tests.support.builders import NOW, a_nik, replace
from tests.support.delivery_logs import PHONE, a_failure, a_line, an_event

PROGRAMME = "sulut-2026"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sent(world, line):
    """A file whose three people got a message, `message-1` to `message-3`, an hour ago."""
    world.batch = world.run([line(1), line(2), line(3)])
    world.now = LATER
    return world


def take(world, *lines, enrollments=None):
    return take_event(world, an_event(*lines), enrollments)


def take_event(world, event, enrollments=None):
    step = receipt_lambda.step(world.ports)
    if enrollments:
        step = dataclasses.replace(step, enrollments=patient(enrollments, world.deadline))
    return step.run(event)


def person(world, number=1):
    return world.enrollments.find(PROGRAMME, a_nik(number))


def counts(world):
    sms = world.batches.chunk(world.batch.id, 1).sms
    return {name: n for name in sms.__slots__ if (n := getattr(sms, name))}


class Interrupted:
    """Enrollments with a hook that runs before every change."""

    def __init__(self, enrollments, happens):
        self._enrollments = enrollments
        self._happens = happens
        self.changes = 0

    def __getattr__(self, name):
        return getattr(self._enrollments, name)

    def settle_sms(self, change):
        self.changes += 1
        self._happens()
        return self._enrollments.settle_sms(change)


def test_a_receipt_sets_the_final_state_and_moves_the_counts(sent):
    assert take(sent, a_line("message-1"), a_failure("message-2")) == ReceiptCounts(
        delivered=1, failed=1
    )

    first, second = person(sent, 1), person(sent, 2)
    assert (first.sms, first.sms_reason, first.sms_at) == (Sms.DELIVERED, None, LATER)
    assert (second.sms, second.sms_reason) == (Sms.FAILED, "carrier_failed")
    assert counts(sent) == {"sent": 1, "delivered": 1, "failed": 1}


def test_a_receipt_is_appended_to_the_log(sent):
    before = person(sent).sms_log
    take(sent, a_failure("message-1", "Invalid phone number"))
    assert person(sent).sms_log == (*before, SmsEvent(LATER, Sms.FAILED, "invalid_number"))


def test_its_price_counts_in_the_month_in_which_it_was_sent(sent):
    sent.now = NOW + timedelta(days=20)
    take(sent, a_line("message-1"), a_failure("message-2", priceInUSD=0.01))
    assert sent.tables.billed == {"2026-11": 55_000}


def test_the_first_receipt_counts(sent):
    take(sent, a_failure("message-1"))
    assert take(sent, a_line("message-1"), a_failure("message-1")) == ReceiptCounts(repeated=2)
    assert person(sent).sms is Sms.FAILED
    assert sent.tables.billed == {"2026-11": 45_000}


def test_a_receipt_twice_in_one_event_counts_once(sent):
    assert take(sent, a_line("message-1"), a_line("message-1")) == ReceiptCounts(
        delivered=1, repeated=1
    )


def test_a_receipt_of_an_unconfirmed_message_still_counts(sent):
    overdue = person(sent)
    sent.tables.people[a_nik(1), PROGRAMME] = replace(
        overdue, sms=Sms.UNCONFIRMED, sms_reason="no_receipt"
    )
    assert take(sent, a_line("message-1")).delivered == 1
    assert (person(sent).sms, person(sent).sms_reason) == (Sms.DELIVERED, None)


def given_up(world):
    """Mark person 1's message as unconfirmed, as the sweep does."""
    found, event = person(world), SmsEvent(LATER, Sms.UNCONFIRMED, "no_receipt")
    world.tables.people[a_nik(1), PROGRAMME] = replace(
        found, sms=event.state, sms_reason=event.reason, sms_log=(*found.sms_log, event)
    )


def test_a_late_receipt_renews_the_summary_of_a_finished_file(sent):
    given_up(sent)
    take(sent, a_line("message-1"), a_line("message-2"))
    assert sent.report_queue.bodies == [ReportJob(batch=sent.batch.id).model_dump_json()]


def test_a_repeated_late_receipt_renews_the_summary_after_a_crash(sent):
    given_up(sent)
    take(sent, a_line("message-1"))
    sent.report_queue.bodies.clear()
    take(sent, a_line("message-1"))
    assert sent.report_queue.bodies


def test_an_expected_receipt_queues_no_report(sent):
    take(sent, a_line("message-1"))
    assert not sent.report_queue.bodies


@pytest.mark.parametrize("state", [Sms.PENDING, Sms.SENDING, Sms.HELD, Sms.UNKNOWN])
def test_a_message_that_expects_no_receipt_is_not_changed(sent, state):
    sent.tables.people[a_nik(1), PROGRAMME] = replace(person(sent), sms=state)
    assert take(sent, a_line("message-1")) == ReceiptCounts(repeated=1)
    assert person(sent).sms is state


def test_the_receipt_of_an_earlier_message_does_not_count_for_a_later_one(sent):
    sent.tables.people[a_nik(1), PROGRAMME] = replace(person(sent), sms_message_id="another")
    assert take(sent, a_failure("message-1")) == ReceiptCounts(repeated=1)
    assert person(sent).sms is Sms.SENT


def test_a_receipt_before_its_record_comes_again_and_the_others_count(sent):
    early = a_line("not-recorded", LATER - timedelta(seconds=30))
    with pytest.raises(NotYet):
        take(sent, early, a_line("message-1"))
    assert person(sent).sms is Sms.DELIVERED


def test_an_old_receipt_without_a_person_is_counted(sent):
    assert take(sent, a_line("not-ours", LATER - timedelta(minutes=3))) == ReceiptCounts(unknown=1)


def test_malformed_lines_are_counted_and_logged_without_their_content(sent, caplog):
    line = a_line("message-2", status="LOST")
    assert take(sent, line, a_line("message-1")) == ReceiptCounts(delivered=1, malformed=1)
    assert "cannot be read" in caplog.text
    assert PHONE not in caplog.text


def test_a_control_message_is_logged(sent):
    event = an_event(kind="CONTROL_MESSAGE")
    assert take_event(sent, event) == ReceiptCounts()


def test_any_other_event_is_malformed(world):
    with pytest.raises(MessageMalformed):
        take_event(world, {})


def test_a_receipt_is_applied_again_after_a_concurrent_change(sent):
    def other_receipt():
        take(sent, a_failure("message-1"))

    interrupted = Interrupted(sent.enrollments, other_receipt)
    assert take(sent, a_line("message-1"), enrollments=interrupted) == ReceiptCounts(repeated=1)
    assert person(sent).sms is Sms.FAILED


def test_a_resend_that_was_ordered_meanwhile_stays(sent):
    def ordered():
        sent.tables.people[a_nik(1), PROGRAMME] = replace(
            person(sent), sms=Sms.PENDING, sms_message_id=None, sms_at=LATER
        )

    interrupted = Interrupted(sent.enrollments, ordered)
    assert take(sent, a_line("message-1"), enrollments=interrupted) == ReceiptCounts(repeated=1)
    assert person(sent).sms is Sms.PENDING


def test_an_enrollment_that_changes_all_the_time_is_tried_later(sent):
    seconds = iter(range(1, 100))

    def touched():
        at = NOW + timedelta(seconds=next(seconds))
        sent.tables.people[a_nik(1), PROGRAMME] = replace(person(sent), sms_at=at)

    interrupted = Interrupted(sent.enrollments, touched)
    with pytest.raises(NotYet):
        take(sent, a_line("message-1"), a_line("message-2"), enrollments=interrupted)
    assert interrupted.changes > 2


def test_one_failed_receipt_does_not_fail_the_others(sent, caplog):
    def fault():
        if interrupted.changes == 1:
            raise KeyError(PHONE)

    interrupted = Interrupted(sent.enrollments, fault)
    with pytest.raises(NotYet):
        take(sent, a_line("message-1"), a_line("message-2"), enrollments=interrupted)
    assert [person(sent, number).sms for number in (1, 2)] == [Sms.SENT, Sms.DELIVERED]
    assert PHONE not in caplog.text


def test_busy_tables_are_waited_for(sent):
    def busy():
        if interrupted.changes < 3:
            raise Busy("throttled")

    interrupted = Interrupted(sent.enrollments, busy)
    assert take(sent, a_line("message-1"), enrollments=interrupted) == ReceiptCounts(delivered=1)


def test_it_stops_before_the_deadline_and_continues_in_the_next_try(sent):
    def slow():
        sent.remaining = 10

    with pytest.raises(OutOfTime):
        take(
            sent,
            a_line("message-1"),
            a_line("message-2"),
            enrollments=Interrupted(sent.enrollments, slow),
        )
    sent.remaining = 600
    assert take(sent, a_line("message-1"), a_line("message-2")) == ReceiptCounts(
        delivered=1, repeated=1
    )
