"""Finds repeated people in a file. It is the only data that grows with the file during reading."""

_BUCKETS = 1 << 16


class FirstRows:
    """The first row of each person in a file.

    A dictionary of a million people takes 105 MB, nearly all of it for number objects. This class
    takes 35 MB. It also never needs memory for a second copy, as a structure does that doubles its
    size. People are distributed over a fixed number of texts. Each person adds
    `:7171015708900001` and the ordinal of the row. A search in a text is fast while the text is
    short: two KB at five million people. Python's hash of texts has a secret key in each process,
    so nobody can write a file whose people all go into one text.
    """

    def __init__(self, buckets: int = _BUCKETS) -> None:
        """Start a file; `buckets` is the number of texts."""
        self._buckets = [""] * buckets

    def first(self, nik: str, ordinal: int) -> int:
        """Return the ordinal of the person's first row; a new person is added with `ordinal`.

        `nik` has sixteen digits. In a text, only a NIK follows a colon, so a match is never the end
        of a NIK with its ordinal.
        """
        buckets = self._buckets
        place = hash(nik) % len(buckets)
        people = buckets[place]
        # The first test is faster, and nearly always sufficient.
        if nik in people and (found := people.find(f":{nik}")) >= 0:
            return int(people[found + 1 + len(nik) :].partition(":")[0])
        buckets[place] = f"{people}:{nik}{ordinal}"
        return ordinal
