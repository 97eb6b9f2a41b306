"""Random histories against a dictionary: the books agree after every step, or both refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ledger.balances import account_balances, select_open_items
from ledger.chain import Head, head, seal_chain
from ledger.chart import Cell, open_accounts
from ledger.errors import Conflict, LedgerError, Overdrawn, PeriodClosed
from ledger.journal import Posted, reverse
from ledger.periods import close_period, first_open_day, period_of
from ledger.proof import verify
from tests.ledger.books import NOW, Books

ITEMS = st.integers(1, 6)
AMOUNTS = st.integers(1, 40)
DAYS = st.sampled_from([date(2026, 10, 5), date(2026, 11, 5), date(2026, 12, 5)])
CONTROLS = ("send", "settle_bank", "fund_bank", "refund_bank", "owe_treasury")
SIDES = {
    "fund_bank": ("bank", "funding"),
    "send": ("commitment", "transit"),
    "settle_bank": ("transit", "bank"),
    "refund_bank": ("treasury", "bank"),
    "owe_treasury": ("funding", "treasury"),
}
DEBIT_NORMAL = ("bank",)


@dataclass
class Model:
    """What the books should say: balances by kind, payable by item, entries by key."""

    balances: dict[str, int] = field(default_factory=dict)
    payable: dict[int, int] = field(default_factory=dict)
    keys: dict[str, object] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def move(self, debit: str, credit: str, amount: int) -> bool:
        """Move between control accounts; False (and nothing moved) when one is overdrawn."""
        after = {**self.balances}
        after[debit] = after.get(debit, 0) - amount
        after[credit] = after.get(credit, 0) + amount
        for kind in (debit, credit):
            wrong = after[kind] > 0 if kind in DEBIT_NORMAL else after[kind] < 0
            if wrong and kind != "expense":
                return False
        self.balances = after
        return True

    def drain(self, items: dict[int, int]) -> bool:
        """Take from items; False when one has too little."""
        if any(self.payable.get(item, 0) < amount for item, amount in items.items()):
            return False
        for item, amount in items.items():
            self.payable[item] -= amount
        return True


class Machine(RuleBasedStateMachine):
    """Posts, posts many, reverses, repeats, closes, seals, on one database."""

    engine: Engine
    examples = 0

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine)
        # The books only grow: every example has a programme and keys of its own.
        Machine.examples += 1
        self.cell = Cell("local", f"programme-{self.examples}", "01273", "banka")
        self.books = Books(self.session, self.engine, written=self.examples * 1_000)
        self.model = Model()
        open_accounts(self.session, [self.cell])
        self.session.commit()
        self.accruals: list[tuple[Posted, dict[int, int]]] = []
        self.last: tuple[str, Callable[[], Posted], Posted] | None = None

    def teardown(self) -> None:
        try:
            assert [proof for proof in verify(self.session) if not proof.ok] == []
        finally:
            self.session.close()

    def _try(self, day: date, expected: bool, act: Callable[[], Posted]) -> Posted | None:
        """Do it; agree with the model on whether, and if not, why."""
        open_ = period_of(day) not in self.model.closed
        try:
            posted = act()
            self.session.commit()
        except LedgerError as error:
            self.session.rollback()
            refusal = Overdrawn if open_ else PeriodClosed
            if (expected and open_) or not isinstance(error, refusal):
                raise
            return None
        assert expected
        assert open_
        return posted

    @rule(items=st.dictionaries(ITEMS, AMOUNTS, min_size=1), day=DAYS)
    def accrue(self, items: dict[int, int], day: date) -> None:
        key = f"accrual:{self.examples}:{self.books.written}"

        def act() -> Posted:
            return self.books.post_many("accrue", items, cell=self.cell, key=key, effective_on=day)

        if posted := self._try(day, True, act):
            for item, amount in items.items():
                self.model.payable[item] = self.model.payable.get(item, 0) + amount
            self.model.move("expense", "accrued", sum(items.values()))
            self.accruals.append((posted, items))
            self.last = (key, act, posted)

    @rule(items=st.dictionaries(ITEMS, AMOUNTS, min_size=1, max_size=3), day=DAYS)
    def commit(self, items: dict[int, int], day: date) -> None:
        enough = all(self.model.payable.get(i, 0) >= amount for i, amount in items.items())

        def act() -> Posted:
            return self.books.post_many("commit", items, cell=self.cell, effective_on=day)

        if self._try(day, enough, act):
            assert self.model.drain(items)
            self.model.move("accrued", "commitment", sum(items.values()))

    @rule(recipe=st.sampled_from(CONTROLS), amount=AMOUNTS, day=DAYS)
    def control(self, recipe: str, amount: int, day: date) -> None:
        before = self.model.balances
        fits = self.model.move(*SIDES[recipe], amount)

        def act() -> Posted:
            return self.books.post(recipe, amount, cell=self.cell, effective_on=day)

        if self._try(day, fits, act) is None:
            self.model.balances = before

    @rule(item=ITEMS, amount=AMOUNTS)
    def returned(self, item: int, amount: int) -> None:
        day = first_open_day(self.session, self.cell.programme, date(2026, 10, 5))

        def act() -> Posted:
            return self.books.post(
                "return_bank", amount, credit_item=item, cell=self.cell, effective_on=day
            )

        assert self._try(day, True, act)
        self.model.move("bank", "accrued", amount)
        self.model.payable[item] = self.model.payable.get(item, 0) + amount

    @precondition(lambda self: self.accruals)
    @rule(data=st.data(), day=DAYS)
    def reverse(self, data: st.DataObject, day: date) -> None:
        posted, items = data.draw(st.sampled_from(self.accruals))
        again = posted.entry_id in self.model.reversed
        enough = all(self.model.payable.get(i, 0) >= amount for i, amount in items.items())
        if again:
            return

        def act() -> Posted:
            cause = {"effective_on": day, "recorded_at": NOW, "source": "test"}
            key = f"undo:{posted.entry_id}"
            return reverse(self.session, posted.entry_id, key=key, **cause)

        if self._try(day, enough, act):
            assert self.model.drain(items)
            self.model.move("accrued", "expense", sum(items.values()))
            self.model.reversed.add(posted.entry_id)

    @precondition(lambda self: self.last)
    @rule()
    def repeat(self) -> None:
        assert self.last
        key, act, posted = self.last
        again = act()
        assert (again.entry_id, again.is_new) == (posted.entry_id, False)
        try:
            self.books.post("fund_bank", 1, cell=self.cell, key=key)
        except Conflict:
            self.session.rollback()
        else:
            raise AssertionError("the key was used for something else")

    @rule(period=st.sampled_from(["2026-10", "2026-11"]))
    def close(self, period: str) -> None:
        closed = close_period(self.session, self.cell.programme, period, NOW)
        self.session.commit()
        assert closed == (period not in self.model.closed)
        self.model.closed.add(period)

    @rule(limit=st.integers(1, 5))
    def seal(self, limit: int) -> None:
        before = head(self.session)
        sealed = seal_chain(self.session, limit)
        self.session.commit()
        assert head(self.session).position == before.position + sealed
        assert isinstance(before, Head)

    @invariant()
    def books_agree(self) -> None:
        found = account_balances(self.session, programme=self.cell.programme)
        balances = {one.kind: one.balance for one in found if one.balance}
        expected = {kind: amount for kind, amount in self.model.balances.items() if amount}
        expected.pop("accrued", None)
        if payable := sum(self.model.payable.values()):
            expected["payable"] = payable
        assert balances == expected
        items = self.session.execute(select_open_items(self.session, "payable", self.cell))
        left = {item: amount for item, amount in self.model.payable.items() if amount}
        assert {row.item: row.amount for row in items} == left
        self.session.rollback()


@pytest.fixture
def machine(engine: Engine) -> type[Machine]:
    """The machine on fresh books."""
    Machine.engine = engine
    return Machine


def test_random_histories_agree_with_a_dictionary(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
