"""Tables for the screens that communes have: 80 columns, and no number cut."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

_WIDEST = 500


def fitted(table: Table, whole: Iterable[int]) -> str:
    """The table as text as wide as the screen; the columns `whole` are not folded, no word is cut.

    Where these need more than the screen has, the table is wider than it.
    """
    kept = frozenset(whole)
    for at, column in enumerate(table.columns):
        parts = [str(cell).splitlines() if at in kept else str(cell).split()
                 for cell in (column.header, *column.cells)]  # fmt: skip
        column.no_wrap = at in kept
        column.min_width = max((cell_len(one) for part in parts for one in part), default=0)
    needed = Console(width=_WIDEST).measure(table).minimum
    console = Console(width=max(Console().width, needed))
    with console.capture() as shown:
        console.print(table)
    return "\n".join(line.rstrip() for line in shown.get().splitlines())
