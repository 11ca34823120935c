"""csv.DictReader, pydantic and boto3's batch writer. It cannot see who is already enrolled."""

import csv
from pathlib import Path
from typing import Any

from .models import Recipient


def load(path: Path, table: Any) -> int:
    enrolled = 0
    with path.open(encoding="utf-8", newline="") as file, table.batch_writer() as batch:
        for line, row in enumerate(csv.DictReader(file), start=2):
            batch.put_item(Item=Recipient.model_validate(row).item(line))
            enrolled += 1
    return enrolled
