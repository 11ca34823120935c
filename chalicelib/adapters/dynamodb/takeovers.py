"""The writes that move people to a later file, with their counts, in that file's transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.adapters.ports import Checkpoint, Takeover, account_of
from chalicelib.domain.file.batch import BatchStatus
from chalicelib.domain.messages.counted import Counted, CountMove
from chalicelib.domain.person.enrollment import Enrollment, MessageKind

from .counting import message_counts
from .counting.counts import counts_by_regency, counts_of_rows
from .counting.totals_items import totals_key
from .file_items import CODE_PREFIX, batch_key, chunk_key
from .items import moment, number, text
from .person_items import enrollment_key, of_message, state_of
from .writes import Write, update


@dataclass(frozen=True)
class Moves:
    """The writes of takeovers beside those of the people, and what joins the chunk's own writes.

    `sources` can refuse the transaction; the file of each is in `batches`, in the same order. So
    can `letters`, where another step has counted messages meanwhile. The conditions of `counts`
    fail only because of newer code. `messages` go into the chunk that takes the people, `totals`
    into the totals' item of that chunk.
    """

    sources: Sequence[Write]
    batches: Sequence[str]
    letters: Sequence[Write]
    counts: Sequence[Write]
    messages: Counter[str]
    totals: Counter[str]


def move_person(table: str, takeover: Takeover) -> Write:
    """Return the update that gives an enrollment to the row of a later file."""
    before, after = takeover.before, takeover.after
    write = (
        update(table, enrollment_key(before.programme, before.recipient.nik))
        .set("batch", text(after.batch))
        .set("chunk", number(after.chunk))
        .set("row", number(after.row))
        .set("reference", text(after.reference))
        .set("day", text(after.day.isoformat()))
        .set("aid", number(after.recipient.aid))
        .set("warned", {"BOOL": True})
        .set("earlier", {"L": [text(each) for each in after.earlier]})
        # Move only the enrollment that was read: its counts move with the state of its cover and
        # of its message. No message is claimed while its person moves.
        .only_if("batch", text(before.batch))
        .only_if("row", number(before.row))
        .only_if("cover", text(before.cover))
        # Nothing has happened to the premium: so it has no counts of its own that must move.
        .only_if("leaf", None)
        .only_if("ledger", None)
        .not_newer()
        .old_when_refused()
    )
    for kind, message in before.messages.items():
        write.only_if(state_of(kind), text(message.state))
        write.only_if(of_message(kind, "at"), moment(message.at) if message.at else None)
    return write


CountedOf = Callable[[MessageKind, str, int], Counted]
"""Reads the counted states of one kind of message in a file's chunk."""


def moves(
    table: str,
    takeovers: Sequence[Takeover],
    checkpoint: Checkpoint,
    counted_of: CountedOf,
    *,
    keep_days: int,
) -> Moves:
    """Return what moves beside the people, from the earlier files to the checkpoint's chunk.

    `keep_days` is how long people are kept.
    """
    chunks: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    books: dict[str, Counter[str]] = defaultdict(Counter)
    keys = {}
    for each in takeovers:
        change = counts_of_rows(each.change)
        codes = {CODE_PREFIX + code: rows for code, rows in each.change.codes.items()}
        place = each.before.batch, each.before.chunk
        gone = _people(each.before, -1)
        chunks[place].update(change)
        chunks[place].update(codes)
        key = totals_key(account_of(each.before), each.before.chunk)
        keys[_name(key)] = key
        books[_name(key)].update(change)
        books[_name(key)].update(gone)
    after = [each.after for each in takeovers]
    arrived = Counter[str]()
    letters: list[Write] = []
    messages = []
    for move, people in _messages(takeovers, checkpoint, counted_of):
        there = move.counted.batch, move.counted.chunk
        of_chunk = message_counts.of_chunk(move)
        if there == (checkpoint.batch, checkpoint.chunk):
            arrived.update(of_chunk)
        else:
            chunks[there].update(of_chunk)
        account, since = account_of(people[0]), people[0].enrolled_at
        letters += message_counts.letters(table, move, since, keep_days=keep_days)
        messages.append((move, account))
    own = totals_key(account_of(takeovers[0].after), checkpoint.chunk)
    joined = books.pop(_name(own), Counter())
    for person in after:
        joined.update(_people(person, 1))
    lost = {(each.before.batch, each.before.chunk) for each in takeovers if each.lost}
    files = sorted({each.before.batch for each in takeovers if not each.lost})
    counted = {place: _counted(table, place, by) for place, by in chunks.items()}
    return Moves(
        sources=[
            *(_without_results(table, batch) for batch in files),
            # The results of that file are written, but not those of this chunk.
            *(counted[place].only_if_there("lost") for place in sorted(lost)),
        ],
        batches=[*files, *(batch for batch, _ in sorted(lost))],
        letters=letters,
        counts=[
            *message_counts.of_accounts(table, messages),
            *(write for place, write in counted.items() if place not in lost),
            *(update(table, keys[name]).add_counts(by).not_newer() for name, by in books.items()),
        ],
        messages=arrived,
        totals=joined,
    )


def _without_results(table: str, batch: str) -> Write:
    """Return the update that notes at a file without results that people were taken from it."""
    return (
        update(table, batch_key(batch))
        .set("moved", {"BOOL": True})
        # The results are final: nobody who is in them may be in those of another file. The mark
        # is set before they are written, so a report and a takeover cannot miss each other.
        .only_if("status", text(BatchStatus.ENROLLING))
        .only_if("sealed", None)
        .not_newer()
    )


def _counted(table: str, place: tuple[str, int], by: Counter[str]) -> Write:
    return update(table, chunk_key(*place)).add_counts(by).not_newer()


def _people(person: Enrollment, sign: int) -> dict[str, int]:
    """Return one person's counts by regency, added or taken away."""
    return {name: sign * count for name, count in counts_by_regency([person]).items()}


def _messages(
    takeovers: Sequence[Takeover], checkpoint: Checkpoint, counted_of: CountedOf
) -> Iterator[tuple[CountMove, Sequence[Enrollment]]]:
    """Iterate over the moves of messages: out of each earlier chunk, and into the later one.

    With each come the people whom it is about.
    """
    kinds = sorted({kind for each in takeovers for kind in each.before.messages})
    for kind in kinds:
        leaving: dict[tuple[str, int], list[Enrollment]] = defaultdict(list)
        for each in takeovers:
            leaving[each.before.batch, each.before.chunk].append(each.before)
        for place, people in leaving.items():
            yield counted_of(kind, *place).move((), leaving=people), people
        arriving = [each.after for each in takeovers]
        here = counted_of(kind, checkpoint.batch, checkpoint.chunk)
        yield here.move((), arriving=arriving), arriving


def _name(key: object) -> str:
    return repr(key)
