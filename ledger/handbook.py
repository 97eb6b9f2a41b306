"""The tables of `ledger/README.md` and the page `docs/recipes.md`, made from the code itself.

`python -m ledger.handbook` writes them anew; tests compare, and post every example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ledger.chart import CREDIT_NORMAL, DEBIT_NORMAL, KINDS
from ledger.money import format_number
from ledger.recipes import RECIPES
from ledger.stories import STORIES, Step, Story

PAGE = Path(__file__).with_name("README.md")
RECIPE_PAGE = Path(__file__).parent.parent / "docs" / "recipes.md"
_SIDES = {CREDIT_NORMAL: "credit", DEBIT_NORMAL: "debit"}
_HEAD = """# Bút toán mẫu · The recipes by example

Mỗi việc xảy ra với tiền là một bút toán theo một mẫu trong `ledger/recipes.py`. Trang này in ra
từ `ledger/stories.py`; khi chạy kiểm thử, mỗi bước được ghi thử trên cả hai loại cơ sở dữ liệu.
Số tiền tính bằng nghìn đồng. Số sau dấu # là đối tượng chi tiết: 1, 2, 3 là khoản trợ cấp, 7 là
lô chi, 21 và 22 là dòng sao kê, 31 và 32 là vụ việc.

*Everything that happens to money is an entry by a recipe. This page is printed from the worked
examples, and the tests post each step on both databases. Amounts are in thousands of đồng; a
number after # is an item.*
"""


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


def recipe_page() -> str:
    """The page of examples."""
    return "\n".join([_HEAD, *(line for story in STORIES for line in _told(story))])


def _told(story: Story) -> Iterator[str]:
    yield f"## {story.title}"
    yield f"*{story.title_en}*\n"
    yield "| | bước | Nợ | Có | số tiền | mẫu |"
    yield "|---:|---|---|---|---:|---|"
    for number, step in enumerate(story.steps, start=1):
        yield _row(number, step)
    left = ", ".join(_left(kind, amount) for kind, amount in story.leaves.items() if amount)
    yield f"\nCòn lại: {left or 'không còn số dư nào'}.\n"


def _row(number: int, step: Step) -> str:
    recipe = RECIPES[step.recipe]
    debit = _side(recipe.debit, step.debit_item)
    credit = _side(recipe.credit, step.credit_item)
    amount = format_number(step.amount)
    code = f"`{recipe.name}` {recipe.row}"
    return f"| {number} | {recipe.says} | {debit} | {credit} | {amount} | {code} |"


def _side(kind: str, item: int) -> str:
    return f"{KINDS[kind].number} {KINDS[kind].name}" + (f" #{item}" if item else "")


def _left(kind: str, amount: int) -> str:
    side = "dư Có" if amount > 0 else "dư Nợ"
    return f"{KINDS[kind].number} {side} {format_number(abs(amount))}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
    RECIPE_PAGE.write_text(recipe_page(), "utf-8")
