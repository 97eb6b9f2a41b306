"""What must hold between the statements of one file: balance, pages, numbers, carry-over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bank_adapters.formats.amounts import to_text
from bank_adapters.formats.camt import Statement


def problems(statements: Sequence[Statement]) -> Iterator[str]:
    """Why the file must be kept apart, one sentence each; nothing when all is well."""
    for one in statements:
        if one.difference:
            difference = to_text(one.difference, one.currency)
            yield f"{_name(one)}: không cân, số dư cuối lệch {difference} {one.currency}"
    accounts: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for one in statements:
        accounts[one.kind, one.account, one.currency].append(one)
    for group in accounts.values():
        yield from _pages(group)
        for before, after in pairwise(group):
            yield from _between(before, after)


def _name(one: Statement) -> str:
    return one.report_id or one.account or "sổ phụ"


def _pages(group: Sequence[Statement]) -> Iterator[str]:
    """A page is whole when the file has its neighbours or it balances by its own balances."""
    for place, one in enumerate(group):
        if one.page is None or one.difference == 0:
            continue
        before = group[place - 1].page if place else None
        if one.page > 1 and before != one.page - 1:
            yield f"{_name(one)}: đây là trang {one.page}, thiếu trang trước"
        after = group[place + 1].page if place + 1 < len(group) else None
        if one.last_page is False and after != one.page + 1:
            yield f"{_name(one)}: trang {one.page} chưa phải trang cuối, thiếu trang sau"


def _between(before: Statement, after: Statement) -> Iterator[str]:
    """Two neighbours about one account, in either order of time."""
    if before.sequence.isdecimal() and after.sequence.isdecimal():
        step = int(after.sequence) - int(before.sequence)
        if step == -1:
            before, after = after, before
        elif step not in (0, 1):
            yield f"{_name(after)}: số thứ tự nhảy từ {before.sequence} sang {after.sequence}"
            return
    if before.closing is None or after.opening is None:
        return
    if before.closing != after.opening:
        yield f"{_name(after)}: số dư đầu khác số dư cuối của {_name(before)}"
