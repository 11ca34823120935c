"""The counts of messages follow the people: once each, whatever the order and however often."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.messages.counted import SLOT_ROWS, Counted, Slot
from chalicelib.domain.person.enrollment import Billed, Message, MessageKind, Sms, SmsEvent
from tests.support.builders import NOW, an_enrollment, replace

KIND = MessageKind.ENROLLED
BATCH = "7K3M9QX2"
NOTHING = Counted(KIND, BATCH, 1)
PRICE = 45_000
BILLED = Billed("2026-11", PRICE)


def person(row=2, *, message=None, kind=KIND, **changes):
    one = an_enrollment(1, batch=BATCH, row=row, **changes)
    return one.with_message(kind, message) if message else one


def in_state(state, *, billed=None):
    return Message(state, at=NOW, log=(SmsEvent(NOW, state),), billed=billed)


def after(counted, *people, **how):
    """Return the counted states after these people were counted, and the move."""
    move = counted.move(people, **how)
    return replace(counted, slots={**counted.slots, **move.slots}), move


def test_a_message_that_is_still_to_be_sent_needs_no_count():
    assert NOTHING.move([person()]).slots == {}
    assert NOTHING.agrees(person(message=Message(Sms.SENDING)))


def test_a_sent_message_moves_letter_and_count_once():
    sent = person(message=in_state(Sms.SENT))

    counted, move = after(NOTHING, sent)

    assert counted.slots == {0: Slot(1, "..s")}
    assert +move.by_state == Counter({Sms.SENT: 1})
    assert counted.move([sent]).slots == {}
    assert counted.agrees(sent)


def test_the_first_state_of_a_confirmation_was_counted_by_enrolling():
    unreachable = person(message=Message(Sms.NOT_POSSIBLE))
    assert NOTHING.agrees(unreachable)

    ordered = person(message=in_state(Sms.PENDING))
    _, move = after(NOTHING, ordered, before={unreachable.recipient.nik: unreachable})

    assert dict(move.by_state) == {Sms.NOT_POSSIBLE: -1, Sms.PENDING: 1}


def test_other_kinds_count_from_their_creation_on():
    kind = MessageKind.ACTIVE
    one = person(message=Message(), kind=kind)

    counted, move = after(Counted(kind, BATCH, 1), one)

    assert dict(move.by_state) == {Sms.PENDING: 1}
    _, move = after(counted, person(message=in_state(Sms.SENT), kind=kind))
    assert dict(move.by_state) == {Sms.PENDING: -1, Sms.SENT: 1}


def test_people_of_other_chunks_and_without_such_a_message_are_left_out():
    sent = person(message=in_state(Sms.SENT))
    assert NOTHING.move([replace(sent, chunk=2), replace(sent, batch="AAAAAAAA")]).slots == {}
    assert Counted(MessageKind.WITHDRAWN, BATCH, 1).move([sent]).slots == {}


def test_a_receipt_is_billed_once_also_if_it_is_ordered_again_before_it_counts():
    delivered = person(message=in_state(Sms.DELIVERED, billed=BILLED))
    ordered = person(message=in_state(Sms.PENDING))
    before = {delivered.recipient.nik: delivered}
    sent, _ = after(NOTHING, person(message=in_state(Sms.SENT)))

    at_once, move = after(sent, ordered, before=before)
    assert dict(move.billed) == {"2026-11": PRICE}

    counted, move = after(sent, delivered)
    assert dict(move.billed) == {"2026-11": PRICE}
    _, later = after(counted, ordered, before=before)
    assert not later.billed
    # The receipt of the next message is another one.
    _, again = after(at_once, delivered)
    assert dict(again.billed) == {"2026-11": PRICE}


def test_a_person_who_leaves_takes_their_count_along():
    sent = person(message=in_state(Sms.SENT))
    counted, _ = after(NOTHING, sent)

    left, move = after(counted, leaving=[sent])

    assert dict(move.by_state) == {Sms.SENT: -1}
    assert left.state(sent.row) is None

    elsewhere = replace(sent, batch="AAAAAAAA", row=7)
    there, move = after(Counted(KIND, "AAAAAAAA", 1), arriving=[elsewhere])
    assert dict(move.by_state) == {Sms.PENDING: -1, Sms.SENT: 1}
    assert there.agrees(elsewhere)


def test_a_step_that_has_seen_a_person_before_they_left_does_not_count_them():
    sent = person(message=in_state(Sms.SENT))  # not counted yet
    left, move = after(NOTHING, leaving=[sent])
    assert not +move.by_state
    assert left.slots[0].version > NOTHING.slots.get(0, Slot()).version


def test_a_receipt_is_billed_in_the_chunk_that_a_person_leaves():
    delivered = person(message=in_state(Sms.DELIVERED, billed=BILLED))
    there = replace(delivered, batch="AAAAAAAA")
    assert dict(after(NOTHING, leaving=[delivered])[1].billed) == {"2026-11": PRICE}
    assert not after(Counted(KIND, "AAAAAAAA", 1), arriving=[there])[1].billed


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * SLOT_ROWS), st.sampled_from([s for s in Sms if s is not Sms.SENDING])
        ),
        max_size=30,
    )
)
def test_counts_always_equal_the_last_states(changes):
    counted, sums = NOTHING, Counter[Sms]()
    last: dict[int, Sms] = {}
    for row, state in changes:
        counted, move = after(counted, person(row, message=in_state(state)))
        sums.update(move.by_state)  # unlike `+`, it keeps what is below 0
        last[row] = state
    # Enrolling counted everybody as still to be sent.
    sums[Sms.PENDING] += len(last)
    assert {state: people for state, people in sums.items() if people} == Counter(last.values())
    assert all(counted.state(row) in {state, None} for row, state in last.items())
