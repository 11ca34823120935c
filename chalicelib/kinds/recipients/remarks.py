"""Which cell of a row a code is about, so that a workbook can say it there."""

from collections.abc import Mapping

from chalicelib.domain.findings.finding import Code

from .codes import RecipientCode
from .columns import Column

ABOUT: Mapping[str, Column] = {
    **dict.fromkeys(
        (
            Code.NIK_MISSING,
            Code.NIK_LENGTH,
            Code.NIK_NOT_DIGITS,
            Code.NIK_PLACEHOLDER,
            Code.NIK_EXCEL_ROUNDED,
            Code.NIK_IMPOSSIBLE_DATE,
            Code.NIK_SERIAL_ZERO,
            Code.NIK_MAY_BE_ROUNDED,
            Code.REFERENCE_NIK_DIFFERS,
            RecipientCode.NIK_OF_OTHER_ROW,
            RecipientCode.NIK_REGION_UNKNOWN,
            RecipientCode.NIK_OUTSIDE_PROVINCE,
            RecipientCode.DUPLICATE_IN_FILE,
            RecipientCode.DUPLICATE_SAME_BANK,
            RecipientCode.DUPLICATE_OTHER_BANK,
            RecipientCode.MOVED_FROM_EARLIER_FILE,
            RecipientCode.MOVED_TO_LATER_FILE,
            RecipientCode.CONFLICT_IDENTITY,
            RecipientCode.BPUM_AND_KUR,
            RecipientCode.AGE_BELOW_MINIMUM,
            RecipientCode.AGE_ABOVE_MAXIMUM,
        ),
        Column.NIK,
    ),
    **dict.fromkeys(
        (Code.NAME_MISSING, Code.NAME_INVALID, Code.NAME_PLACEHOLDER, Code.NAME_OF_FIRM),
        Column.NAME,
    ),
    RecipientCode.MARKED_AS_EXAMPLE: Column.REMARK,
    **dict.fromkeys(
        (
            RecipientCode.AMOUNT_MISSING,
            RecipientCode.AMOUNT_INVALID,
            RecipientCode.AMOUNT_BELOW_PREMIUM,
        ),
        Column.AMOUNT,
    ),
    **dict.fromkeys(
        (RecipientCode.BIRTH_DATE_INVALID, RecipientCode.BIRTH_DATE_DIFFERS_FROM_NIK),
        Column.BIRTH_DATE,
    ),
    **dict.fromkeys(
        (
            RecipientCode.BUSINESS_ENTITY,
            RecipientCode.SEX_DIFFERS_FROM_NIK,
            RecipientCode.SEX_INVALID,
        ),
        Column.SEX,
    ),
    **dict.fromkeys(
        (
            RecipientCode.PHONE_MISSING,
            RecipientCode.PHONE_INVALID,
            RecipientCode.PHONE_SHARED,
        ),
        Column.PHONE,
    ),
    RecipientCode.INCOME_INVALID: Column.INCOME,
}
"""A code that is not listed is about the whole row; so is one whose column the file lacks."""
