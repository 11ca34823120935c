"""Provinces and regencies, by the codes at the start of a NIK, and by other systems of codes."""

import re
from collections import Counter
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

OWN_SYSTEM = "kemendagri"
"""The codes of the ministry of home affairs, which a NIK begins with."""

_NOISE = re.compile(r"[^a-z0-9]")
_KIND = re.compile(r"^\W*(?:kabupaten|kab|kota|kodya)\b")
_ISLANDS = re.compile(r"\bkep\b")
_CODE = re.compile(r"[0-9]{4}")
_DOTTED = re.compile(r"\s*([0-9]{2})[. -]?([0-9]{2})(?:[.,]0)?\s*")
_CODE_AND_NAME = re.compile(
    r"\W*[0-9]{2}[. ]?[0-9]{2}\W+([^\W\d].*)|(.*[^\W\d])\W+[0-9]{2}[. ]?[0-9]{2}\W*"
)


class Regions(BaseModel):
    """The codes that payung knows: all provinces, and the regencies of some provinces.

    `aliases` maps the code of a regency to its other names. `systems` has other systems of codes by
    their names, each with the codes that mean another regency there, and that regency's own code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    provinces: dict[Annotated[str, Field(pattern=r"^[0-9]{2}$")], str]
    regencies: dict[Annotated[str, Field(pattern=r"^[0-9]{4}$")], str]
    aliases: dict[str, tuple[str, ...]] = {}
    systems: dict[str, dict[str, str]] = {}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for name, codes in self.systems.items():
            if name == OWN_SYSTEM or not {*codes, *codes.values()} <= self.regencies.keys():
                raise ValueError(f"the codes of {name} must be those of regencies")
            if len(set(codes.values())) < len(codes):
                raise ValueError(f"two codes of {name} mean one regency")
        return self

    def has_system(self, name: str) -> bool:
        """Whether there is a system of codes of that name."""
        return name == OWN_SYSTEM or name in self.systems

    def regencies_of(self, province: str) -> frozenset[str]:
        """Return the codes of a province's regencies. Empty if the data files do not list them."""
        return frozenset(code for code in self.regencies if code.startswith(province))

    def regency(self, text: str, system: str = OWN_SYSTEM) -> str | None:
        """Return the code of a regency given as code (`7171`, `71.71`) or name (`Kota Manado`).

        A code is one of `system`; the result is always the code that a NIK begins with. Of a code
        and a name in one cell (`7171 - Manado`) the name counts. None if the regency is not known
        here, or if two regencies share the name.
        """
        if code := _code(text):
            own = self.systems.get(system, {}).get(code, code)
            return own if own in self.regencies else None
        if both := _CODE_AND_NAME.fullmatch(text):
            return self.regency(both[1] or both[2])
        folded = text.casefold()
        return self._codes.get(_plain(folded)) or self._codes.get(_plain(_KIND.sub("", folded)))

    def other_meanings(self, text: str, system: str) -> tuple[tuple[str, str], ...]:
        """Return what a code means in the other systems, where it means another regency there."""
        code = _code(text)
        if code is None or code not in self.regencies:
            return ()
        meant = self.regency(code, system)
        names = (OWN_SYSTEM, *self.systems)
        others = ((name, self.systems.get(name, {}).get(code, code)) for name in names)
        return tuple((name, regency) for name, regency in others if regency != meant)

    @cached_property
    def _codes(self) -> dict[str, str]:
        """The code of each regency by its unambiguous names, in the form of `_plain`."""
        full = {_plain(name.casefold()): code for code, name in self.regencies.items()}
        bare = [(_plain(_KIND.sub("", n.casefold())), code) for code, n in self.regencies.items()]
        times = Counter(name for name, _ in bare)
        short = {name: code for name, code in bare if times[name] == 1}
        other = {_plain(n.casefold()): code for code, names in self.aliases.items() for n in names}
        return short | other | full


def _code(text: str) -> str | None:
    """Return the four digits of a code."""
    if _CODE.fullmatch(text):
        return text
    dotted = _DOTTED.fullmatch(text)
    return f"{dotted[1]}{dotted[2]}" if dotted else None


def _plain(folded: str) -> str:
    return _NOISE.sub("", _ISLANDS.sub("kepulauan", folded))
