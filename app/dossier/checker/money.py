"""The money: accruals, outcomes, settlement and accounts, each added up from the postings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .reading import Books, Pack

BACK = ("returned", "recalled")
PARTS = ("in_transit", "suspense", "unspent")
USES = ("credited", "cash_paid", "fees_and_not_ours_out", "back_to_treasury", "balance")

Cell = tuple[str, ...]


def accruals(pack: Pack, books: Books) -> Iterator[str]:
    """What an approved payroll lists for the first time is what its entries accrue, less what of
    them was reversed."""
    accrued: defaultdict[str, int] = defaultdict(int)
    for one in books.entries.values():
        undone = books.entries.get(one["reverses"])
        if one["recipe"] == "accrue" and not one["reverses"]:
            accrued[one["source"]] += int(one["total"])
        elif undone and undone["recipe"] == "accrue":
            accrued[undone["source"]] -= int(one["total"])
    for one in pack.values["payrolls"]:
        wanted = one["newly_owed"] if one["state"] in ("approved", "closed") else 0
        booked = accrued.pop(f"payroll:{one['id']}", 0)
        if booked != wanted:
            yield f"bảng / payroll {one['id']}: {wanted} ≠ {booked}"


def outcomes(pack: Pack, books: Books) -> Iterator[str]:
    """Every entry of outcomes is the sum of them, less what was kept of returns; their sums by
    state are those told."""
    entries: defaultdict[str, int] = defaultdict(int)
    states: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in pack.rows("outcomes.csv"):
        amount, sums = int(row["amount"]), states[row["state"]]
        entries[row["entry"]] += amount - int(row["kept"])
        sums[0], sums[1] = sums[0] + 1, sums[1] + amount
    for number, amount in entries.items():
        entry = books.entries.get(number)
        if entry is None or int(entry["total"]) != amount:
            yield f"bút toán / entry {number}: {amount}"
    told = {one["state"]: [one["outcomes"], one["amount"]] for one in pack.values["outcomes"]}
    if told != states:
        yield f"outcomes.csv: {dict(states)}"


def accounts(pack: Pack, books: Books) -> Iterator[str]:
    """Every account's month is the sum of its postings."""
    moved = dict(books.accounts)
    for one in pack.values["accounts"]:
        path = one["account"]
        sums = moved.pop(path, [0, 0])
        closing = one["opening"] + one["credit"] - one["debit"]
        if sums != [one["debit"], one["credit"]] or closing != one["closing"]:
            yield f"tài khoản / account {path}"
    yield from (f"tài khoản / account {path}" for path in moved)


def settlement(pack: Pack, books: Books) -> Iterator[str]:
    """Every figure of the settlement, from postings, outcomes and the month before."""
    if not pack.values["closed"]:
        pack.notes.append("Tháng CHƯA KHOÁ SỔ / the month is NOT CLOSED")
    held, paid, kept = _held(pack), _paid(pack), _kept(pack)
    before = {_cell(one): one["balance"] for one in pack.values["closed_before"]}
    for one in pack.values["closings"]:
        cell = _cell(one)
        place = (cell[0], cell[1], one["unit"], cell[2])
        wanted = {**_terms(pack, books, place), **held[place], **paid[cell]}
        wanted["fees_and_not_ours_out"] += kept[cell]
        if cell in before:
            wanted["opening"] = before[cell]
        wrong = [name for name, amount in wanted.items() if one[name] != amount]
        wrong += _identities(one)
        yield from (f"{'/'.join(place)}: {name} = {one.get(name)}" for name in wrong)


def _cell(one: dict[str, Any]) -> Cell:
    return one["fund"], one["programme"], one["provider"]


def _identities(one: dict[str, Any]) -> list[str]:
    """Where came from and went to do not agree, or the balance is not its parts."""
    came = one["opening"] + one["funding"] + one["not_ours_in"]
    wrong = [] if came == sum(one[name] for name in USES) else ["A - B"]
    if one["balance"] != sum(one[name] for name in PARTS):
        wrong.append("balance")
    if one["reported_balance"] not in (None, one["balance"]):
        wrong.append("reported_balance")
    return wrong


def _terms(pack: Pack, books: Books, place: Cell) -> dict[str, int]:
    """What came and went by recipe on the money accounts of a cell."""
    told = pack.values["closing_terms"]
    found = {}
    for name, sign in (
        ("funding", 1),
        ("not_ours_in", 1),
        ("fees_and_not_ours_out", -1),
        ("back_to_treasury", -1),
    ):
        keys = [(kind, place, recipe) for kind in told["money"] for recipe in told[name]]
        found[name] = sign * sum(books.moved.get(key, 0) for key in keys)
    return found


def _held(pack: Pack) -> defaultdict[Cell, dict[str, int]]:
    """Balances at both ends of the month by cell, from the accounts."""
    found: defaultdict[Cell, dict[str, int]] = defaultdict(
        lambda: {"opening": 0, "balance": 0, "in_transit": 0, "suspense": 0}
    )
    for one in pack.values["accounts"]:
        kind, *cell = one["account"].split("/")
        sums = found[tuple(cell)]
        if kind in pack.values["closing_terms"]["money"]:
            sums["opening"] -= one["opening"]
            sums["balance"] -= one["closing"]
        elif kind in ("transit", "suspense"):
            sums["in_transit" if kind == "transit" else kind] += one["closing"]
    return found


def _kept(pack: Pack) -> defaultdict[Cell, int]:
    """What providers kept of the returns of the month, by cell."""
    found: defaultdict[Cell, int] = defaultdict(int)
    for row in pack.rows("outcomes.csv"):
        if pack.in_month(row["posted_on"]):
            found[row["fund"], row["programme"], row["provider"]] += int(row["kept"])
    return found


def _paid(pack: Pack) -> defaultdict[Cell, dict[str, int]]:
    """Credited and paid in cash, net of what came back, by cell, from the outcomes."""
    found: defaultdict[Cell, dict[str, int]] = defaultdict(lambda: {"credited": 0, "cash_paid": 0})
    for row in pack.rows("outcomes.csv"):
        if pack.in_month(row["posted_on"]) and row["state"] in ("settled", *BACK):
            sums = found[row["fund"], row["programme"], row["provider"]]
            name = "cash_paid" if row["method"] == "cash" else "credited"
            sums[name] += -int(row["amount"]) if row["state"] in BACK else int(row["amount"])
    return found
