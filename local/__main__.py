"""The embedded cloud's command line: `python -m local run | serve | sample | …`."""

import argparse
import gc
import logging
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from .template import TemplateError

_NEW_OBJECTS = 20_000
"""So many more than before, and the garbage collector has a look; Python's own is 700."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    # Starting makes much that stays, and the garbage collector would look through it each time.
    gc.set_threshold(_NEW_OBJECTS)
    options = _parser().parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        status: int = options.do(options)
    except KeyboardInterrupt:
        return 130
    except (OSError, TemplateError) as error:
        return _complain(str(error))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local", description="payung with its AWS side in this computer's memory"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _run_options(commands.add_parser("run", help="take files through payung and show the results"))
    _serve_options(commands.add_parser("serve", help="stay up, and take files from any S3 client"))
    _sample_options(commands.add_parser("sample", help="make a recipient file up"))
    each = commands.add_parser("samples", help="make the files of samples/ anew")
    each.add_argument("--out", type=Path, metavar="DIR")
    each.set_defaults(do=_samples)
    each = commands.add_parser("guide", help="renew the generated parts of the bank guide")
    each.set_defaults(do=_guide)
    each = commands.add_parser("openapi", help="renew the API's documentation")
    each.set_defaults(do=_openapi)
    _letters_options(
        commands.add_parser("dead-letters", help="show what could not be done, or drive it again")
    )
    return parser


def _letters_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--redrive", action="store_true", help="put them back into their queues")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--aws-port", type=int, default=4566, metavar="PORT", help="of `serve`")
    where.add_argument(
        "--on-aws", action="store_true", help="of the account that your AWS credentials are for"
    )
    parser.add_argument("--prefix", default="payung-", help="what the queues' names begin with")
    parser.set_defaults(do=_letters)


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--bank", required=True, help="code or short name: 002, bri, bsg …")
    parser.add_argument("--scheme", required=True, help="BPUM, KUR, UMKM or KOPERASI")
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.add_argument(
        "--carrier", action="store_true", help="wait for what the carriers report of each SMS"
    )
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day that it is for payung (default: today)",
    )
    parser.add_argument("--verbose", action="store_true", help="show the functions' logs")
    parser.set_defaults(do=_run)


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--aws-port", type=int, default=4566, metavar="PORT")
    parser.add_argument("--api-port", type=int, default=8000, metavar="PORT")
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
    # Each command imports what it alone needs: no other waits for that.
    from . import show  # noqa: PLC0415  # as said above
    from .progress import Progress  # noqa: PLC0415  # as said above
    from .run import run  # noqa: PLC0415  # as said above

    if missing := [str(path) for path in options.files if not path.is_file()]:
        return _complain(f"no such file: {', '.join(missing)}")
    progress = Progress()
    try:
        report = run(
            options.files,
            bank=options.bank,
            scheme=options.scheme,
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

    return serve(options.aws_port, options.api_port, log_level=_level(options))


def _sample(options: argparse.Namespace) -> int:
    from . import sample  # noqa: PLC0415  # only this command makes people up

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


def _letters(options: argparse.Namespace) -> int:
    import boto3  # noqa: PLC0415  # only the commands that need AWS pay for it
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as said above

    from . import letters  # noqa: PLC0415  # as said above
    from .cloud import REGION, credentials, environment  # noqa: PLC0415  # as said above

    with ExitStack() as stack:
        if not options.on_aws:
            endpoint = f"http://127.0.0.1:{options.aws_port}"
            stack.enter_context(credentials())
            stack.enter_context(environment({"AWS_ENDPOINT_URL": endpoint}))
        session = boto3.Session(region_name=REGION)
        try:
            if options.redrive:
                print(f"{letters.redrive(session, options.prefix)} pesan dijalankan lagi")
                return 0
            found = letters.shown(session, options.prefix)
        except (BotoCoreError, ClientError) as error:
            return _complain(str(error))
    for each in found:
        print(f"{each.sent:%Y-%m-%d %H:%M:%S}Z  {each.queue}  {each.id}  {each.about}")
    print(f"{len(found)} pesan gagal", file=sys.stderr)
    return 0


def _samples(options: argparse.Namespace) -> int:
    from . import samples  # noqa: PLC0415  # as for one sample

    for path in samples.make(options.out or samples.FOLDER):
        print(path)
    return 0


def _guide(_options: argparse.Namespace) -> int:
    from . import guide  # noqa: PLC0415  # only this command reads what explains the codes

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
