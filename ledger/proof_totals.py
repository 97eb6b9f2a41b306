"""The proof that the control totals are the sums of the postings behind them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ledger.proof_chain import unchained
from ledger.proofs import Offenders, Proof
from ledger.recipes import RECIPES
from ledger.schema import whole_sum
from ledger.tables import account, posting
from ledger.totals import latest_totals

Key = tuple[str, str, str, str]


class AccountSums:
    """Debits and credits of every key of the control totals, added up entry by entry.

    An entry debits one account and credits one; so its sums and the accounts' ends tell all,
    and no posting is read twice. Where they do not (a forged entry), its postings are read.
    """

    def __init__(self, session: Session) -> None:
        a = account.c
        rows = session.execute(select(a.id, a.kind, a.fund, a.programme, a.currency))
        self._keys: dict[int, Key] = {row.id: tuple(row[1:]) for row in rows}
        self._waiting = set(session.scalars(unchained()))
        self._session = session
        self.sums: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, row: Row[Any]) -> None:
        """One entry: its sums, and the first and last account on either side."""
        if row.posted_id is None or row.id in self._waiting:
            return
        one_debited = row.first_debited == row.last_debited
        if one_debited and row.first_credited == row.last_credited:
            self._add(row.first_debited, row.debits, 0)
            self._add(row.first_credited, 0, row.credits)
            return
        sums = (whole_sum(posting.c.debit), whole_sum(posting.c.credit))
        query = select(posting.c.account_id, *sums).where(posting.c.entry_id == row.posted_id)
        for each in self._session.execute(query.group_by(posting.c.account_id)):
            self._add(*each)

    def fits(self, row: Row[Any]) -> bool:
        """Whether the entry moved the two kinds of its recipe, in its programme and currency."""
        recipe = RECIPES.get(row.kind)
        if recipe is None:
            return False
        ends = (row.first_debited, row.last_debited, row.first_credited, row.last_credited)
        keys = [self._keys.get(account_id) for account_id in ends]
        if any(key is None or key[2:] != (row.programme, row.currency) for key in keys):
            return False
        moved = [key[0] for key in keys if key]
        sides = [recipe.debit, recipe.debit, recipe.credit, recipe.credit]
        # Which way round a reversal goes depends on what it reverses, which has its own proof.
        undoes = row.reverses_id is not None or row.corrects_id is not None
        return moved == sides or (undoes and moved == sides[2:] + sides[:2])

    def _add(self, account_id: int | None, debits: int, credits_: int) -> None:
        if account_id in self._keys:
            sums = self.sums[self._keys[account_id]]
            sums[0] += debits
            sums[1] += credits_


def prove_totals(session: Session, found: AccountSums) -> Proof:
    """The control totals are the sums of the postings of every chained entry."""
    held = {one[:4]: [one.debits, one.credits] for one in latest_totals(session)}
    wrong = Offenders()
    for key in sorted(held.keys() | found.sums.keys()):
        if held.get(key, [0, 0]) != found.sums.get(key, [0, 0]):
            wrong.add("/".join(key))
    return wrong.proof("control_totals", totals=len(held))
