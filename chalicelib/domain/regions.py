"""Provinces and regencies, by the codes with which a NIK begins."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_NOT_LETTERS = re.compile(r"[^a-z]")
_KIND = re.compile(r"^(kabupaten|kab|kota|kodya)\b[.\s]*")


class Regions(BaseModel):
    """The registry of codes that payung knows: all provinces, and some provinces' regencies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provinces: dict[Annotated[str, Field(pattern=r"^[0-9]{2}$")], str]
    regencies: dict[Annotated[str, Field(pattern=r"^[0-9]{4}$")], str]

    def regency(self, text: str) -> str | None:
        """Return the code of a regency given as code (`7171`, `71.71`) or name (`Kota Manado`).

        None where it is none of those known here, or a name that two of them share.
        """
        plain = text.strip().casefold()
        code = re.sub(r"[.\s]", "", plain)
        if code in self.regencies:
            return code
        wanted, bare = _letters(plain), _letters(_KIND.sub("", plain))
        exact = [code for code, name in self.regencies.items() if _letters(name) == wanted]
        near = [
            code
            for code, name in self.regencies.items()
            if _letters(_KIND.sub("", name.casefold())) == bare
        ]
        for found in (exact, near):
            if len(found) == 1:
                return found[0]
        return None


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.casefold())
