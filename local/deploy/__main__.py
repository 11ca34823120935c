"""The command line: `python -m local.deploy package | check | deploy | destroy --stage …`.

`python -m local.deploy users | invite | password | lost-phone | disable --stage …` is for users.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from . import (
    REGION,
    ROOT,
    STAGES,
    DeployError,
    artefact,
    parameters,
    preflight,
    removal,
    stack,
    wheels,
)
from .staff import Staff

BUILD = ROOT / "build"

_CONFIRM = {
    "deploy": "the stack's name, if resources without people's data may be removed or replaced",
    "destroy": "for prod: its name",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command of the command line; return the exit status."""
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
        ("check", _check, "say what your AWS account lacks for a deployment; changes nothing"),
        ("deploy", _deploy, "package, and deploy to the account of your AWS credentials"),
        ("destroy", _destroy, "delete the stack, but keep the data"),
    ):
        each = commands.add_parser(name, help=what)
        each.add_argument("--stage", choices=STAGES, required=True)
        each.set_defaults(do=do)
        if name in {"deploy", "destroy"}:
            each.add_argument("--confirm", default="", metavar="STACK", help=_CONFIRM[name])
        if name in {"package", "deploy"}:
            each.add_argument("--out", type=Path, default=BUILD, metavar="DIR")
        if name == "package":
            each.add_argument(
                "--architecture",
                choices=list(wheels.MACHINES),
                default=artefact.ARCHITECTURE,
                help="another one is for tests only: the stack names arm64",
            )
        if name == "deploy":
            each.add_argument("--look", action="store_true", help="show the changes, make none")
    _staff_options(commands)
    return parser


def _staff_options(commands: Any) -> None:
    for command, do, what in (
        ("users", lambda staff, _: staff.show(), "list the users"),
        (
            "invite",
            lambda staff, given: staff.invite(given.name, given.mail, given.group),
            "make a user, or repeat an invitation",
        ),
        (
            "password",
            lambda staff, given: staff.new_password(given.name),
            "let a user choose a new password, with a code by mail",
        ),
        (
            "lost-phone",
            lambda staff, given: staff.lost_phone(given.name),
            "take a user's second factor away",
        ),
        ("disable", lambda staff, given: staff.disable(given.name), "let a user sign in no more"),
    ):
        each = commands.add_parser(command, help=what)
        each.add_argument("--stage", choices=STAGES, required=True)
        if command != "users":
            each.add_argument("--name", required=True, help="the user's name")
        if command == "invite":
            each.add_argument("--mail", required=True, metavar="ADDRESS")
            each.add_argument("--group", required=True, help="dinas, bpjs or bank-<code>")
        each.set_defaults(do=partial(_staff, do))


def _staff(
    do: Callable[[Staff, argparse.Namespace], Iterator[str]], options: argparse.Namespace
) -> Iterator[str]:
    yield from do(Staff(_session(), options.stage), options)


def _package(options: argparse.Namespace) -> Iterator[str]:
    out = options.out / options.stage
    made = artefact.build(options.stage, out, architecture=options.architecture)
    yield from artefact.size_report(made)


def _check(options: argparse.Namespace) -> Iterator[str]:
    given, of_account = parameters.read(options.stage), parameters.read_account()
    found = stack.check(options.stage, given, of_account, _session())
    yield from preflight.report(found)
    yield f"{options.stage} can be deployed"


def _deploy(options: argparse.Namespace) -> Iterator[str]:
    given, of_account = parameters.read(options.stage), parameters.read_account()
    yield from stack.deploy(
        options.stage,
        lambda: artefact.build(options.stage, options.out / options.stage),
        given,
        of_account,
        _session(),
        confirmed=options.confirm,
        execute=not options.look,
    )


def _destroy(options: argparse.Namespace) -> Iterator[str]:
    yield from removal.destroy(options.stage, options.confirm, _session())


def _session() -> boto3.Session:
    return boto3.Session(region_name=REGION)


if __name__ == "__main__":
    sys.exit(main())
