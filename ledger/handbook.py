"""The tables of `ledger/README.md`, made from the chart and the recipes themselves.

`python -m ledger.handbook` writes them into the page anew; a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

from ledger.chart import CREDIT_NORMAL, DEBIT_NORMAL, KINDS
from ledger.recipes import RECIPES

PAGE = Path(__file__).with_name("README.md")
_SIDES = {CREDIT_NORMAL: "credit", DEBIT_NORMAL: "debit"}


def chart_table() -> str:
    """Every kind of account: number, names, the side it may not leave, what tells two apart."""
    lines = [
        "| number | kind | name | side | one account per | one item per |",
        "|---|---|---|---|---|---|",
    ]
    for kind in sorted(KINDS.values(), key=lambda one: one.number):
        side = _SIDES.get(kind.guard, "either")
        cell = ", ".join(kind.dimensions)
        lines.append(
            f"| {kind.number} | `{kind.code}` | {kind.name} | {side} | {cell} | {kind.item} |"
        )
    return "\n".join(lines)


def recipe_table() -> str:
    """Every recipe: what it debits and credits, its row of the transition table, its sentence."""
    lines = ["| recipe | debit | credit | row | in words |", "|---|---|---|---|---|"]
    for one in RECIPES.values():
        sides = " | ".join(f"{KINDS[kind].number} `{kind}`" for kind in (one.debit, one.credit))
        lines.append(f"| `{one.name}` | {sides} | {one.row} | {one.says} |")
    return "\n".join(lines)


def renewed(page: str) -> str:
    """The page with both tables made anew, between their marks."""
    for name, table in (("chart", chart_table()), ("recipes", recipe_table())):
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = marked.sub(lambda found, table=table: f"{found[1]}{table}\n{found[2]}", page)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
