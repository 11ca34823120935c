"""Values of which there are millions: made, stored and read back once for every row.

msgspec makes them in a tenth of the time that a frozen dataclass takes, and writes and reads them
as JSON without a step in between. None can be part of a cycle, so the garbage collector need not
look at them.
"""

from msgspec import Struct


class Record(Struct, frozen=True, gc=False):
    """A value that does not change; `msgspec.structs.replace` makes another of it."""


class StoredRecord(Struct, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """A value that chunk objects hold, as the JSON array of its fields in their order.

    A field may only be added at the end, with a default: older objects are read for years.
    """
