"""Functions of moto and botocore that the embedded cloud replaces, each with its reason.

    patch          what a patch is; its fingerprint and its guard
    isolation      correctness: calls from several threads, one at a time
    transactions   correctness: the cost of a transaction does not grow with the table
    overlaps       transactions that overlap are cancelled, where a test asks for it
    queues         correctness: SQS queues that lose no message
    events         correctness: S3's events with version and sequencer
    mappings       correctness: Lambda's event source mappings
    opt_outs       correctness: SNS refuses a number that has opted out
    versions       correctness: the same versions in each run
    sessions       correctness: Cognito renews no session of a disabled user
    passwords      correctness: Cognito resets a password only with the right code
    expressions    speed: DynamoDB's expressions, parsed once
    wire           speed: a shortcut between botocore and moto in one process
    signing        speed: no signature on calls that stay in one process

`PATCHES` is the register; `python -m local.moto_patches` lists it. Each patch is written for one
source of the function that it replaces. If the source has changed, applying it raises `PatchError`.

PAYUNG_MOTO_PATCHES_OFF=transactions,wire switches topics off; PAYUNG_PLAIN_MOTO=1 all of them.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

from local.errors import PatchError

from . import (
    events,
    expressions,
    isolation,
    mappings,
    opt_outs,
    passwords,
    queues,
    sessions,
    signing,
    transactions,
    versions,
    wire,
)
from .patch import Kind, Patch

__all__ = ["PATCHES", "TOPICS", "Kind", "Patch", "PatchError", "applied", "switched_off"]

PATCHES: tuple[Patch, ...] = (
    *transactions.PATCHES,
    *queues.PATCHES,
    *events.PATCHES,
    *mappings.PATCHES,
    *opt_outs.PATCHES,
    *versions.PATCHES,
    *sessions.PATCHES,
    *passwords.PATCHES,
    *expressions.PATCHES,
    *wire.PATCHES,
    *signing.PATCHES,
    *isolation.PATCHES,  # last, so that its lock is around the others
)
TOPICS = tuple(dict.fromkeys(each.topic for each in PATCHES))


@contextmanager
def applied(
    topics: Collection[str] = TOPICS, *, off: Collection[str] | None = None
) -> Iterator[None]:
    """Apply the patches of `topics` in a context, except those of the topics in `off`.

    Without `off` the environment decides (see `switched_off`).

    Raises:
        PatchError: a topic is unknown, or the source of a function has changed since its patch was
            written.
    """
    left_out = switched_off() if off is None else frozenset(off)
    if unknown := {*topics, *left_out} - set(TOPICS):
        raise PatchError(
            f"there are no patches {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}"
        )
    chosen = [each for each in PATCHES if each.topic in topics and each.topic not in left_out]
    for each in chosen:
        each.check()
    with ExitStack() as stack:
        for each in chosen:
            stack.enter_context(each.applied())
        yield


def switched_off() -> frozenset[str]:
    """Return the topics that the environment switches off."""
    if os.environ.get("PAYUNG_PLAIN_MOTO") == "1":
        return frozenset(TOPICS)
    names = os.environ.get("PAYUNG_MOTO_PATCHES_OFF", "").split(",")
    return frozenset(name.strip() for name in names if name.strip())
