"""The totals of the fakes; they move with the people, like the stored ones."""

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy

from chalicelib.adapters.ports import Takeover
from chalicelib.domain.file.batch import ChunkProgress, SmsTally
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import Account, People, Totals
from chalicelib.domain.messages.counted import CountMove
from chalicelib.domain.person.enrollment import Enrollment, MessageKind, Sms
from tests.support.builders import replace

Books = dict[Account, Totals]

_COUNTED = frozenset(SmsTally.__dataclass_fields__)


def account_of(enrollment: Enrollment) -> Account:
    return Account(enrollment.programme, enrollment.bank, enrollment.scheme, enrollment.day)


def count_rows(
    books: Books, account: Account, settled: Tally, group: Sequence[Enrollment] = ()
) -> None:
    """Add the rows of one commit, and the people that it enrolled."""
    totals = books.setdefault(account, Totals(account, Tally(), SmsTally(), {}))
    totals.tally.add(replace(settled, codes={}, matched={}))
    for each in group:
        people = totals.regencies.get(each.counted_regency, People())
        totals.regencies[each.counted_regency] = replace(
            people,
            accepted=people.accepted + 1,
            premium_total=people.premium_total + each.premium,
            not_possible=people.not_possible + (each.sms is Sms.NOT_POSSIBLE),
        )


def count_messages(
    books: Books, progress: ChunkProgress, account: Account, move: CountMove
) -> None:
    """Move the counts of one kind of messages in a chunk and its account."""
    totals = books.setdefault(account, Totals(account, Tally(), SmsTally(), {}))
    kind = move.counted.kind
    for (regency, state), by in move.counts.items():
        people = deepcopy(totals.regencies.get(regency, People()))
        if kind is not MessageKind.ENROLLED:
            for others in (progress.others, totals.others):
                others.setdefault(kind, Counter())[state] += by
            continue
        if state is Sms.NOT_POSSIBLE:
            progress.tally.not_possible += by
            totals.tally.not_possible += by
            people = replace(people, not_possible=people.not_possible + by)
        elif state.value in _COUNTED:
            for counts in (progress.sms, totals.sms, people.sms):
                setattr(counts, state.value, getattr(counts, state.value) + by)
        totals.regencies[regency] = people


def move_person(books: Books, takeover: Takeover) -> None:
    """Move one person's counts to the account of a later file.

    Those of the rows of the later file are counted with its commit.
    """
    before, after = takeover.before, takeover.after
    books[account_of(before)].tally.add(replace(takeover.change, codes={}))
    for person, sign in ((before, -1), (after, 1)):
        totals = books[account_of(person)]
        people = deepcopy(totals.regencies.get(person.counted_regency, People()))
        people = replace(
            people,
            accepted=people.accepted + sign,
            premium_total=people.premium_total + sign * person.premium,
            not_possible=people.not_possible + sign * (person.sms is Sms.NOT_POSSIBLE),
        )
        totals.regencies[person.counted_regency] = people
