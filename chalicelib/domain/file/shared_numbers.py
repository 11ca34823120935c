"""Counts the people of a file who have the same phone number."""

_BUCKETS = 1 << 15
_BYTES = 7  # a number of 15 digits, the most that E.164 allows


class SharedNumbers:
    """Knows how many people of a file have each phone number, as far as a limit.

    Every number of a file is kept. A dictionary of a million numbers takes 75 MB; this class takes
    11 MB. As in `FirstRows`, the numbers are distributed over a fixed number of buckets, by a hash
    that is secret in each process. A bucket has seven bytes for each person.
    """

    def __init__(self, most: int, buckets: int = _BUCKETS) -> None:
        """Take the most people of one number (0: no limit) and the number of buckets."""
        self._most = most
        self._buckets = [b""] * buckets

    def is_full(self, phone: str) -> bool:
        """Count a person with this number (E.164); return whether it has its most people already.

        A person above the limit is not counted.
        """
        if not self._most:
            return False
        place = hash(phone) % len(self._buckets)
        bucket, number = self._buckets[place], int(phone).to_bytes(_BYTES, "big")
        # The first test is faster, and nearly always sufficient.
        if number in bucket and _times(number, bucket) >= self._most:
            return True
        self._buckets[place] = bucket + number
        return False


def _times(number: bytes, bucket: bytes) -> int:
    places = range(0, len(bucket), _BYTES)
    return sum(bucket[place : place + _BYTES] == number for place in places)
