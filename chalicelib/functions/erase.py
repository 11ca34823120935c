"""Deletes one person's data on their request; invoked by an administrator."""

from typing import Any

from chalicelib import deliveries, erase, wiring


def run(event: Any, context: Any) -> dict[str, Any]:
    """An `EraseRequest`; the answer says what was deleted."""
    request = deliveries.valid(erase.EraseRequest, event)
    erased = erase.erase_person(request, **wiring.given(erase.erase_person, context))
    return erased.model_dump(mode="json")
