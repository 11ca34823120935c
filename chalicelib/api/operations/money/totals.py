"""The sums over all files, by bank, scheme, regency or day."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum

from pydantic import Field

from chalicelib.adapters.ports import Batches, Clock
from chalicelib.api.operations.counts import OtherMessages, Rupiah, SmsCounts, sms_counts
from chalicelib.api.operations.listing import Day
from chalicelib.api.operations.model import RequestModel, View
from chalicelib.api.operations.money.money_views import MoneyView, money_view
from chalicelib.api.permissions import Caller
from chalicelib.api.refusals import BadRequest, NotFound
from chalicelib.domain.agreements.programme import Agreements, Programme
from chalicelib.domain.cells.dates import format_date
from chalicelib.domain.file.batch import SmsTally
from chalicelib.domain.file.outcome import Tally
from chalicelib.domain.file.totals import Account, People, Totals
from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.person.enrollment import MessageKind, Sms


class By(StrEnum):
    """How the sums are grouped: one line for each value."""

    BANK = "bank"
    SCHEME = "scheme"
    REGENCY = "regency"
    DAY = "day"


class TotalsQuery(RequestModel):
    """Which sums; the default programme is the open one, or else the one that closes last.

    `from` and `to` are days in the programme's time zone, both included: files that came then.
    """

    by: By
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None
    programme: str | None = Field(None, pattern=r"^[a-z0-9-]{1,64}$")


class TotalsLine(View):
    """One line of the sums; a count that does not exist by regency is null there."""

    key: str
    label: str
    accepted: int
    duplicate: int | None
    conflict: int | None
    rejected: int | None
    premium_total: Rupiah
    aid_total: Rupiah | None
    sms: SmsCounts = Field(description="the confirmations")
    other_messages: OtherMessages | None = Field(description="null by regency")
    money: MoneyView = Field(description="where the premiums are")


class TotalsResponse(View):
    """The sums of a programme: each line, and the total."""

    programme: str
    by: By
    lines: list[TotalsLine]
    total: TotalsLine


def show_totals(
    query: TotalsQuery, *, caller: Caller, batches: Batches, agreements: Agreements, clock: Clock
) -> TotalsResponse:
    """Return a programme's sums; a bank sees only its own.

    Raises:
        NotFound: there is no such programme.
        BadRequest: the period ends before it begins.
    """
    if query.from_ and query.to and query.to < query.from_:
        raise BadRequest("period_invalid", "Akhir masa lebih awal daripada awalnya.")
    programme = _programme(query.programme, agreements, clock)
    seen = [
        each
        for each in batches.totals(programme.code)
        if caller.sees(each.account.bank) and _is_in(each.account.day, query)
    ]
    lines = _by_regency(seen) if query.by is By.REGENCY else _by_account(seen, _KEYS[query.by])
    named = _Names(query.by, agreements, programme)
    total = _Line()
    for each in lines.values():
        total.add(each.tally, each.sms, each.others, each.moved)
    return TotalsResponse(
        programme=programme.code,
        by=query.by,
        lines=[named.line(key, named.label(key), lines[key]) for key in sorted(lines)],
        total=named.line("total", "Jumlah", total),
    )


def _is_in(day: date, query: TotalsQuery) -> bool:
    return (query.from_ or day) <= day <= (query.to or day)


@dataclass
class _Line:
    """The counts of one line, added up."""

    tally: Tally = field(default_factory=Tally)
    sms: SmsTally = field(default_factory=SmsTally)
    others: dict[MessageKind, Counter[Sms]] = field(default_factory=dict)
    moved: Moved = field(default_factory=Moved)

    def add(
        self,
        tally: Tally,
        sms: SmsTally,
        others: Mapping[MessageKind, Counter[Sms]],
        moved: Moved,
    ) -> None:
        self.tally.add(tally)
        self.moved.add(moved)
        for each in fields(SmsTally):
            setattr(self.sms, each.name, getattr(self.sms, each.name) + getattr(sms, each.name))
        for kind, states in others.items():
            self.others.setdefault(kind, Counter()).update(states)

    @property
    def balance(self) -> Balance:
        return Balance.of(self.tally.accepted, self.tally.premium_total, [self.moved])


@dataclass(frozen=True)
class _Names:
    """Gives the lines their labels and their counts."""

    by: By
    agreements: Agreements
    programme: Programme

    def label(self, key: str) -> str:
        if self.by is By.BANK:
            bank = self.agreements.bank(key)
            return bank.name if bank else key
        if self.by is By.SCHEME:
            scheme = self.programme.schemes.get(key)
            return scheme.name if scheme else key
        if self.by is By.REGENCY:
            return self.programme.regions.regencies.get(key, key)
        return format_date(date.fromisoformat(key))

    def line(self, key: str, label: str, line: _Line) -> TotalsLine:
        tally, counted = line.tally, self.by is not By.REGENCY
        return TotalsLine(
            key=key,
            label=label,
            accepted=tally.accepted,
            duplicate=tally.duplicate if counted else None,
            conflict=tally.conflict if counted else None,
            rejected=tally.rejected if counted else None,
            premium_total=tally.premium_total,
            aid_total=tally.aid_total if counted else None,
            sms=sms_counts(accepted=tally.accepted, not_possible=tally.not_possible, sms=line.sms),
            other_messages={kind: dict(each) for kind, each in line.others.items()}
            if counted
            else None,
            money=money_view(line.balance, of_regency=not counted),
        )


_KEYS: dict[By, Callable[[Account], str]] = {
    By.BANK: lambda account: account.bank,
    By.SCHEME: lambda account: account.scheme,
    By.DAY: lambda account: account.day.isoformat(),
}


def _by_account(seen: Iterable[Totals], key_of: Callable[[Account], str]) -> dict[str, _Line]:
    lines: dict[str, _Line] = {}
    for each in seen:
        line = lines.setdefault(key_of(each.account), _Line())
        line.add(each.tally, each.sms, each.others, each.moved)
    return lines


def _by_regency(seen: Iterable[Totals]) -> dict[str, _Line]:
    lines: dict[str, _Line] = {}
    for totals in seen:
        for regency, people in totals.regencies.items():
            lines.setdefault(regency, _Line()).add(_tally(people), people.sms, {}, people.moved)
    return lines


def _tally(people: People) -> Tally:
    return Tally(
        accepted=people.accepted,
        premium_total=people.premium_total,
        not_possible=people.not_possible,
    )


def _programme(code: str | None, agreements: Agreements, clock: Clock) -> Programme:
    if code is None:
        return current(agreements, clock)
    if code not in agreements.programmes:
        raise NotFound("programme_unknown", "Tidak ada program dengan kode itu.")
    return agreements.programmes[code]


def current(agreements: Agreements, clock: Clock) -> Programme:
    """Return the programme that is open now, or else the programme that closes last."""
    now = clock()
    programmes = agreements.programmes.values()
    return max(programmes, key=lambda each: (each.is_open(each.local_day(now)), each.closes))
