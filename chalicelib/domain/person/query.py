"""What a person typed, or copied from an SMS, to ask about somebody: a NIK or a reference.

The page reads a text in the same way (`lookup.js`).
"""

import re

_LABEL = re.compile(r"[\W_]*(?:(?:no|nomor|ref|referensi|nik)(?![^\W_])[\W_]*)+", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\W_]+")
_MISREAD = str.maketrans("ILOS", "1105")
_NIK = re.compile(r"[0-9]{16}")


def characters(text: str) -> str:
    """Return the letters and digits of a text, in upper case, without a label such as "Ref:"."""
    label = _LABEL.match(text)
    return _PUNCTUATION.sub("", text[label.end() :] if label else text).upper()


def nik_in(text: str) -> str | None:
    """Return the 16 digits if the text is a NIK, with O, I, L and S read as 0, 1, 1 and 5.

    None for another text. A reference is shorter, so no text is both.
    """
    plain = characters(text).translate(_MISREAD)
    return plain if _NIK.fullmatch(plain) else None
