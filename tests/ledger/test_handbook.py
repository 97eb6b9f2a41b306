"""`ledger/README.md` says what the code does, and the chart and the recipes are sound."""

from __future__ import annotations

import re
from pathlib import Path

import ledger
from ledger.chart import ALL, CREDIT_NORMAL, DEBIT_NORMAL, KINDS, UNGUARDED
from ledger.handbook import PAGE, renewed
from ledger.recipes import RECIPES


def test_the_tables_of_the_page_are_current() -> None:
    page = PAGE.read_text("utf-8")
    assert page.count("<!-- end -->") == 2
    assert renewed(page) == page, "run: python -m ledger.handbook"


def test_the_page_names_every_file_and_only_files_that_exist() -> None:
    page = PAGE.read_text("utf-8")
    files = {path.name for path in Path(ledger.__file__).parent.glob("*.py")} - {"__init__.py"}
    named = set(re.findall(r"`(\w+\.py)`", page))
    assert named == files | {"errors.py"}


def test_every_recipe_joins_two_kinds_of_the_chart() -> None:
    for name, recipe in RECIPES.items():
        assert recipe.name == name
        assert {recipe.debit, recipe.credit} <= KINDS.keys()
        assert recipe.debit != recipe.credit
        assert recipe.says
        assert recipe.row
    pairs = [(one.debit, one.credit, one.row) for one in RECIPES.values()]
    assert len(pairs) == len(set(pairs))


def test_every_kind_is_sound() -> None:
    numbers = [kind.number for kind in KINDS.values()]
    assert len(numbers) == len(set(numbers))
    for code, kind in KINDS.items():
        assert kind.code == code
        assert kind.guard in (UNGUARDED, CREDIT_NORMAL, DEBIT_NORMAL)
        assert set(kind.dimensions) <= set(ALL)
        assert "programme" in kind.dimensions, "an entry belongs to one programme"
        if kind.guard:
            assert (kind.guard == DEBIT_NORMAL) == kind.number.startswith("1")


def test_debit_and_credit_are_chosen_in_one_file() -> None:
    """Nobody outside the books writes a posting, nor names the sides of one."""
    root = Path(ledger.__file__).parent.parent
    words = re.compile(r"\b(?:is_debit|Recipe\()")
    rooms = [path for room in ("app", "reconciliation", "bank_adapters") for path in
             (root / room).rglob("*.py")]  # fmt: skip
    assert rooms
    assert [str(path) for path in rooms if words.search(path.read_text("utf-8"))] == []
