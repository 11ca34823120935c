"""How far a person's cover is, in one Indonesian sentence that is true on its day."""

from datetime import date

from chalicelib.domain.agreements.programme import Programme
from chalicelib.domain.cells.dates import format_date
from chalicelib.domain.cells.money import format_rupiah

from .enrollment import Enrollment
from .protection import Phase, Protection, known_on, protection

_PREMIUM = {
    Phase.ENROLLED: "bank belum melaporkan pemotongan iuran Rp{premium}",
    Phase.DEFERRED: "bank menunda pemotongan iuran Rp{premium}",
    Phase.NOT_DEDUCTED: "bank tidak berhasil memotong iuran Rp{premium}",
    Phase.DEDUCTED: "iuran Rp{premium} sudah dipotong, belum diterima BPJS",
    Phase.REMITTED: "iuran Rp{premium} sudah disetor bank, belum diterima BPJS",
    Phase.RETURNED: "potongan iuran Rp{premium} dikembalikan",
    Phase.WITHDRAWN: "pendaftaran dibatalkan",
    Phase.NOT_BEGUN: "perlindungan mulai {starts}",
    Phase.ACTIVE: "iuran Rp{premium} sudah diterima BPJS",
    Phase.GRACE: "masa perlindungan berakhir {ends}",
    Phase.ENDED: "masa perlindungan berakhir {ends}",
}
_NOT_YET = frozenset(
    {Phase.ENROLLED, Phase.DEFERRED, Phase.DEDUCTED, Phase.REMITTED, Phase.NOT_BEGUN}
)


def answer(enrollment: Enrollment, programme: Programme, on: date, bank_name: str) -> str:
    """Return how far a person's cover is on a day, by today's knowledge, in one sentence."""
    found = protection(enrollment, programme, on)
    words = _words(enrollment, found)
    since = format_date(programme.local_day(enrollment.enrolled_at))
    return f"Terdaftar lewat {bank_name} {since}; {words}: {_verdict(found, enrollment)}."


def known_then(enrollment: Enrollment, programme: Programme, on: date) -> str:
    """Return what payung knew at the end of a day, in one sentence."""
    standing = known_on(enrollment, programme, on)
    if standing is None:
        return f"Pada {format_date(on)} orang ini belum terdaftar."
    found = protection(enrollment, programme, on, standing)
    return (
        f"Yang diketahui pada {format_date(on)}: {_words(enrollment, found)},"
        f" jadi {_verdict(found, enrollment)}."
    )


def _words(enrollment: Enrollment, found: Protection) -> str:
    return _PREMIUM[found.phase].format(
        premium=format_rupiah(enrollment.premium),
        starts=format_date(enrollment.starts),
        ends=format_date(enrollment.ends),
    )


def _verdict(found: Protection, enrollment: Enrollment) -> str:
    if found.protected:
        if found.phase is Phase.GRACE:
            return "masih terlindungi dalam masa tenggang"
        return f"terlindungi sampai {format_date(enrollment.ends)}"
    if found.phase in _NOT_YET:
        return "belum terlindungi"
    return "tidak terlindungi"
