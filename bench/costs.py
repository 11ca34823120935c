"""What it costs: what the embedded run asks of AWS, times the price table. Writes docs/costs.md.

python -m bench.costs [--rows 10000]
"""

import argparse
import json
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench import made  # noqa: E402  # see above
from bench.calls import Counted, count  # noqa: E402  # see above

PAGE = ROOT / "docs" / "costs.md"
_BEGIN, _END = "<!-- costs -->", "<!-- /costs -->"
_SMS = frozenset({"notify"})
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


def prices() -> dict[str, object]:
    return tomllib.loads(Path(__file__).with_name("prices.toml").read_text(encoding="utf-8"))


def used(counted: Counted, cpu: dict[str, float], *, sms: bool) -> dict[str, float]:
    """Return what 1,000 rows use: of their messages, or of everything else.

    `cpu` is microseconds of a whole core a row, by function.
    """
    table = prices()
    assumed, limits = table["assumed"], table["limits"]
    assert isinstance(assumed, dict)  # noqa: S101  # the shape of our own file
    assert isinstance(limits, dict)  # noqa: S101  # as above
    memory = _memory()
    total = dict.fromkeys(_WORDS, 0.0)
    for function in counted.invocations:
        if (function in _SMS) != sms:
            continue
        total["write_units"] += counted.write_units[function]
        total["read_units"] += counted.read_units[function]
        total["invocations"] += counted.invocations[function]
        # Lambda takes the message from the queue and deletes it.
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
        if function in _SMS:
            # Each of two workers sends at half of the rate, and waits in between.
            seconds = max(seconds, counted.messages / limits["sms_a_second"] * 2)
        total["gb_seconds"] += seconds * memory[function] / 1024
    return {name: amount / counted.rows * 1000 for name, amount in total.items()}


def _latency(service: str, operation: str, assumed: dict[str, float]) -> float:
    if service == "dynamodb":
        return assumed["dynamodb_ms" if operation == "TransactWriteItems" else "single_ms"]
    return assumed.get(f"{service}_ms", assumed["single_ms"])


def _memory() -> dict[str, int]:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    functions = (
        config["stages"]["prod"].get("lambda_functions")
        or config["stages"]["dev"]["lambda_functions"]
    )
    return {name: each.get("lambda_memory_size", 128) for name, each in functions.items()}


def page(counted: Counted, cpu: dict[str, float]) -> str:
    table = prices()
    priced = table["prices"]
    assert isinstance(priced, dict)  # noqa: S101  # the shape of our own file
    parts = []
    for title, sms in (
        ("Without SMS", False),
        ("For the messages, the carriers' price apart", True),
    ):
        amounts = used(counted, cpu, sms=sms)
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
        lines.append("| **together** | | " + _money(sums))
        parts.append("\n".join(lines))
    sources = [f"- {_WORDS[name]}: {each['source']}" for name, each in priced.items()]
    parts.append(
        f"Counted over {counted.rows:,} rows, {counted.messages:,} messages. Prices of "
        f"{table['region']}, read on {table['read']}:\n\n" + "\n".join(sources)
    )
    return "\n\n".join(parts)


def _money(amounts: list[float]) -> str:
    return " | ".join(f"{usd:,.4f}" if usd < 1 else f"{usd:,.2f}" for usd in amounts) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payung-costs-") as folder:
        counted = count(made.csv_file(Path(folder) / "costs.csv", options.rows), options.rows)
    body = page(counted, CPU)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PAGE.write_text(f"{before}{_BEGIN}\n\n{body}\n\n{_END}{after}", encoding="utf-8")
    print(body)
    return 0


CPU = {"intake": 32.0, "enroll": 68.0, "report": 26.0}
"""Microseconds of a core a row, measured on 22 November 2026 on a machine that others used as well.

That of `notify` was not measured: its duration is bounded below by the rate of messages.
"""


if __name__ == "__main__":
    sys.exit(main())
