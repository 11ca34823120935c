"""The exception that refuses a whole file."""

from chalicelib.domain.findings.finding import Code, Finding


class FileRefused(Exception):
    """The file cannot be read in full, so none of its rows is applied.

    `findings` are for the bank. The exception's text has only their codes and no content of the
    file, so it may be logged.
    """

    def __init__(self, *findings: Finding) -> None:
        """Keep the findings, at least one."""
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = findings


def refused(code: Code, **params: object) -> FileRefused:
    """Return the refusal for one finding; its parameters are converted to text."""
    return FileRefused(Finding(code, {name: str(value) for name, value in params.items()}))
