"""The documents in the bytes of a file: one, or those of an MHTML; and their text in blocks."""

import codecs
import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect

HEAD = 1 << 12
"""Bytes in which a document says what it is."""

MOST_TABLES = 1_000
_BLOCK = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.-]{1,20})")
_ONE_BYTE = re.compile(r"(?:cp125\d|iso8859-\d{1,2})")
_MIME = re.compile(rb"MIME-Version\s{0,9}:", re.IGNORECASE)


class SheetsRefused(Exception):
    """The document is not taken; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Part:
    """A document, or a part of an MHTML: its bytes, and where it was."""

    content: bytes
    place: str = ""
    charset: str = ""


def parts_of(content: bytes) -> list[Part]:
    """Return the documents of an MHTML, or the one document that there is."""
    head = content[:HEAD]
    if b"\0" in head:
        head = head.replace(b"\0", b"")  # of UTF-16
    if head.removeprefix(codecs.BOM_UTF8).lstrip(b"\xff\xfe \t\r\n")[:1] == b"<":
        return [Part(content)]
    if not _MIME.search(head):
        raise SheetsRefused("file_unreadable")
    encoding = _encoding(content, "")
    if encoding.startswith("utf-16"):
        content = content.decode(encoding).encode()
    content = content.removeprefix(codecs.BOM_UTF8).lstrip()
    try:
        message = email.message_from_bytes(content)
        parts = []
        for part in message.walk():
            cut = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
            if any(isinstance(defect, cut) for defect in part.defects):
                raise SheetsRefused("file_unreadable")
            if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
                body = part.get_payload(decode=True)
                place = str(part.get("Content-Location", ""))
                charset = str(part.get_param("charset", ""))
                parts.append(Part(body if isinstance(body, bytes) else b"", place, charset))
    except (RecursionError, ValueError, LookupError):
        raise SheetsRefused("file_unreadable") from None
    if len(parts) > MOST_TABLES:
        raise SheetsRefused("file_bomb")
    return parts


def blocks_of(part: Part) -> Iterator[str]:
    """Iterate over the text of a part, without what is blank before its first tag."""
    encoding = _encoding(part.content, part.charset)
    decoder, started = codecs.getincrementaldecoder(encoding)(), False
    for at in range(0, len(part.content) + 1, _BLOCK):
        block = part.content[at : at + _BLOCK]
        text = decoder.decode(block, final=at + _BLOCK > len(part.content))
        if not started:
            text = text.lstrip("\ufeff \t\r\n\f")
            started = bool(text)
        if "\0" in text:
            raise SheetsRefused("file_unreadable")
        if text:
            yield text


def _encoding(content: bytes, charset: str) -> str:
    """Return the encoding in which every byte has a meaning.

    A byte order mark names it, or every other byte of UTF-16. Else it is UTF-8, which hardly any
    other text is by chance; else what the document says; else cp1252, as Windows writes.

    Raises:
        SheetsRefused: there is none.
    """
    head = content[:HEAD]
    candidates = [name for bom, name in _BOMS if head.startswith(bom)]
    if not candidates:
        start = head.lstrip(b" \t\r\n\0")[:64] if b"\0" in head[:64] else b""
        if start and start[1::2].count(0) * 2 > len(start[1::2]):
            candidates = ["utf-16-be" if head[:1] == b"\0" else "utf-16-le"]
    if not candidates:
        declared = _DECLARED.search(head)
        named = charset or (declared[1].decode() if declared else "")
        candidates = ["utf-8", *_one_byte(named), "cp1252"]
    for encoding in candidates:
        if _decodes(content, encoding):
            return encoding
    raise SheetsRefused("encoding_unknown")


def _one_byte(name: str) -> Sequence[str]:
    """Return the encoding of that name if it is one of a byte a letter that is in use."""
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ()
    # What says ISO 8859-1 is written by programs that mean cp1252, as HTML reads it.
    return (encoding,) if _ONE_BYTE.fullmatch(encoding) and encoding != "iso8859-1" else ()


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(content) + 1, _BLOCK):
            decoder.decode(content[at : at + _BLOCK], final=at + _BLOCK > len(content))
    except UnicodeDecodeError:
        return False
    return True


def file_name(place: str) -> str:
    """Return the last part of the place of a document."""
    return place.replace("\\", "/").rpartition("/")[2]
