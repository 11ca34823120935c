"""The codes of a row of recipients, in addition to the codes of every kind of file."""

from enum import StrEnum

from chalicelib.domain.findings.code import FOR_DEPARTMENT


class RecipientCode(StrEnum):
    """A stable name. Its meaning never changes, because banks' programs may depend on it."""

    # Errors: the row is rejected.
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_INVALID = "amount_invalid"
    AMOUNT_BELOW_PREMIUM = "amount_below_premium"
    AMOUNT_ABOVE_MAXIMUM = "amount_above_maximum"
    NIK_PROVISIONAL = "nik_provisional"
    NIK_OF_OTHER_ROW = "nik_of_other_row"
    NIK_PROVINCE_UNKNOWN = "nik_province_unknown"
    BIRTH_DATE_INVALID = "birth_date_invalid"
    AGE_BELOW_MINIMUM = "age_below_minimum"
    AGE_ABOVE_MAXIMUM = "age_above_maximum"
    BUSINESS_ENTITY = "business_entity"
    MARKED_AS_EXAMPLE = "marked_as_example"

    # Warnings: the person is still enrolled.
    PHONE_MISSING = "phone_missing"
    PHONE_INVALID = "phone_invalid"
    PHONE_SHARED = "phone_shared"
    BIRTH_DATE_DIFFERS_FROM_NIK = "birth_date_differs_from_nik"
    SEX_DIFFERS_FROM_NIK = "sex_differs_from_nik"
    SEX_INVALID = "sex_invalid"
    INCOME_INVALID = "income_invalid"
    NIK_REGION_UNKNOWN = "nik_region_unknown"
    NIK_OUTSIDE_PROVINCE = "nik_outside_province"
    DECEASED = "deceased"
    BPUM_AND_KUR = "bpum_and_kur"
    MOVED_FROM_EARLIER_FILE = "moved_from_earlier_file"

    # Dispositions: the person is enrolled already.
    DUPLICATE_IN_FILE = "duplicate_in_file"
    DUPLICATE_SAME_BANK = "duplicate_same_bank"
    DUPLICATE_OTHER_BANK = "duplicate_other_bank"
    CONFLICT_IDENTITY = "conflict_identity"
    MOVED_TO_LATER_FILE = "moved_to_later_file"


class DepartmentCode(StrEnum):
    """A code that only the department sees: what a row says about another bank's customer.

    It is in no result file, no `ringkasan.json`, and no answer to a bank.
    """

    CONFLICT = f"{FOR_DEPARTMENT}conflict_other_bank"
    BPUM_AND_KUR = f"{FOR_DEPARTMENT}bpum_and_kur"
