"""Reads a file of recipients: judges its rows, finds repeated people, estimates its messages."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.domain.agreements.regency_cells import RegencyCells
from chalicelib.domain.file.batch import SmsEstimate
from chalicelib.domain.file.control import Bounds
from chalicelib.domain.file.first_rows import FirstRows
from chalicelib.domain.file.guard import Said
from chalicelib.domain.file.row import SourceRow
from chalicelib.domain.file.shared_numbers import SharedNumbers
from chalicelib.domain.findings.finding import Code, Finding
from chalicelib.domain.person.enrollment import MessageKind
from chalicelib.files.refusal import FileRefused
from chalicelib.kinds.kind import FileToRead, Judged, RowJudge

from .codes import RecipientCode
from .judgement import Judge, Terms
from .returned import EarlierRows, MovedNiks, doubted, held_against, held_against_rows
from .rows import RecipientRow

_CALLING_CODE = 4  # characters: a plus sign and the longest calling code


class RecipientReading:
    """One reading of one file of recipients."""

    def __init__(self, file: FileToRead, moved_niks: frozenset[str] = frozenset()) -> None:
        """Find the programme of the file; `moved_niks` are those that an earlier reading found.

        Raises:
            FileRefused: the scheme does not exist, or no programme accepts it now.
        """
        self._file = file
        self._moved = moved_niks
        self._moving = MovedNiks()
        self._terms = _terms(file)
        self._bank = file.bank
        self._earlier = EarlierRows(file.bank.code, file.batches, file.objects)
        self._regencies = RegencyCells(self._terms.programme.regions, file.bank.regions)
        self._sending = file.sending
        self._first = FirstRows()
        self._messages: dict[str, int] = {}  # by the beginning of the number
        self._shared = SharedNumbers(file.sending.people_a_number)

    @property
    def programme(self) -> str:
        """The programme's code."""
        return self._terms.programme.code

    @property
    def timezone(self) -> ZoneInfo:
        """The programme's time zone."""
        return self._terms.programme.timezone

    @property
    def bounds(self) -> Bounds:
        """From the lowest premium to the scheme's largest aid."""
        return Bounds(self._terms.premium.total, self._terms.largest_aid)

    def judge(self, columns: Mapping[str, int], *, width: int, doubtful: bool = False) -> RowJudge:
        """Return the judge of a file with these columns; it also finds repeated people."""
        self._regencies = RegencyCells(self._terms.programme.regions, self._bank.regions)
        judge = Judge(
            columns,
            self._terms,
            width=width,
            countries=self._sending.countries,
            regencies=self._regencies,
        )
        first_row, earlier, messages = self._first.first, self._earlier, self._messages
        moving, moved_niks = self._moving, self._moved
        is_full, most = self._shared.is_full, self._sending.people_a_number

        def judged(source: SourceRow, ordinal: int, said: Said | None) -> Judged[RecipientRow]:
            found = judge(source)
            if said is not None:
                moving.add(found.nik, said)
                found = held_against_rows(moved_niks, said, found)
                found = held_against(earlier.guarded(said), found)
            if doubtful:
                found = doubted(found)
            who = found.row.recipient
            if who is None:
                return found
            first = first_row(who.nik, ordinal)
            if first != ordinal:
                return replace(found, row=replace(found.row, first=first))
            if phone := who.phone:
                if is_full(phone):
                    return _with_shared_number(found, most)
                begins = phone[:_CALLING_CODE]
                messages[begins] = messages.get(begins, 0) + 1
            return found

        return judged

    def warnings(self) -> tuple[Finding, ...]:
        """Return the warnings about the codes of regencies."""
        return self._regencies.warnings()

    def estimate(self) -> SmsEstimate:
        """Return the estimate for confirmations: one for each person with a usable phone.

        It is nothing where the programme sends none.
        """
        if MessageKind.ENROLLED not in self._terms.programme.messages:
            return SmsEstimate(0, 0)
        price_of = self._sending.prices.of
        cost = sum(many * price_of(begins) for begins, many in self._messages.items())
        return SmsEstimate(sum(self._messages.values()), cost)

    def again(self) -> "RecipientReading | None":
        """Return a reading that knows which NIKs are those of other rows; None if there are none.

        All else needs only the rows before a row.
        """
        if self._moved or not (found := self._moving.found):
            return None
        return RecipientReading(self._file, found)


def _with_shared_number(found: Judged[RecipientRow], most: int) -> Judged[RecipientRow]:
    shared = Finding.of(RecipientCode.PHONE_SHARED, most=most)
    return replace(found, row=replace(found.row, findings=(*found.row.findings, shared)))


def _terms(file: FileToRead) -> Terms:
    batch, agreements = file.batch, file.agreements
    scheme = agreements.scheme(batch.scheme)
    if scheme is None:
        named = {"scheme": batch.scheme} if batch.scheme else {}
        raise FileRefused(Finding.of(Code.SCHEME_UNKNOWN, **named))
    programme = agreements.programme_at(scheme, file.bank.code, batch.received_at)
    if programme is None:
        raise FileRefused(Finding.of(Code.PROGRAMME_CLOSED, scheme=scheme))
    return Terms.of(programme, scheme, programme.local_day(batch.received_at))
