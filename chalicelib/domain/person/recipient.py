"""A person whose row has no error."""

from datetime import date

from chalicelib.domain.record import StoredRecord


class Recipient(StoredRecord, frozen=True):
    """A person whose row has no error.

    `aid` and `declared_income` are whole rupiah. None as the declared monthly income means that the
    programme's default applies. `phone` is E.164, or None if no SMS can reach the person.
    """

    nik: str
    name: str
    aid: int
    phone: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    regency: str | None = None
    declared_income: int | None = None
