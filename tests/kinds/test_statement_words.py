"""What banks write as a status, a reason, a code or a remark, and what is taken from it."""

from datetime import date

import pytest

from chalicelib.domain.file.row import SourceRow
from chalicelib.kinds.confirmations.codes import ConfirmCode
from chalicelib.kinds.confirmations.judgement import Judge
from chalicelib.kinds.confirmations.statement import Statements
from chalicelib.kinds.confirmations.words import Words, WordsInvalid, words_of
from tests.kinds.stating import cells, read
from tests.support.builders import a_nik

DEDUCTED = (
    "DIPOTONG", "Terpotong", "sudah dipotong", "SUDAH  DIPOTONG", "DIDEBET", "DIDEBIT", "TERDEBET",
    "TERDEBIT", "SUDAH DIDEBET", "SDH DIDEBET", "DEBET BERHASIL", "BERHASIL DEBET", "DEBIT SUKSES",
    "POTONG BERHASIL", "BERHASIL", "Sukses", "SUCCESS", "Successful", "COMPLETED", "BERHASIL.",
    "BERHASIL DIPROSES", "'BERHASIL", '="SUKSES"', "IURAN DIPOTONG",
    "DI POTONG", "Di-potong", "sudah di debit", "TELAH DIPOTONG", "BERHASIL DI DEBET",
    "Pendebetan berhasil", "PEMOTONGAN SUKSES", "SUKSES\u200b", "\ufeffSUKSES", "ＳＵＫＳＥＳ",
)  # fmt: skip
FAILED = (
    "GAGAL", "GAGAL DEBET", "GAGAL DEBIT", "GAGAL POTONG", "TIDAK BERHASIL", "TDK BERHASIL",
    "FAILED", "REJECT", "REJECTED", "RJCT", "DITOLAK", "TOLAKAN", "TOLAK", "TIDAK TERPOTONG",
    "TIDAK DI POTONG", "GAGAL DI DEBIT", "Pendebetan gagal", "GAGAL PEMOTONGAN", "FAIL", "Di tolak",
)  # fmt: skip
RETURNED = (
    "DIKEMBALIKAN", "REFUNDED", "Refund", "DANA DIKEMBALIKAN", "KEMBALI KE KAS NEGARA",
    "IURAN DIKEMBALIKAN", "di kembalikan",
)  # fmt: skip
DEFERRED = ("DITUNDA", "Tunda", "TUNDA SALUR", "MENUNGGU AKTIVASI", "BELUM AKTIVASI", "Di tunda")
NOT_YET = (
    "", "-", "BELUM", "BELUM DIPOTONG", "BELUM DIDEBET", "BLM DIDEBET", "BELUM PROSES",
    "BELUM TERDEBIT", "BELUM DI POTONG", "BELUM DIPROSES", "--",
)  # fmt: skip
NEVER_GUESSED = (
    # Money may have moved.
    "PROSES", "DALAM PROSES", "DIPROSES", "SDG DIPROSES", "DALAM ANTRIAN", "PENDING", "PAYING",
    "INITIATED", "INITIAL", "CALLBACK PENDING", "OTP PENDING", "SUSPECT", "TIMEOUT",
    "silahkan cek saldo/mutasi", "Request In Progress",
    # Which booking, and what of it?
    "RETUR", "RETURN", "RT", "RETUR SP2D", "DANA KEMBALI", "BATAL", "CANCEL", "CANCELED", "VOID",
    "REVERSAL", "REV", "KOREKSI", "STORNO",
    # How far the aid is.
    "SI", "SPM", "SUKSES SPM", "SP2D", "TOP UP", "OMSPAN", "BERHASIL CEK REKENING", "BUREKOL",
    "PROSES BUREKOL", "EXCLUDE", "TIDAK TRANSAKSI", "CAIR", "SUDAH CAIR", "SUKSES SALUR",
    "DITERIMA", "AKTIVASI", "SUDAH CAIR, IURAN DIPOTONG",
    # Held is not taken; a part is not the whole.
    "HOLD", "BLOKIR DANA", "PENAHANAN", "SEBAGIAN", "PARTIAL", "DIPOTONG SEBAGIAN",
    # Of what?
    "LUNAS", "SELESAI", "CLOSED", "OK", "✓", "V", "X", "A", "D", "C", "T", "N", "Y", "TRUE",
    "AKTIF", "SESUAI", "BISA DAFTAR", "APPROVED", "NOT FOUND",
    # Codes, whose meanings differ between banks.
    "00", "0", "1", "01", "04", "06", "14", "51", "68", "2005400", "000", "00 - BERHASIL",
    "BERHASIL (00)",
    # A good word with a negation, or two meanings in one cell.
    "BELUM DIDEBET SUKSES", "MENOLAK DIPOTONG", "AKAN DIPOTONG", "BATAL DIPOTONG",
    "BERHASIL SETELAH GAGAL 2X", "DIPOTONG, GAGAL", "BUKAN DIPOTONG", "SALDO TERPOTONG",
    "TRANSAKSI GAGAL, SALDO TERDEBET", "GAGAL, RETUR",
    "DIPOTONG?", "DIPOTONG 2X", "DOUBLE DEBET", "SEDANG DIPOTONG", "SIAP DIPOTONG",
    "WAJIB DIPOTONG",
    "JANGAN DI POTONG", "DIPOTONG BULAN DEPAN", "DIPOTONG LALU DIKEMBALIKAN", "TIDAK GAGAL",
    "TIDAK DITUNDA", "TIDAK JADI DIPOTONG", "BELUM DIKEMBALIKAN", "TIDAK DIKEMBALIKAN",
    "AKAN DIKEMBALIKAN", "NOT SUCCESSFUL", "#N/A", "N/A", "BELUM BERHASIL", "SUKSES CEK REKENING",
)  # fmt: skip
REASONS = {
    "saldo_kurang": (
        "SALDO TIDAK CUKUP", "Saldo tidak mencukupi", "SALDO KURANG", "SALDO TDK CUKUP",
        "Insufficient Fund", "Insufficient Funds", "INSUFFICIENT_BALANCE", "Balance Insufficient",
        "AM04", "R01", "U145",
    ),
    "rekening_tutup": (
        "Rekening telah ditutup", "REK. DI TUTUP", "Closed Account", "REKENING TUTUP",
        "REK TUTUP", "Rek. Tutup", "REKENING SUDAH DITUTUP", "Account Closed",
        "AC04", "R02",
    ),
    "rekening_pasif": (
        "REKENING TIDAK AKTIF", "REK TDK AKTIF", "PASIF", "DORMANT", "Dormant Cr", "DORM",
        "Dormant Account", "Account Inoperative", "REKENING TIDAK AKTIF (DORMANT)",
    ),
    "rekening_blokir": (
        "REKENING BLOKIR", "REKENING TER BLOKIR", "DIBEKUKAN", "REKENING BEKU",
        "A/c Blocked or Frozen", "AC06",
    ),
    "rekening_salah": (
        "REKENING TIDAK DITEMUKAN", "TIDAK TERDAFTAR", "TIDAK VALID", "NO REKENING SALAH",
        "Account not found", "Acount Cr Not Found", "Invalid Account", "AC01", "R03", "R04",
    ),
    "data_tidak_sesuai": (
        "NAMA TIDAK SESUAI", "Nama Tidak Sesuai,Seharusnya : Rekaan", "NAMA BERBEDA",
        "NIK TIDAK PADAN", "TIDAK SESUAI NIK", "Customer name mismatch", "BE04",
    ),
    "tidak_diambil": (
        "TIDAK DIAMBIL", "TIDAK DICAIRKAN", "NASABAH TIDAK HADIR", "LEWAT BATAS AKTIVASI",
        "Nasabah tidak hadir / dana tidak diambil",
    ),
    "kur_batal": ("KUR BATAL", "AKAD BATAL", "BATAL REALISASI", "PENCAIRAN BATAL"),
    "menolak": (
        "MENOLAK", "TIDAK BERSEDIA", "MENGUNDURKAN DIRI", "KUASA DEBET DICABUT",
        "KUASA DEBIT DICABUT", "TIDAK MAU DIPOTONG", "tdk bersedia dipotong", "Keberatan",
        "Instruction cancelled", "Authorization Revoked", "R07", "R10",
    ),
    "meninggal": (
        "MENINGGAL", "Meninggal Dunia", "EXCLUDE MENINGGAL", "Payer deceased",
        "Account Holder Expired", "alm", "Almarhumah", "wafat", "sudah meninggal",
        "Ybs meninggal dunia",
        "telah meninggal dunia", "meninggal tgl 3-11-2026", "Bpk. Rekaan sudah meninggal",
        "ahli waris melapor: nasabah telah meninggal", "Customer deceased",
    ),
    "lain": (
        "DITOLAK BANK", "REJECTED BY BANK", "DITOLAK", "hari libur", "lain",
        "REK TUTUP/SALDO KURANG", "belum meninggal", "suami meninggal", "saldo 0",
        "KUR sudah lunas",
    ),
}  # fmt: skip


@pytest.mark.parametrize("word", DEDUCTED)
def test_words_of_a_deduction(statements, word):
    assert read(statements, status=word) == ("deducted", "", "")


@pytest.mark.parametrize("word", FAILED)
def test_words_of_a_failure_need_a_reason(statements, word):
    assert read(statements, status=word) == ("", "", "reason_missing")
    assert read(statements, status=word, reason="REK TUTUP") == ("failed", "rekening_tutup", "")


@pytest.mark.parametrize("word", RETURNED)
def test_words_of_a_return(statements, word):
    assert read(statements, status=word)[::2] == ("returned", "")


@pytest.mark.parametrize("word", DEFERRED)
def test_words_of_a_delay(statements, word):
    assert read(statements, status=word)[::2] == ("deferred", "")


@pytest.mark.parametrize("word", NOT_YET)
def test_words_for_not_yet(statements, word):
    assert read(statements, status=word) == ("", "", "")


@pytest.mark.parametrize("word", NEVER_GUESSED)
def test_words_that_are_never_guessed(statements, word):
    assert read(statements, status=word) == ("", "", "status_unknown")


@pytest.mark.parametrize(
    ("reason", "word"), [(reason, word) for reason, words in REASONS.items() for word in words]
)
def test_words_of_a_reason(statements, reason, word):
    assert read(statements, status="GAGAL", reason=word) == ("failed", reason, "")


@pytest.mark.parametrize("word", ["saldo_kurang", "Rekening Pasif", "tidak_diambil", "KUR_BATAL"])
def test_a_reason_by_its_own_name(statements, word):
    assert read(statements, status="gagal", reason=word)[:2] == (
        "failed",
        word.lower().replace(" ", "_"),
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("SALDO TIDAK CUKUP", "saldo_kurang"),
        ("GAGAL - SALDO TIDAK CUKUP", "saldo_kurang"),
        ("GAGAL (REK TUTUP)", "rekening_tutup"),
        ("MENINGGAL DUNIA", "meninggal"),
        ("GAGAL/REK TUTUP/MENINGGAL", "meninggal"),
    ],
)
def test_a_status_may_be_the_reason_of_the_failure(statements, status, reason):
    assert read(statements, status=status) == ("failed", reason, "")


@pytest.mark.parametrize("code", ["00", "0", "51", "68", "06", "04", "BERHASIL?"])
def test_a_code_alone_states_nothing(statements, code):
    assert read(statements, code=code) == ("", "", "status_unknown")


@pytest.mark.parametrize(
    ("code", "reason"),
    [("AM04", "saldo_kurang"), ("AC04", "rekening_tutup"), ("U145", "saldo_kurang")],
)
def test_a_long_code_of_one_meaning_is_a_reason(statements, code, reason):
    assert read(statements, code=code) == ("failed", reason, "")
    assert read(statements, status="GAGAL", code=code) == ("failed", reason, "")
    assert read(statements, status="BERHASIL", code=code)[2] == "doubt"


@pytest.mark.parametrize(
    ("code", "detail", "expected"),
    [
        ("00", "SUCCESS", ("deducted", "", "")),
        ("00", "Request In Progress", ("", "", "status_unknown")),
        ("00", "Kode billing belum lunas", ("", "", "status_unknown")),
        ("00", "Insufficient Funds", ("failed", "saldo_kurang", "")),
        ("51", "Account Closed", ("failed", "rekening_tutup", "")),
        ("06", "SUCCESS", ("deducted", "", "")),
        ("00", "", ("", "", "status_unknown")),
        ("", "Suspect transaction", ("", "", "status_unknown")),
    ],
)
def test_the_description_decides_and_never_the_code(statements, code, detail, expected):
    assert read(statements, code=code, detail=detail) == expected


@pytest.mark.parametrize(
    ("status", "detail", "expected"),
    [
        ("SUCCESS", "SUCCESS", ("deducted", "", "")),
        ("SUCCESS", "Approved", ("deducted", "", "")),
        ("SUCCESS", "FAILED", ("", "", "status_unknown")),
        ("SUCCESS", "Insufficient Funds", ("", "", "status_unknown")),
        ("FAILED", "Insufficient Funds", ("failed", "saldo_kurang", "")),
        ("FAILED", "SUCCESS", ("", "", "status_unknown")),
        ("BELUM", "SUCCESS", ("", "", "status_unknown")),
    ],
)
def test_a_status_and_a_description_must_agree(statements, status, detail, expected):
    assert read(statements, status=status, detail=detail) == expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("00", ("deducted", "", "")), ("04", ("returned", "", "")),
        ("06", ("", "", "reason_missing")),
        ("01", ("", "", "status_unknown")), ("02", ("", "", "status_unknown")),
        ("03", ("", "", "status_unknown")), ("05", ("", "", "status_unknown")),
        ("07", ("", "", "status_unknown")), ("", ("", "", "")),
    ],
)  # fmt: skip
def test_the_standards_digits_are_known_in_its_own_column(statements, digits, expected):
    assert read(statements, snap=digits) == expected


@pytest.mark.parametrize(
    ("letter", "expected"),
    [
        ("Y", ("deducted", "", "")), ("ya", ("deducted", "", "")),
        ("T", ("", "", "reason_missing")),
        ("N", ("", "", "reason_missing")), ("TRUE", ("", "", "status_unknown")),
        ("V", ("", "", "status_unknown")), ("1", ("", "", "status_unknown")), ("", ("", "", "")),
    ],
)  # fmt: skip
def test_letters_count_in_a_column_that_explains_them(statements, letter, expected):
    assert read(statements, taken=letter) == expected


@pytest.mark.parametrize(("status", "taken"), [("GAGAL", "Y"), ("BELUM", "Y"), ("BERHASIL", "T")])
def test_two_columns_that_contradict_each_other_are_uncertain(statements, status, taken):
    assert read(statements, status=status, taken=taken)[2] == "status_unknown"


@pytest.mark.parametrize("side", ["C", "CR", "K", "Kredit"])
def test_money_that_came_in_is_no_deduction(statements, side):
    assert read(statements, status="BERHASIL", side=side)[2] == "doubt"
    assert read(statements, status="BERHASIL", side="D") == ("deducted", "", "")
    assert read(statements, status="BERHASIL", credit="33.600")[2] == "doubt"
    assert read(statements, status="BERHASIL", credit="0,00") == ("deducted", "", "")


def test_a_side_alone_is_no_status(statements):
    assert read(statements, side="D") == ("", "", "")


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        ("GAGAL SALUR", "RETUR SP2D", ("failed", "dana_kembali", "")),
        ("GAGAL SALUR", "REK TUTUP", ("failed", "rekening_tutup", "")),
        ("GAGAL SALUR", "", ("", "", "reason_missing")),
        ("GAGAL SALUR", "hari libur", ("", "", "status_unknown")),
        ("GAGAL BUREKOL", "NIK tidak padan", ("failed", "data_tidak_sesuai", "")),
        ("EXCLUDE", "MENINGGAL", ("failed", "meninggal", "")),
        ("EXCLUDE", "REK TUTUP", ("", "", "status_unknown")),
    ],
)
def test_words_of_the_aid_are_a_failure_only_with_a_reason_that_fits(
    statements, status, reason, expected
):
    assert read(statements, status=status, reason=reason) == expected


def test_an_unknown_status_is_shown_without_long_numbers(statements):
    found = statements.of(cells(status="PENDING 1234567890123456"))
    assert found.problem
    assert found.problem.code == ConfirmCode.STATUS_UNKNOWN
    assert found.problem.params["shown"] == "PENDING …"


def test_many_different_remarks_do_not_fill_the_memory():
    columns = {"nik": 0, "status": 1, "reason": 2}
    judge = Judge(columns, words_of("002"), width=3, today=date(2026, 11, 22))
    for number in range(5000):
        row = SourceRow(number, (a_nik(1), "GAGAL", f"catatan {number}"))
        assert judge(row).row.reason == "lain"
    assert len(judge._said) <= 4096  # noqa: SLF001  # nothing outside shows it


def test_a_bank_may_have_words_of_its_own(tmp_path):
    text = words_file().replace("[banks]", '[banks."008".status]\ndeducted = ["OK"]')
    path = tmp_path / "words.toml"
    path.write_text(text, "utf-8")
    assert read(Statements(words_of("008", path)), status="ok")[0] == "deducted"
    assert read(Statements(words_of("002", path)), status="ok")[2] == "status_unknown"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"TUNDA SALUR"', '"GAGAL"'),
        ('"TUNDA SALUR"', '"tunda salur"'),
        ('"TUNDA SALUR"', '"DEBIT TUNDA"'),
        ("[taken]\ndeducted", "[taken]\ntaken"),
        ("[spellings]", "[spelling]"),
    ],
)
def test_malformed_words_are_refused(tmp_path, old, new):
    assert old in words_file()
    path = tmp_path / "words.toml"
    path.write_text(words_file().replace(old, new, 1), "utf-8")
    with pytest.raises(WordsInvalid):
        words_of("002", path)


def words_file() -> str:
    from chalicelib.kinds.confirmations.words import WORDS_FILE  # noqa: PLC0415  # only here

    return WORDS_FILE.read_text("utf-8")


def test_words_have_one_spelling():
    words: Words = words_of()
    assert words.text(" rek.  tdk   aktif ") == "REKENING TIDAK AKTIF"
