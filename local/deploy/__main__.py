"""The command line: `python -m local.deploy package | deploy | destroy --stage dev | prod`."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from . import REGION, ROOT, STAGES, DeployError, artefact, parameters, stack

BUILD = ROOT / "build"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        for line in options.do(options):
            print(line, flush=True)
    except (DeployError, BotoCoreError, ClientError, WaiterError) as error:
        print(f"python -m local.deploy: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.deploy", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, do, what in (
        ("package", _package, "make the archive and the template"),
        ("deploy", _deploy, "package, and deploy to the account of your AWS credentials"),
        ("destroy", _destroy, "take the stack away, all but the data"),
    ):
        each = commands.add_parser(name, help=what)
        each.add_argument("--stage", choices=STAGES, required=True)
        each.set_defaults(do=do)
        if name == "destroy":
            each.add_argument("--confirm", default="", metavar="STACK", help="for prod: its name")
        else:
            each.add_argument("--out", type=Path, default=BUILD, metavar="DIR")
    return parser


def _package(options: argparse.Namespace) -> Iterator[str]:
    yield from artefact.told(artefact.build(options.stage, options.out / options.stage))


def _deploy(options: argparse.Namespace) -> Iterator[str]:
    given = parameters.read(options.stage)
    made = artefact.build(options.stage, options.out / options.stage)
    yield from artefact.told(made)
    yield from stack.deploy(options.stage, made, given, _session())


def _destroy(options: argparse.Namespace) -> Iterator[str]:
    yield from stack.destroy(options.stage, options.confirm, _session())


def _session() -> boto3.Session:
    return boto3.Session(region_name=REGION)


if __name__ == "__main__":
    sys.exit(main())
