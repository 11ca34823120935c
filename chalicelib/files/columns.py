"""The columns of one kind of file, as the kind's `columns.toml` describes them."""

import tomllib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec


class ColumnsInvalid(ValueError):
    """A kind's description of its columns is invalid; the text says where."""


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names of one column: `label` is the Indonesian name, `aliases` are the accepted headers.

    The names in `otherwise` count only if the file has none of `aliases`.
    """

    label: str
    aliases: tuple[str, ...]
    otherwise: tuple[str, ...] = ()


class ColumnsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `columns.toml`. A column is given by the name of its table.

    `key` identifies what a row is about (a NIK, a code); it is required. `name` is a person's name.
    `amount` is the money (rupiah) that a TOTAL adds up. `remark` may say that a row is an example.
    A file without a `required` column is
    refused. A `money` column holds whole rupiah. If two headers match a `lenient` column, the
    leftmost counts; for any other column the file is refused. A `personal` column never holds a
    total, so a number there belongs to a person. A `never_in_footer` column is empty below the last
    row. A `stating` column is about a person: a name beside it makes the row a person's.
    `banks` has a bank's own names, by the bank's code. `instead` has the columns of which one
    is enough in a file without a required column; where one that takes the place of the key is
    filled in, the row is a person's.
    """

    key: str
    columns: dict[str, Names]
    required: tuple[str, ...]
    name: str | None = None
    amount: str | None = None
    remark: str | None = None
    money: tuple[str, ...] = ()
    lenient: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    never_in_footer: tuple[str, ...] = ()
    stating: tuple[str, ...] = ()
    instead: dict[str, tuple[str, ...]] = {}
    banks: dict[str, dict[str, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kind, for one bank's files.

    `ranked` has the names of each column in plain form, in the kind's order of columns. Each column
    has a list of sets; a later set counts only if no header matches an earlier one. `labels` are
    the columns' Indonesian names, for messages. The other fields are as in `ColumnsFile`.
    """

    ranked: Mapping[str, tuple[frozenset[str], ...]]
    labels: Mapping[str, str]
    key: str
    name: str | None
    amount: str | None
    remark: str | None
    required: tuple[str, ...]
    lenient: frozenset[str]
    money: frozenset[str]
    personal: frozenset[str]
    never_in_footer: frozenset[str]
    stating: frozenset[str]
    instead: Mapping[str, tuple[str, ...]]

    def key_in(self, columns: Mapping[str, int]) -> int:
        """Return the index of the key among a file's columns, or of what takes its place."""
        return next(
            columns[each] for each in (self.key, *self.instead_of(self.key)) if each in columns
        )

    def instead_of(self, column: str) -> tuple[str, ...]:
        """Return the columns that can take the place of a required one."""
        return self.instead.get(column, ())

    def missing(self, columns: Collection[str]) -> tuple[str, ...]:
        """Return the required columns that a file lacks, and for which it has nothing instead."""
        return tuple(
            each
            for each in self.required
            if each not in columns and not any(other in columns for other in self.instead_of(each))
        )

    def names(self, title: str) -> bool:
        """Whether a title is the name of a column."""
        wanted = plain(title)
        return any(wanted in ranks for each in self.ranked.values() for ranks in each)


LONGEST_TITLE = 500
"""Characters of a title; a longer cell names no column."""


def plain(header: str) -> str:
    """Return a header in the form used for comparison: letters and digits only, lower case.

    Characters after `LONGEST_TITLE` do not count: to normalise letters takes time in the square of
    their marks.
    """
    folded = unicodedata.normalize("NFKC", header[:LONGEST_TITLE]).casefold()
    return "".join(filter(str.isalnum, folded))


@cache
def columns_file(path: Path) -> ColumnsFile:
    """Return the columns that a `columns.toml` describes.

    Raises:
        ColumnsInvalid: the file does not exist, or is invalid.
    """
    try:
        return columns_file_of(path.read_text("utf-8"))
    except OSError:
        raise ColumnsInvalid("there is no description of the columns") from None


def columns_file_of(text: str) -> ColumnsFile:
    """Return the columns that a text in the format of `columns.toml` describes.

    Raises:
        ColumnsInvalid: the text lacks something, or names a column that it does not describe.
    """
    try:
        described = msgspec.convert(tomllib.loads(text), ColumnsFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ColumnsInvalid(str(error)) from None
    named: dict[str, Sequence[str]] = {
        "key": (described.key,),
        "name": _one(described.name),
        "amount": _one(described.amount),
        "remark": _one(described.remark),
        "required": described.required,
        "money": described.money,
        "lenient": described.lenient,
        "personal": described.personal,
        "never_in_footer": described.never_in_footer,
        "stating": described.stating,
        "instead": tuple(described.instead),
        **{f"instead.{column}": others for column, others in described.instead.items()},
        **{f"banks.{code}": tuple(own) for code, own in described.banks.items()},
    }
    for place, columns in named.items():
        if unknown := sorted(set(columns) - described.columns.keys()):
            raise ColumnsInvalid(f"{place}: there is no column {', '.join(unknown)}")
    if described.key not in described.required:
        raise ColumnsInvalid("key: a column without which no row can be read is required")
    if ambiguous := _ambiguous_name(described):
        raise ColumnsInvalid(f"{ambiguous}: a name of more than one column")
    return described


@cache
def columns_of(path: Path, bank: str | None = None) -> Columns:
    """Return the columns of a `columns.toml`; the names of a bank (code such as `002`) go first."""
    return columns_from(columns_file(path), bank)


def columns_from(described: ColumnsFile, bank: str | None = None) -> Columns:
    """Return described columns; the names of a bank (code such as `002`) go before the rest."""
    own = described.banks.get(bank or "", {})
    ranked = {}
    for column, names in described.columns.items():
        lists = (own.get(column, ()), names.aliases, names.otherwise)
        ranked[column] = tuple(frozenset(map(plain, each)) for each in lists if each)
    return Columns(
        ranked=ranked,
        labels={column: names.label for column, names in described.columns.items()},
        key=described.key,
        name=described.name,
        amount=described.amount,
        remark=described.remark,
        required=described.required,
        lenient=frozenset(described.lenient),
        money=frozenset(described.money),
        personal=frozenset(described.personal),
        never_in_footer=frozenset(described.never_in_footer),
        stating=frozenset(described.stating),
        instead=described.instead,
    )


def _one(column: str | None) -> tuple[str, ...]:
    return () if column is None else (column,)


def _ambiguous_name(described: ColumnsFile) -> str | None:
    """Return a name that matches two columns; None if there is none."""
    owners: dict[str, str] = {}
    for column, names in described.columns.items():
        for name in (*names.aliases, *names.otherwise):
            if owners.setdefault(plain(name), column) != column:
                return name
    return None
