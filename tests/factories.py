"""A tiny province for tests: two communes, one programme, three providers, ten officers.

Everything is made by the rooms' own functions, as the jobs call them; only the providers' files
are made here, as reports. `House` holds the clock, which every act moves on by a minute, so that
no two acts share a one-time code. All people are synthetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.access.ending import end
from app.access.granting import Terms, grant
from app.access.role_tables import role_grant
from app.access.tables import officer
from app.access.together import Signer
from app.beneficiaries.register import apply_workbook
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.tables import person
from app.benefits.tables import obligation
from app.benefits.told import explain_person
from app.clock import TIME_ZONE, SteppedClock
from app.db import Database
from app.disbursement import batches, claims, collection, funding
from app.disbursement.clearing import Officer, Signed, clear
from app.disbursement.statements_in import read_in
from app.disbursement.submission import Sealed
from app.disbursement.tables import batch, instruction
from app.jobs.payrolls import open_payrolls
from app.jobs.runtime import Runtime
from app.payroll.approvals import Approved, approve, submit
from app.payroll.flags_decided import mark_seen
from app.payroll.seen import shown
from app.payroll.tables import payroll, payroll_line
from app.privacy import Keyring
from app.reference.banks import TEST_BANK_A
from app.reference.citizen_id import SYNTHETIC_PREFIX
from bank_adapters.contract import BankReport
from reconciliation import intake
from reconciliation.tables import bank_line, line_match
from tests.support.province import ASSISTANCE as ASSISTANCE
from tests.support.province import BANK as BANK
from tests.support.province import (
    COMMUNE,
    PENSION,
    SECRET,
    account_of,
)
from tests.support.province import LIST_BANK as LIST_BANK
from tests.support.province import OTHER_COMMUNE as OTHER_COMMUNE
from tests.support.province import POST as POST
from tests.support.reports import booked as booked
from tests.support.reports import digest_of
from tests.support.reports import listed as listed
from tests.support.reports import report as report
from tests.support.reports import status as status

SEPTEMBER, OCTOBER = "2026-09", "2026-10"
START = datetime(2026, 8, 20, 8, 0, tzinfo=TIME_ZONE)
LEVEL = {SEPTEMBER: 500_000, OCTOBER: 540_000}
KEY = b"t" * 32
ROLES = {
    "app": "test_app",
    "auditor": "test_auditor",
    "backup": "test_backup",
    "hooks": "test_hooks",
}
SERVICE = "test_service"


def row(number: int, **changes: Any) -> RegisterRow:
    """Person `number` (1-999) on a pension, paid into an account at test bank A."""
    known = RegisterRow(
        row=number + 5,
        name=f"Nông Thị Người {number:03}",
        birth_date=date(1945, 3, 2),
        birth_year=1945,
        sex="F",
        ethnicity="Tày",
        citizen_id=f"{SYNTHETIC_PREFIX}145{number:06}",
        hamlet="Tổ 1",
        phone="",
        programme=PENSION,
        group="P1",
        table_key="",
        decision_number=f"{number}/QĐ-UBND",
        decision_date=date(2026, 1, 5),
        start_period="2026-01",
        method="account",
        account=f"10000{number:03}1000",
        bank_bin=TEST_BANK_A,
        holder_name=f"NONG THI NGUOI {number:03}",
        event="",
        event_date=None,
        note="",
    )
    return replace(known, **changes)


def in_cash(number: int, **changes: Any) -> RegisterRow:
    """Person `number`, who is handed the money by the post office."""
    return row(number, **{"method": "cash", "account": "", "bank_bin": "", **changes})


def workbook(period: str, *rows: RegisterRow, commune: str = COMMUNE) -> WorkbookResult:
    """A commune's clean workbook of a month, as reading it gives it."""
    name = f"{commune}-{period}.xlsx"
    digest = digest_of(name, rows)
    return WorkbookResult(name, commune, period, digest, list(rows), is_synthetic=True)


@dataclass
class House:
    """The province under test: database, keys, clock, and a folder for files.

    `database` is opened as the service opens it: guarded on SQLite, with the application's
    login on PostgreSQL. `owner` may do everything.
    """

    database: Database
    owner: Database
    keyring: Keyring
    clock: SteppedClock
    home: Path

    # ------------------------------------------------------------------ surroundings
    @property
    def runtime(self) -> Runtime:
        """What a job would be handed; no couriers, since nothing is carried here. One unit of work
        at a time: tests know what comes first."""
        return Runtime(self.database, self.clock, self.keyring, self.home, "test", abreast=1)

    @contextmanager
    def work(self) -> Iterator[Session]:
        """One unit of work."""
        with self.database.signed_work() as session:
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()
        self.owner.close()

    def ask(self, query: Any) -> Any:
        """The first value of a query, or of SQL of the test's own."""
        with self.database.view() as session:
            return session.scalar(text(query) if isinstance(query, str) else query)

    def rows(self, query: Any) -> list[tuple[Any, ...]]:
        """Every row of a query, or of SQL of the test's own."""
        with self.database.view() as session:
            found = session.execute(text(query) if isinstance(query, str) else query)
            return [tuple(one) for one in found]

    def tamper(self, statement: str) -> None:
        """Run SQL past every room and with the owner's rights; the rules are in force."""
        with self.owner.engine.begin() as connection:
            connection.execute(text(statement))

    def on(self, day: str, at: str = "08:00") -> datetime:
        """Move the clock on to a day, e.g. ('2026-10-12', '08:30')."""
        self.clock.move_to(datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=TIME_ZONE))
        return self.clock.now()

    def later(self) -> datetime:
        """A minute later."""
        self.clock.advance(timedelta(minutes=1))
        return self.clock.now()

    # ------------------------------------------------------------------ people and lists
    def officer(self, username: str) -> int:
        """An officer's id; names are role.commune, finance.one, finance.two, auditor."""
        return int(self.ask(select(officer.c.id).where(officer.c.username == username)))

    def grant(self, username: str, role: str, unit: str = COMMUNE) -> int:
        """Two administrators grant an officer a role for a year; gives the grant's id."""
        now, who = self.later(), self.officer(username)
        terms = Terms(role, unit, now, now + timedelta(days=365))
        with self.work() as session:
            return grant(session, self.keyring, who, terms, self.admins(), now)

    def becomes(self, username: str, role: str, unit: str = COMMUNE) -> int:
        """The officer gives up what he holds and is granted another role; gives the grant's id."""
        who, mine = self.officer(username), role_grant.c
        query = select(mine.id).where(mine.officer_id == who, mine.valid_until > self.clock.now())
        for (number,) in self.rows(query.order_by(mine.id)):
            now = self.later()
            with self.work() as session:
                end(session, self.keyring, number, "việc mới", [Signer(who, self.code())], now)
        return self.grant(username, role, unit)

    def admins(self) -> list[Signer]:
        """The two administrators, with the code that their apps show now."""
        return [Signer(self.officer(f"admin.{one}"), self.code()) for one in ("one", "two")]

    def code(self) -> str:
        """The one-time code that every officer's app shows now (they share a training seed)."""
        return pyotp.TOTP(SECRET).at(self.clock.now())

    def register(self, period: str, *people: RegisterRow, commune: str = COMMUNE) -> int:
        """Apply a commune's workbook; gives the number of rows."""
        with self.work() as session:
            book = workbook(period, *people, commune=commune)
            return apply_workbook(session, self.keyring, book, "maker", self.later())

    def list_month(self, period: str) -> list[int]:
        """Entitlements, payrolls, bridge and flags; gives the month's draft payrolls."""
        self.later()
        open_payrolls(self.runtime, period)
        return self.payrolls(period, "draft")

    def told(self, person_id: int, period: str) -> str:
        """Why a person is due what they are due for a month."""
        with self.database.view() as session:
            return explain_person(session, person_id, period, None)

    def payrolls(self, period: str, state: str) -> list[int]:
        """Ids of a month's payrolls in a state."""
        query = select(payroll.c.id).where(payroll.c.period == period, payroll.c.state == state)
        return [one[0] for one in self.rows(query.order_by(payroll.c.id))]

    def seen(self, ids: Sequence[int]) -> str:
        """The short code of what stands on these payrolls now."""
        with self.database.view() as session:
            return shown(session, ids).code

    def submit(self, ids: Sequence[int], username: str = f"maker.{COMMUNE}", seen: str = "") -> int:
        """The maker submits what he saw, else what stands; gives the act's id."""
        now, who = self.later(), self.officer(username)
        with self.work() as session:
            seen = seen or shown(session, ids).code
            return submit(session, self.keyring, who, self.code(), ids, now, seen=seen)

    def approve(
        self, step: str, ids: Sequence[int], username: str = "", seen: str = ""
    ) -> Approved:
        """One step of approval ('check' or 'approve') of what was seen, else of what stands."""
        role = {"check": "checker", "approve": "approver"}[step]
        if step == "check":
            self.see_flags(ids)
        now, who = self.later(), self.officer(username or f"{role}.{COMMUNE}")
        with self.work() as session:
            seen = seen or shown(session, ids).code
            return approve(session, self.keyring, who, self.code(), step, ids, now, seen=seen)

    def see_flags(self, ids: Sequence[int], username: str = "checker.all") -> int:
        """A checker marks every flag as seen; gives how many answers are new."""
        with self.work() as session:
            return mark_seen(session, self.officer(username), ids, self.clock.now())

    def approve_month(self, period: str) -> list[int]:
        """List a month and take it through all three acts; gives the payrolls."""
        ids = self.list_month(period) or self.payrolls(period, "draft")
        self.submit(ids)
        self.approve("check", ids)
        self.approve("approve", ids)
        return ids

    # ------------------------------------------------------------------ money and batches
    def fund(self, period: str) -> None:
        """Request the month's money, and let all of it come."""
        with self.work() as session:
            funding.request(session, period, self.later())
            for one in funding.waiting(session, period):
                evidence = f"treasury-slip:{one.reference}"
                funding.receive(session, one, self.clock.now().date(), evidence, self.later())

    def build(self, period: str, on: date | None = None) -> list[int]:
        """Build every batch that is due; gives their ids."""
        day = on or self.clock.now().date()
        with self.work() as session:
            pairs = batches.unbuilt(session, period)
            return [
                one for pair in pairs for one in batches.build(session, *pair, day, self.later())
            ]

    def release(
        self, ids: Sequence[int], names: Sequence[str] = ("finance.one", "finance.two")
    ) -> int:
        """Two finance officers release; gives how many."""
        now = self.later()
        officers = [(self.officer(name), self.code()) for name in names]
        with self.work() as session:
            return batches.release(session, self.keyring, officers, ids, now)

    def send(self, batch_id: int, outcome: str = "sent") -> None:
        """Claim a released batch and record what became of it ('sent' or 'in_doubt')."""
        sealed = Sealed(batch_id, Path(f"{batch_id}.xml"), f"{batch_id}.xml", f"{batch_id:064}")
        with self.work() as session:
            assert claims.claim(session, sealed, "test", self.later())
        with self.work() as session:
            claims.record(session, batch_id, outcome, "test", self.later())

    def paid_out(self, period: str) -> list[int]:
        """A month from its list to sent batches; gives the batches."""
        self.approve_month(period)
        self.fund(period)
        ids = self.build(period)
        self.release(ids)
        for one in ids:
            self.send(one)
        return ids

    def acting(self, username: str) -> Officer:
        """An officer a minute later, with the code that the app then shows."""
        self.later()
        return Officer(self.officer(username), username, self.code())

    def clear_hold(self, number: int, username: str) -> Signed:
        """One officer's signature under the end of a hold."""
        who = self.acting(username)
        with self.work() as session:
            return clear(session, self.keyring, who, number, self.clock.now())

    # ------------------------------------------------------------------ what providers say
    def account(self, provider: str, unit: str = COMMUNE) -> str:
        """The paying unit's account for pensions at a provider."""
        return account_of(unit, PENSION, provider)

    def reference(self, number: int, period: str) -> str:
        """The reference of the last attempt to pay person `number` for a month."""
        key = self.keyring.index("person.citizen_id", row(number).citizen_id)
        query = (
            select(instruction.c.reference)
            .join(obligation, obligation.c.id == instruction.c.obligation_id)
            .join(person, person.c.id == obligation.c.person_id)
            .where(person.c.citizen_key == key, obligation.c.period == period)
            .order_by(instruction.c.attempt.desc())
        )
        return str(self.ask(query))

    def state(self, reference: str) -> str:
        """The state of an instruction."""
        return str(
            self.ask(select(instruction.c.state).where(instruction.c.reference == reference))
        )

    def batch_state(self, batch_id: int) -> str:
        """The state of a batch."""
        return str(self.ask(select(batch.c.state).where(batch.c.id == batch_id)))

    def receives(self, provider: str, *reports: BankReport, name: str = "") -> dict[str, int]:
        """A file with these reports comes in, is read, matched and applied; its counts."""
        now = self.later()
        with self.work() as session:
            name = name or f"{provider}-{now:%Y%m%dT%H%M%S}"
            intake.receive(session, provider, name, f"{name:0>64}", 1, now)
            (file_id, *_) = intake.waiting(session, "received")[-1]
            why = read_in(session, file_id, provider, iter(reports), now)
        if why:
            return {"quarantined": 1}
        with self.work() as session:
            return collection.process(session, file_id, self.later())

    def verdicts(self) -> list[str]:
        """The verdict of every bank line, in the order they came."""
        query = select(line_match.c.verdict).join(
            bank_line, bank_line.c.id == line_match.c.bank_line_id
        )
        return [str(one[0]) for one in self.rows(query.order_by(bank_line.c.id))]

    def count(self, table: Any) -> int:
        """How many rows a table has."""
        return int(self.ask(select(func.count()).select_from(table)))

    def lines_of(self, payroll_id: int) -> list[tuple[Any, ...]]:
        """(amount, cause, method) of a payroll's lines."""
        columns = payroll_line.c.amount, payroll_line.c.cause, payroll_line.c.method
        query = select(*columns).where(payroll_line.c.payroll_id == payroll_id)
        return self.rows(query.order_by(payroll_line.c.line))


Stage = Callable[[House], None]


def set_up(house: House) -> None:
    """The stage of a house that has just been set up: nobody is registered."""


def september_listed(house: House) -> None:
    """September's list of three people is open: 1 and 2 by bank, 3 in cash."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)


def september_sent(house: House) -> None:
    """Three people's September has left the house on the 10th: 1 and 2 by bank, 3 in cash."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
