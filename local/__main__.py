"""The embedded cloud's command line: `python -m local run | serve | sample | …`."""

import argparse
import gc
import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

from .errors import LocalError

_NEW_OBJECTS = 20_000
"""The garbage collector runs after this many new objects. Python's default is 700."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    # The start makes many permanent objects. The garbage collector would scan them again and again.
    gc.set_threshold(_NEW_OBJECTS)
    options = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        status: int = options.do(options)
    except KeyboardInterrupt:
        print(f"\nDihentikan. {options.stopped}", file=sys.stderr)
        return 130
    except (OSError, LocalError) as error:
        return _complain(str(error))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local", description="payung with its AWS side in this computer's memory"
    )
    parser.set_defaults(stopped="")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _run_options(commands.add_parser("run", help="take files through payung and show the results"))
    _serve_options(commands.add_parser("serve", help="stay up, and take files from any S3 client"))
    _sample_options(commands.add_parser("sample", help="make a recipient file of made-up people"))
    each = commands.add_parser("samples", help="write the files of samples/ again")
    each.add_argument("--out", type=Path, metavar="DIR")
    each.set_defaults(do=_samples)
    each = commands.add_parser("guide", help="update the generated parts of the bank guide")
    each.set_defaults(do=_guide)
    each = commands.add_parser("openapi", help="update the API's documentation")
    each.set_defaults(do=_openapi)
    _dead_letters_options(
        commands.add_parser("dead-letters", help="show the messages that failed, or redrive them")
    )
    return parser


def _dead_letters_options(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--redrive", action="store_true", help="put them back into their queues")
    what.add_argument("--set-aside", metavar="ID", help="end this one for good; needs --reason")
    parser.add_argument("--reason", default="", help="why it is set aside; no NIK, no number")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--aws-port", type=int, default=4566, metavar="PORT", help="of `serve`")
    where.add_argument(
        "--on-aws", action="store_true", help="of the account that your AWS credentials are for"
    )
    parser.add_argument("--prefix", default="payung-", help="what the queues' names begin with")
    parser.set_defaults(do=_dead_letters)


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="[BANK/FOLDER:]FILE",
        help="FOLDER is a scheme or KONFIRMASI; the files are handed in one after the other",
    )
    parser.add_argument("--bank", help="code or short name: 002, bri, bsg …")
    parser.add_argument("--scheme", help="BPUM, KUR, UMKM or KOPERASI")
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument(
        "--carrier", action="store_true", help="wait for the carriers' receipt of each SMS"
    )
    parser.add_argument(
        "--today",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the date that payung uses (default: today)",
    )
    parser.add_argument("--verbose", action="store_true", help="show the functions' logs")
    parser.set_defaults(
        do=_run,
        stopped="Belum ada hasil yang ditulis, dan tidak ada yang tersimpan: jalankan lagi.",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-22") from None


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--aws-port", type=int, default=4566, metavar="PORT")
    parser.add_argument("--api-port", type=int, default=8000, metavar="PORT")
    parser.add_argument(
        "--second-factor", action="store_true", help="dinas and bpjs need one, as on AWS"
    )
    parser.add_argument(
        "--mail",
        type=Path,
        default=Path("out", "mail"),
        metavar="DIR",
        help="where the mail to banks is written",
    )
    parser.add_argument("--verbose", action="store_true", help="show the functions' logs")
    parser.set_defaults(do=_serve)


def _sample_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, required=True, metavar="N")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv or .xlsx")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same file")
    parser.add_argument("--faults", type=float, default=0.0, metavar="PERCENT")
    parser.add_argument("--scheme", default="BPUM", type=str.upper)
    parser.set_defaults(do=_sample)


def _run(options: argparse.Namespace) -> int:
    # Each command imports its own modules here, so the other commands start faster.
    from . import show  # noqa: PLC0415  # see above
    from .deliveries import deliveries  # noqa: PLC0415  # see above
    from .progress import Progress  # noqa: PLC0415  # see above
    from .run import run  # noqa: PLC0415  # see above

    files = deliveries(options.files, bank=options.bank, scheme=options.scheme)
    progress = Progress()
    try:
        report = run(
            files,
            out=options.out,
            today=options.today,
            progress=progress,
            carrier=options.carrier,
            log_level=_level(options),
        )
    finally:
        progress.close()
    print(report.to_json()) if options.json else show.show(report)
    return report.exit_status


def _serve(options: argparse.Namespace) -> int:
    from .serve import serve  # noqa: PLC0415  # only this command needs servers

    return serve(
        options.aws_port,
        options.api_port,
        mail=options.mail,
        second_factor=options.second_factor,
        log_level=_level(options),
    )


def _sample(options: argparse.Namespace) -> int:
    from . import sample  # noqa: PLC0415  # only this command makes samples

    if options.rows < 0 or not 0 <= options.faults <= 100:  # noqa: PLR2004  # per cent
        return _complain("--rows must not be negative, and --faults is a percentage")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        sample.sample(
            options.out,
            options.rows,
            seed=options.seed,
            faults=options.faults,
            scheme=options.scheme,
        )
    except sample.SampleError as error:
        return _complain(str(error))
    print(f"{options.out}: {options.rows} baris", file=sys.stderr)
    return 0


def _dead_letters(options: argparse.Namespace) -> int:
    import boto3  # noqa: PLC0415  # slow to import; few commands need AWS
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # see above

    from . import dead_letters, set_aside  # noqa: PLC0415  # see above
    from .cloud import REGION, credentials, environment  # noqa: PLC0415  # see above

    with ExitStack() as stack:
        if not options.on_aws:
            endpoint = f"http://127.0.0.1:{options.aws_port}"
            stack.enter_context(credentials())
            stack.enter_context(environment({"AWS_ENDPOINT_URL": endpoint}))
        session = boto3.Session(region_name=REGION)
        try:
            if options.redrive:
                print(f"{dead_letters.redrive(session, options.prefix)} pesan dijalankan lagi")
                return 0
            if options.set_aside:
                about = set_aside.set_aside(
                    session,
                    options.prefix,
                    options.set_aside,
                    options.reason,
                    lambda: datetime.now(UTC),
                )
                print(f"dikesampingkan: {about}")
                return 0
            found = dead_letters.list_all(session, options.prefix)
        except (BotoCoreError, ClientError) as error:
            return _complain(str(error))
    for each in found:
        print(f"{each.sent:%Y-%m-%d %H:%M:%S}Z  {each.queue}  {each.id}  {each.about}")
        print(f"    {each.why}")
    print(f"{len(found)} pesan gagal", file=sys.stderr)
    return 0


def _samples(options: argparse.Namespace) -> int:
    from . import samples  # noqa: PLC0415  # as for one sample

    for path in samples.make(options.out or samples.FOLDER):
        print(path)
    return 0


def _guide(_options: argparse.Namespace) -> int:
    from . import guide  # noqa: PLC0415  # only this command needs the guide

    try:
        guide.write(guide.GUIDE)
    except guide.GuideError as error:
        return _complain(str(error))
    print(guide.GUIDE)
    return 0


def _openapi(_options: argparse.Namespace) -> int:
    from . import documentation  # noqa: PLC0415  # only this command needs the API

    documentation.write()
    print(documentation.FILE)
    return 0


def _level(options: argparse.Namespace) -> int:
    return logging.INFO if options.verbose else logging.WARNING


def _complain(message: str) -> int:
    print(f"python -m local: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
