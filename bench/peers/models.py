"""A row as a pydantic model, as tutorials show it."""

from datetime import date, datetime
from typing import Any

import phonenumbers
from pydantic import BaseModel, Field, field_validator


class Recipient(BaseModel):
    nik: str = Field(alias="NIK", pattern=r"^\d{16}$")
    name: str = Field(alias="Nama", min_length=2)
    birth_date: date = Field(alias="Tanggal Lahir")
    sex: str = Field(alias="Jenis Kelamin", pattern="^[LP]$")
    regency: str = Field(alias="Kode Kab/Kota")
    phone: str | None = Field(alias="No HP")
    amount: int = Field(alias="Nilai Bantuan", ge=33_600)

    @field_validator("birth_date", mode="before")
    @classmethod
    def parse_birth_date(cls, value: str) -> date:
        return datetime.strptime(value, "%d/%m/%Y").date()  # noqa: DTZ007  # a day, not an instant

    @field_validator("phone")
    @classmethod
    def parse_phone(cls, value: str) -> str | None:
        number = phonenumbers.parse(value, "ID")
        if not phonenumbers.is_valid_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def item(self, line: int) -> dict[str, Any]:
        return {
            "nik": self.nik,
            "programme": "sulut-2026",
            "name": self.name,
            "birth_date": self.birth_date.isoformat(),
            "sex": self.sex,
            "regency": self.regency,
            "phone": self.phone,
            "aid": self.amount,
            "bank": "002",
            "scheme": "BPUM",
            "row": line,
            "premium": 33_600,
            "starts": "2026-11-22",
            "ends": "2027-02-21",
            "status": "enrolled",
        }
