"""The codes of a row of a confirmation, in addition to the codes of every kind of file."""

from enum import StrEnum


class ConfirmCode(StrEnum):
    """A stable name. Its meaning never changes, because banks' programs may depend on it."""

    # Errors: the row changes nobody.
    REFERENCE_UNKNOWN = "reference_unknown"
    REFERENCE_MISTYPED = "reference_mistyped"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_ERASED = "person_erased"
    PERSON_AMBIGUOUS = "person_ambiguous"
    STATUS_UNKNOWN = "status_unknown"
    REASON_MISSING = "reason_missing"
    AMOUNT_DIFFERS = "amount_differs"
    DATE_FUTURE = "date_future"
    DATE_BEFORE_FILE = "date_before_file"
    CONFIRM_CHANGES_FINAL = "confirm_changes_final"
    DEDUCTED_NOT_DUE = "deducted_not_due"

    # Dispositions: another row or file states it already.
    CONFIRM_TWICE_IN_FILE = "confirm_twice_in_file"
    CONFIRM_SAME = "confirm_same"

    # Warnings: the row counts all the same.
    DATE_UNREADABLE = "date_unreadable"
    CONFIRM_REVERSED = "confirm_reversed"
    CONFIRM_NOT_REVERSED = "confirm_not_reversed"
