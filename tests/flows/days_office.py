"""What the officers of the scripted days do in the morning, by the jobs and rooms of every day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from app.access.together import Signer
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.rows import RegisterRow
from app.disbursement import batches, funding
from app.disbursement.cases import cases, close_case
from app.disbursement.holds import standing
from app.disbursement.selects import open_again
from app.errors import Refused
from app.jobs.month_end import close_month
from app.jobs.payrolls import open_follow_ups
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from app.months import shift
from app.payroll.flags_decided import accept
from app.reference.banks import TEST_BANK_A
from app.statements import cash_proof
from app.statements.cash_lines import Place
from ledger.chart import Cell
from ledger.journal import EntryDraft, post
from tests.app.disbursement.evidence_office import signer
from tests.factories import COMMUNE, OTHER_COMMUNE, PENSION, House, row
from tests.flows.days_bank import DayBank
from tests.support.province import BANK, FUND, account_of

UNITS = {COMMUNE: 10, OTHER_COMMUNE: 15}
"""The day of the month on which each is paid."""
LISTED, FOLLOWED = 20, 24
BROUGHT, RESERVE = 300_000, 5_000_000
FIRST, LAST = "2026-09", "2026-12"


@dataclass
class Office:
    """The house's officers; `closed` is the month that was closed this morning, '' for none."""

    house: House
    runtime: Runtime
    bank: DayBank
    people: int
    closed: str = ""
    refusals: int = 0
    _unclosed: str = ""
    _account_of: dict[int, str] = field(default_factory=dict)
    _put_right: set[tuple[int, int]] = field(default_factory=set)

    def begin(self) -> None:
        """Before the first day."""
        self.house.tamper("update allotment set amount = amount * 1000")
        for unit in UNITS:
            self._begins_with(unit)

    def _begins_with(self, unit: str) -> None:
        """Money that came over from an older system, so that fees find something to be taken of."""
        day = self.bank.days[0] - timedelta(days=1)
        cell = Cell(FUND, PENSION, unit, BANK)
        draft = EntryDraft(f"open:{unit}", "open_bank", cell, day, self.house.later(), "take-over")
        with self.house.work() as session:
            post(session, draft, BROUGHT)
        account = account_of(unit, PENSION, BANK)
        self.bank.tell([self.bank.book(account, day, BROUGHT, "credit")])

    def morning(self, day: date) -> None:
        """Holds are cleared, the month before is closed, lists and payments of today are made."""
        self.closed = ""
        self._clear()
        before = self.bank.days[max(self.bank.days.index(day) - 1, 0)]
        period = f"{day:%Y-%m}"
        if before.month != day.month:
            self._unclosed = f"{before:%Y-%m}"
        if self._unclosed:
            self._close(self._unclosed)
        if self._is_first_from(day, before, LISTED) and shift(period, 1) <= LAST:
            self._list(shift(period, 1), day)
        for unit, due in UNITS.items():
            if self._is_first_from(day, before, due) and FIRST <= period <= LAST:
                self._pay(period, day, unit)
        if self._is_first_from(day, before, FOLLOWED) and period >= FIRST:
            self._follow_up(period, day)

    def _is_first_from(self, day: date, before: date, number: int) -> bool:
        """Whether this is the first banking day of the month from the `number`th on."""
        earlier = before.day if (before.month == day.month and before < day) else 0
        return day.day >= number > earlier

    def _clear(self) -> None:
        """Two officers clear what stood since yesterday, one closes its case."""
        with self.house.database.view() as session:
            found = [one.id for one in cases(session)]
            holds = [one.id for one in standing(session)]
        for number in found:
            who = signer(self.house)
            with self.house.work() as session:
                close_case(session, self.house.keyring, who, number, "đã hỏi ngân hàng",
                           self.house.clock.now())  # fmt: skip
        for number in holds:
            for name in ("finance.one", "finance.two"):
                self.house.clear_hold(number, name)

    def _list(self, period: str, day: date) -> None:
        # A banned account stops the month's list until it is put right.
        self._repair_accounts(day)
        for place, unit in enumerate(UNITS):
            numbers = range(500 * place + 1, 500 * place + self.people + 1)
            rows = [self._row(number) for number in numbers]
            self.house.register(period, *rows, commune=unit)
        self._approve(self.house.list_month(period))
        with self.house.work() as session:
            funding.request(session, period, self.house.later())
        # A reserve, so that what the bank takes wrongly stops no payday before it is put right.
        self.house.tamper(
            f"update funding_request set amount = amount + {RESERVE}"
            f" where received_on is null and amount > 0 and period = '{period}'"
        )
        with self.house.database.view() as session:
            waiting = [one for one in funding.waiting(session, period) if one.amount]
        for one in waiting:
            self.bank.plan(self.bank.after(day, 1), partial(self._treasury, one))

    def _treasury(self, one: Any, day: date) -> None:
        self.bank.book(one.account, day, one.amount, "credit",
                       reference=one.reference, text=one.reference)  # fmt: skip

    def _row(self, number: int) -> RegisterRow:
        born = date(1930, 1, 1) + timedelta(days=7 * number)
        changed: dict[str, Any] = (
            {"account": self._account_of[number]} if number in self._account_of else {}
        )
        return row(number, birth_date=born, birth_year=born.year, **changed)

    def _approve(self, ids: list[int]) -> None:
        for one in ids:
            unit = self.house.ask(f"select unit_code from payroll where id = {one}")
            self._explain(one, f"checker.{unit}")
            self.house.submit([one], f"maker.{unit}")
            self.house.approve("check", [one], f"checker.{unit}")
            self.house.approve("approve", [one], f"approver.{unit}")

    def _explain(self, payroll_id: int, checker: str) -> None:
        """The checker says why a list is so much larger: the level rose by law."""
        found = self.house.rows(
            "select id from flag where is_blocking = 1 and gone_at is null"
            f" and payroll_id = {payroll_id} order by id"
        )
        if found:
            self.house.later()
            who = Signer(self.house.officer(checker), self.house.code())
            with self.house.work() as session:
                accept(session, self.house.keyring, who, [one for (one,) in found], "other",
                       "Mức trợ cấp tăng theo quyết định.", self.house.clock.now())  # fmt: skip

    def _pay(self, period: str, day: date, unit: str = "") -> None:
        """Build what is approved of a unit ("" for all), release it, send it."""
        with self.house.work() as session:
            built = [
                one
                for pair in batches.unbuilt(session, period)
                if not unit or self._unit_of(pair[0]) == unit
                for one in batches.build(session, *pair, day, self.house.later())
            ]
        if built:
            self.house.release(built)
            send_batches(self.runtime)

    def _unit_of(self, payroll_id: int) -> str:
        return str(self.house.ask(f"select unit_code from payroll where id = {payroll_id}"))

    def _follow_up(self, period: str, day: date) -> None:
        """Accounts are put right, and whom no money reached is paid again."""
        self._repair_accounts(day)
        self.house.later()
        open_follow_ups(self.runtime, period)
        self._approve(self.house.payrolls(period, "draft"))
        self._pay(period, day)

    def _repair_accounts(self, day: date) -> None:
        """Once for each payment that failed."""
        with self.house.database.view() as session:
            ids = sorted(set(session.scalars(open_again())))
        failed = self.house.rows(
            "select o.id, p.id, p.name, (select count(*) from instruction i where"
            " i.obligation_id = o.id) from person p join obligation o on o.person_id = p.id"
            f" where o.id in ({', '.join(map(str, ids)) or 'null'}) order by p.id"
        )
        anew = [one for one in failed if (one[0], one[3]) not in self._put_right]
        self._put_right |= {(one[0], one[3]) for one in anew}
        for person_id, name in dict.fromkeys((one[1], one[2]) for one in anew):
            self._repair(person_id, int(str(name)[-3:]), day)

    def _repair(self, person_id: int, number: int, day: date) -> None:
        self._account_of[number] = f"3{day:%m%d}{number:03}1000"
        new = NewAccount(TEST_BANK_A, self._account_of[number], f"NONG THI NGUOI {number:03}")
        two = [self.house.officer(f"admin.{one}") for one in ("one", "two")]
        with self.house.work() as session:
            repair_destination(session, self.house.keyring, person_id, new, "giấy ngân hàng",
                               two[0], two[1], self.house.clock.now())  # fmt: skip

    def _close(self, period: str) -> None:
        """Close the month that is over; where a statement of it is missing, again tomorrow."""
        try:
            close_month(self.runtime, period)
        except Refused:
            self.refusals += 1
            return
        self._unclosed, self.closed = "", period
        with self.house.database.view() as session:
            figures = cash_proof.compute(session, Place(BANK, PENSION, False), period)
        assert list(figures.faults()) == [], list(figures.faults())
