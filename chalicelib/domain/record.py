"""The base classes of values that exist once for every row, in millions.

msgspec makes a struct in a tenth of the time of a frozen dataclass, and converts it directly to and
from JSON. These values cannot be part of a reference cycle, so the garbage collector need not track
them.
"""

from msgspec import Struct


class Record(Struct, frozen=True, gc=False):
    """An immutable value. `msgspec.structs.replace` returns a changed copy."""


class StoredRecord(Struct, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """A value in a chunk object. It is stored as a JSON array of its fields, in their order.

    Add a field only at the end, and with a default: older objects are read for years.
    """
