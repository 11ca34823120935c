"""Computes the cost: the AWS calls of the embedded run times the price table. Writes docs/costs.md.

python -m bench.costs [--rows 10000]

The calls that a function makes once for each file are divided by the rows of the file. In a file of
10,000 rows they are a larger share than in a file of 150,000 rows.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import made  # noqa: E402  # see above
from bench.blocks import put  # noqa: E402  # see above
from bench.calls import SMS, Counted, count  # noqa: E402  # see above
from bench.confirming import filled_form  # noqa: E402  # see above
from bench.deployed import sending_pace  # noqa: E402  # see above
from bench.measured import measured  # noqa: E402  # see above
from bench.prices import known  # noqa: E402  # see above

PAGE = ROOT / "docs" / "costs.md"
_FED_BY_QUEUES = frozenset({"intake", "enroll", "notify", "report"})
_MEASURED = ("intake", "enroll", "report", "notify")
_S3_WRITES = frozenset(
    {"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}
)
_WORDS = {
    "write_units": "DynamoDB write request units",
    "read_units": "DynamoDB read request units",
    "gb_seconds": "Lambda GB-seconds",
    "invocations": "Lambda invocations",
    "sqs_requests": "SQS requests",
    "s3_writes": "S3 PUT requests",
    "s3_reads": "S3 GET requests",
}
_SIZES = (1_000, 150_000, 12_800_000)
_A_PROVINCE = 1


def used(counted: Counted, *, sms: bool) -> dict[str, float]:
    """Return the usage of 1,000 rows: for their messages, or for everything else."""
    cpu = {name: measured()[f"{name}_us"] for name in _MEASURED}
    assumed, limits = known()["assumed"], known()["limits"]
    memory = _memory()
    total = dict.fromkeys(_WORDS, 0.0)
    for function in counted.invocations:
        if (function in SMS) != sms:
            continue
        total["write_units"] += counted.write_units[function]
        total["read_units"] += counted.read_units[function]
        total["invocations"] += counted.invocations[function]
        if function in _FED_BY_QUEUES:
            # Lambda receives the message from the queue and deletes it.
            total["sqs_requests"] += 2 * counted.invocations[function]
        seconds = 0.0
        for (caller, service, operation), times in counted.calls.items():
            if caller != function:
                continue
            seconds += times * _latency(service, operation, assumed) / 1000
            if service == "sqs":
                total["sqs_requests"] += times
            if service == "s3":
                total["s3_writes" if operation in _S3_WRITES else "s3_reads"] += times
        share = min(1.0, memory[function] / limits["full_core_mb"])
        seconds += cpu.get(function, 0.0) * counted.rows / 1e6 * assumed["slower"] / share
        if function == "notify":
            # Each worker sends at its share of the rate, and waits between messages.
            rate, workers = sending_pace()
            seconds = max(seconds, counted.messages / rate * workers)
        total["gb_seconds"] += seconds * memory[function] / 1024
    return {name: amount / counted.rows * 1000 for name, amount in total.items()}


def _latency(service: str, operation: str, assumed: dict[str, float]) -> float:
    if service == "dynamodb":
        return assumed["dynamodb_ms" if operation == "TransactWriteItems" else "single_ms"]
    return assumed.get(f"{service}_ms", assumed["single_ms"])


def _memory() -> dict[str, int]:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    functions = config["lambda_functions"]
    return {name: each.get("lambda_memory_size", 128) for name, each in functions.items()}


def used_by_confirming(counted: Counted, without: Counted) -> dict[str, float]:
    """Return the usage of 1,000 confirmed rows: what a run has more with a confirmation."""
    before = used(_of_files(without), sms=False)
    after = used(_of_files(counted), sms=False)
    # The two runs batch their messages differently, so that a few calls may come out below zero.
    more = {name: max(0.0, amount - before[name]) for name, amount in after.items()}
    memory = _memory()["enroll"]
    share = min(1.0, memory / known()["limits"]["full_core_mb"])
    seconds = measured()["confirm_us"] / 1000 * known()["assumed"]["slower"] / share
    return {**more, "gb_seconds": more["gb_seconds"] + seconds * memory / 1024}


def _of_files(counted: Counted) -> Counted:
    """Return the calls of the functions for files alone: others are called by the clock, too."""
    own = {name: counted.invocations[name] for name in ("intake", "enroll", "report")}
    return replace(counted, invocations=Counter(own))


def page(counted: Counted, confirming: dict[str, float]) -> str:
    table = known()
    priced = table["prices"]
    parts = []
    together = 0.0
    for title, amounts in (
        ("Without SMS", used(counted, sms=False)),
        ("For SMS, without the carriers' price", used(counted, sms=True)),
        ("For the bank's confirmation of all deductions", confirming),
    ):
        lines = [
            f"### {title}",
            "",
            "| | per 1,000 rows | USD for "
            + " | USD for ".join(f"{size:,}" for size in _SIZES)
            + " |",
            "|---" * (2 + len(_SIZES)) + "|",
        ]
        sums = [0.0] * len(_SIZES)
        for name, amount in amounts.items():
            each = priced[name]
            usd = [amount * size / 1000 * each["usd"] / each["per"] for size in _SIZES]
            sums = [before + now for before, now in zip(sums, usd, strict=True)]
            lines.append(f"| {_WORDS[name]} | {amount:,.2f} | " + _money(usd))
        lines.append("| **total** | | " + _money(sums))
        together += sums[_A_PROVINCE]
        parts.append("\n".join(lines))
    parts.append(f"All three for {_SIZES[_A_PROVINCE]:,} people: {together:.2f} USD.")
    sources = [f"- {_WORDS[name]}: {each['source']}" for name, each in priced.items()]
    parts.append(
        f"Counted over {counted.rows:,} rows, {counted.messages:,} messages. Prices of "
        f"{table['region']}, read on {table['read']}:\n\n" + "\n".join(sources)
    )
    return "\n\n".join(parts)


def _money(amounts: list[float]) -> str:
    return " | ".join(f"{usd:,.4f}" if usd < 1 else f"{usd:,.2f}" for usd in amounts) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payung-costs-") as folder:
        print(write(Path(folder), options.rows))
    return 0


def write(folder: Path, rows: int) -> str:
    """Count again and put the tables into the page; return the tables."""
    path = made.csv_file(folder / "costs.csv", rows)
    whole = count(path, rows, carrier=True)
    enrolled = count(path, rows, send_sms=False)
    confirmed = count(path, rows, send_sms=False, confirmation=filled_form(folder))
    body = page(whole, used_by_confirming(confirmed, enrolled))
    put(PAGE, "costs", body)
    return body


if __name__ == "__main__":
    sys.exit(main())
