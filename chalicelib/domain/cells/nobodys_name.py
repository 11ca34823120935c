"""Recognises what is in the place of a name: a word that somebody put there, or a firm.

Only whole cells count. A word that begins or ends a person's name says nothing of it.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"(.)\1{2,}", re.DOTALL)
_MOST_WORDS = 5


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_INSTEAD = _set(
    "nama name noname namalengkap test tes testing tester coba dummy contoh cth sample sampel"
    " example asd asdf asdasd asdfgh asdfghjkl qwe qwerty abc abcd idem sda unknown undefined"
    " anonim anonymous tanpa tidak tdk tak belum blm tidakada belumada penerima debitur nasabah"
    " peserta pemohon xx nn"
)
_BESIDE = _set(
    "lengkap ktp sesuai ada diisi isi terisi tahu diketahui jelas data orang satu dua tiga no not"
    " found available bantuan bpum kur user x ini baris kosong"
)
_FIRMS = _set(
    "cv pt toko kios warung depot salon bengkel apotek koperasi kud yayasan firma perusahaan"
    " kelompok gapoktan poktan kwt kube bumdes bumdesa"
)
_FIRMS_OF_TWO = {("rumah", "makan"), ("panti", "asuhan"), ("usaha", "dagang"), ("bum", "des")}
_FIRMS_BEHIND = _set("cv pt tbk")
_TRADERS = re.compile(r"UD\.? |[Uu]d\. ")
"""Capitals or a full stop: `Ud` alone may be somebody's name."""

FIRST_WORDS = _INSTEAD | _FIRMS | _set("x ud no data isi bum rumah panti usaha user")
"""How such a cell begins, in lower case; a name that does not needs no closer look."""


def is_placeholder(text: str) -> bool:
    """Whether a cell has a word in place of a name: `nama`, `XXX`, `Test 2`, `tidak ada`."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if not words or len(words) > _MOST_WORDS:
        return False
    joined = "".join(words)
    if _RUN.fullmatch(joined) or joined in _INSTEAD:
        return True
    return not _INSTEAD.isdisjoint(words) and (_INSTEAD | _BESIDE).issuperset(words)


def is_firm(text: str) -> bool:
    """Whether a cell names a firm, a shop, a group or an institution: `CV …`, `Kelompok Tani …`."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < 2:  # noqa: PLR2004  # a firm has its kind and its name
        return False
    return (
        words[0] in _FIRMS
        or (words[0], words[1]) in _FIRMS_OF_TWO
        or words[-1] in _FIRMS_BEHIND
        or bool(_TRADERS.match(text))
    )
