"""Orders of files about who asked for whose data, and how far each file is: objects in the bucket.

An order never changes. Its state is an object of its own, which only the function that writes the
file writes.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.adapters import bucket_keys
from chalicelib.adapters.ports import Objects
from chalicelib.errors import ObjectMissing

_JSON = "application/json"


class Progress(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class AccessOrder(BaseModel):
    """What somebody wants to know: the lines of the audit trail from `since` to before `until`.

    `user` limits them to one user, `person` (the keyed hash of a NIK) to one person; `reference` is
    how that person was named. `zone` is the time zone of the times in the file.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    by: str
    at: datetime
    reason: str
    since: datetime
    until: datetime
    zone: str
    user: str | None = None
    reference: str | None = None
    person: str | None = None


class AccessState(BaseModel):
    """How far the file of an order is; `lines` are those in it, `why` is why there is none."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    progress: Progress
    lines: int = Field(0, ge=0)
    why: str | None = None


def write_order(objects: Objects, order: AccessOrder) -> None:
    """Store an order."""
    key = bucket_keys.access_order(order.id)
    objects.write(key, order.model_dump_json().encode(), content_type=_JSON, unless_there=True)


def read_order(objects: Objects, order: str) -> AccessOrder:
    """Return an order.

    Raises:
        ObjectMissing: there is none, or no longer.
    """
    return AccessOrder.model_validate_json(objects.read(bucket_keys.access_order(order)))


def write_state(objects: Objects, order: str, state: AccessState) -> None:
    """Store how far the file of an order is."""
    key = bucket_keys.access_state(order)
    objects.write(key, state.model_dump_json().encode(), content_type=_JSON)


def state_of(objects: Objects, order: AccessOrder) -> AccessState:
    """Return how far the file of an order is."""
    try:
        return AccessState.model_validate_json(objects.read(bucket_keys.access_state(order.id)))
    except ObjectMissing:
        return AccessState(progress=Progress.WAITING)


def latest(objects: Objects, most: int) -> Iterator[AccessOrder]:
    """Iterate over the latest orders, the latest first: their ids begin with their time."""
    suffix = bucket_keys.access_order("")[len(bucket_keys.ACCESS) :]
    keys = [key for key in objects.keys(bucket_keys.ACCESS) if key.endswith(suffix)]
    for key in sorted(keys, reverse=True)[:most]:
        try:
            yield read_order(objects, key.removeprefix(bucket_keys.ACCESS).removesuffix(suffix))
        except ObjectMissing:
            continue  # it expired meanwhile
