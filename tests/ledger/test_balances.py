"""Balances of today and of earlier days, movements, open items, the trial balance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ledger.balances import (
    Movement,
    account_balances,
    movements,
    movements_between,
    movements_by_cell,
    trial_balance,
)
from ledger.chain import seal_all
from ledger.chart import Cell, open_accounts, path_of
from ledger.errors import UnknownAccount
from ledger.items import history, open_item_sums, select_open_items
from ledger.journal import post_many
from tests.ledger.books import MERIT, PENSION, TODAY, Books, create_books, engine_for

NEXT_MONTH = date(2026, 11, 3)
POST_OFFICE = Cell("local", "pension", "01273", "post")


@pytest.fixture
def month(scratch: Books) -> Books:
    """October as ever; in November item 2 is paid again; another programme; another provider."""
    open_accounts(scratch.session, [POST_OFFICE])
    scratch.month()
    scratch.post("commit", 600, debit_item=2, effective_on=NEXT_MONTH)
    scratch.post_many("accrue", {4: 40, 5: 50}, cell=MERIT)
    scratch.post("fund_advance", 90, cell=POST_OFFICE)
    return scratch


def test_a_balance_is_that_of_its_day(month: Books) -> None:
    assert month.balance("payable") == 0
    assert month.balance("payable", on=TODAY) == 600
    assert month.balance("payable", on=NEXT_MONTH) == 0
    assert month.balance("payable", on=TODAY - timedelta(days=1)) == 0
    assert month.balance("payable", item=2, on=TODAY) == 600
    assert month.balance("payable", item=2) == 0
    assert month.balance("payable", item=99) == 0
    assert month.balance("commitment") == 600
    assert month.balance("claim") == 0
    with pytest.raises(UnknownAccount):
        month.balance("bank", cell=Cell("a", "b", "c", "d"))


def test_balances_of_all_accounts_agree_however_they_are_computed(month: Books) -> None:
    today = account_balances(month.session)
    assert today == account_balances(month.session, on=NEXT_MONTH)
    assert sum(one.balance for one in today) == 0
    assert {one.path: one.balance for one in today if one.balance} == {
        path_of("bank", PENSION): -1_800,
        path_of("advance", POST_OFFICE): -90,
        path_of("commitment", PENSION): 600,
        path_of("expense", PENSION): -1_800,
        path_of("funding", PENSION): 3_000,
        path_of("funding", POST_OFFICE): 90,
        path_of("expense", MERIT): -90,
        path_of("payable", MERIT): 90,
    }
    chosen = account_balances(month.session, programme="pension", kinds=["bank", "funding"])
    assert [(one.kind, one.cell.provider) for one in chosen] == [
        ("bank", "banka"),
        ("funding", "banka"),
        ("funding", "post"),
    ]
    assert account_balances(month.session, on=date(2026, 1, 1)) == []


def test_a_trial_balance_has_two_equal_sides(month: Books) -> None:
    assert trial_balance(month.session) == []
    seal_all(month.session)
    lines = trial_balance(month.session, on=TODAY)
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines) == 3_780
    assert [tuple(line) for line in lines if line.programme == "merit"] == [
        ("3340", "payable", "Trợ cấp phải trả", "merit", 0, 90),
        ("6110", "expense", "Chi trợ cấp", "merit", 90, 0),
    ]
    assert [line.number for line in lines] == sorted(line.number for line in lines)
    later = {line.kind: line for line in trial_balance(month.session)}
    month.post("fund_bank", 7, effective_on=TODAY + timedelta(days=1))
    seal_all(month.session)
    assert trial_balance(month.session, on=TODAY) == lines
    now = {line.kind: line for line in trial_balance(month.session)}
    assert now["bank"].debit == later["bank"].debit + 7


def test_movements_tell_what_each_recipe_moved(month: Books) -> None:
    assert movements(month.session, PENSION, "2026-10") == {
        "fund_bank": 3_000,
        "accrue": 1_800,
        "commit": 1_800,
        "send": 1_800,
        "settle_bank": 1_800,
        "return_bank": 600,
    }
    assert movements(month.session, PENSION, "2026-11") == {"commit": 600}
    # Expense is kept without provider, so every provider of the unit sees the same accruals.
    assert movements(month.session, POST_OFFICE, "2026-10") == {
        "accrue": 1_800,
        "fund_advance": 90,
    }


def test_movements_of_all_cells_come_at_once(month: Books) -> None:
    found = movements_by_cell(month.session, "2026-10")
    assert found == movements_between(month.session, date(2026, 10, 1), date(2026, 10, 31))
    assert Movement("local", "pension", "01273", "banka", "bank", "return_bank", 600, 0) in found
    assert Movement("local", "pension", "01273", "banka", "transit", "send", 0, 1_800) in found
    assert Movement("central", "merit", "01273", "", "expense", "accrue", 90, 0) in found
    assert {one.programme for one in movements_by_cell(month.session, "2026-10", "merit")} == {
        "merit"
    }
    assert movements_by_cell(month.session, "2026-12") == []


@pytest.mark.parametrize("period", ["2026", "2026-14", "10-2026", ""])
def test_a_period_is_a_month(scratch: Books, period: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        movements_by_cell(scratch.session, period)


def test_open_items_are_summed_by_account(month: Books) -> None:
    sums = [(one.path, one.items, one.balance) for one in open_item_sums(month.session)]
    assert sums == [("payable/central/merit", 2, 90)]
    sums = [(one.path, one.items, one.balance) for one in open_item_sums(month.session, on=TODAY)]
    assert sums == [("payable/central/merit", 2, 90), ("payable/local/pension", 1, 600)]
    assert open_item_sums(month.session, programme="pension") == []
    assert len(open_item_sums(month.session, kinds=("payable",))) == 1
    assert open_item_sums(month.session, kinds=("suspense",)) == []


def test_the_items_of_a_kind_are_found_without_everybodys(month: Books) -> None:
    """What people are owed is nearly all items there ever were: who asks for other ones reads
    nothing of it."""
    engine = month.session.get_bind()
    seen: list[str] = []

    def look(_: object, __: object, statement: str, *more: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", look)
    open_item_sums(month.session, kinds=("suspense",))
    event.remove(engine, "before_cursor_execute", look)
    (asked,) = (one for one in seen if "posting" in one)
    inner = asked[asked.index("FROM posting") :]
    by_subselect = "posting.account_id IN (SELECT account.id" in inner
    assert by_subselect or "posting.account_id = ANY (" in inner  # PostgreSQL is told the numbers


def test_open_items_can_be_posted_as_they_come(month: Books) -> None:
    items = select_open_items(month.session, "payable", MERIT)
    assert sorted(tuple(row) for row in month.session.execute(items)) == [(4, 40), (5, 50)]
    post_many(month.session, month.draft("reverse_accrual", MERIT), items, count=2, total=90)
    assert month.balance("payable", MERIT) == 0
    assert month.session.execute(items).all() == []


def test_an_item_has_a_history(month: Books) -> None:
    lines = history(month.session, "payable", PENSION, 2)
    assert [(one.recipe, one.debit, one.credit, one.balance) for one in lines] == [
        ("accrue", 0, 600, 600),
        ("commit", 600, 0, 0),
        ("return_bank", 0, 600, 600),
        ("commit", 600, 0, 0),
    ]
    assert lines[3].effective_on == NEXT_MONTH
    assert history(month.session, "payable", PENSION, 99) == []


@pytest.mark.postgres
def test_two_may_open_the_same_accounts_at_once(postgres_url: str) -> None:
    """The second waits for the first, and finds them opened."""
    engine = engine_for(postgres_url)
    create_books(engine, PENSION)
    with Session(engine) as first, ThreadPoolExecutor(1) as pool:
        assert open_accounts(first, [POST_OFFICE]) > 0
        second = pool.submit(_open_post_office, engine)
        with pytest.raises(TimeoutError):
            second.result(0.3)
        first.commit()
        second.result(10)
    engine.dispose()


def _open_post_office(engine: Engine) -> None:
    with Session(engine) as session:
        open_accounts(session, [POST_OFFICE])
        session.commit()
