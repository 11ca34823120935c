"""`python -m local.moto_patches [--renew]`: list the patches, or record the sources again."""

import argparse
import json
import sys
from importlib.metadata import version

from local.errors import PatchError

from . import PATCHES
from .patch import COMPARISON, FINGERPRINTS, fingerprint


def main() -> int:
    """List the register, or renew the fingerprints; 1 if a patch does not fit."""
    parser = argparse.ArgumentParser(prog="python -m local.moto_patches")
    parser.add_argument(
        "--renew", action="store_true", help=f"record the sources, after {COMPARISON} has passed"
    )
    if parser.parse_args().renew:
        renew()
    status = 0
    for each in PATCHES:
        print(f"{each.topic:13} {each.kind.value:12} {each.target}\n{'':27}{each.why}")
        try:
            each.check()
        except PatchError as error:
            print(error, file=sys.stderr)
            status = 1
    return status


def renew() -> None:
    """Record the source of every replaced function, and the versions of their packages."""
    targets = sorted({path for each in PATCHES for path in each.guarded})
    packages = sorted({target.partition(".")[0] for target in targets})
    recorded = {
        "versions": {package: version(package) for package in packages},
        "sources": {target: fingerprint(target) for target in targets},
    }
    FINGERPRINTS.write_text(json.dumps(recorded, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
