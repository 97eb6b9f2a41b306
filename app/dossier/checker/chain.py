"""The chain of seals: links computed again, entries at their places, closed periods closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .reading import Books, Pack

_SAME = ("entry", "fiscal_year", "voucher", "digest", "link")


def links(pack: Pack, books: Books) -> Iterator[str]:
    """Every link follows from the one before; the entries stand where they say."""
    part = pack.values["books"]["chain"] or {"first": 1, "last": 0, "before": ""}
    waiting = {one["position"]: one for one in books.entries.values() if one["position"]}
    position, link, vouchers = part["first"] - 1, part["before"], dict[str, int]()
    for row in pack.rows("chain.csv"):
        year, voucher = row["fiscal_year"], int(row["voucher"])
        text = "|".join((link, row["position"], year, row["voucher"], row["digest"]))
        position, link = position + 1, hashlib.sha256(text.encode()).hexdigest()
        is_next = vouchers.get(year, voucher - 1) + 1 == voucher
        if (row["position"], row["link"]) != (str(position), link) or not is_next:
            yield f"vị trí / position {row['position']}"
        entry = waiting.pop(row["position"], None)
        if entry and any(entry[one] != row[one] for one in _SAME):
            yield f"bút toán / entry {entry['entry']}"
        # Go on from what is written: so one broken link is named, not all behind it.
        position, link, vouchers[year] = int(row["position"]), row["link"], voucher
    if position != part["last"]:
        yield f"chain.csv: dừng ở vị trí / ends at position {position}"
    yield from (f"bút toán / entry {one['entry']}" for one in waiting.values())
    late = [one for one in books.entries.values() if not one["position"]]
    if late:
        pack.notes.append(f"Bút toán chưa vào chuỗi / entries not in the chain yet: {len(late)}")


def closes(pack: Pack, books: Books) -> Iterator[str]:
    """No entry of a closed period stands behind its close."""
    told = pack.values["books"]["closes"]
    ends = {(one["programme"], one["period"]): one["position"] for one in told}
    for one in books.entries.values():
        year, day = one["fiscal_year"], one["effective_on"]
        period = day[:7] if day[:4] == year else f"{year}-13"
        end = ends.get((one["programme"], period), -1)
        if end >= 0 and (not one["position"] or int(one["position"]) > end):
            yield f"bút toán / entry {one['entry']}"
