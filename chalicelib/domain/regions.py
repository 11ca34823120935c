"""Provinces and regencies, by the codes with which a NIK begins."""

import re
from collections import Counter
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_NOISE = re.compile(r"[^a-z0-9]")
_KIND = re.compile(r"^\W*(?:kabupaten|kab|kota|kodya)\b")
_ISLANDS = re.compile(r"\bkep\b")


class Regions(BaseModel):
    """The registry of codes that payung knows: all provinces, and some provinces' regencies.

    `aliases` are other names of regencies, by their codes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    provinces: dict[Annotated[str, Field(pattern=r"^[0-9]{2}$")], str]
    regencies: dict[Annotated[str, Field(pattern=r"^[0-9]{4}$")], str]
    aliases: dict[str, tuple[str, ...]] = {}

    def regencies_of(self, province: str) -> frozenset[str]:
        """Return the codes of a province's regencies; none where they are not known here."""
        return frozenset(code for code in self.regencies if code.startswith(province))

    def regency(self, text: str) -> str | None:
        """Return the code of a regency given as code (`7171`, `71.71`) or name (`Kota Manado`).

        None where it is none of those known here, or a name that two of them share.
        """
        if text in self.regencies:
            return text
        folded = text.casefold()
        return self._codes.get(_plain(folded)) or self._codes.get(_plain(_KIND.sub("", folded)))

    @cached_property
    def _codes(self) -> dict[str, str]:
        """Every way to name a regency that means one alone, as `_plain` has it."""
        full = {_plain(name.casefold()): code for code, name in self.regencies.items()}
        bare = [(_plain(_KIND.sub("", n.casefold())), code) for code, n in self.regencies.items()]
        times = Counter(name for name, _ in bare)
        short = {name: code for name, code in bare if times[name] == 1}
        other = {_plain(n.casefold()): code for code, names in self.aliases.items() for n in names}
        return short | other | full | {code: code for code in self.regencies}


def _plain(folded: str) -> str:
    return _NOISE.sub("", _ISLANDS.sub("kepulauan", folded))
