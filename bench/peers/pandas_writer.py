"""pandas and boto3's batch writer. It cannot see who is already enrolled, either."""

from pathlib import Path
from typing import Any

import pandas as pd

PREMIUM = 33_600


def load(path: Path, table: Any) -> int:
    people = pd.read_csv(path, dtype=str)
    people = people[people["NIK"].str.fullmatch(r"\d{16}")]
    people["birth_date"] = pd.to_datetime(people["Tanggal Lahir"], format="%d/%m/%Y").dt.strftime(
        "%Y-%m-%d"
    )
    people["phone"] = "+62" + people["No HP"].str.replace(r"\D", "", regex=True).str.lstrip("0")
    people["aid"] = people["Nilai Bantuan"].astype(int)
    people = people[people["aid"] >= PREMIUM]
    people = people.rename(
        columns={"NIK": "nik", "Nama": "name", "Jenis Kelamin": "sex", "Kode Kab/Kota": "regency"}
    )
    wanted = ["nik", "name", "birth_date", "sex", "regency", "phone", "aid"]
    with table.batch_writer() as batch:
        for index, record in enumerate(people[wanted].to_dict("records")):
            batch.put_item(
                Item={
                    **record,
                    "programme": "sulut-2026",
                    "bank": "002",
                    "scheme": "BPUM",
                    "row": index + 2,
                    "premium": PREMIUM,
                    "starts": "2026-11-22",
                    "ends": "2027-02-21",
                    "status": "enrolled",
                }
            )
    return len(people)
