"""The refusals of an HTTP request: a status, a stable code, and a text that says what to do.

    Refused
    ├── BadRequest   400  the request is wrong
    ├── NotSignedIn  401  nobody is signed in, or the session has ended
    ├── NotAllowed   403  the caller may not do this
    ├── NotFound     404  it does not exist, or the caller may not see it
    ├── Conflict     409  the current state does not allow it
    ├── TooLarge     413  the request or the file is too large
    ├── NotJson      415  the content type of the body is not JSON
    └── TooMany      429  this user or bank has asked too often

The caller gets code and message. They hold nothing of the request's content.
"""

from collections.abc import Mapping


class Refused(Exception):
    """payung refuses the request; `message` is Indonesian and says what to do."""

    status = 400
    headers: Mapping[str, str] = {}

    def __init__(self, code: str, message: str) -> None:
        """Keep the code and the message of the answer."""
        super().__init__(code)
        self.code = code
        self.message = message


class BadRequest(Refused):
    """The request is wrong."""


class NotSignedIn(Refused):
    """Nobody is signed in, or the session has ended."""

    status = 401


class NotAllowed(Refused):
    """The caller may not do this."""

    status = 403


class NotFound(Refused):
    """It does not exist, or the caller may not see it."""

    status = 404


class Conflict(Refused):
    """The current state does not allow it."""

    status = 409


class TooLarge(Refused):
    """The request or the file is too large."""

    status = 413


class NotJson(Refused):
    """The content type of the body is not JSON."""

    status = 415


class TooMany(Refused):
    """This user or bank has asked too often; the answer says when they may ask again."""

    status = 429

    def __init__(self, code: str, message: str, *, seconds: int) -> None:
        """Keep the answer; `seconds` is how long the caller must wait."""
        super().__init__(code, message)
        self.headers = {"Retry-After": str(seconds)}
