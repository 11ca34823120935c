"""How a file is refused whole."""

from chalicelib.domain.codes import Code, Finding


class FileRefused(Exception):
    """The file cannot be read in full, so it enrolls nobody.

    `findings` are for the bank. The exception's own text holds their codes and nothing of the
    file, so that it may be logged.
    """

    def __init__(self, *findings: Finding) -> None:
        """Keep the findings, at least one."""
        super().__init__(", ".join(finding.code.value for finding in findings))
        self.findings = findings


def refused(code: Code, **params: object) -> FileRefused:
    """Return the refusal for one finding; the parameters become text."""
    return FileRefused(Finding(code, {name: str(value) for name, value in params.items()}))
