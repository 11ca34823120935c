"""Words that no name in a message may have, also where they are disguised.

A word is disguised by spaces or hyphens between its letters, by a letter that looks like another
one (`KIik`), by a doubled letter, or by what Indonesian puts before and after a stem (`kirimkan`).
"""

import re
from collections.abc import Iterator, Sequence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OF_ADDRESSES = _set(
    "http https www com net org co ly me link url titik dot slash garing tautan situs website"
    " whatsapp telegram wa wame sms"
)
_INSTRUCTIONS = _set(
    "klik click buka hubungi hub telepon telp call kirim transfer cair pencairan ambil"
    " login verifikasi konfirmasi daftar kunjungi hadiah bonus menang undian promo"
    " pinjaman rekening pin otp password sandi bpum kur blt bansos bpjs balas ketik bayar setor"
    " unduh download instal install aplikasi apk akun scan kode token admin segera sekarang gratis"
    " saldo pulsa kuota judi slot gacor togel bank disini rupiah juta ribu sejuta seribu"
)
_DENIALS = _set(
    "tidak tak belum bukan jangan batal gagal tolak hapus palsu penipu penipuan hoax hoaks awas"
    " terdaftar dilindungi potongan"
)
"""What would turn the sentence behind the name into its opposite, or repeats its words."""
_DIGITS = _set(
    "nol kosong satu dua tiga empat lima enam tujuh delapan sembilan sepuluh puluh belas ratus"
    " zero one two three four five six seven eight nine"
)
_MOST_DIGIT_WORDS = 1
"""Some people are called Dua or Tiga; nobody has two such words in a name."""
_DIGITS_TOGETHER = re.compile(f"(?:{'|'.join(sorted(_DIGITS))}){{2,}}")
_BEFORE = re.compile(r"(?:di|ter|ber|se|(meny|meng|mem|men|me))(?=[a-z]{3})")
_SWALLOWED = {"meny": "s", "meng": "k", "mem": "p", "men": "t"}
"""The first letter of a stem that such a beginning may replace: `mengirim`, of `kirim`."""
_BEHIND = re.compile(r"(?<=[a-z]{3})(?:kan|lah|nya|kanlah|an|i)$")
_DOUBLED = re.compile(r"([a-z])\1+")
_LEAST_DOUBLED = 5
"""Letters of a word in which a doubled letter may be a disguise."""
_LEAST_JOINED = 4
"""Letters of a word that counts if its parts, of which one is a letter, are next to each other."""
_MOST_PARTS = 12


def _shape(word: str) -> str:
    """Return a word as a reader sees it: with one letter for those that look alike."""
    return word.replace("rn", "m").replace("vv", "w").replace("i", "l")


def _single(word: str) -> str:
    return _shape(_DOUBLED.sub(r"\1", word))


_FORBIDDEN = _OF_ADDRESSES | _INSTRUCTIONS | _DENIALS
_SHAPES = frozenset(map(_shape, _FORBIDDEN))
_SINGLE = frozenset(_single(each) for each in _FORBIDDEN if len(each) >= _LEAST_DOUBLED)


def says_more_than_a_name(words: Sequence[str]) -> bool:
    """Whether a name of these words (a to z) has one that a message must not repeat."""
    if any(_is_forbidden(each) or _DIGITS_TOGETHER.fullmatch(each) for each in words):
        return True
    if sum(word in _DIGITS for word in words) > _MOST_DIGIT_WORDS:
        return True
    return any(_is_forbidden(each) or each in _DIGITS for each in _joined(words))


def _is_forbidden(word: str) -> bool:
    for each in _stems(word):
        if _shape(each) in _SHAPES:
            return True
        if len(each) >= _LEAST_DOUBLED and _single(each) in _SINGLE:
            return True
    return False


def _stems(word: str) -> Iterator[str]:
    """Iterate over a word, and over it without what may be before and behind a stem."""
    for each in (word, _BEHIND.sub("", word)):
        yield each
        if before := _BEFORE.match(each):
            rest = each[before.end() :]
            yield rest
            yield _SWALLOWED.get(before[1] or "", "") + rest


def _joined(words: Sequence[str]) -> Iterator[str]:
    """Iterate over what neighbouring words say together, if one of them is a single letter.

    Whole words that happen to make another one together are names: Ha Diah.
    """
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + _MOST_PARTS) + 1):
            lengths = set(map(len, words[start:end]))
            together = "".join(words[start:end])
            if lengths == {1} or (1 in lengths and len(together) >= _LEAST_JOINED):
                yield together
