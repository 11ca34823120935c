"""Who stood in a file before: the one thing that grows with it while it is read."""

_BUCKETS = 1 << 16


class FirstRows:
    """Which row of a file was the first of each person.

    A dictionary of a million people takes 105 MB, nearly all of it for the objects of its numbers;
    this takes 35 MB and never needs room for a second copy, as whatever doubles its size does. The
    people are spread over a fixed number of texts, a few in each: `:7171015708900001` and the
    ordinal of the row, next to one another. Looking through a text is quick as long as it is
    short: at five million people, two KB. How people are spread is Python's secret in each process
    (it keys the hashes of texts), so nobody can write a file that puts all of them into one.
    """

    def __init__(self, buckets: int = _BUCKETS) -> None:
        """Begin a file; `buckets` is over how many texts its people are spread."""
        self._buckets = [""] * buckets

    def first(self, nik: str, ordinal: int) -> int:
        """Return the ordinal of the first row of a person: a new one's own, which is kept.

        `nik` has its sixteen digits. No other sixteen characters follow a colon, so that what is
        found is a NIK, and not the end of one with its ordinal.
        """
        buckets = self._buckets
        place = hash(nik) % len(buckets)
        people = buckets[place]
        # The first test is the quicker one, and nearly always enough.
        if nik in people and (found := people.find(f":{nik}")) >= 0:
            return int(people[found + 1 + len(nik) :].partition(":")[0])
        buckets[place] = f"{people}:{nik}{ordinal}"
        return ordinal
