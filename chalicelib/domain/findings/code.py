"""The codes that files of every kind may get. A kind has codes of its own in its folder."""

from enum import StrEnum

FOR_DEPARTMENT = "department_"
"""How the codes begin that only the department sees."""


class Severity(StrEnum):
    """The effect of a code on its row or file."""

    ERROR = "error"  # the row is rejected
    WARNING = "warning"  # the row is still accepted
    DISPOSITION = "disposition"  # why a row is a duplicate or a conflict
    FILE = "file"  # the whole file is refused, and nobody is enrolled
    FILE_WARNING = "file_warning"  # the file is still accepted


class Code(StrEnum):
    """A stable name. Banks' programs may depend on it, so its meaning never changes."""

    # Rows: the row is rejected, because of its shape, its NIK or its name.
    ROW_SHAPE = "row_shape"
    NIK_MISSING = "nik_missing"
    NIK_LENGTH = "nik_length"
    NIK_NOT_DIGITS = "nik_not_digits"
    NIK_PLACEHOLDER = "nik_placeholder"
    NIK_EXCEL_ROUNDED = "nik_excel_rounded"
    NIK_IMPOSSIBLE_DATE = "nik_impossible_date"
    NIK_SERIAL_ZERO = "nik_serial_zero"
    REFERENCE_NIK_DIFFERS = "reference_nik_differs"
    NAME_MISSING = "name_missing"
    NAME_INVALID = "name_invalid"
    NAME_PLACEHOLDER = "name_placeholder"
    NAME_OF_FIRM = "name_of_firm"
    NOT_PROCESSED = "not_processed"

    # Rows: the row is still accepted.
    NIK_MAY_BE_ROUNDED = "nik_may_be_rounded"

    # Files: the whole file is refused.
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_UNREADABLE = "file_unreadable"
    FILE_ENCRYPTED = "file_encrypted"
    FILE_BOMB = "file_bomb"
    FILE_TOO_HARD = "file_too_hard"
    FILE_SET_ASIDE = "file_set_aside"
    FILE_NOT_A_LIST = "file_not_a_list"
    ARCHIVE_SEVERAL = "archive_several"
    SHEETS_SEVERAL = "sheets_several"
    SHEET_NOT_READ = "sheet_not_read"
    SEPARATOR_UNKNOWN = "separator_unknown"
    ENCODING_UNKNOWN = "encoding_unknown"
    HEADER_MISSING = "header_missing"
    HEADER_FOUND = "header_found"
    HEADER_REPEATED = "header_repeated"
    SECOND_TABLE = "second_table"
    AMOUNT_UNIT = "amount_unit"
    BANK_UNKNOWN = "bank_unknown"
    SCHEME_UNKNOWN = "scheme_unknown"
    PROGRAMME_CLOSED = "programme_closed"
    CONTROL_TOTAL_MISMATCH = "control_total_mismatch"
    FILE_REPEATED = "file_repeated"
    FILE_NIKS_ROUNDED = "file_niks_rounded"

    # Files: accepted, with a warning.
    TOTAL_UNREADABLE = "total_unreadable"
    SHEETS_IGNORED = "sheets_ignored"
    REGENCY_UNKNOWN = "regency_unknown"
    REGENCY_CODES_DIFFER = "regency_codes_differ"
    SMS_BUDGET_LOW = "sms_budget_low"
    FILE_GIVEN_UP = "file_given_up"
    FILE_ROWS_LOST = "file_rows_lost"
