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
    are sent anything, as in SNS's sandbox; `sms_window` is when messages go out (`08:00-20:00`,
    empty for always) by the clocks of `sms_timezone`; `sms_budget` is USD a month, 0 for none of
    our own; `sms_prices` is USD a part by country (`62=0.045,60=0.04`), a country that is not
    listed being reckoned at `sms_max_price`; `sms_countries` are the calling codes served;
    `sms_mapping` is the event source mapping that feeds the sending function, empty where there
    is none to switch;
    `audit_log` is the log group of the audit trail, `secret` the name or ARN of the secret from
    which keys are derived; `user_pool_client`, `cognito_endpoint` and `bucket_origin` are what the
    page in a browser talks to besides us;
    `chunk_rows` is how many rows go into one chunk: twenty transactions of 98. `keep_days` is how
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
    resend_queue_url: str = ""
    sms_sender_id: str = "PAYUNG"
    sms_max_price: str = "0.50"
    sms_rate: float = Field(20.0, ge=0)
    sms_workers: int = Field(5, ge=1)
    sms_only_to: str = ""
    sms_window: str = "08:00-20:00"
    sms_timezone: str = "Asia/Makassar"
    sms_budget: str = "0"
    sms_prices: str = ""
    sms_countries: str = "62"
    sms_mapping: str = ""
    audit_log: str = ""
    secret: str = ""
    user_pool_client: str = ""
    cognito_endpoint: str = ""
    bucket_origin: str = ""
    chunk_rows: int = Field(1960, ge=1)
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


def handler(env: Mapping[str, str] = os.environ) -> str | None:
    """Return what Lambda calls in this process (`app.enroll_chunks`); None where it is not Lambda.

    A process of Lambda's is one function's and no other's.
    """
    return env.get("_HANDLER")
