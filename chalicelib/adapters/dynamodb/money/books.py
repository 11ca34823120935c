"""The counts of files and accounts that move with people's premiums, as writes."""

from collections import defaultdict
from collections.abc import Mapping

from chalicelib.adapters.dynamodb.counting.totals_items import money_totals_key, of_regency
from chalicelib.adapters.dynamodb.writes import Write, update
from chalicelib.adapters.ports import account_of
from chalicelib.domain.file.totals import Account
from chalicelib.domain.money.balance import Moved
from chalicelib.domain.person.enrollment import Enrollment

from .ledger_items import money_key, moved_counts

_NOWHERE = ""


class Books:
    """The moves of one transaction; those of accounts are by regency."""

    def __init__(self) -> None:
        """Begin with nothing moved."""
        self._files: dict[str, Moved] = defaultdict(Moved)
        self._accounts: dict[Account, dict[str, Moved]] = defaultdict(lambda: defaultdict(Moved))

    def of(self, person: Enrollment) -> tuple[Moved, Moved]:
        """Return the moves of a person's file, and of their account and regency."""
        regencies = self._accounts[account_of(person)]
        return self._files[person.batch], regencies[person.counted_regency]

    def of_file(self, batch: str, account: Account) -> tuple[Moved, Moved]:
        """Return the moves of a file and an account for what is in no regency: owed money."""
        return self._files[batch], self._accounts[account][_NOWHERE]

    def writes(self, table: str, shard: int) -> list[Write]:
        """Return the updates of all counts, in this shard of each file and account."""
        places = [
            *((money_key(batch, shard), moved_counts(of)) for batch, of in self._files.items()),
            *(
                (money_totals_key(account, shard), _by_regency(of))
                for account, of in self._accounts.items()
            ),
        ]
        return [
            update(table, key)
            .set_version()
            .add_counts(counts)
            # The first step of a file or account creates its item.
            .absent_or_not_newer()
            for key, counts in places
        ]


def _by_regency(parts: Mapping[str, Moved]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code, moved in parts.items():
        own = moved_counts(moved)
        counts |= of_regency(code, own) if code else own
    return counts
