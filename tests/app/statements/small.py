"""Two months of four people, made by the rooms' own functions; the bank's files are rows.

September: An is credited, Bình does not collect his cash. October: An's money is credited and
comes back (AC04), the account is repaired and the money credited again; Bình collects both
months; Chi is new; Dũng is in a group whose exact name may not be shown, and his bank is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import schema
from app.access.tables import officer
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.tables import arrears_grant, obligation
from app.clock import TIME_ZONE
from app.db import Database
from app.demo.province import account_of, demo_secret, set_up
from app.disbursement import batches, claims, collection, funding
from app.disbursement.paid import paid_in
from app.disbursement.selects import open_again, repaired
from app.disbursement.submission import Sealed
from app.disbursement.tables import instruction
from app.payroll import bridge, runs
from app.payroll.approvals import approve, submit
from app.payroll.flags_decided import mark_seen
from app.payroll.seen import shown
from app.payroll.tables import payroll
from app.privacy import Keyring
from app.reference.banks import TEST_BANK_A
from app.text import fold, sort_key
from ledger.chain import seal_all
from reconciliation import closing
from reconciliation.tables import bank_line, bank_report, inbound_file

UNIT = "01273"
FACTS = {"training": "1", "scenario": "cao-bang-2026-10"}
AN, BINH, CHI, DUNG = 1, 2, 3, 4
PEOPLE = (
    (AN, "Nguyễn Thị An", "pension", "P1", "0101234567890"),
    (BINH, "Lê Văn Bình", "pension", "P1", ""),
    (CHI, "Hoàng Mỹ Chi", "pension", "P2", "0101234560003"),
    (DUNG, "Bế Văn Dũng", "assistance", "C8", "0101234560004"),
)
DECREE = "Nghị định 335/2026/NĐ-CP"
REASON = "Mức chuẩn 500.000 × hệ số 1,0"


@dataclass
class Small:
    """The database under construction and its clock, which every act moves on."""

    database: Database
    keyring: Keyring
    now: datetime = datetime(2026, 8, 21, 8, 0, tzinfo=TIME_ZONE)

    def later(self) -> datetime:
        self.now += timedelta(minutes=5)
        return self.now

    def build(self) -> Database:
        with self.database.engine.begin() as connection:
            schema.create(connection)
        with self.database.signed_work() as session:
            programmes = ["pension", "assistance", "merit"]
            set_up(session, self.keyring, FACTS, 60, programmes)
            for row in PEOPLE:
                self._person(session, *row)
            self._september(session)
            self._october(session)
            seal_all(session)
        return self.database

    def _person(
        self, session: Session, number: int, name: str, programme: str, group: str, account: str
    ) -> None:
        key = f"citizen-{number}"
        known = {"citizen_key": key, "citizen_cipher": b"x", "citizen_tail": f"00{number}"}
        named = {"name": name, "sort_key": sort_key(name), "search_key": fold(name)}
        place = {"area_code": UNIT, "hamlet": "Tổ 9", "ethnicity": "Tày"}
        born = {"birth": "1941-02-03", "sex": "female"}
        session.execute(
            insert(person).values(**known, **named, **place, **born, destination_id=number)
        )
        where = {
            "method": "account" if account else "cash",
            "bank_bin": TEST_BANK_A if account else "",
            "account_key": f"key-{account}" if account else "",
            "account_cipher": b"x" if account else None,
            "account_tail": account[-4:],
        }
        session.execute(
            insert(destination).values(
                person_id=number, version=1, holder=name.upper(), source="import",
                recorded_at=self.now, **where,
            )
        )  # fmt: skip
        session.execute(
            insert(enrolment).values(
                person_id=number, programme=programme, group_code=group, table_key="",
                area_code=UNIT, decision_number=f"{number}5/QĐ-UBND", decision_on=date(2025, 8, 8),
                start_period="2025-08", stop_cause="", seen_period="2026-10",
            )
        )  # fmt: skip

    def _owe(self, session: Session, who: int, period: str, regular: int, arrears: int = 0) -> None:
        _, _, programme, *_ = PEOPLE[who - 1]
        basis = DECREE if arrears else ""
        session.execute(
            insert(obligation).values(
                programme=programme, person_id=who, period=period, component="monthly",
                enrolment_id=who, unit_code=UNIT, regular=regular, arrears=arrears,
                amount=regular + arrears, arrears_basis=basis, reason=REASON,
            )
        )  # fmt: skip
        if arrears:
            session.execute(
                insert(arrears_grant).values(
                    programme=programme, person_id=who, enrolment_id=who, basis=basis,
                    period=period, first_period="2026-07", last_period="2026-09", months=3,
                    monthly=arrears // 3, amount=arrears, is_decree=1,
                )
            )  # fmt: skip

    def _september(self, session: Session) -> None:
        for who in (AN, BINH):
            self._owe(session, who, "2026-09", 500_000)
        self._list(session, "2026-09")
        self.now = datetime(2026, 9, 10, 8, 0, tzinfo=TIME_ZONE)
        self._send(session, "2026-09")
        self.answer(session, "banka", [("booked", -500_000, AN, "2026-09", "")])
        self.answer(session, "postoffice", [("unpaid", 500_000, BINH, "2026-09", "UPAY")])

    def _october(self, session: Session) -> None:
        self.now = datetime(2026, 9, 22, 8, 0, tzinfo=TIME_ZONE)
        for who in (AN, BINH):
            self._owe(session, who, "2026-10", 540_000, 120_000)
        self._owe(session, CHI, "2026-10", 540_000)
        self._owe(session, DUNG, "2026-10", 810_000)
        self._list(session, "2026-10")
        self.now = datetime(2026, 10, 12, 8, 0, tzinfo=TIME_ZONE)
        self._send(session, "2026-10")
        credited = [(AN, 660_000), (CHI, 540_000)]
        self.answer(
            session, "banka", [("booked", -amount, who, "2026-10", "") for who, amount in credited]
        )
        cash = [
            ("paid_cash", 500_000, BINH, "2026-09", ""),
            ("paid_cash", 660_000, BINH, "2026-10", ""),
        ]
        self.answer(session, "postoffice", cash)
        self.now = datetime(2026, 10, 13, 9, 0, tzinfo=TIME_ZONE)
        self.answer(session, "banka", [("booked", 660_000, AN, "2026-10", "AC04")])
        self._repair_and_send_again(session)
        cells = closing.compute(session, "2026-10", paid_in(session, "2026-10"), {})
        assert closing.close(session, "2026-10", cells, self.later()) == []

    def _repair_and_send_again(self, session: Session) -> None:
        self.now = datetime(2026, 10, 16, 8, 0, tzinfo=TIME_ZONE)
        new = NewAccount(TEST_BANK_A, "0109999991111", "NGUYEN THI AN")
        makers = [self.officer(session, f"{role}.{UNIT}") for role in ("maker", "checker")]
        repair_destination(
            session, self.keyring, AN, new, "sổ", *makers, self.later(), ban="đã đóng"
        )
        runs.open_follow_up(session, "2026-10", repaired(), self.later())
        self._acts(session, "2026-10")
        self._send(session, "2026-10")
        self.answer(session, "banka", [("booked", -660_000, AN, "2026-10", "")])

    def _list(self, session: Session, period: str) -> None:
        runs.open_monthly(session, period, open_again(), self.later())
        bridge.build(session, period)
        self._acts(session, period)
        funding.request(session, period, self.later())
        for row in funding.waiting(session, period):
            funding.receive(session, row, self.now.date(), f"slip:{row.reference}", self.now)

    def _acts(self, session: Session, period: str) -> None:
        open_now = select(payroll.c.id).where(
            payroll.c.period == period, payroll.c.state == "draft"
        )
        ids = list(session.scalars(open_now.order_by(payroll.c.id)))
        for step, role in (("", "maker"), ("check", "checker"), ("approve", "approver")):
            name, now = f"{role}.{UNIT}", self.later()
            who, code = self.officer(session, name), pyotp.TOTP(demo_secret(name)).at(now)
            if step == "check":
                mark_seen(session, who, ids, now)
            seen = shown(session, ids).code
            if step:
                approve(session, self.keyring, who, code, step, ids, now, seen=seen)
            else:
                submit(session, self.keyring, who, code, ids, now, seen=seen)

    def officer(self, session: Session, username: str) -> int:
        return session.scalars(select(officer.c.id).where(officer.c.username == username)).one()

    def _send(self, session: Session, period: str) -> None:
        numbers = [
            one
            for pair in batches.unbuilt(session, period)
            for one in batches.build(session, *pair, self.now.date(), self.later())
        ]
        now, names = self.later(), ("finance.one", "finance.two")
        codes = [
            (self.officer(session, name), pyotp.TOTP(demo_secret(name)).at(now)) for name in names
        ]
        batches.release(session, self.keyring, codes, numbers, now)
        for number in numbers:
            sealed = Sealed(number, Path(f"{number}.xml"), f"{number}.xml", f"{number:064}")
            claims.claim(session, sealed, "test", self.later())
            claims.record(session, number, "sent", "receipt", self.later())

    def answer(
        self, session: Session, provider: str, lines: Sequence[tuple[str, int, int, str, str]]
    ) -> None:
        """A file from a provider: (kind, amount, person, period of the obligation, reason)."""
        now = self.later()
        file_id = session.execute(
            insert(inbound_file)
            .values(provider=provider, name=f"{provider}-{now:%m%d%H%M}.xml", sha256=f"{now}",
                    size_bytes=1, received_at=now, state="read", why="")
            .returning(inbound_file.c.id)
        ).scalar_one()  # fmt: skip
        account = account_of(UNIT, "pension", provider)
        session.execute(
            insert(bank_report).values(
                file_id=file_id, provider=provider, account=account, kind="advice",
                report_id=f"R{file_id}", sequence="1", message_id="", group_status="",
                lines=len(lines), repeated=0, booked=0, last_day=now.date(),
            )
        )  # fmt: skip
        for number, one in enumerate(lines):
            session.execute(
                insert(bank_line).values(self._bank_line(session, file_id, provider, number, *one))
            )
        collection.process(session, file_id, now)

    def _bank_line(
        self, session: Session, file_id: int, provider: str, number: int, kind: str, amount: int,
        who: int, period: str, reason: str,
    ) -> dict[str, Any]:  # fmt: skip
        reference = session.scalars(
            select(instruction.c.reference)
            .join(obligation, obligation.c.id == instruction.c.obligation_id)
            .where(obligation.c.person_id == who, obligation.c.period == period)
            .order_by(instruction.c.attempt.desc())
            .limit(1)
        ).one()
        return {
            "file_id": file_id, "provider": provider,
            "account": account_of(UNIT, "pension", provider), "entry_key": f"{file_id}|{number}",
            "kind": kind, "amount": amount, "reference": reference, "booked_on": self.now.date(),
            "value_on": self.now.date(), "bank_reference": f"BK{file_id:06}", "status": "BOOK",
            "reason": reason, "is_return": int(bool(reason)), "counterparty": "",
            "voucher": "BD0042" if kind == "paid_cash" else "",
            "remittance": f"{reference} TK 0101234567890",
        }  # fmt: skip


def build_small(url: str) -> Database:
    """The database of these two months."""
    return Small(Database(url, owner=True), Keyring(b"k" * 32)).build()


def payroll_id(session: Session, kind: str, period: str, programme: str = "pension") -> int:
    """The id of a payroll."""
    return session.scalars(
        select(payroll.c.id).where(
            payroll.c.kind == kind, payroll.c.period == period, payroll.c.programme == programme
        )
    ).one()


def reference_of(session: Session, who: int, attempt: int) -> str:
    """The reference of an attempt to pay a person's October."""
    return session.scalars(
        select(instruction.c.reference)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .where(obligation.c.person_id == who, obligation.c.period == "2026-10")
        .where(instruction.c.attempt == attempt)
    ).one()
