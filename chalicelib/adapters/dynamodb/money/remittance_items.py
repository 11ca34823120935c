"""Converts lists of premiums between items and the domain."""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.adapters.dynamodb.items import (
    VERSION,
    Item,
    check_version,
    int_of,
    moment,
    number,
    text,
)
from chalicelib.domain.money.listing import RemittanceState
from chalicelib.domain.money.remittance import Cursor, Remittance, bank_of

LISTING = "listing"
"""Value in the index `unfinished`: the list is being made."""
COUNTS = ("people", "rupiah", "returned_people", "returned")
"""What steps of people change, each beside the others."""
_APART = dict.fromkeys((*COUNTS, "revision"), 0)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Remittance).decode


def remittance_key(remittance: str) -> Item:
    """Return the key of a list: those of a bank are in one partition, in the order of time."""
    return {"batch": {"S": f"remittances#{bank_of(remittance)}"}, "part": {"S": remittance}}


def taken_key(what: str) -> Item:
    """Return the key of the item that says whose a code or reference is."""
    return {"batch": {"S": f"remitted#{what}"}, "part": {"S": "remitted"}}


def cursor_text(cursor: Cursor) -> str:
    """Return how far a list is made, as one text."""
    return _encode(cursor).decode()


def attributes(remittance: Remittance) -> Item:
    """Return the attributes of a list besides its key and version."""
    made: Item = {
        "state": text(remittance.state),
        "cursor": text(cursor_text(remittance.cursor)),
        "body": text(_body(remittance)),
        **{name: number(getattr(remittance, name)) for name in _APART},
    }
    if remittance.state is RemittanceState.LISTING:
        made |= {"unfinished": text(LISTING), "received_at": moment(remittance.at)}
    return made


def remittance_item(remittance: Remittance) -> Item:
    """Return the item of a list."""
    return {**remittance_key(remittance.id), "v": number(VERSION), **attributes(remittance)}


def remittance_of(item: Mapping[str, Any]) -> Remittance:
    """Return the list that an item holds.

    Raises:
        NewerVersion: newer code wrote it.
    """
    check_version(item)
    return msgspec.structs.replace(
        _decode(item["body"]["S"]),
        cursor=msgspec.json.decode(item["cursor"]["S"], type=Cursor),
        **{name: int_of(item, name) for name in _APART},
    )


def _body(remittance: Remittance) -> str:
    return _encode(msgspec.structs.replace(remittance, cursor=Cursor(), **_APART)).decode()
