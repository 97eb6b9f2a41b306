"""Rules of the machine: what finance does with lines at its desk, always two of them.

What is true of a line the machine knows from the bank, the officers may not: a debit that they
take back was one, and a line that they place may be about nothing of ours.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.disbursement.workbench.deciding import reject
from app.disbursement.workbench.proposing import match_draft, unmatch_draft
from app.disbursement.workbench.suggesting import suggest
from app.errors import AnSinhError
from tests.factories import BANK
from tests.reconciliation.desk import confirmed, proposed, signer
from tests.service.days import Days
from tests.service.doing import doing


class Desk(Days):
    """Placing what waits, and taking back what was placed, by hand or by the matcher."""

    @doing(2, lambda self: self._waiting_lines())
    def place(self, data: st.DataObject) -> None:
        """The best suggestion for a line that waits."""
        number = data.draw(st.sampled_from(self._waiting_lines()))
        with self.world.house.work() as session:
            found = suggest(session, number)
        if found:
            self.places(number, *found[0].parts)

    @doing(1, lambda self: self._placed_lines())
    def unplace(self, data: st.DataObject) -> None:
        """A line that was placed, be it rightly."""
        self.takes_back(data.draw(st.sampled_from(self._placed_lines())))

    def places(self, number: int, *parts: tuple[str, int]) -> bool:
        """Two place a line; whether they may. Where the bank did not pay that payment, or a credit
        is only thought to be its return, the books are wrong with the bank: an error."""
        orders = self.world.bank.orders
        ((amount,),) = self.world.rows("select amount from bank_line where id = ?", number)
        for word, _ in parts:
            if word in orders and (amount > 0 or not orders[word].paid):
                self._errs(word)
        return self._two(lambda session: match_draft(session, number, parts, "xem lại dòng"))

    def takes_back(self, number: int) -> bool:
        """Two take a line back; whether they may. A payment that went may then go anew."""
        for (reference,) in self.world.rows(_SETTLED_BY, number, number):
            self._errs(reference)
        return self._two(lambda session: unmatch_draft(session, number, "ghép nhầm"))

    def _two(self, draft_of: Any) -> bool:
        house = self.world.house

        def act() -> bool:
            with house.work() as session:
                draft = draft_of(session)
            row = proposed(house, draft)
            try:
                return confirmed(house, row).is_new
            except AnSinhError:
                self._withdraws(row)
                raise

        done = bool(self.may(act))
        self.happens("desk", "done" if done else "refused")
        return done

    def _withdraws(self, row: Any) -> None:
        """What cannot be confirmed does not stand in the way of the next proposal."""
        house, who = self.world.house, signer(self.world.house, "finance.one")
        with house.work() as session:
            reject(session, house.keyring, who, row.id, "không xác nhận được", house.clock.now())

    def _errs(self, reference: str) -> None:
        self.world.errors[reference] += 1

    def _waiting_lines(self) -> list[int]:
        return [one for (one,) in self.world.rows(_WAITING, BANK)]

    def _placed_lines(self) -> list[int]:
        return [one for (one,) in self.world.rows(_PLACED, BANK, BANK)]


_WAITING = """select s.bank_line_id from suspense_item s join bank_line l on l.id = s.bank_line_id
    where s.resolved_at is null and l.provider = ? and s.kind <> 'charge' order by 1"""
_PLACED = """select m.bank_line_id from line_match m join bank_line l on l.id = m.bank_line_id
    where l.provider = ? and l.kind = 'booked' and m.withdrawn_by = 0 and m.target_id is not null
    union select g.bank_line_id from line_placing g join bank_line l on l.id = g.bank_line_id
    where l.provider = ? and g.undone_by = 0 order by 1"""
_SETTLED_BY = """select i.reference from outcome o join instruction i on i.id = o.instruction_id
    where o.undone_by = 0 and o.state = 'settled' and (o.bank_line_id = ? or o.part_id in (
      select q.id from line_part q join line_placing g on g.proposal_id = q.proposal_id
      where g.bank_line_id = ? and g.undone_by = 0))"""
