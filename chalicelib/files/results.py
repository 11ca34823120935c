"""How an outcome is told to the bank, in its own language."""

from datetime import date
from functools import lru_cache

from chalicelib.domain.money import format_rupiah
from chalicelib.domain.outcome import Disposition, Outcome

from .write import ResultCells

_STATUS = {
    Disposition.ACCEPTED: "diterima",
    Disposition.DUPLICATE: "duplikat",
    Disposition.CONFLICT: "konflik",
    Disposition.REJECTED: "ditolak",
}


def answer_of(outcome: Outcome) -> ResultCells:
    """Return the cells that are put behind a row of the result files.

    Premium and net aid are digits alone, so that a spreadsheet adds them up; for rows that are
    not accepted the premium is 0, since nothing may be deducted.
    """
    accepted = outcome.disposition is Disposition.ACCEPTED
    messages = [finding.message for finding in outcome.findings]
    if accepted:
        messages.insert(0, _deduct(outcome.premium, outcome.rule))
    return ResultCells(
        line=str(outcome.line),
        status=_STATUS[outcome.disposition],
        codes=";".join(finding.code.value for finding in outcome.findings),
        message=" ".join(messages),
        premium=str(outcome.premium),
        net_aid=str(outcome.aid - outcome.premium) if accepted else "",
        starts=_day(outcome.starts),
        ends=_day(outcome.ends),
        reference=outcome.reference,
    )


# Of a file's rows, nearly all say the same.
@lru_cache(maxsize=256)
def _deduct(premium: int, rule: str) -> str:
    return f"Potong iuran Rp{format_rupiah(premium)} ({rule})."


@lru_cache(maxsize=256)
def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
