"""The names of everything that can be found in a row or a file."""

from enum import StrEnum


class Severity(StrEnum):
    """What a code does to its row or file."""

    ERROR = "error"  # the row is rejected
    WARNING = "warning"  # the row counts all the same
    DISPOSITION = "disposition"  # why a row is a duplicate or a conflict
    FILE = "file"  # the file is refused whole, nobody enrolled
    FILE_WARNING = "file_warning"  # the file counts all the same


class Code(StrEnum):
    """A stable name; banks' programs may depend on it, so it never changes its meaning."""

    # Errors: the row is rejected.
    ROW_SHAPE = "row_shape"
    NIK_MISSING = "nik_missing"
    NIK_LENGTH = "nik_length"
    NIK_NOT_DIGITS = "nik_not_digits"
    NIK_PLACEHOLDER = "nik_placeholder"
    NIK_EXCEL_ROUNDED = "nik_excel_rounded"
    NIK_IMPOSSIBLE_DATE = "nik_impossible_date"
    NIK_SERIAL_ZERO = "nik_serial_zero"
    NAME_MISSING = "name_missing"
    NAME_INVALID = "name_invalid"
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_INVALID = "amount_invalid"
    AMOUNT_BELOW_PREMIUM = "amount_below_premium"
    BIRTH_DATE_INVALID = "birth_date_invalid"
    AGE_BELOW_MINIMUM = "age_below_minimum"
    AGE_ABOVE_MAXIMUM = "age_above_maximum"
    BUSINESS_ENTITY = "business_entity"

    # Warnings: the person is protected all the same.
    PHONE_MISSING = "phone_missing"
    PHONE_INVALID = "phone_invalid"
    BIRTH_DATE_DIFFERS_FROM_NIK = "birth_date_differs_from_nik"
    SEX_DIFFERS_FROM_NIK = "sex_differs_from_nik"
    SEX_INVALID = "sex_invalid"
    INCOME_INVALID = "income_invalid"
    NIK_REGION_UNKNOWN = "nik_region_unknown"
    NIK_OUTSIDE_PROVINCE = "nik_outside_province"
    BPUM_AND_KUR = "bpum_and_kur"

    # Dispositions: somebody holds the enrollment already.
    DUPLICATE_IN_FILE = "duplicate_in_file"
    DUPLICATE_SAME_BANK = "duplicate_same_bank"
    DUPLICATE_OTHER_BANK = "duplicate_other_bank"
    CONFLICT_IDENTITY = "conflict_identity"

    # Files: refused whole.
    FILE_EMPTY = "file_empty"
    FILE_TOO_LARGE = "file_too_large"
    FILE_UNREADABLE = "file_unreadable"
    FILE_ENCRYPTED = "file_encrypted"
    FILE_BOMB = "file_bomb"
    ENCODING_UNKNOWN = "encoding_unknown"
    HEADER_MISSING = "header_missing"
    HEADER_REPEATED = "header_repeated"
    BANK_UNKNOWN = "bank_unknown"
    SCHEME_UNKNOWN = "scheme_unknown"
    PROGRAMME_CLOSED = "programme_closed"
    CONTROL_TOTAL_MISMATCH = "control_total_mismatch"
    FILE_REPEATED = "file_repeated"
    FILE_NIKS_ROUNDED = "file_niks_rounded"

    # Files: taken, with a remark.
    TOTAL_UNREADABLE = "total_unreadable"
    SHEETS_IGNORED = "sheets_ignored"
    SMS_BUDGET_LOW = "sms_budget_low"
