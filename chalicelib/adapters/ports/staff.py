"""What the API and the people on call need: limits, links, the audit trail, failures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class UseCounts(Protocol):
    """How often a user or a bank asked for something in an hour."""

    def count(self, who: str, use: str, begins: datetime, *, most: int) -> bool:
        """Count one use in the hour that begins then (UTC); False, not counted, beyond `most`.

        A repetition after `Busy` may count twice.
        """


UploadForm = tuple[str, Mapping[str, str]]
"""The address to which a browser posts a file, and the form fields before the file itself."""


class Links(Protocol):
    """Signed addresses: a browser reads or writes one object of the bucket, for some minutes."""

    def upload(self, key: str, *, size: int, valid: timedelta) -> UploadForm:
        """Return a form that stores an object of exactly this key and size (bytes)."""

    def download(self, key: str, *, name: str, valid: timedelta) -> str:
        """Return an address that downloads an object, to be saved as `name`."""


class AuditSink(Protocol):
    """The store of the audit trail: lines are added, never changed or removed."""

    def write(self, *lines: str) -> None:
        """Store lines in their order; it returns only if all of them are stored.

        Raises:
            Busy: the lines could not be stored now, or not all of them.
        """


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some lines of the audit trail; `after` asks for the next ones, None after the last."""

    lines: Sequence[str]
    after: str | None


class TrailReader(Protocol):
    """Reads the audit trail. Only the writing of the files about it does."""

    def read(
        self, since: datetime, until: datetime, *, word: str | None, after: str | None
    ) -> TrailPage:
        """Return the next lines from `since` to before `until` (UTC); a page may be empty.

        `word` leaves out lines without that text; more lines than those that mean it may remain.
        `after` is that of the page before, None at first.
        """


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message failed in its last try.

    `error` is the type of the exception, `said` its text where it is payung's own (else empty: it
    may hold personal data), `place` where it was raised, `request` the id of the function's call.
    """

    error: str
    said: str
    place: str
    tries: int
    request: str
    at: datetime


class Failures(Protocol):
    """Why messages became dead letters."""

    def note(self, message: str, failure: Failure) -> None:
        """Keep why a message (its id at SQS) failed, for as long as its dead letter is kept."""


class SecondFactors(Protocol):
    """What the user pool knows of its users' second factors."""

    def has(self, username: str) -> bool:
        """Return whether the user pool asks this user for a code at every sign-in.

        Raises:
            Busy: the user pool does not answer now.
        """
