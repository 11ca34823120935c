"""What the environment says; the only place that reads it."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

_PREFIX = "PAYUNG_"
_LEAST_KEPT = 365


class Settings(BaseModel):
    """One deployment's names and numbers: `PAYUNG_BUCKET` is `bucket`, and so on.

    A function is given only the names that it needs; the others stay empty, and using one of
    those is a fault of the template. `sms_max_price` is USD a message, as decimal text;
    `sms_rate` is how many parts go out a second over all `sms_workers` (the queue's maximum
    concurrency), 0 for no limit; `sms_only_to` lists the numbers (+62…, with commas) that alone
    are sent anything, as in SNS's sandbox;
    `chunk_rows` is how many rows go into one chunk: twenty transactions of 99. `keep_days` is how
    long enrollments are kept after their cover, and files after they came; 0 is for ever.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str = "local"
    bucket: str = ""
    enrollments_table: str = ""
    batches_table: str = ""
    intake_queue_url: str = ""
    chunk_queue_url: str = ""
    sms_queue_url: str = ""
    report_queue_url: str = ""
    sms_sender_id: str = "PAYUNG"
    sms_max_price: str = "0.50"
    sms_rate: float = Field(20.0, ge=0)
    sms_workers: int = Field(2, ge=1)
    sms_only_to: str = ""
    chunk_rows: int = Field(1980, ge=1)
    keep_days: int = Field(0, ge=0)

    @field_validator("keep_days")
    @classmethod
    def _is_long(cls, days: int) -> int:
        if 0 < days < _LEAST_KEPT:
            raise ValueError(f"nothing is kept for less than {_LEAST_KEPT} days")
        return days

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; a name that is not ours is passed over."""
        return cls.model_validate(
            {
                name.removeprefix(_PREFIX).lower(): value
                for name, value in env.items()
                if name.startswith(_PREFIX)
            }
        )
