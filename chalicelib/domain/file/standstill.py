"""Why a file makes no progress: the sweep's reason, in words for staff.

The sweep writes a code and, after a colon, how much of it: `chunks: 3`. docs/operations.md has the
same codes, with what to do.
"""

from collections.abc import Mapping

_TEXTS: Mapping[str, str] = {
    "intake": "Berkas belum selesai dibaca.",
    "chunks": "Sebagian baris belum diproses.",
    "sms": "Sebagian penerima belum mendapat SMS; perlindungan mereka sudah tercatat.",
    "report": "Berkas hasil belum ditulis; penerimanya sudah tercatat.",
    "objects_missing": "Data yang dibuat sistem dari berkas ini hilang.",
    "set_aside": "Pengelola sistem menghentikan pemrosesan berkas ini.",
}
CODES = frozenset(_TEXTS)
"""Every code that a reason may begin with."""
_OTHER = "Berkas tertahan."


def code_of(reason: str) -> str:
    """Return the code of a reason: the part before the colon."""
    return reason.partition(":")[0]


def explained(reason: str) -> str:
    """Return a reason in Indonesian."""
    return _TEXTS.get(code_of(reason), _OTHER)
