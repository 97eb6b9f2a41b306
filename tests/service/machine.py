"""The machine: any history of office, providers and clock."""

from __future__ import annotations

from app.disbursement.paid import paid_in
from app.disbursement.proofs import prove_everything
from reconciliation import closing
from tests.factories import SEPTEMBER
from tests.service import acts
from tests.service.desk import Desk
from tests.service.news import News
from tests.service.office import Office


class Machine(Office, News, Desk):
    """At the end everything that is on its way arrives, and everything is proven."""

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.all_is_explained()
        finally:
            super().teardown()

    def all_is_explained(self) -> None:
        """Books = bank to the đồng, every proof holds, every month is explained."""
        world, bank = self.world, self.world.bank
        self.a_day()
        self.nothing_is_late()
        acts.clear_holds(world)
        acts.collect(world)
        self.books_are_the_banks()
        self.nothing_is_broken()
        ((waiting,),) = world.rows("select count(*) from inbound_file where state = 'read'")
        if not waiting:
            told = sum(one["amount"] for one in bank.entries if one["id"] in bank.told)
            held = world.rows(_HELD)[0][0]
            assert held == told == bank.balance, (held, told, bank.balance)
        with world.house.database.view() as session:
            wrong = [one for one in prove_everything(session) if not one.ok]
            assert wrong == [], wrong
            for period in (SEPTEMBER, f"{world.today():%Y-%m}"):
                cells = closing.compute(session, period, paid_in(session, period), {})
                open_ones = {place: one for place, one in cells.items() if one.difference}
                assert open_ones == {}, f"{period}: {open_ones}"


_HELD = """select coalesce(sum(p.debit - p.credit), 0) from posting p
    join account a on a.id = p.account_id where a.kind = 'bank' and a.provider = 'banka'"""
