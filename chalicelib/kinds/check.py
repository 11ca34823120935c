"""Checks that every kind of file is complete. The guide is written only if this check passes."""

import re
from collections.abc import Collection

from chalicelib.domain.findings.code import Code
from chalicelib.files.columns import ColumnsInvalid, columns_file
from chalicelib.files.headers import OURS
from chalicelib.files.write import COLUMNS

from .kind import Kind
from .registry import Kinds


class KindInvalid(ValueError):
    """A kind of file is incomplete, or contradicts another kind; the text says how."""


def check(kinds: Kinds, schemes: Collection[str] = ()) -> None:
    """Check that every kind is complete, and contradicts no other kind and no scheme.

    Raises:
        KindInvalid: a kind fails the check.
    """
    for folder in kinds.folders:
        if not re.fullmatch(r"[A-Z]+", folder):
            raise KindInvalid(f"{folder}: a kind's folder has upper-case letters only")
        if folder in schemes:
            raise KindInvalid(f"{folder}: a scheme has this name")
    owners = dict.fromkeys(map(str, Code), "every kind")
    for kind in kinds:
        _check_columns(kind)
        _check_codes(kind, owners)


def _check_columns(kind: Kind) -> None:
    try:
        described = columns_file(kind.columns)
    except ColumnsInvalid as error:
        raise KindInvalid(f"{kind.name}: columns.toml: {error}") from None
    for column in kind.result_columns:
        if not column.startswith(OURS) or column in COLUMNS:
            raise KindInvalid(f"{kind.name}: {column} is no name for a result column of its own")
    if unknown := sorted(kind.guide().hints.keys() - described.columns.keys()):
        raise KindInvalid(f"{kind.name}: the guide names an unknown column: {', '.join(unknown)}")


def _check_codes(kind: Kind, owners: dict[str, str]) -> None:
    """Check a kind's codes against those of earlier kinds, and add them to `owners`."""
    codes = kind.codes()
    names = set(map(str, codes.names))
    if unexplained := sorted(names - codes.explanations.keys()):
        raise KindInvalid(f"{kind.name}: no explanation of {', '.join(unexplained)}")
    if unknown := sorted(codes.explanations.keys() - names):
        raise KindInvalid(f"{kind.name}: an explanation of {', '.join(unknown)}, which is no code")
    if unknown := sorted(codes.common.keys() - set(map(str, Code))):
        raise KindInvalid(f"{kind.name}: a text of {', '.join(unknown)}, which is no common code")
    for name in sorted(names):
        if owner := owners.get(name):
            raise KindInvalid(f"{kind.name}: {name} is a code of {owner}")
        owners[name] = kind.name
