import shutil
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chalicelib.domain.agreements.programme import DIRECTORY, AgreementInvalid, load_agreements
from chalicelib.domain.messages.confirmation import PART
from tests.support.septets import septets

AGREEMENTS = load_agreements()
SULUT_2021 = AGREEMENTS.programmes["sulut-2021"]
SULUT_2026 = AGREEMENTS.programmes["sulut-2026"]
ROOM_FOR_NAME = 15


@pytest.fixture
def directory(tmp_path):
    """Return a copy of payung's own data files, to be broken."""
    return shutil.copytree(DIRECTORY, tmp_path / "programmes")


def noon(on):
    """Return an instant of that day in the province."""
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC)


def rewrite(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("002", "002"),
        ("bri", "002"),
        ("BRI", "002"),
        (" bri ", "002"),
        ("008", "008"),
        ("Mandiri", "008"),
        ("bank mandiri", "008"),
        ("bni", "009"),
        ("btn", "200"),
        ("bsi", "451"),
        ("127", "127"),
        ("BSG", "127"),
        ("SulutGo", "127"),
    ],
)
def test_a_bank_is_known_by_code_and_name(given, code):
    assert AGREEMENTS.bank(given).code == code


@pytest.mark.parametrize("given", ["", "2", "02", "014", "bca", "002/BPUM"])
def test_another_bank_is_unknown(given):
    assert AGREEMENTS.bank(given) is None


def test_schemes_are_written_in_upper_case():
    for given in ("bpum", "Kur", "UMKM", " koperasi "):
        assert AGREEMENTS.scheme(given) == given.strip().upper()
    for given in ("", "PKH", "BPUM2"):
        assert AGREEMENTS.scheme(given) is None


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2021, 9, 6), None),
        (date(2021, 9, 7), "sulut-2021"),
        (date(2021, 12, 31), "sulut-2021"),
        (date(2022, 1, 1), None),
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "sulut-2026"),
        (date(2026, 12, 31), "sulut-2026"),
        (date(2027, 1, 1), None),
    ],
)
def test_a_programme_takes_files_from_its_first_to_its_last_day(on, code):
    programme = AGREEMENTS.programme_at("BPUM", "002", noon(on))
    assert (programme and programme.code) == code


def test_the_day_is_that_of_the_province():
    eve = datetime(2021, 9, 6, 15, 59, 59, tzinfo=UTC)
    midnight = eve + timedelta(seconds=1)
    assert SULUT_2021.local_day(eve) == date(2021, 9, 6)
    assert SULUT_2021.local_day(midnight) == date(2021, 9, 7)
    assert SULUT_2021.local_day(midnight.astimezone(timezone(timedelta(hours=-8)))) == date(
        2021, 9, 7
    )
    assert AGREEMENTS.programme_at("KUR", "127", eve) is None
    assert AGREEMENTS.programme_at("KUR", "127", midnight) is SULUT_2021


def test_an_unknown_scheme_has_no_programme():
    assert AGREEMENTS.programme_at("PKH", "002", noon(date(2021, 9, 7))) is None


def test_cover_is_three_months_from_the_day_of_enrollment():
    assert SULUT_2021.cover(date(2021, 9, 7)) == (date(2021, 9, 7), date(2021, 12, 6))


def test_a_declared_income_decides_the_premium_else_the_programmes_own():
    starts = date(2021, 9, 7)
    assert SULUT_2021.premium(None, starts).total == 50_400
    assert SULUT_2021.premium(None, starts).income_used == 1_000_000
    declared = SULUT_2021.premium(3_000_000, starts)
    assert (declared.total, declared.income_used) == (3 * (29_500 + 6_800), 3_000_000)
    assert SULUT_2021.premium(3_000_000, starts) is declared


def test_only_a_programme_that_is_granted_the_discount_has_it():
    starts = date(2026, 11, 22)
    assert SULUT_2026.premium(None, starts).total == 33_600
    assert SULUT_2021.premium(None, starts).total == 50_400


@pytest.mark.parametrize("programme", AGREEMENTS.programmes.values(), ids=lambda each: each.code)
def test_messages_leave_room_for_a_name_in_one_part(programme):
    for code, scheme in programme.schemes.items():
        for kind, wording in scheme.sms.items():
            text = wording.format(
                name="",
                until="30-09-2026",
                months=3,
                premium="641.400",
                aid="500.000.000",
                reference="7K3M9QX2-1234567F",
                scheme=scheme.name,
            )
            assert septets(text) + ROOM_FOR_NAME <= PART, (code, kind)


def test_nobody_is_protected_before_the_money_is_received_in_both_samples():
    assert {each.cover_from for each in AGREEMENTS.programmes.values()} == {"remittance"}
    assert not any(each.grace_protected for each in AGREEMENTS.programmes.values())


@pytest.mark.parametrize(
    ("months", "last"), [(0, date(2026, 12, 6)), (1, date(2027, 1, 6)), (3, date(2027, 3, 6))]
)
def test_grace_ends_so_many_months_after_the_cover(directory, months, last):
    rewrite(directory / "sulut-2021.toml", "grace_months = 3", f"grace_months = {months}")
    programme = load_agreements(directory).programmes["sulut-2021"]
    assert programme.grace_ends(date(2026, 12, 6)) == last


def test_fixed_days_hold_for_everyone(directory):
    path = directory / "sulut-2021.toml"
    rewrite(path, "\nmonths = 3", "\nmonths = 3\ncover_starts = 2021-10-01")
    programme = load_agreements(directory).programmes["sulut-2021"]
    for on in (date(2021, 9, 7), date(2021, 12, 31)):
        assert programme.cover(on) == (date(2021, 10, 1), date(2021, 12, 31))
    rewrite(path, "cover_starts", "cover_ends = 2021-12-15\ncover_starts")
    programme = load_agreements(directory).programmes["sulut-2021"]
    assert programme.cover(date(2021, 9, 7)) == (date(2021, 10, 1), date(2021, 12, 15))


def test_a_bank_names_the_codes_of_regions_in_its_files(directory):
    rewrite(directory / "banks.toml", 'short = "bri"', 'short = "bri"\nregions = "bps"')
    agreements = load_agreements(directory)
    assert [agreements.bank(code).regions for code in ("bri", "bni")] == ["bps", "kemendagri"]

    rewrite(directory / "banks.toml", 'regions = "bps"', 'regions = "dati"')
    with pytest.raises(AgreementInvalid, match=r"banks\.toml: 002 has unknown codes"):
        load_agreements(directory)


def test_a_programme_may_be_for_some_banks_only(directory):
    rewrite(directory / "sulut-2021.toml", "banks = []", 'banks = ["127"]')
    agreements, day = load_agreements(directory), noon(date(2021, 9, 7))
    assert agreements.programme_at("BPUM", "127", day)
    assert agreements.programme_at("BPUM", "002", day) is None


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("sulut-2021.toml", "Tanya bank Anda.", "Tanya bank Anda. " * 3, "leaves"),
        ("sulut-2021.toml", "\nmonths = 3", "\nmonths = 0", "sulut-2021.toml: months"),
        ("sulut-2021.toml", '"remittance"', '"approval"', "cover_from"),
        ("sulut-2021.toml", "grace_months = 3", "grace_months = -1", "grace_months"),
        ("sulut-2021.toml", '"withdrawn"]', '"birthday"]', "messages"),
        ("sulut-2021.toml", "grace_protected = false", "", "grace_protected"),
        ("sulut-2021.toml", "months = 3", "moths = 3", "moths"),
        ("sulut-2021.toml", "months = 3", "months =", "sulut-2021.toml"),
        ("sulut-2021.toml", "closes = 2021-12-31", "closes = 2021-09-06", "closes before"),
        ("sulut-2021.toml", "age_limit = 65", "age_limit = 17", "nobody has an age"),
        ("sulut-2021.toml", "discounts = []", 'discounts = ["x"]', "unknown discounts"),
        ("sulut-2021.toml", 'province = "71"', 'province = "99"', "unknown province"),
        ("sulut-2021.toml", "banks = []", 'banks = ["014"]', "unknown banks"),
        ("sulut-2021.toml", 'code = "sulut-2021"', 'code = "sulut"', "the file's name"),
        ("sulut-2021.toml", "opens = 2021-09-07", "opens = 2020-09-07", "no contribution rate"),
        ("sulut-2021.toml", "\nmonths = 3", "\nmonths = 3\ncover_ends = 2021-12-01", "cover_ends"),
        ("sulut-2021.toml", "{until}", "{when}", "unknown placeholders"),
        ("sulut-2021.toml", "pendaftaran {name}", "pendaftaran", "whose it is"),
        ("sulut-2021.toml", "dibatalkan", "dibatalkan ’", "GSM"),
        ("sulut-2021.toml", "dibatalkan", "dibatalkan €", "GSM"),
        ("sulut-2021.toml", "dibatalkan", "dibatalkan, 0812", "no number of its own"),
        ("sulut-2021.toml", 'withdrawn = "BPJS', '# "BPJS', "no wording for"),
        ("sulut-2021.toml", "schemes.KUR", "schemes.kur", "schemes"),
        ("sulut-2021.toml", "Asia/Makassar", "Asia/Manado", "timezone"),
        ("sulut-2026.toml", "opens = 2026-01-01", "opens = 2021-12-31", "same scheme"),
        ("banks.toml", 'short = "bni"', 'short = "bri"', "means two banks"),
        ("banks.toml", "[banks.002]", "[banks.2]", "banks.toml: code"),
        ("contributions.toml", "percent = 50", "percent = 0", "contributions.toml"),
        ("regions.toml", "7101 =", "710 =", "regions.toml"),
    ],
)
def test_an_invalid_data_file_is_refused_by_name(directory, file, old, new, says):
    rewrite(directory / file, old, new)
    with pytest.raises(AgreementInvalid, match=says):
        load_agreements(directory)


def test_a_missing_data_file_is_refused_by_name(directory):
    (directory / "regions.toml").unlink()
    with pytest.raises(AgreementInvalid, match=r"regions\.toml"):
        load_agreements(directory)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("7171", "7171"),
        ("71.71", "7171"),
        (" 7171 ", "7171"),
        ("Kota Manado", "7171"),
        ("MANADO", "7171"),
        ("Kab. Minahasa", "7102"),
        ("Kabupaten Minahasa Utara", "7106"),
        ("minahasa utara", "7106"),
        ("KAB. KEP. SANGIHE", "7103"),
        ("Kepulauan Talaud", "7104"),
        ("Sitaro", "7109"),
        ("Kab. Bolmong", "7101"),
        ("", None),
        ("9999", None),
        ("Kota", None),
    ],
)
def test_a_regency_is_known_by_code_and_name(given, code):
    assert SULUT_2021.regions.regency(given) == code
