"""Reads the cells of a row that say what became of a deduction."""

from chalicelib.kinds.confirmations.statement import Cells, Statements


def cells(**given: str) -> Cells:
    return Cells(**(dict.fromkeys(Cells._fields, "") | given))


def read(statements: Statements, **given: str) -> tuple[str, str, str]:
    """Return what was stated, the reason, and the code of a break (or `doubt`)."""
    found = statements.of(cells(**given))
    code = found.problem.code if found.problem else "doubt" if found.doubt else ""
    return found.stated, found.reason, code
