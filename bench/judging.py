"""Measures the time to judge a row, and checks the fast parser of phone numbers."""

import random
from datetime import date
from typing import Any

import phonenumbers

from bench import made
from bench.measure import Figure, Run, cpu, in_turns
from chalicelib.domain.cells.phone import parse_phone
from chalicelib.domain.file.row import SourceRow
from chalicelib.files.headers import resolve
from chalicelib.kinds.recipients.columns import recipient_columns
from chalicelib.kinds.recipients.judgement import Judge, Terms
from tests.support.world import AGREEMENTS

_BOUND = 6.0
_NUMBERS = 100_000


def judging(run: Run) -> list[Figure]:
    many = run.rows(50_000, 10_000)
    rows = [SourceRow(line, row) for line, row in enumerate(made.rows(many), start=2)]
    programme = AGREEMENTS.programmes["sulut-2026"]
    columns = resolve(made.HEADER, recipient_columns())
    judge = Judge(columns, Terms.of(programme, "BPUM", date(2026, 11, 22)), width=len(made.HEADER))

    def judged() -> None:
        for row in rows:
            judge(row)

    judged_row = judge(rows[0]).row
    if judged_row.recipient is None or judged_row.findings:
        raise ValueError("the bench's rows are not clean")
    seconds = in_turns({"ours": judged}, times=run.times, clock=cpu)["ours"]
    each = seconds / many * 1e6
    numbers = run.rows(_NUMBERS, 5_000)
    wrong = _disagreements(numbers)
    return [
        Figure(
            "judging a row without errors, all checks",
            f"{each:.2f} µs",
            f"<= {_BOUND:.0f} µs",
            each <= _BOUND,
        ),
        Figure(
            f"phone numbers on which our parser and phonenumbers differ, of {numbers:,}",
            str(wrong),
            "0",
            wrong == 0,
            fixed=True,
        ),
    ]


def _disagreements(many: int) -> int:
    rng = random.Random(1)  # noqa: S311  # made-up data, not secret
    return sum(_by_phonenumbers(text) != parse_phone(text) for text in _numbers(rng, many))


def _numbers(rng: Any, many: int) -> Any:
    for _ in range(many):
        start = rng.choice(("08", "628", "+628", "8", "021", "0431", "08", "0 8", "+62 8"))
        digits = "".join(rng.choices("0123456789", k=rng.randint(5, 12)))
        yield start + digits


def _by_phonenumbers(text: str) -> str | None:
    # 62 without + is still the country's code: a short 62 8... is not a land line.
    text = f"+{text}" if text.startswith("62") else text
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return None
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if not phonenumbers.is_valid_number(number) or not mobile:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
