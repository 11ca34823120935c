"""Takes people over from earlier files of the same bank that never reported them.

Without this, nobody could deduct their premium: the earlier file has no results, and the later one
would call them duplicates.
"""

from collections.abc import Iterable
from functools import cache

from msgspec.structs import replace

from chalicelib.adapters.ports import Batches, Takeover
from chalicelib.domain.file.batch import Batch, BatchStatus
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.money.standing import Cover, Leaf, Standing
from chalicelib.domain.person.enrollment import Enrollment, Sms
from chalicelib.domain.person.reference import parse_reference, reference

from .codes import RecipientCode
from .outcome_rules import OutcomeRules, is_same_person
from .rows import RecipientRow


class Takeovers:
    """The rules of takeovers for one run over a chunk. Each earlier file is read once."""

    def __init__(self, rules: OutcomeRules, batches: Batches) -> None:
        """Take the rules of the chunk, and the files."""
        self._rules = rules
        self._reported: set[str] = set()
        self._file = cache(batches.get)
        self._chunk = cache(batches.chunk)

    def note_results(self, batches: Iterable[str]) -> None:
        """Note files that have their results by now, contrary to what was read before."""
        self._reported |= set(batches)

    def left_results(self, owner: Enrollment) -> str | None:
        """Return the file whose final results an enrollment of this chunk has left, if any."""
        came_from = parse_reference(owner.earlier[-1]) if owner.earlier else None
        file = self._file(came_from[0]) if came_from else None
        is_final = file and file.given_up and file.status is BatchStatus.COMPLETED
        return file.id if file and is_final else None

    def takeover(self, row: RecipientRow, owner: Enrollment) -> Takeover | None:
        """Return how this row takes over its person; None if the enrollment stays where it is.

        Premium, rule and days of cover stay as they are: the message to the person has them.
        """
        who, batch = row.recipient, self._rules.batch
        if who is None or not self._may_move(owner) or not is_same_person(who, owner.recipient):
            return None
        if owner.premium > who.aid:
            return None  # the aid of this row does not suffice for the premium of the enrollment
        lost = self._is_lost(owner)
        if not lost and not self._is_unreported(owner.batch):
            return None
        after = replace(
            owner,
            recipient=replace(owner.recipient, aid=who.aid),
            batch=batch.id,
            chunk=self._rules.chunk,
            row=row.source.line,
            reference=reference(batch.id, row.source.line),
            day=self._rules.account.day,
            warned=True,
            earlier=(*owner.earlier, owner.reference),
        )
        return Takeover(owner, after, _taken_from(owner), lost=lost)

    def _may_move(self, owner: Enrollment) -> bool:
        """Whether an enrollment is of this bank and scheme, and nothing has happened to it.

        A message that is being sent is counted where it was claimed.
        """
        batch = self._rules.batch
        return (
            (owner.bank, owner.scheme) == (batch.bank, batch.scheme)
            and owner.batch != batch.id
            and owner.standing == Standing(Cover.ENROLLED, Leaf.OPEN)
            and not owner.ledger
            and all(each.state is not Sms.SENDING for each in owner.messages.values())
        )

    def _is_unreported(self, earlier: str) -> bool:
        """Whether an earlier file has no results yet and makes no progress.

        Of two files the later one takes over: so they cannot take people from each other in turn.
        """
        file = self._earlier(earlier)
        return (
            file is not None
            and file.status is BatchStatus.ENROLLING
            and file.is_stalled
            and not file.sealed
            and file.is_before(self._rules.batch)
        )

    def _is_lost(self, owner: Enrollment) -> bool:
        """Whether the results of the owner's file cannot have the owner's row."""
        file = self._earlier(owner.batch)
        return bool(file and file.given_up and self._chunk(file.id, owner.chunk).lost)

    def _earlier(self, batch: str) -> Batch | None:
        return None if batch in self._reported else self._file(batch)


def _taken_from(owner: Enrollment) -> Tally:
    """Return what the takeover adds to the counts of the chunk that had the person."""
    return Tally(
        accepted=-1,
        duplicate=1,
        warnings=-owner.warned,
        not_possible=-(owner.sms is Sms.NOT_POSSIBLE),
        premium_total=-owner.premium,
        aid_total=-owner.recipient.aid,
        codes={RecipientCode.MOVED_TO_LATER_FILE.value: 1},
    )
