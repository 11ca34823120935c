"""What a question over HTTP is refused with: a status, a stable code, and what to do about it.

    Refused
    ├── BadRequest   400  the question itself is wrong
    ├── NotSignedIn  401  nobody is signed in, or no longer
    ├── NotAllowed   403  whoever asks may not do that
    ├── NotFound     404  there is no such thing, or none that they may know of
    ├── Conflict     409  not as things stand now
    └── TooLarge     413  more than is taken

Codes and messages go to whoever asked, and hold nothing of what was asked.
"""


class Refused(Exception):
    """A question that is not answered; `message` is Indonesian and says what to do."""

    status = 400

    def __init__(self, code: str, message: str) -> None:
        """Keep what is to be answered."""
        super().__init__(code)
        self.code = code
        self.message = message


class BadRequest(Refused):
    """The question itself is wrong."""


class NotSignedIn(Refused):
    """Nobody is signed in, or no longer."""

    status = 401


class NotAllowed(Refused):
    """Whoever asks may not do that."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or none that whoever asks may know of."""

    status = 404


class Conflict(Refused):
    """It cannot be done as things stand now."""

    status = 409


class TooLarge(Refused):
    """More than is taken."""

    status = 413
