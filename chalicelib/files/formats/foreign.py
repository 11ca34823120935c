"""Names what is no list, by how it begins: the bank reads what its file is, and a way on.

A way on never leads through a spreadsheet that would round the NIKs.
"""

import re
from dataclasses import dataclass

from chalicelib.domain.findings.finding import Code
from chalicelib.files.refusal import FileRefused, refused

HEAD = 1 << 12
"""Bytes from which a file is named."""

_ORIGINAL = (
    "Minta daftarnya sebagai CSV atau XLSX dari program yang membuatnya; jangan mengetik ulang NIK"
)
_EXPORT = (
    "Ekspor daftarnya dari program asalnya sebagai CSV (pemisah titik koma), lalu unggah CSV itu"
    " tanpa membukanya di Excel"
)
_UNPACK = "Keluarkan daftarnya dari arsip itu, lalu unggah daftarnya sendiri atau sebagai ZIP"
_SAVE = (
    "Buka di LibreOffice, simpan sebagai ODS atau XLSX (kolom NIK tetap berformat Teks), lalu"
    " unggah"
)
_SAVE_AGAIN = (
    "Di program yang membuatnya, simpan daftarnya sebagai XLSX atau ODS (kolom NIK tetap berformat"
    " Teks), lalu unggah"
)
_AGAIN = "Unduh kembali daftarnya sampai berhasil, lalu unggah"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file is, and how its people can be handed in all the same."""

    what: str
    way: str

    def refusal(self) -> FileRefused:
        """Return the refusal that says so."""
        return refused(Code.FILE_NOT_A_LIST, what=self.what, way=self.way)


NESTED = Foreign("arsip di dalam arsip", _UNPACK)
TAR = Foreign("arsip TAR", _UNPACK)
WORD = Foreign("dokumen Word", _ORIGINAL)
SLIDES = Foreign("presentasi PowerPoint", _ORIGINAL)
MAIL = Foreign("surel (e-mail)", "Simpan lampirannya, lalu unggah lampiran itu")
OTHER_ARCHIVE = Foreign(
    "ZIP yang dikompres dengan cara yang tidak didukung",
    "Buat ZIP kembali dengan pemampatan biasa (Deflate), atau unggah daftarnya langsung",
)
BACKSLASHES = Foreign(
    "buku kerja XLSX yang bagian-bagiannya disusun keliru oleh program pembuatnya (nama dengan"
    " garis miring terbalik)",
    "Buka di Excel, simpan kembali sebagai XLSX, lalu unggah; kolom NIK harus berformat Teks",
)
NO_TABLE = Foreign(
    "halaman web tanpa tabel, mungkin halaman masuk (login) atau pesan kesalahan", _AGAIN
)
_PICTURE = Foreign("gambar atau foto", _ORIGINAL)
_OLD_EXCEL = Foreign("buku kerja Excel yang lebih tua daripada Excel 97", _SAVE_AGAIN)
_STARTS: tuple[tuple[bytes, Foreign], ...] = (
    (b"%PDF", Foreign("dokumen PDF", _ORIGINAL)),
    (b"{\\rtf", Foreign("dokumen RTF", _ORIGINAL)),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"Rar!", Foreign("arsip RAR", _UNPACK)),
    (b"7z\xbc\xaf", Foreign("arsip 7z", _UNPACK)),
    (b"BZh", Foreign("arsip bzip2", _UNPACK)),
    (b"\xfd7zXZ", Foreign("arsip xz", _UNPACK)),
    (b"\x28\xb5\x2f\xfd", Foreign("arsip zstd", _UNPACK)),
    (b"\0\x01\0\0Standard ", Foreign("basis data Access", _EXPORT)),
    (b"SQLite format 3\0", Foreign("basis data SQLite", _EXPORT)),
    (b"PAR1", Foreign("berkas Parquet", _EXPORT)),
    (b"MZ\x90\0", Foreign("program (EXE)", _ORIGINAL)),
    (b"\x7fELF", Foreign("program", _ORIGINAL)),
    (b"$FL2", Foreign("data SPSS", _EXPORT)),
    (b"$FL3", Foreign("data SPSS", _EXPORT)),
    (b"<stata_dta>", Foreign("data Stata", _EXPORT)),
    *((start, _OLD_EXCEL) for start in (b"\t\0\x04\0", b"\t\2\6\0", b"\t\4\6\0", b"\t\b\b\0")),
)
_OTHER_DOCUMENT = Foreign("dokumen OpenDocument yang bukan lembar kerja", _ORIGINAL)
_OPENDOCUMENTS = (
    ("text", Foreign("dokumen teks OpenDocument (ODT)", _ORIGINAL)),
    ("presentation", Foreign("presentasi OpenDocument (ODP)", _ORIGINAL)),
    ("graphics", Foreign("gambar OpenDocument (ODG)", _ORIGINAL)),
    ("database", Foreign("basis data OpenDocument (ODB)", _EXPORT)),
)
_MEDIA = re.compile(rb"(?s:.{4})ftyp|RIFF(?s:.{4})WEBP|BM(?s:.{4})\0\0\0\0")
_DBF_VERSIONS = frozenset(b"\x02\x03\x30\x31\x32\x43\x63\x83\x8b\xcb\xf5\xfb")
_JSON = re.compile(r"(?:\{\s{0,99}\"|\[\s{0,99}[\[{])")
_SQL = re.compile(
    r"(?:INSERT\s{1,9}INTO|CREATE\s{1,9}(?:TABLE|DATABASE)|DROP\s{1,9}TABLE|SET\s{1,9}NAMES"
    r"|/\*!\d{5}|--\s{0,9}(?:phpMyAdmin|MySQL|MariaDB|PostgreSQL))",
    re.IGNORECASE,
)
_TEXTS = (
    (_SQL, Foreign("skrip basis data (SQL)", _EXPORT)),
    (_JSON, Foreign("data JSON", _EXPORT)),
    (re.compile(r"TABLE\s{1,3}0,1\s"), Foreign("lembar kerja DIF", _SAVE_AGAIN)),
    (
        re.compile("-----BEGIN PGP"),
        Foreign(
            "berkas yang dienkripsi dengan PGP",
            "Buka enkripsinya, lalu unggah daftarnya; pengiriman dan penyimpanannya sudah"
            " terenkripsi",
        ),
    ),
    (re.compile("BEGIN:VCARD"), Foreign("kartu kontak (vCard)", _ORIGINAL)),
    (
        re.compile(r"https?://[^\s,;|]{1,2000}\s*\Z"),
        Foreign("alamat web (tautan), bukan isi daftarnya", "Unduh daftarnya, lalu unggah"),
    ),
    (
        re.compile(r"\[InternetShortcut\]"),
        Foreign("pintasan (shortcut)", "Unggah berkas yang ditunjuknya"),
    ),
)
_HEADER_FIELD = re.compile(
    r"^(?:From|To|Subject|Received|Return-Path|Delivered-To|Date|Message-ID)[ \t]{0,9}:",
    re.IGNORECASE | re.MULTILINE,
)
_MIME = re.compile(r"^MIME-Version[ \t]{0,9}:", re.IGNORECASE | re.MULTILINE)
_RECEIVED = re.compile(r"^(?:To|Received|Delivered-To)[ \t]{0,9}:", re.IGNORECASE | re.MULTILINE)
_RELATED = re.compile(r"multipart/related", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})")
_DECLARATIONS = re.compile(r"<[?!][^>]{0,2000}>|\s+")
_XMLS = {
    "error": Foreign("pesan kesalahan dari tempat penyimpanan (XML), bukan isi daftarnya", _AGAIN),
    "document": Foreign("lembar kerja OpenDocument datar (FODS)", _SAVE),
    "package": Foreign("dokumen Office datar (XML)", _ORIGINAL),
    "svg": _PICTURE,
}
_HTML = re.compile(
    r"<(?:!doctype\s{1,9}html|html|head|body|table|div|meta|style|br|p|b)\b", re.IGNORECASE
)


def named_by_bytes(head: bytes) -> Foreign | None:
    """Return what a file is that is no text, None where nothing is known of it."""
    for start, foreign in _STARTS:
        if head.startswith(start):
            return foreign
    if head[257:262] == b"ustar":
        return TAR
    if _MEDIA.match(head):
        return _PICTURE
    return Foreign("tabel DBF (dBase, FoxPro)", _EXPORT) if _is_dbf(head) else None


def named_by_text(text: str) -> Foreign | None:
    """Return what a text is that is no list, None where it may be one."""
    for begins, foreign in _TEXTS:
        if begins.match(text):
            return foreign
    if re.match(r"ID;[A-Z]", text) and "\nC;" in text.replace("\r", "\n"):
        return Foreign("lembar kerja SYLK", _SAVE_AGAIN)
    return MAIL if _is_mail(text) else None


def is_mhtml(text: str) -> bool:
    """Whether a text is a web page with its parts in one file, and no e-mail."""
    fields = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    return bool(_MIME.search(fields) and _RELATED.search(fields) and not _RECEIVED.search(fields))


def named_xml(text: str) -> Foreign | None:
    """Return what a document is that begins with `<`, None where it may have tables."""
    body = _DECLARATIONS.sub(" ", text[:HEAD]).lstrip()
    root = _ROOT.match(body)
    if root is None or _HTML.match(text) or _HTML.match(body):
        return None
    name = root[2].casefold()
    if name in _XMLS:
        return _XMLS[name]
    is_xml = text.startswith("<?xml") and name != "workbook" and not _HTML.search(text)
    return Foreign("data XML", _EXPORT) if is_xml else None


def named_by_mimetype(mimetype: bytes) -> Foreign | None:
    """Return what a document of OpenDocument is, None where it is a workbook."""
    text = mimetype.decode("latin-1").strip()
    kind = text.removeprefix("application/vnd.oasis.opendocument.")
    if kind == text or kind.startswith("spreadsheet"):
        return None
    return next((each for name, each in _OPENDOCUMENTS if kind.startswith(name)), _OTHER_DOCUMENT)


def named_by_members(names: set[str]) -> Foreign | None:
    """Return what a ZIP is by the names in it, None where it is an archive or a workbook."""
    if any(name.startswith("word/") for name in names):
        return WORD
    if any(name.startswith("ppt/") for name in names):
        return SLIDES
    if "FixedDocSeq.fdseq" in names:
        return Foreign("dokumen XPS", _ORIGINAL)
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        return Foreign(
            "dokumen Apple (Numbers, Pages)",
            "Buka di Numbers, ekspor sebagai XLSX (kolom NIK berformat Teks), lalu unggah",
        )
    if any(name.replace("\\", "/") == "xl/workbook.xml" for name in names - {"xl/workbook.xml"}):
        return BACKSLASHES
    return None


def _is_mail(text: str) -> bool:
    fields = text.replace("\r\n", "\n").split("\n\n", 1)[0]
    found = {match[0].casefold() for match in _HEADER_FIELD.finditer(fields)}
    return len(found) >= 2 and bool(_HEADER_FIELD.match(text) or _MIME.match(text))  # noqa: PLR2004


def _is_dbf(head: bytes) -> bool:
    """Whether it is a table of dBase: version, a date, and the size of its header fit together."""
    if len(head) < 32 or head[0] not in _DBF_VERSIONS:  # noqa: PLR2004
        return False
    month, day = head[2], head[3]
    header = int.from_bytes(head[8:10], "little")
    record = int.from_bytes(head[10:12], "little")
    return 1 <= month <= 12 and 1 <= day <= 31 and header > 32 and record > 1  # noqa: PLR2004
