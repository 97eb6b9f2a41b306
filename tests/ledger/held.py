"""The books beside their model, and what must hold for both after every step."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy.orm import Session

from ledger.anchors import Anchor, public_key
from ledger.balances import account_balances
from ledger.errors import LedgerError
from ledger.items import select_open_items
from ledger.proof import verify
from ledger.totals import latest_totals
from tests.ledger.benches import Bench
from tests.ledger.books import MERIT, PENSION
from tests.ledger.checker import Rows, check_chain, check_entries
from tests.ledger.histories import CELLS
from tests.ledger.model import Model, Undo, Wish
from tests.ledger.wishes import carry_out

PRIVATE = "11" * 32
PUBLIC = public_key(PRIVATE)


class HeldBooks(RuleBasedStateMachine):
    """Wishes are put to the books and to the model; both grant them, or both refuse.

    `bench` makes the books and crashes them; `seen` counts what happened in all histories, so
    that a test can insist on the rare things.
    """

    bench: Bench
    seen: Counter[str]

    @initialize()
    def open_books(self) -> None:
        self.session = Session(self.bench.fresh())
        self.model = Model(frozenset(CELLS))
        self.anchors: list[Anchor] = []
        self.chained: list[int] = []
        self.kept: dict[tuple[str, str], Rows] = {}
        self.keys = 0
        self.went_round = False

    def teardown(self) -> None:
        if hasattr(self, "session"):
            try:
                self._prove(fast=False)
            finally:
                self.session.close()

    # ------------------------------------------------------------------ what must hold
    @invariant()
    def rows_are_those_of_the_model(self) -> None:
        by_period = check_entries(self.session, self.model)
        for place, kept in self.kept.items():
            assert by_period.get(place, []) == kept
        ids = check_chain(self.session)
        assert ids[: len(self.chained)] == self.chained
        self.chained = ids
        self.session.rollback()

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        found = account_balances(self.session)
        assert {one.path: one.balance for one in found if one.balance} == self.model.accounts()
        for cell in (PENSION, MERIT):
            query = select_open_items(self.session, "payable", cell)
            items = self.session.execute(query).all()
            assert dict(map(tuple, items)) == self.model.open_items("payable", cell)
        self.session.rollback()

    @invariant()
    def totals_are_those_of_the_chain(self) -> None:
        moved: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
        for entry_id in self.chained:
            for (path, _), by in self.model.entries[entry_id].moves:
                moved[tuple(path.split("/")[:3])][by > 0] += abs(by)
        found = {one[:3]: [one.debits, one.credits] for one in latest_totals(self.session)}
        assert found == moved
        self.session.rollback()

    @invariant()
    def proofs_hold(self) -> None:
        self._prove(fast=True)

    def _prove(self, fast: bool) -> None:
        public = PUBLIC if self.anchors else None
        proofs = verify(self.session, self.anchors, public, fast=fast)
        failing = [one for one in proofs if not one.ok]
        assert failing == [], failing
        self.session.rollback()

    # ------------------------------------------------------------------ what is done to both
    def want(self, *wishes: Wish, form: str = "list") -> bool:
        """Carry out in one transaction, all or nothing; both must refuse for the same reason."""
        trial = self.model.copy()
        for wish in wishes:
            refusals, known = trial.refusals(wish), trial.known(wish)
            try:
                posted = carry_out(self.session, wish, form)
            except LedgerError as error:
                self.session.rollback()
                self.seen[type(error).__name__] += 1
                if type(error).__name__ not in refusals:
                    raise
                return False
            assert refusals == set()
            assert posted.is_new == (known is None)
            if posted.is_new:
                trial.write(wish, posted.entry_id)
            assert posted.entry_id == trial.known(wish)
            self._saw(wish, posted.is_new)
        self.session.commit()
        self.model = trial
        return True

    def keep(self, programme: str, period: str) -> None:
        """The period is closed: all its entries are chained, and what they say stays."""
        self.seen["closed"] += 1
        place = (programme, period)
        self.model.closed.add(place)
        self.kept[place] = check_entries(self.session, self.model).get(place, [])
        assert {row.id for row in self.kept[place]} <= set(check_chain(self.session))
        self.session.rollback()

    def crash(self, how: str, committed: bool) -> None:
        """Lose the connection, before or after the commit, and open the books again."""
        if committed:
            self.session.commit()
        self.seen[f"crash: {how}, {'kept' if committed else 'lost'}"] += 1
        engine = self.bench.crash(self.session, how)
        self.session.close()
        self.session = Session(engine)

    def _saw(self, wish: Wish, is_new: bool) -> None:
        name = "undone" if isinstance(wish, Undo) else wish.recipe
        self.seen[name if is_new else "first answer"] += 1
