"""A state machine over the books: any history of entries, closes, seals and crashes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ledger.anchors import signed_head
from ledger.chain import head, seal_chain
from ledger.chart import Cell
from ledger.periods import close_period, first_open_day
from tests.ledger.books import LATER, NOW
from tests.ledger.held import PRIVATE, HeldBooks
from tests.ledger.histories import (
    DAYS,
    ROUND,
    cells,
    days,
    events,
    fitted,
    forms,
    item_amounts,
    nearly,
)
from tests.ledger.model import CONTROLS, MANY, Event, Undo
from tests.ledger.wishes import carry_out


class Machine(HeldBooks):
    """The rules; what must hold after each stands in `held.py`."""

    # ------------------------------------------------------------------ entries
    @rule(event=events(), form=forms, fits=st.booleans())
    def write(self, event: Event, form: str, fits: bool) -> None:
        """Anything; half the time something that is there."""
        wanted = fitted(self.model, event) if fits else event
        self.want(self._named(wanted), form=form)

    @rule(cell=cells, day=days, items=item_amounts, share=st.integers(1, 40))
    def run_month(self, cell: Cell, day: date, items: dict[int, int], share: int) -> None:
        """Accrue, fund, pay all that is open, carry a part over, leave a đồng on its way."""
        self._event("accrue", cell, day, items)
        self._event("fund_bank", cell, day, {0: sum(items.values())})
        due = self.model.open_items("payable", cell)
        if due and self._event("commit", cell, day, due, "select"):
            total, (item, amount) = sum(due.values()), min(due.items())
            left = min(amount, share)
            self._event("send", cell, day, {0: total})
            self._event("carry_over", cell, day, {item: left})
            self._event("settle_bank", cell, day, {0: total - left - 1})

    @precondition(lambda self: not self.went_round)
    @rule(cell=cells, day=days, item=st.integers(1, 6))
    def go_round(self, cell: Cell, day: date, item: int) -> None:
        """Every recipe once, in an order in which each finds what it takes."""
        self.went_round = True
        for recipe, amount in ROUND.items():
            self._event(recipe, cell, day, {0 if recipe in CONTROLS else item: amount})

    @rule(cell=cells, day=days, twice=st.booleans())
    def pay_all(self, cell: Cell, day: date, twice: bool) -> None:
        """Commit every open obligation of a programme; a second time all of it is refused."""
        due = self.model.open_items("payable", cell)
        for _ in range(1 + twice):
            if due:
                self._event("commit", cell, day, due, "select")

    @rule(event=events(), data=st.data())
    def late(self, event: Event, data: st.DataObject) -> None:
        """A fact of a closed month goes to the first open day."""
        programme, closed = event.cell.programme, self.model.closed
        late = [day for day in DAYS if (programme, f"{day:%Y-%m}") in closed]
        wanted = data.draw(st.sampled_from(late or [event.day]))
        day = first_open_day(self.session, programme, wanted)
        self.session.rollback()
        months = _months_from(wanted)
        shut = {one for place, one in closed if place == programme}
        open_ = (one for one in months if shut.isdisjoint((one, f"{one[:4]}-13")))
        assert f"{day:%Y-%m}" == next(open_)
        self.want(self._named(replace(event, day=day, fiscal_year=None)))

    @precondition(lambda self: self.model.entries)
    @rule(data=st.data(), day=days)
    def reverse(self, data: st.DataObject, day: date) -> None:
        self.want(self._undo(data, day, list(self.model.entries)))

    @precondition(lambda self: self.model.entries)
    @rule(data=st.data(), day=days, more=st.integers(-1, 1))
    def correct(self, data: st.DataObject, day: date, more: int) -> None:
        """Undo an entry and write what is right, both or neither."""
        everything = list(self.model.entries)
        possible = [one for one in everything if not self.model.refusals(Undo("", one, day))]
        undo = self._undo(data, day, possible or everything)
        wrong = next(wish for wish, number in self.model.keys.values() if number == undo.entry_id)
        if isinstance(wrong, Event):
            (item, amount), *others = wrong.items
            items = ((item, amount + more), *others)
            right = replace(wrong, day=day, items=items, corrects=undo.entry_id, fiscal_year=None)
            self.want(undo, self._named(right))

    @precondition(lambda self: self.model.keys)
    @rule(data=st.data(), form=forms, other=events())
    def repeat(self, data: st.DataObject, form: str, other: Event) -> None:
        """The same key: the first answer for the same content, a conflict for any other."""
        wish, _ = data.draw(st.sampled_from(list(self.model.keys.values())))
        self.want(wish, form=form)
        for one in (replace(other, key=wish.key), *nearly(wish)):
            self.want(one, form=form)

    # ------------------------------------------------------------------ months, chain, crashes
    @precondition(lambda self: self._closable)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self._closable))
        for is_new in (True, False):
            assert close_period(self.session, *place, LATER) == is_new
            self.session.commit()
        self.keep(*place)

    @rule(limit=st.integers(1, 5))
    def seal(self, limit: int) -> None:
        waiting = len(self.model.entries) - head(self.session).position
        assert seal_chain(self.session, limit) == min(limit, waiting)
        self.session.commit()

    @rule()
    def anchor(self) -> None:
        self.anchors.append(signed_head(self.session, NOW, PRIVATE))
        self.session.rollback()

    @rule(event=events(), form=forms, committed=st.booleans(), data=st.data())
    def crash_and_reopen(
        self, event: Event, form: str, committed: bool, data: st.DataObject
    ) -> None:
        """An entry was being written: it is there whole if it was committed, else not at all."""
        wish = self._named(fitted(self.model, event))
        if not self.model.refusals(wish):
            posted = carry_out(self.session, wish, form)
            self._crash(committed, data)
            if committed:
                self.model.write(wish, posted.entry_id)
        self.want(wish, form=form)

    @precondition(lambda self: self._closable)
    @rule(committed=st.booleans(), data=st.data())
    def crash_in_a_close(self, committed: bool, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self._closable))
        assert close_period(self.session, *place, LATER)
        self._crash(committed, data)
        if committed:
            self.keep(*place)
        assert close_period(self.session, *place, LATER) == (not committed)
        self.session.rollback()

    # ------------------------------------------------------------------ how
    @property
    def _closable(self) -> list[tuple[str, str]]:
        """Open periods with entries; none where so much is closed that nothing can be posted."""
        used = {(one.programme, one.period) for one in self.model.entries.values()}
        enough = len(self.model.entries) > 8 * len(self.model.closed)
        open_ = sorted(used - self.model.closed) if enough else []
        return [one for one in open_ if self._in_turn(*one)]

    def _in_turn(self, programme: str, period: str) -> bool:
        """The thirteenth period comes after December."""
        december = (programme, f"{period[:4]}-12")
        return not period.endswith("-13") or december in self.model.closed

    def _crash(self, committed: bool, data: st.DataObject) -> None:
        self.crash(data.draw(st.sampled_from(self.bench.crashes)), committed)

    def _event(
        self, recipe: str, cell: Cell, day: date, items: dict[int, int], form: str = "list"
    ) -> bool:
        pairs = tuple(sorted(items.items()))
        event = Event("", recipe, cell, day, pairs, alone=recipe not in MANY)
        return self.want(self._named(event), form=form)

    def _named(self, event: Event) -> Event:
        self.keys += 1
        return replace(event, key=f"key:{self.keys}")

    def _undo(self, data: st.DataObject, day: date, among: list[int]) -> Undo:
        self.keys += 1
        return Undo(f"key:{self.keys}", data.draw(st.sampled_from(among)), day)


def _months_from(day: date) -> list[str]:
    first = 12 * day.year + day.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, first + 12)]
