"""What is logged on the stage, kept."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Memory(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def errors(self) -> list[str]:
        """What was logged as an error: its text, the exception's name and the place."""
        return [
            " ".join(
                (each.getMessage(), *(str(getattr(each, name, "")) for name in ("error", "at")))
            )
            for each in self.records
            if each.levelno >= logging.ERROR
        ]

    @property
    def everything(self) -> str:
        """All records, with all that goes with them."""
        return "\n".join(f"{each.getMessage()} {vars(each)}" for each in self.records)


@contextmanager
def heard(log: Memory) -> Iterator[None]:
    """Have it hear what payung logs."""
    ours, pump = logging.getLogger("chalicelib"), logging.getLogger("local.pump")
    before = list(ours.handlers)
    ours.handlers[:] = [log]
    pump.disabled = True  # it says on standard error that a function died
    try:
        yield
    finally:
        ours.handlers[:] = before
        pump.disabled = False
