"""The month's budget in shards, so that workers who reserve at once do not wait for one item.

Each shard has a share of the budget, in whole messages, and nobody reserves beyond a share. So all
shards together never have more than the budget, whichever of them are used.
"""

from collections.abc import Sequence

SPEND_SHARDS = 8
"""A month's spending is split into so many items."""


def shares(reserved: Sequence[int], *, budget: int, price: int) -> list[int]:
    """Return how much each shard may have reserved at most (micro-USD).

    `reserved` is what the shards have now, `price` that of one message. While the budget stays the
    same, so do the shares. Where a budget was lowered, some shards have more than an equal share:
    they get nothing more, and the others share the rest.
    """
    parts = [-(-each // price) for each in reserved]
    messages, full = budget // price, set[int]()
    while True:
        open_ = [shard for shard in range(len(parts)) if shard not in full]
        left = max(0, messages - sum(parts[shard] for shard in full))
        if not open_:
            return list(reserved)
        each, more = divmod(left, len(open_))
        share = {shard: each + (place < more) for place, shard in enumerate(open_)}
        beyond = {shard for shard in open_ if parts[shard] > share[shard]}
        if not beyond:
            return [
                share[shard] * price if shard in share else reserved[shard]
                for shard in range(len(parts))
            ]
        full |= beyond
