"""The totals of the fakes: moved like the stored ones, with what they count."""

from collections.abc import Sequence
from copy import deepcopy

from builders import replace

from chalicelib.domain.batch import ChunkProgress, SmsTally
from chalicelib.domain.enrollment import Enrollment, Sms
from chalicelib.domain.outcome import Tally
from chalicelib.domain.totals import Account, People, Totals

Books = dict[Account, Totals]

_COUNTED = frozenset(SmsTally.__dataclass_fields__)


def account_of(enrollment: Enrollment) -> Account:
    return Account(enrollment.programme, enrollment.bank, enrollment.scheme, enrollment.day)


def count_rows(
    books: Books, account: Account, settled: Tally, group: Sequence[Enrollment] = ()
) -> None:
    """Take in the rows of one commit, and the people whom it enrolled."""
    totals = books.setdefault(account, Totals(account, Tally(), SmsTally(), {}))
    totals.tally.add(replace(settled, codes={}))
    for each in group:
        people = totals.regencies.get(each.counted_regency, People())
        totals.regencies[each.counted_regency] = replace(
            people,
            accepted=people.accepted + 1,
            premium_total=people.premium_total + each.premium,
            not_possible=people.not_possible + (each.sms is Sms.NOT_POSSIBLE),
        )


def count_sms(books: Books, progress: ChunkProgress, enrollment: Enrollment, to: Sms) -> None:
    """Move one person's message from the state of `enrollment` to another, wherever it counts."""
    account = account_of(enrollment)
    if account not in books:
        return  # a person whom a test has put there without a commit
    totals, regency = books[account], enrollment.counted_regency
    for state, by in ((enrollment.sms, -1), (to, 1)):
        people = totals.regencies.get(regency, People())
        if state is Sms.NOT_POSSIBLE:
            progress.tally.not_possible += by
            totals.tally.not_possible += by
            people = replace(people, not_possible=people.not_possible + by)
        elif state.value in _COUNTED:
            people = deepcopy(people)
            for counts in (progress.sms, totals.sms, people.sms):
                setattr(counts, state.value, getattr(counts, state.value) + by)
        totals.regencies[regency] = people
