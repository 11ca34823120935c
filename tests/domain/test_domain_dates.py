import re
from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells.dates import (
    add_months,
    age_on,
    cover_period,
    format_date,
    month_starts,
    parse_date,
)

DAY = date(1980, 8, 17)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "17/08/1980",
        "17-08-1980",
        "17.08.1980",
        "17 08 1980",
        "17/8/1980",
        "17 - 08 - 1980",
        " 17/08/1980 ",
        "'17/08/1980",
        "17/08/1980 00:00",
        "17/08/1980 00:00:00",
        "1980-08-17",
        "1980/08/17",
        "1980.08.17",
        "1980-8-17",
        "1980-08-17T00:00:00",
        "1980-08-17 00:00:00",
        "1980-08-17T00:00:00.000Z",
        "17081980",
        "19800817",
        "17 Agustus 1980",
        "17 AGUSTUS 1980",
        "17 agt 1980",
        "17-Agu-1980",
        "17-Aug-1980",
        "17 August 1980",
        "17Agustus1980",
        "17 Agt. 1980",
        "Manado, 17-08-1980",
        "MANADO, 17 Agustus 1980",
        "Bolaang Mongondow, 17/08/1980",
        "29450",
        "29450.0",
    ],
)
def test_every_way_to_write_a_day_is_read(text):
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "0",
        "00/00/0000",
        "08/17/1980",
        "8-17-1980",
        "1980-17-08",
        "31/04/1980",
        "29/02/1981",
        "32/01/1980",
        "17/00/1980",
        "17/13/1980",
        "17/08/80",
        "17 Agustus 80",
        "170880",
        "1781980",
        "17/08-1980",
        "17/08/1899",
        "17/08/2100",
        "17/08/01980",
        "August 17, 1980",
        "17 Agostus 1980",
        "17",
        "1980",
        "9999",
        "99999",
        "29450.5",
        "029450",
        "17/08/1980 x",
        "1708 1980",
        "17 081980",
        "١٧/٠٨/١٩٨٠",
        "Manado" * 20 + ", 17/08/1980",
    ],
)
def test_an_ambiguous_day_is_none(text):
    assert parse_date(text) is None


def test_the_day_comes_before_the_month():
    assert parse_date("07/08/1980") == date(1980, 8, 7)


@pytest.mark.parametrize(
    ("month", "names"),
    [
        (1, "Januari January Jan"),
        (2, "Februari February Pebruari Feb Peb"),
        (3, "Maret March Mar"),
        (4, "April Apr"),
        (5, "Mei May"),
        (6, "Juni June Jun"),
        (7, "Juli July Jul"),
        (8, "Agustus August Agu Agt Ags Aug"),
        (9, "September Sept Sep"),
        (10, "Oktober October Okt Oct"),
        (11, "November Nopember Nov Nop"),
        (12, "Desember December Des Dec"),
    ],
)
def test_months_are_known_in_both_languages(month, names):
    for name in names.split():
        assert parse_date(f"1 {name} 1980") == date(1980, month, 1), name


@pytest.mark.parametrize(
    ("serial", "day"),
    [("10000", date(1927, 5, 18)), ("36526", date(2000, 1, 1)), ("73050", date(2099, 12, 31))],
)
def test_serial_numbers_of_excel_are_days(serial, day):
    assert parse_date(serial) == day


def test_serial_numbers_beyond_the_last_year_are_none():
    assert parse_date("73051") is None


@given(days)
def test_eight_digits_never_mean_two_days(day):
    assert parse_date(f"{day:%d%m%Y}") == parse_date(f"{day:%Y%m%d}") == day


@given(days)
def test_a_day_written_in_indonesian_reads_back(day):
    assert parse_date(format_date(day)) == day


@given(st.text() | st.text("0123456789/-. :TZAgustMei,", max_size=22))
def test_a_day_has_only_numbers_of_the_text(text):
    day = parse_date(text)
    if day is None or re.fullmatch(r"\s*'*\s*[0-9]{5}([.,]0+)?\s*", text):
        return
    numbers = re.findall(r"[0-9]+", text)
    if any(len(number) == 8 for number in numbers):
        assert f"{day:%d%m%Y}" in text or f"{day:%Y%m%d}" in text
    else:
        values = [int(number) for number in numbers]
        assert {day.day, day.year} <= set(values)


def test_days_are_written_in_indonesian():
    assert format_date(date(2021, 9, 7)) == "7 September 2021"
    assert format_date(date(2027, 2, 28)) == "28 Februari 2027"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2021, 9, 7), 3, date(2021, 12, 7)),
        (date(2021, 11, 30), 3, date(2022, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2021, 12, 31), 1, date(2022, 1, 31)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2021, 1, 15), -1, date(2020, 12, 15)),
        (date(2021, 1, 15), 0, date(2021, 1, 15)),
        (date(2021, 1, 15), 24, date(2023, 1, 15)),
    ],
)
def test_months_are_added_and_clipped_to_the_last_day(day, months, later):
    assert add_months(day, months) == later


@pytest.mark.parametrize(
    ("starts", "months", "ends"),
    [
        (date(2021, 9, 7), 3, date(2021, 12, 6)),
        (date(2021, 9, 1), 3, date(2021, 11, 30)),
        (date(2021, 12, 1), 3, date(2022, 2, 28)),
        (date(2023, 12, 1), 3, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 11, 29), 3, date(2027, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2021, 12, 31), 3, date(2022, 3, 30)),
        (date(2021, 8, 31), 1, date(2021, 9, 30)),
        (date(2021, 12, 2), 1, date(2022, 1, 1)),
    ],
)
def test_a_cover_ends_on_the_day_before_clipped(starts, months, ends):
    assert cover_period(starts, months) == (starts, ends)


def test_months_of_a_cover_begin_where_the_last_ended():
    assert month_starts(date(2026, 11, 22), 3) == (
        date(2026, 11, 22),
        date(2026, 12, 22),
        date(2027, 1, 22),
    )
    assert month_starts(date(2026, 1, 31), 3) == (
        date(2026, 1, 31),
        date(2026, 3, 1),
        date(2026, 3, 31),
    )


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 24))
def test_the_months_of_a_cover_are_real_months_without_gap(starts, months):
    first, last = cover_period(starts, months)
    begins = [*month_starts(first, months), last + timedelta(days=1)]
    assert len(begins) == months + 1
    for begin, following in pairwise(begins):
        assert 28 <= (following - begin).days <= 31
    assert last <= add_months(starts, months)
    assert last >= add_months(starts, months) - timedelta(days=1)
    assert last.day <= monthrange(last.year, last.month)[1]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2004, 9, 7), date(2021, 9, 7), 17),
        (date(2004, 9, 8), date(2021, 9, 7), 16),
        (date(2004, 2, 29), date(2021, 2, 28), 16),
        (date(2004, 2, 29), date(2021, 3, 1), 17),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_age_is_counted_in_whole_years(born, on, age):
    assert age_on(born, on) == age
