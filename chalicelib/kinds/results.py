"""The result cells that every kind has; a kind adds its own message and cells."""

from chalicelib.domain.file.outcome import Disposition, Outcome
from chalicelib.domain.findings.catalogue import Catalogue
from chalicelib.files.write import ResultCells

_STATUS = {
    Disposition.ACCEPTED: "diterima",
    Disposition.DUPLICATE: "duplikat",
    Disposition.CONFLICT: "konflik",
    Disposition.REJECTED: "ditolak",
}


def result_cells(
    outcome: Outcome, catalogue: Catalogue, own: tuple[str, ...] = (), *, first: str = ""
) -> ResultCells:
    """Return the cells that go behind a row of the result files.

    `own` are the cells of the kind's own columns; `first` goes before the messages of the codes.
    """
    codes, message = "", first
    if outcome.findings:  # few rows have any
        codes = ";".join(finding.code for finding in outcome.findings)
        messages = [catalogue.message(finding) for finding in outcome.findings]
        message = " ".join([first, *messages] if first else messages)
    return ResultCells(str(outcome.line), _STATUS[outcome.disposition], codes, message, own)
