"""The writes of the counts of rows, in the transaction that applies the rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from chalicelib.adapters.dynamodb.file_items import (
    CODE_PREFIX,
    MATCHED_PREFIX,
    TALLY_FIELDS,
    chunk_key,
)
from chalicelib.adapters.dynamodb.items import A_YEAR, expiry, number
from chalicelib.adapters.dynamodb.writes import Write, update
from chalicelib.adapters.ports import Checkpoint, account_of
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import Account
from chalicelib.domain.person.enrollment import Enrollment, Sms

from .totals_items import of_regency, totals_key

Counts = Mapping[str, int]
"""What is added to counts, by the names of their attributes."""

_ACCEPTED = "accepted"
_PREMIUM_TOTAL = "premium_total"
_NOT_POSSIBLE = "not_possible"


def advance(
    table: str, checkpoint: Checkpoint, *, keep_days: int, messages: Counts | None = None
) -> Write:
    """Return the update that moves a chunk to a checkpoint, and its counts with it.

    `keep_days` is how long people are kept (0: for ever); the chunk is kept a year longer.
    `messages` are the counts of the messages of people who are taken over.
    """
    keep_days = keep_days and keep_days + A_YEAR  # as long as the file itself
    expires = expiry(keep_days, checkpoint.received_at) if checkpoint.received_at else {}
    settled = checkpoint.settled
    codes = {CODE_PREFIX + code: rows for code, rows in settled.codes.items()}
    matched = {MATCHED_PREFIX + name: rows for name, rows in settled.matched.items()}
    write = (
        update(table, chunk_key(checkpoint.batch, checkpoint.chunk))
        .set("next", number(checkpoint.end))
        .set_version()
        .set_all(expires)
        .add_counts(counts_of_rows(settled) | codes | matched | dict(messages or {}))
    )
    if checkpoint.gives_up:
        write.set("given_up", number(checkpoint.start))
    # Nothing is applied to a chunk that was given up.
    write.only_if("given_up", None)
    # Count each row once: move the chunk only from the row where it is.
    if checkpoint.start:
        return write.only_if("next", number(checkpoint.start)).not_newer()
    return write.only_if("next", None)


def count_rows(
    table: str,
    account: Account,
    checkpoint: Checkpoint,
    group: Sequence[Enrollment],
    also: Counts | None = None,
) -> Write:
    """Return the update that counts a checkpoint's rows and people in the totals.

    `also` are further counts of the same account.
    """
    counted = Counter(counts_of_rows(checkpoint.settled) | counts_by_regency(group))
    counted.update(also or {})
    return (
        update(table, totals_key(account, checkpoint.chunk))
        .set_version()
        .add_counts(counted)
        # The first rows of an account create its item.
        .absent_or_not_newer()
    )


def count_erasure(table: str, enrollment: Enrollment) -> Write:
    """Return the update that counts an accepted person's erasure in the totals."""
    key = totals_key(account_of(enrollment), enrollment.chunk)
    # An update creates an absent item: never create half an account.
    return update(table, key).add("erased", number(1)).not_newer()


def counts_of_rows(settled: Tally) -> dict[str, int]:
    """Return the counts of rows, without those of codes, by the names under which they are kept."""
    return {name: getattr(settled, name) for name in TALLY_FIELDS}


def counts_by_regency(group: Sequence[Enrollment]) -> dict[str, int]:
    """Return the counts of people by regency, without those of messages that were sent."""
    regencies: dict[str, list[Enrollment]] = defaultdict(list)
    for each in group:
        regencies[each.counted_regency].append(each)
    counts: dict[str, int] = {}
    for code, people in regencies.items():
        own = {
            _ACCEPTED: len(people),
            _PREMIUM_TOTAL: sum(each.premium for each in people),
            _NOT_POSSIBLE: sum(each.sms is Sms.NOT_POSSIBLE for each in people),
        }
        counts |= of_regency(code, own)
    return counts
