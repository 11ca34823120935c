"""csv.DictReader, pydantic and one conditional put for each row."""

import csv
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from .models import Recipient


def load(path: Path, table: Any) -> int:
    enrolled = 0
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            recipient = Recipient.model_validate(row)
            try:
                table.put_item(
                    Item=recipient.item(line), ConditionExpression="attribute_not_exists(nik)"
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise
            else:
                enrolled += 1
    return enrolled
