"""The sums over all files, by bank, scheme, regency or day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum

from pydantic import Field

from chalicelib.adapters.protocols import Batches, Clock
from chalicelib.domain.batch import SmsTally
from chalicelib.domain.dates import format_date
from chalicelib.domain.outcome import Tally
from chalicelib.domain.programme import Agreements, Programme
from chalicelib.domain.totals import Account, People, Totals
from chalicelib.permissions import Caller
from chalicelib.queries.counts import Rupiah, SmsCounts, sms_counts
from chalicelib.queries.model import Asked, View
from chalicelib.refusals import NotFound


class By(StrEnum):
    """What the lines of the sums are."""

    BANK = "bank"
    SCHEME = "scheme"
    REGENCY = "regency"
    DAY = "day"


class TotalsQuery(Asked):
    """Which sums; without a programme, those of the one that is open, or was last."""

    by: By
    programme: str | None = Field(None, pattern=r"^[a-z0-9-]{1,64}$")


class TotalsLine(View):
    """One line of the sums; what is not counted by regency is null there."""

    key: str
    label: str
    accepted: int
    duplicate: int | None
    conflict: int | None
    rejected: int | None
    premium_total: Rupiah
    aid_total: Rupiah | None
    sms: SmsCounts


class TotalsResponse(View):
    """The sums of a programme, line by line and together."""

    programme: str
    by: By
    lines: list[TotalsLine]
    total: TotalsLine


def show_totals(
    query: TotalsQuery, *, caller: Caller, batches: Batches, agreements: Agreements, clock: Clock
) -> TotalsResponse:
    """Return a programme's sums; a bank's own, for its own people.

    Raises:
        NotFound: there is no such programme.
    """
    programme = _programme(query.programme, agreements, clock)
    seen = [each for each in batches.totals(programme.code) if caller.sees(each.account.bank)]
    lines = _by_regency(seen) if query.by is By.REGENCY else _by_account(seen, _KEYS[query.by])
    named = _Names(query.by, agreements, programme)
    together = _Line()
    for each in lines.values():
        together.add(each.tally, each.sms)
    return TotalsResponse(
        programme=programme.code,
        by=query.by,
        lines=[named.line(key, named.label(key), lines[key]) for key in sorted(lines)],
        total=named.line("total", "Jumlah", together),
    )


@dataclass
class _Line:
    """What adds up to a line."""

    tally: Tally = field(default_factory=Tally)
    sms: SmsTally = field(default_factory=SmsTally)

    def add(self, tally: Tally, sms: SmsTally) -> None:
        self.tally.add(tally)
        for each in fields(SmsTally):
            setattr(self.sms, each.name, getattr(self.sms, each.name) + getattr(sms, each.name))


@dataclass(frozen=True)
class _Names:
    """How lines are called and what they hold."""

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
        )


_KEYS: dict[By, Callable[[Account], str]] = {
    By.BANK: lambda account: account.bank,
    By.SCHEME: lambda account: account.scheme,
    By.DAY: lambda account: account.day.isoformat(),
}


def _by_account(seen: Iterable[Totals], key_of: Callable[[Account], str]) -> dict[str, _Line]:
    lines: dict[str, _Line] = {}
    for each in seen:
        lines.setdefault(key_of(each.account), _Line()).add(each.tally, each.sms)
    return lines


def _by_regency(seen: Iterable[Totals]) -> dict[str, _Line]:
    lines: dict[str, _Line] = {}
    for totals in seen:
        for regency, people in totals.regencies.items():
            lines.setdefault(regency, _Line()).add(_tally(people), people.sms)
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
    """Return the programme that is open now, or else the one that closes last."""
    now = clock()
    programmes = agreements.programmes.values()
    return max(programmes, key=lambda each: (each.is_open(each.local_day(now)), each.closes))
