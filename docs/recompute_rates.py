"""The leader's figures again, from the books: python3 recompute_rates.py BOOKS items.csv."""

import collections
import csv
import pathlib
import sys


def rows(path):
    return list(csv.DictReader(pathlib.Path(path).open(encoding="utf-8-sig", newline="")))


books, items = pathlib.Path(sys.argv[1]), rows(sys.argv[2])
entries = {e["entry"]: e for e in rows(books / "entries.csv")}
owed, paid, people = (collections.Counter() for _ in "123")
for p in rows(books / "postings.csv"):
    recipe = entries[p["entry"]]["recipe"]
    if recipe in ("accrue", "reverse_accrual") and p["account"].startswith("payable/"):
        owed[p["item"]] += int(p["credit"]) - int(p["debit"])
for i in items:
    assert owed[i["item"]] == int(i["amount"]), f"item {i['item']}: the books owe {owed[i['item']]}"
    paid[i["entry"]] += int(i["credited"]) + int(i["cash"])
    people.update({(i["person"], side): int(i[side]) for side in ("credited", "cash")})
assert all(paid[e] <= int(entries[e]["total"]) for e in paid if e), "an entry paid less than told"
both = [(people[p, "credited"], people[p, "cash"]) for p in {i["person"] for i in items}]
print("R1", sum(a > 0 and b == 0 for a, b in both), sum(a + b > 0 for a, b in both))
print("R1b", sum(a > 0 and b == 0 for a, b in both), len(both))
print("R2", sum(a for a, b in both), sum(a + b for a, b in both))
print("R5", sum(i["on_time"] == "1" for i in items), len(items))
print("R6", sum(i["credited"] == i["cash"] == "0" for i in items), len(items))
