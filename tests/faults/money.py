"""The identities of money after all work: by file, bank, scheme and programme, to the rupiah."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from chalicelib.adapters.dynamodb.money.ledger_items import MONEY_PREFIX, NO_LEAF, moved_of
from chalicelib.domain.money.balance import Balance, Moved
from chalicelib.domain.money.standing import BEGINNING, Leaf
from tests.faults.snapshot import Item, Picture

CONFIRMATIONS = "KONFIRMASI"
_OWED = "not_due#"
_NOT_STATED = {"blank"}


def broken_money(picture: Picture) -> Iterator[str]:
    """Iterate over the broken identities of money."""
    for person in picture.people.values():
        yield from _broken_ledger(person)
    files = [each for each in picture.batches if each["scheme"] != CONFIRMATIONS]
    for file in files:
        moved = _moved(
            item
            for (batch, part), item in picture.files.items()
            if batch == file["batch"] and part.startswith(MONEY_PREFIX)
        )
        yield from _broken_leaves(file["batch"], _holders(picture, [file]), moved)
        yield from _broken_owed(file["batch"], _owed(picture, [file]), moved)
    accounts: dict[tuple[str, str, str], list[Item]] = {}
    for item in picture.totals:
        programme = item["batch"].partition("#")[2]
        bank, scheme, *_ = item["part"].split("#")
        accounts.setdefault((programme, bank, scheme), []).append(item)
    for (programme, bank, scheme), items in accounts.items():
        own = [
            each
            for each in files
            if (each.get("programme"), each["bank"], each["scheme"]) == (programme, bank, scheme)
        ]
        moved = {code: _moved(numbers) for code, numbers in _by_regency(items).items()}
        whole = _moved_together(moved.values())
        name = f"{programme} {bank} {scheme}"
        holders = _holders(picture, own)
        yield from _broken_leaves(name, holders, whole)
        yield from _broken_owed(name, _owed(picture, own), whole)
        if not any(picture.erasures(each["batch"]) for each in own):  # their regency is not known
            for code in {*moved, *(each["counted_regency"] for each in holders)} - {""}:
                of_it = [each for each in holders if each["counted_regency"] == code]
                yield from _broken_leaves(f"{name} {code}", of_it, moved.get(code, Moved()))
    yield from _broken_confirmations(picture)


def _broken_ledger(person: Item) -> Iterator[str]:
    """Iterate over lines that do not follow each other, or do not lead to the person's leaf."""
    now = (BEGINNING.cover.value, Leaf.OPEN.value)
    sources = []
    for text in person.get("ledger", ()):
        _, *standing, amount, source, _, _, _, _ = json.loads(text)
        if tuple(standing[:2]) != now or amount != person["premium"]:
            yield "a line of a ledger does not follow the line before it"
        now = tuple(standing[2:])
        sources.append(tuple(source))
    if (person["cover"], person.get("leaf", Leaf.OPEN.value)) != now:
        yield "a person is not where the ledger ends"
    if len(set(sources)) != len(sources):
        yield "a row was applied twice"


def _holders(picture: Picture, files: Iterable[Item]) -> list[Item]:
    """Return whatever holds a premium of these files: people, and the notes of erased people."""
    ids = {each["batch"] for each in files}
    people = [each for each in picture.people.values() if each["batch"] in ids]
    return [*people, *(note for each in ids for note in picture.erasures(each))]


def _by_regency(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Return the counts of totals by the regency in their names; empty for those that have none."""
    found: dict[str, list[Item]] = {}
    for item in items:
        for name, n in item.items():
            code, _, count = name.partition("_")
            is_regency = code[:1] == "r" and code[1:].isdigit()
            found.setdefault(code[1:] if is_regency else "", []).append(
                {count if is_regency else name: n}
            )
    return found


def _moved_together(parts: Iterable[Moved]) -> Moved:
    moved = Moved()
    for each in parts:
        moved.add(each)
    return moved


def _moved(items: Iterable[Item]) -> Moved:
    moved = Moved()
    for item in items:
        moved.add(moved_of({name: n for name, n in item.items() if isinstance(n, int)}))
    return moved


def _broken_leaves(name: str, holders: list[Item], moved: Moved) -> Iterator[str]:
    expected = sum(each["premium"] for each in holders)
    balance = Balance.of(len(holders), expected, [moved])
    for leaf in Leaf:
        inside = [
            each["premium"]
            for each in holders
            if each.get("leaf", Leaf.OPEN.value) == leaf and each.get("leaf") != NO_LEAF
        ]
        counted = balance.people(leaf), balance.leaves[leaf].rupiah
        if counted != (len(inside), sum(inside)):
            yield f"{name} {leaf}: counted {counted}, held {len(inside)}, Rp{sum(inside)}"
    sums = balance.rupiah()
    if sums["expected"] != expected or sums["deducted"] != sums["to_remit"] + sums["remitted"]:
        yield f"{name}: the sums do not close: {sums}"


def _owed(picture: Picture, files: Iterable[Item]) -> list[int]:
    ids = {each["batch"] for each in files}
    return [
        item["amount"]
        for (batch, part), item in picture.files.items()
        if batch in ids and part.startswith(_OWED)
    ]


def _broken_owed(name: str, owed: list[int], moved: Moved) -> Iterator[str]:
    counted = moved.not_due.people, moved.not_due.rupiah
    if counted != (len(owed), sum(owed)):
        yield f"{name}: owed are {len(owed)}, Rp{sum(owed)}; counted {counted}"


def _broken_confirmations(picture: Picture) -> Iterator[str]:
    """Iterate over confirmations whose summary has other steps than the ledgers."""
    steps = Counter[str]()
    for person in picture.people.values():
        for text in person.get("ledger", ()):
            batch, _, *by = json.loads(text)[6]
            steps[batch] += not by  # a reversal is no statement of the file
    for batch in picture.batches:
        if batch["scheme"] != CONFIRMATIONS or batch["status"] != "completed":
            continue
        shown: Mapping[str, Mapping[str, int]] = picture.summary(batch)
        matched = sum(n for name, n in shown["matched"].items() if name not in _NOT_STATED)
        if matched != steps[batch["batch"]]:
            taken = steps[batch["batch"]]
            yield f"{batch['batch']}: {matched} steps in the summary, {taken} in the ledgers"
        rows = sum(shown["matched"].values()) + sum(shown["breaks"].values())
        if rows != shown["rows"]:
            yield f"{batch['batch']}: {rows} rows in the counts, not {shown['rows']}"
