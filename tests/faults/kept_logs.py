"""Keeps the log of the stage."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Memory(logging.Handler):
    """A handler that keeps the records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def errors(self) -> list[str]:
        """The logged errors: text, name of the exception, and place."""
        return [
            " ".join(
                (each.getMessage(), *(str(getattr(each, name, "")) for name in ("error", "at")))
            )
            for each in self.records
            if each.levelno >= logging.ERROR
        ]

    @property
    def everything(self) -> str:
        """All records, with all their fields."""
        return "\n".join(f"{each.getMessage()} {vars(each)}" for each in self.records)


@contextmanager
def attached(log: Memory) -> Iterator[None]:
    """Attach the handler to payung's logger."""
    ours, pump = logging.getLogger("chalicelib"), logging.getLogger("local.pump")
    before = list(ours.handlers)
    ours.handlers[:] = [log]
    pump.disabled = True  # it reports on standard error that a function died
    try:
        yield
    finally:
        ours.handlers[:] = before
        pump.disabled = False
