"""The mail to banks that the embedded cloud "sent": written to a folder, a file each."""

import logging
import threading
from pathlib import Path

from moto.sns.models import sns_backends

from .cloud import ACCOUNT, REGION

log = logging.getLogger(__name__)

_EVERY = 1.0  # seconds


class MailFolder:
    """Writes mail as `01-002.txt`: its number and the bank's code; the first line is the subject.

    With `keep`, files of earlier runs stay, and numbers go on behind them.
    """

    def __init__(self, folder: Path, *, keep: bool = False) -> None:
        """Take the folder; it is made with the first mail."""
        self._folder = folder
        self._written: dict[str, int] = {}
        self._number = _highest(folder) if keep else 0

    def write_new(self) -> int:
        """Write the mail that came since the last call; return how many they are."""
        count = 0
        for arn, topic in list(sns_backends[ACCOUNT][REGION].topics.items()):
            sent = list(topic.sent_notifications)
            for _, text, subject, attributes, *_ in sent[self._written.get(arn, 0) :]:
                self._write((attributes or {})["bank"]["Value"], f"{subject}\n\n{text}")
                count += 1
            self._written[arn] = len(sent)
        return count

    def keep_writing(self, stop: threading.Event) -> None:
        """Write new mail until `stop` is set."""
        while not stop.wait(_EVERY):
            try:
                self.write_new()
            except OSError as error:  # a full disk, a folder without permission: try again
                log.error("mail cannot be written: %s", error.strerror)  # noqa: TRY400  # its path is no news

    def _write(self, bank: str, text: str) -> None:
        self._number += 1
        path = self._folder / f"{self._number:02d}-{bank}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _highest(folder: Path) -> int:
    numbers = [path.name.partition("-")[0] for path in folder.glob("*-*.txt")]
    return max((int(each) for each in numbers if each.isdecimal()), default=0)
