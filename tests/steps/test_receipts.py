from datetime import timedelta

import pytest
from builders import NOW, a_nik, replace
from delivery_logs import PHONE, a_failure, a_line, an_event

from chalicelib import receipts
from chalicelib.domain.enrollment import Sms, SmsEvent
from chalicelib.domain.jobs import ReportJob
from chalicelib.errors import Busy, MessageMalformed, NotYet, OutOfTime
from chalicelib.receipts import Taken

PROGRAMME = "sulut-2026"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sent(world, line):
    """A file whose three people were sent a message, `message-1` to `message-3`, an hour ago."""
    world.batch = world.run([line(1), line(2), line(3)])
    world.now = LATER
    return world


def take(world, *lines, enrollments=None):
    return take_event(world, an_event(*lines), enrollments)


def take_event(world, event, enrollments=None):
    return receipts.take_receipts(
        event,
        enrollments=enrollments or world.enrollments,
        report_queue=world.report_queue,
        clock=world.clock,
        deadline=world.deadline,
    )


def person(world, number=1):
    return world.enrollments.find(PROGRAMME, a_nik(number))


def counts(world):
    sms = world.batches.chunk(world.batch.id, 1).sms
    return {name: n for name in sms.__slots__ if (n := getattr(sms, name))}


class Interrupted:
    """Enrollments to which something happens whenever they are about to be changed."""

    def __init__(self, enrollments, happens):
        self._enrollments = enrollments
        self._happens = happens
        self.changes = 0

    def __getattr__(self, name):
        return getattr(self._enrollments, name)

    def change_sms(self, changes, *, billed=None):
        self.changes += 1
        self._happens()
        return self._enrollments.change_sms(changes, billed=billed)


def test_a_receipt_gives_a_message_its_end_and_moves_the_counts(sent):
    assert take(sent, a_line("message-1"), a_failure("message-2")) == Taken(delivered=1, failed=1)

    first, second = person(sent, 1), person(sent, 2)
    assert (first.sms, first.sms_reason, first.sms_at) == (Sms.DELIVERED, None, LATER)
    assert (second.sms, second.sms_reason) == (Sms.FAILED, "carrier_failed")
    assert counts(sent) == {"sent": 1, "delivered": 1, "failed": 1}


def test_what_happened_is_noted_behind_what_happened_before(sent):
    before = person(sent).sms_log
    take(sent, a_failure("message-1", "Invalid phone number"))
    assert person(sent).sms_log == (*before, SmsEvent(LATER, Sms.FAILED, "invalid_number"))


def test_its_price_counts_in_the_month_in_which_it_was_sent(sent):
    sent.now = NOW + timedelta(days=20)
    take(sent, a_line("message-1"), a_failure("message-2", priceInUSD=0.01))
    assert sent.tables.billed == {"2026-11": 55_000}


def test_the_first_receipt_counts(sent):
    take(sent, a_failure("message-1"))
    assert take(sent, a_line("message-1"), a_failure("message-1")) == Taken(repeated=2)
    assert person(sent).sms is Sms.FAILED
    assert sent.tables.billed == {"2026-11": 45_000}


def test_a_receipt_twice_in_one_event_counts_once(sent):
    assert take(sent, a_line("message-1"), a_line("message-1")) == Taken(delivered=1, repeated=1)


def test_a_receipt_after_the_message_was_given_up_is_still_believed(sent):
    overdue = person(sent)
    sent.tables.people[a_nik(1), PROGRAMME] = replace(
        overdue, sms=Sms.UNCONFIRMED, sms_reason="no_receipt"
    )
    assert take(sent, a_line("message-1")).delivered == 1
    assert (person(sent).sms, person(sent).sms_reason) == (Sms.DELIVERED, None)


def given_up(world):
    """Let person 1's message be given up, as the sweep does."""
    found, event = person(world), SmsEvent(LATER, Sms.UNCONFIRMED, "no_receipt")
    world.tables.people[a_nik(1), PROGRAMME] = replace(
        found, sms=event.state, sms_reason=event.reason, sms_log=(*found.sms_log, event)
    )


def test_a_file_that_was_done_with_is_summed_up_again_for_a_late_receipt(sent):
    given_up(sent)
    take(sent, a_line("message-1"), a_line("message-2"))
    assert sent.report_queue.bodies == [ReportJob(batch=sent.batch.id).model_dump_json()]


def test_a_late_receipt_that_comes_again_has_the_summary_written_where_the_first_try_died(sent):
    given_up(sent)
    take(sent, a_line("message-1"))
    sent.report_queue.bodies.clear()
    take(sent, a_line("message-1"))
    assert sent.report_queue.bodies


def test_a_receipt_that_is_waited_for_asks_for_no_report(sent):
    take(sent, a_line("message-1"))
    assert not sent.report_queue.bodies


@pytest.mark.parametrize("state", [Sms.PENDING, Sms.SENDING, Sms.HELD, Sms.UNKNOWN])
def test_a_message_that_waits_for_no_receipt_is_left_alone(sent, state):
    sent.tables.people[a_nik(1), PROGRAMME] = replace(person(sent), sms=state)
    assert take(sent, a_line("message-1")) == Taken(repeated=1)
    assert person(sent).sms is state


def test_the_receipt_of_an_earlier_message_is_not_that_of_the_one_sent_since(sent):
    sent.tables.people[a_nik(1), PROGRAMME] = replace(person(sent), sms_message_id="another")
    assert take(sent, a_failure("message-1")) == Taken(repeated=1)
    assert person(sent).sms is Sms.SENT


def test_a_receipt_that_is_ahead_of_the_record_comes_again_and_the_others_are_done(sent):
    early = a_line("not-recorded", LATER - timedelta(seconds=30))
    with pytest.raises(NotYet):
        take(sent, early, a_line("message-1"))
    assert person(sent).sms is Sms.DELIVERED


def test_a_receipt_for_nobody_is_counted_once_it_is_old_enough(sent):
    assert take(sent, a_line("not-ours", LATER - timedelta(minutes=3))) == Taken(unknown=1)


def test_malformed_lines_are_counted_and_told_without_a_word_of_them(sent, caplog):
    line = a_line("message-2", status="LOST")
    assert take(sent, line, a_line("message-1")) == Taken(delivered=1, malformed=1)
    assert "cannot be read" in caplog.text
    assert PHONE not in caplog.text


def test_a_control_message_is_taken_note_of(sent):
    event = an_event(kind="CONTROL_MESSAGE")
    assert take_event(sent, event) == Taken()


def test_what_is_no_event_is_malformed(world):
    with pytest.raises(MessageMalformed):
        take_event(world, {})


def test_somebody_quicker_is_looked_at_again(sent):
    def other_receipt():
        take(sent, a_failure("message-1"))

    interrupted = Interrupted(sent.enrollments, other_receipt)
    assert take(sent, a_line("message-1"), enrollments=interrupted) == Taken(repeated=1)
    assert person(sent).sms is Sms.FAILED


def test_a_message_ordered_again_meanwhile_stays_ordered(sent):
    def ordered():
        sent.tables.people[a_nik(1), PROGRAMME] = replace(
            person(sent), sms=Sms.PENDING, sms_message_id=None, sms_at=LATER
        )

    interrupted = Interrupted(sent.enrollments, ordered)
    assert take(sent, a_line("message-1"), enrollments=interrupted) == Taken(repeated=1)
    assert person(sent).sms is Sms.PENDING


def test_an_enrollment_that_never_stands_still_is_left_for_later(sent):
    seconds = iter(range(1, 100))

    def touched():
        at = NOW + timedelta(seconds=next(seconds))
        sent.tables.people[a_nik(1), PROGRAMME] = replace(person(sent), sms_at=at)

    interrupted = Interrupted(sent.enrollments, touched)
    with pytest.raises(NotYet):
        take(sent, a_line("message-1"), a_line("message-2"), enrollments=interrupted)
    assert interrupted.changes > 2


def test_one_receipt_that_cannot_be_taken_does_not_take_the_others_along(sent, caplog):
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
    assert take(sent, a_line("message-1"), enrollments=interrupted) == Taken(delivered=1)


def test_it_stops_before_its_time_is_over_and_goes_on_with_the_next_try(sent):
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
    assert take(sent, a_line("message-1"), a_line("message-2")) == Taken(delivered=1, repeated=1)
