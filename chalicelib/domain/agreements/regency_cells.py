"""Reads the regencies of a file's rows, by the codes that its bank uses, and notices wrong ones.

A code means another regency in another system of codes. So the codes are compared with the names
beside them, and with the NIKs. A NIK has the regency of first registration, so a single one that
differs says nothing; many that fit another system do.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from chalicelib.domain.findings.finding import Code, Finding

from .regions import OWN_SYSTEM, Regions

_FEWEST = 3  # rows that differ; fewer may be slips
_SHARE = 10  # one in so many rows is many
_CACHED = 10_000
_CODE = re.compile(r"[0-9]{1,6}|[0-9]{2}[. -][0-9]{2}")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Read:
    """What a code and a name together mean. `others` has the code's meaning in other systems."""

    by_code: str | None
    by_name: str | None
    unknown: str | None = None
    others: tuple[tuple[str, str], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to compare or to count."""
        return self.unknown is None and not self.others and not (self.by_code and self.by_name)


@dataclass(slots=True)
class _Found:
    """Rows of one kind: how many, and the line of the first."""

    rows: int = 0
    first: int = 0

    def add(self, line: int) -> None:
        """Count a row."""
        self.rows += 1
        self.first = self.first or line


@dataclass(slots=True)
class RegencyCells:
    """The regencies of one file. `system` is the system of codes that its bank uses."""

    regions: Regions
    system: str = OWN_SYSTEM
    _cache: dict[tuple[str, str], _Read] = field(default_factory=dict)
    _plain: dict[tuple[str, str], str] = field(default_factory=dict)
    _compared: int = 0
    _differing: _Found = field(default_factory=_Found)
    _unknown: _Found = field(default_factory=_Found)
    _unknown_codes: dict[str, None] = field(default_factory=dict)
    _fitting: Counter[str] = field(default_factory=Counter)  # rows whose code fits, by system
    _fitting_other: dict[str, _Found] = field(default_factory=dict)

    def read(self, code: str, name: str, nik: str, line: int) -> str | None:
        """Return the regency (Kemendagri's code) of the row of a person, None if it has none.

        Where code and name differ, the name counts: a name means the same in every system.
        """
        cell = (code, name)
        if plain := self._plain.get(cell):  # fast path: nearly every row
            return plain
        read = self._cache.get(cell)
        if read is None:
            read = self._looked_up(code, name)
            if len(self._cache) < _CACHED:
                self._cache[cell] = read
                if read.is_plain and (regency := read.by_name or read.by_code):
                    self._plain[cell] = regency
        if read.by_code and read.by_name:
            self._compared += 1
            if read.by_code != read.by_name:
                self._differing.add(line)
        if read.unknown is not None:
            self._unknown.add(line)
            if read.unknown and len(self._unknown_codes) < _SHOWN:
                self._unknown_codes[read.unknown] = None
        if read.others:
            self._compare_systems(read, read.by_name or nik[:4], line)
        return read.by_name or read.by_code

    def warnings(self) -> tuple[Finding, ...]:
        """Return the warnings about the file's codes, once all rows were read."""
        found = []
        differing, system = self._differing, self._better_system()
        beside = "nama kabupaten/kota" if self._compared else "awal NIK"
        if system is not None:
            rows = self._fitting_other[system]
            params = {"count": rows.rows, "line": rows.first, "beside": beside}
            params["system"] = _NAMES.get(system, system)
            found.append(Finding.of(Code.REGENCY_CODES_DIFFER, **params))
        elif differing.rows >= _FEWEST and differing.rows * _SHARE >= self._compared:
            params = {"count": differing.rows, "line": differing.first, "beside": beside}
            found.append(Finding.of(Code.REGENCY_CODES_DIFFER, **params))
        if self._unknown.rows:
            listed = ", ".join(self._unknown_codes)
            shown = {"shown": listed} if listed else {}
            count, line = self._unknown.rows, self._unknown.first
            found.append(Finding.of(Code.REGENCY_UNKNOWN, count=count, line=line, **shown))
        return tuple(found)

    def _looked_up(self, code: str, name: str) -> _Read:
        by_code, by_name = (self.regions.regency(each, self.system) for each in (code, name))
        unknown = None
        if not (by_code or by_name) and (filled := [each for each in (code, name) if _says(each)]):
            # Only a code is repeated: any other text may be a person's.
            unknown = filled[0].strip() if _CODE.fullmatch(filled[0].strip()) else ""
        others = self.regions.other_meanings(code or name, self.system)
        return _Read(by_code, by_name, unknown, others)

    def _compare_systems(self, read: _Read, evidence: str, line: int) -> None:
        self._fitting[self.system] += evidence == read.by_code
        for system, regency in read.others:
            if evidence == regency:
                self._fitting[system] += 1
                self._fitting_other.setdefault(system, _Found()).add(line)

    def _better_system(self) -> str | None:
        """Return the system that fits more rows than that of the bank."""
        for system, rows in self._fitting.most_common(1):
            if rows >= _FEWEST and rows > self._fitting[self.system]:
                return system
        return None


_NAMES = {"bps": "BPS", OWN_SYSTEM: "Kemendagri"}


def _says(text: str) -> bool:
    return any(map(str.isalnum, text)) and text.strip() != "0"
