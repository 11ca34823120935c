"""The lines of a file that are no people: totals, headings, notes, signatures, trailers.

A line is nobody if there is no digit in its key, and no name beside an amount or a number of that
person. A spreadsheet's error in the place of a value counts as the value.
"""

import re
from collections.abc import Mapping, Sequence

from chalicelib.domain.cells.blank import is_blank
from chalicelib.domain.cells.money import TOTAL_DIGITS, parse_rupiah
from chalicelib.domain.file.control import ControlTotal
from chalicelib.domain.file.host_records import figures_of, is_trailer
from chalicelib.domain.file.nobody import Reason
from chalicelib.domain.file.row import SourceRow

from .columns import Columns

_TOTAL = {"total", "jumlah", "jml", "subtotal", "grandtotal"}
_BESIDE = re.compile(
    "grand|sub|keseluruhan|seluruh(nya)?|semua(nya)?|akhir|besar|umum|bantuan|dana|kredit|pinjaman"
    "|plafond?|nominal|nilai|pencairan|penerima|peserta|debitur|nasabah|anggota|orang|org|baris"
    "|data|rp|idr|dan|halaman|hal|hlm|lembar|ke|dari|ini|sampai|dengan|sd|pindahan|dipindahkan"
)
"""Words that may be beside TOTAL. Any other word may be a person's name."""

_NO_NAME = re.compile(
    "halaman|hal|hlm|lembar|keseluruhan|seluruhnya|semuanya|bantuan|penerima|peserta|debitur|nasabah"
    "|anggota|orang|org|baris|data"
)
"""Those of them that may be alone in the name column. Others can be a name there, such as Dana."""

_MONEY = re.compile("rp|idr|rupiah|ribu|rb|juta|jt|mil[iy]ar|m|triliun|trilyun|t|e")
"""Words of an amount, well or badly written; `1,8E+11` has one too (`e`)."""

_WORD = re.compile(r"[^\W\d_]+")
_UNTIL = re.compile(r"\bs[/.]d\b")
_LONGEST = 100  # characters of a cell in a row that says TOTAL
# Possessive, and only from the start of a number: a long cell costs one look at each character.
_COUNTED = re.compile(
    r"(?<![\d.,])[.,]*+(\d[\d.,]*+)\s*+"
    r"(orang|org|penerima|peserta|debitur|nasabah|anggota|baris|data)\b",
    re.IGNORECASE,
)
_RUPIAH = re.compile(r"\brp\.?\s*([0-9][0-9.,]*)", re.IGNORECASE)
_ENDS_IN_RUPIAH = re.compile(r"\brp\.?\s?([0-9][0-9.,]*+)-{0,2}\s?\Z", re.IGNORECASE)
_COUNTED_AFTER = re.compile(
    r"\b(?:total|jumlah|jml)\s++(?:seluruh\s++)?(?:data|baris|record|rekaman|transaksi)\b"
    r"[\s:=|]*+(\d{1,3}(?:[.,]\d{3})++|\d{1,7})(?![.,]?\d)",
    re.IGNORECASE,
)
"""The count behind its word, as programs write it: `Jumlah data: 12`."""
_SUMMARY = re.compile(
    "berhasil|sukses|success|gagal|failed|ditunda|dikembalikan|selisih|dipotong|terpotong"
    "|rata|tertinggi|terendah|terbesar|terkecil|minimum|maksimum|maximum|average|median"
    "|kumulatif|akumulasi|persentase"
)
"""Words of a line that sums up what became of the rows, or gives a figure about all of them."""
_NO_DIGIT = re.compile(r"\D")
_SCIENTIFIC = re.compile(r"\dE\+?\d", re.IGNORECASE)  # how a spreadsheet shows a NIK
_PERSONAL_NUMBER = re.compile(r"\d{16}|(?<!\d)(?:0|\+62)\d{8}")  # NIK, phone or account number
_OFFICER = re.compile(
    r"\W*(?:NIP(?:PPK)?|NRP|NPP|NUPTK|Nomor Induk Pegawai)\b[\s.:/-]*[0-9][0-9 .-]*\W*"
    r"|\W*(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]) ?"
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2]) ?[12] ?[0-9]{3}\W*",
    re.IGNORECASE,
)
"""The number of an official below a signature: birth date, year and month of employment, sex."""

_WHEN = re.compile(
    r"(?<![0-9])(?:(?:0?[1-9]|[12][0-9]|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:(?:19|20)[0-9]{2})"
    r"|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?:[:.][0-5][0-9])?)(?![0-9])"
)
"""A day or a time in a note: "Dicetak 07/09/2021 10:22:01"."""

_ERROR = re.compile(
    r"\s*(?:#\w|=(?!=|\s*$)|Err:\d)", re.IGNORECASE
)  # a spreadsheet's, or a formula's text
_NUMBER_WORDS = re.compile(
    "se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|seratus|seribu|sejuta"
    "|belas|puluh|ratus|ribu|rb|juta|jt|mil[iy]ar|rupiah"
)
"""Words of an amount that is written in words."""

_BEGINS_AS_TOTAL = re.compile(r"\W*(?:sub|grand)?[\W_]*(?:total|jumlah|jml)\b", re.IGNORECASE)
_ENDS_AS_TOTAL = re.compile(r".*\b(?:total|jumlah)\W*", re.IGNORECASE)
"""A total in other words than those above: JUMLAH CABANG MANADO, and Excel's own "Wenang Total"."""

_UNIT = re.compile(
    "cabang|kc|kcp|capem|unit|kantor|wilayah|prov|provinsi|kab|kabupaten|kota|kec|kecamatan|kel"
    "|kelurahan|desa|dusun|kelompok|tahap|termin|periode|bulan|minggu|hari|tanggal|tgl|per|rekap"
)
"""What such a total in the column of names is of; otherwise it may be a person's name."""

_COLUMN_NUMBER = re.compile(r"\W*([0-9]{1,2})\W*")
_FEWEST_NUMBERED = 3  # with marks around them, as in (1); one more without
_NIK_DIGITS = 10  # fewer are a running number or a count
_COUNT_DIGITS = 7


class Footer:
    """Separates totals and footers from people. A row that may be a person counts as a person."""

    def __init__(self, columns: Mapping[str, int], known: Columns) -> None:
        """Take the indexes of the known columns, and the kind's description of them."""
        self._key = known.key_in(columns)
        self._name = None if known.name is None else columns.get(known.name)
        self._amount = None if known.amount is None else columns.get(known.amount)
        self._personal = {columns[each] for each in known.personal if each in columns}
        self._never = {columns[each] for each in known.never_in_footer if each in columns}
        self._stating = {columns[each] for each in known.stating if each in columns}
        self._has_names = known.name is not None

    def reason(self, row: SourceRow) -> Reason | None:
        """Return why the line is nobody, None if it may be a person."""
        cells = row.cells
        if is_trailer(cells):
            return Reason.TRAILER
        if self.is_total(row):
            return Reason.TOTAL
        if self._has_names and _numbers_columns(cells):
            return Reason.COLUMN_NUMBERS
        first = next((cell for cell in cells if cell.strip()), "")
        key = cells[self._key]
        sums_up = _sums_up(cells) and (not _digits(key) or _is_text(key))
        if self._is_free_total(cells, first) or (sums_up and _is_headed_total(first)):
            return Reason.TOTAL
        if not (sums_up or self._is_nobody(cells)):
            return None
        is_text = sums_up or self._is_named(cells) or _is_text(first) or _is_officers(first)
        return Reason.TEXT if is_text else Reason.PREFILLED

    def amount(self, row: SourceRow) -> int | None:
        """Return the row's amount, None if that cannot be read."""
        return None if self._amount is None else parse_rupiah(row.cells[self._amount])

    def _is_nobody(self, cells: Sequence[str]) -> bool:
        cells = ["NIP" if _is_officers(cell) else cell for cell in cells]
        key = cells[self._key]
        if _ERROR.match(key) or _is_number(key):
            return False
        if any(_PERSONAL_NUMBER.search(cell) and not _is_text(cell) for cell in cells):
            return False
        if self._is_named(cells) and any(cells[index].strip() for index in self._stating):
            return False
        shows_person = any(self._says(index, cells[index]) for index in self._never)
        if _digits(key):
            # Words with a figure in them, such as a date or a page.
            return _is_text(key) and not shows_person and not self._is_named(cells)
        return not (shows_person and (not self._has_names or self._is_named(cells)))

    def _is_named(self, cells: Sequence[str]) -> bool:
        if self._name is None:
            return False
        name = cells[self._name]
        return not is_blank(name) or bool(_ERROR.match(name))

    def _says(self, index: int, cell: str) -> bool:
        """Whether a cell of a person's numbers has one, or a spreadsheet's error in its place."""
        if not cell:
            return False
        if _ERROR.match(cell):
            return True
        if index != self._amount:
            return _digits(cell) > 0
        if any(map(_NUMBER_WORDS.fullmatch, _words(cell))):
            return True
        return _digits(cell) > 0 and (_is_figure(cell) or not _is_text(cell))

    def _is_free_total(self, cells: Sequence[str], first: str) -> bool:
        """Whether a row calls itself a total, in whatever words, and has no number of a person."""
        key, name = cells[self._key], "" if self._name is None else cells[self._name]
        if _ERROR.match(key) or _is_number(key) or (_digits(key) and not _is_text(key)):
            return False
        heads = {key, first} - {name}
        if any(map(_UNIT.fullmatch, _words(name[:_LONGEST]))):
            heads.add(name)
        if not any(map(_is_headed_total, heads)):
            return False
        own = self._personal | (self._never - {self._amount})
        return not any(self._says(index, cells[index]) for index in own)

    def is_total(self, row: SourceRow) -> bool:
        """Whether the row says that it is a total, and names no person.

        Every word of every cell is a word of a total, and no cell has a person's number.
        """
        cells = row.cells
        key = cells[self._key]
        if len(key) >= _NIK_DIGITS and key.isdigit():
            return False  # fast path: nearly every row
        if _is_number(key) and not _says_total(key):
            return False
        says = False
        for index, cell in enumerate(cells):
            if is_blank(cell) or (index == self._amount and _is_figure(cell)):
                continue
            if not self._names_nobody(cells, index):
                return False
            says = says or _says_total(cell)
        return says

    def control(self, above: ControlTotal | None, row: SourceRow) -> ControlTotal:
        """Return the figures of a TOTAL row, combined with those of the TOTAL rows right above it.

        The amount and the count may be in two rows. If this row repeats a figure that `above` has,
        it is the total of more rows, and `above` does not count.
        """
        if is_trailer(row.cells):
            return ControlTotal(row.line, figures=figures_of(row.cells))
        cell = "" if self._amount is None else row.cells[self._amount]
        if not _states(cell) and self.is_total(row):
            cell = _beside_rp(row.cells) or cell  # "TOTAL Rp4.800.000" in one cell
        amount = parse_rupiah(cell, most_digits=TOTAL_DIGITS)
        if amount is None and (beside := _ENDS_IN_RUPIAH.search(cell[:_LONGEST])):
            amount = parse_rupiah(
                beside[1].rstrip(".,"), most_digits=TOTAL_DIGITS
            )  # "Total: Rp2.400.000,-"
        counted = _counted(row.cells, self._amount)
        now = ControlTotal(row.line, amount, counted, amount is None and _states(cell))
        if (
            above is None
            or (now.has_amount and above.has_amount)
            or (now.rows is not None and above.rows is not None)
        ):
            return now
        of_amount = now if now.has_amount else above
        rows = above.rows if now.rows is None else now.rows
        return ControlTotal(of_amount.line, of_amount.amount, rows, of_amount.unreadable)

    def _names_nobody(self, cells: tuple[str, ...], index: int) -> bool:
        """Whether a cell of a possible total is neither a name nor a person's number."""
        cell = cells[index]
        if len(cell) > _LONGEST or _PERSONAL_NUMBER.search(cell):
            return False
        words = _words(cell)
        if not all(map(_is_of_totals, words)):
            return False
        if words:
            return index != self._name or _says_total(cell) or any(map(_NO_NAME.fullmatch, words))
        if index in self._personal:
            return False
        if index == self._key and self._name is not None and _says_total(cells[self._name]):
            return False  # a person with that name and a bad NIK
        return index not in {self._key, self._name} or _digits(cell) <= _COUNT_DIGITS


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a row numbers its columns, as a form does below its header: 1, 2, 3 or (1), (2)."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled or len(filled) < _FEWEST_NUMBERED + filled[-1].strip().isdigit():
        return False
    numbers = [match and int(match[1]) for match in map(_COLUMN_NUMBER.fullmatch, filled)]
    return numbers[0] is not None and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _is_headed_total(cell: str) -> bool:
    return len(cell) <= _LONGEST and bool(
        _BEGINS_AS_TOTAL.match(cell) or _ENDS_AS_TOTAL.fullmatch(cell)
    )


def _words(cell: str) -> set[str]:
    return set(_WORD.findall(_UNTIL.sub("sd", cell.casefold())))


def _digits(cell: str) -> int:
    return sum(map(str.isdigit, cell))


def _is_number(cell: str) -> bool:
    """Whether the cell has a NIK, well or badly written, or a number of similar length."""
    if _is_text(cell):
        cell = _WHEN.sub("", cell)
    return _digits(cell) >= _NIK_DIGITS or bool(_SCIENTIFIC.search(cell))


def _is_text(cell: str) -> bool:
    """Whether the cell has more letters than digits, such as "Manado, 7 September 2021"."""
    return sum(map(str.isalpha, cell)) > _digits(cell)


def _is_officers(cell: str) -> bool:
    return len(cell) <= _LONGEST and bool(_OFFICER.fullmatch(cell))


def _is_of_totals(word: str) -> bool:
    return word in _TOTAL or bool(_BESIDE.fullmatch(word))


def _says_total(cell: str) -> bool:
    if len(cell) > _LONGEST:
        return False
    words = _words(cell)
    return not words.isdisjoint(_TOTAL) and all(map(_is_of_totals, words))


def _is_figure(cell: str) -> bool:
    """Whether a cell of the amount column has an amount, well or badly written, or an error."""
    if len(cell) > _LONGEST or _PERSONAL_NUMBER.search(cell):
        return False
    is_money = _digits(cell) > 0 and all(map(_MONEY.fullmatch, _words(cell)))
    return is_money or cell.lstrip().startswith("#")


def _states(cell: str) -> bool:
    """Whether an unreadable cell of the amount column is more than the word TOTAL or a count."""
    rest = _COUNTED.sub("", cell).strip()
    if _says_total(rest) and not _digits(rest):
        return False
    return rest == "0" or not is_blank(rest)  # 0 is a figure here


def _beside_rp(cells: Sequence[str]) -> str:
    """Return the amount that is beside `Rp` in one of the cells."""
    found = (_RUPIAH.search(cell) for cell in cells if len(cell) <= _LONGEST)
    return next((each[1].rstrip(".,") for each in found if each), "")


def _sums_up(cells: Sequence[str]) -> bool:
    """Whether a line has figures under words of a summary: "Berhasil; 12; 403.200"."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled or any(len(cell) > _LONGEST or _PERSONAL_NUMBER.search(cell) for cell in filled):
        return False
    words = set().union(*map(_words, filled))
    is_summary = any(map(_SUMMARY.fullmatch, words)) and any(map(_digits, filled))
    return is_summary and all(
        _SUMMARY.fullmatch(word) or _is_of_totals(word) or _MONEY.fullmatch(word) for word in words
    )


def _counted(cells: Sequence[str], amount: int | None) -> int | None:
    """Return the number of people that a total states; `amount` is the index of the amount."""
    beside = (cell[:_LONGEST] for index, cell in enumerate(cells) if index != amount)
    if behind := _COUNTED_AFTER.search(" ".join(beside)):
        return int(_NO_DIGIT.sub("", behind[1]))
    for cell in cells:
        if (count := _COUNTED.search(cell)) and len(count[1]) <= _LONGEST:
            return int(_NO_DIGIT.sub("", count[1]))
    return None
