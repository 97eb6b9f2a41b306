"""A small month made by the rooms themselves: what the pages are tried on.

One commune pays social pensions to 30 people in September and 29 in October: one died, one
moved away, one is missing, two are new, all others rose with arrears; nobody is real.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

import app.beneficiaries.tables as register
import app.benefits.tables as benefits
import app.disbursement.tables as disbursement
import app.units.tables as units
import reconciliation.tables as reconciliation
from app.access.officers import add_officer
from app.demo.province import found_for_years
from app.disbursement import batches
from app.payroll import approvals, bridge, flags, runs
from app.payroll.flags_decided import mark_seen
from app.payroll.seen import shown
from app.payroll.tables import payroll
from app.privacy import Keyring
from app.schedule.run_tables import job_run
from app.schema import create
from app.text import fold, given_key, sort_key
from ledger.chart import Cell, open_accounts
from tests.support.province import ladder

KEY = b"k" * 32
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
UNIT, PROGRAMME, FUND = "01273", "pension", "local"
SEPTEMBER, OCTOBER = "2026-09", "2026-10"
CLOCK = "2026-10-31T19:00:00+07:00"
NAMES = ("Hoàng Thị Đào", "Nông Văn Ứng", "Lý Thị Ngọc", "H'Hen 100%_Niê", "Đàm Thị Hà")
OLD, NEW, RISE = 30, 2, 40_000
LEVEL = 500_000
GONE = {28: "death", 29: "move_out", 30: ""}
SCRIPT = "<script>alert(1)</script>"


def fill(database: Any) -> None:
    """Make every table and the month in an empty database."""
    with database.engine.begin() as connection:
        create(connection)
    with database.signed_work() as session:
        _installation(session)
        keyring = Keyring(KEY)
        officers = _officers(session, keyring)
        ladder(session, keyring, datetime(2026, 8, 21, 2, tzinfo=UTC), SECRET)
        _people(session)
        for number, period in enumerate((SEPTEMBER, OCTOBER)):
            start = datetime(2026, 8 + number, 21, 2, tzinfo=UTC)
            _month(session, keyring, officers, period, start)
        _results(session)
        again = select(benefits.obligation.c.id).where(benefits.obligation.c.id == OLD + 2)
        runs.open_follow_up(session, OCTOBER, again, datetime(2026, 10, 20, 2, tzinfo=UTC))
        _closing(session)


def _installation(session: Session) -> None:
    _add(session, units.installation, key="training", value="1")
    for key, value in (("scenario", "test"), ("period", OCTOBER), ("clock", CLOCK)):
        _add(session, units.installation, key=key, value=value)
    _add(session, units.fund, code=FUND, name="Ngân sách địa phương")
    _add(session, units.programme, code=PROGRAMME, name="Trợ cấp hưu trí xã hội", fund=FUND,
         purpose="An sinh")  # fmt: skip
    _add(session, units.paying_unit, code=UNIT, name=f"UBND phường Thục Phán {SCRIPT}",
         kind="commune", area_code=UNIT, budget_code="1000001", sort_key="thuc phan")  # fmt: skip
    for code, adapter, advance in (("banka", "iso20022", 0), ("post", "postoffice", 1)):
        _add(session, units.provider, code=code, name=f"Đơn vị {code}", adapter=adapter,
             holds_advance=advance, is_sandbox=1)  # fmt: skip
    for number, (code, method, bin_code) in enumerate(
        (("banka", "account", "999001"), ("post", "cash", "")), 1
    ):
        _add(session, units.contract, id=number, number=f"HD-{number}", unit_code=UNIT,
             programme=PROGRAMME, fund=FUND, provider=code, account=f"999900000{number}",
             methods=method, fee_per_ten_thousand=0, due_day=12, settlement_day=25,
             valid_from=date(2025, 1, 1))  # fmt: skip
        _add(session, units.contract_route, unit_code=UNIT, programme=PROGRAMME, method=method,
             bank_bin=bin_code, contract_id=number)  # fmt: skip
    _add(session, units.allotment, fiscal_year=2026, unit_code=UNIT, programme=PROGRAMME,
         amount=10**12)  # fmt: skip
    cells = [Cell(FUND, PROGRAMME, UNIT, code) for code in ("", "banka", "post")]
    open_accounts(session, cells)


def _officers(session: Session, keyring: Keyring) -> dict[str, int]:
    posts = {"maker": "maker", "checker": "checker", "approver": "approver",
             "admin.one": "admin", "admin.two": "admin"}  # fmt: skip
    found = {}
    for number, (name, role) in enumerate(posts.items()):
        citizen_id = f"09700000000{number}"
        found[name] = add_officer(session, keyring, name, f"Cán bộ {name}", citizen_id, SECRET)
        found_for_years(session, found[name], [(role, "")])
    return found


def _people(session: Session) -> None:
    for number in range(1, OLD + NEW + 1):
        name = NAMES[number % len(NAMES)] if number % 7 else f"Triệu Thị {chr(64 + number)}"
        _add(session, register.person, id=number, citizen_key=f"c{number}", citizen_cipher=b"x",
             citizen_tail=f"{number:03}", name=name, sort_key=sort_key(name),
             search_key=fold(name), given_key=given_key(name), birth="1950", sex="F",
             ethnicity="Tày", area_code=UNIT, hamlet="Tổ 1", destination_id=number)  # fmt: skip
        account = number % 2 == 1
        _add(session, register.destination, id=number, person_id=number, version=1,
             method="account" if account else "cash", bank_bin="999001" if account else "",
             account_key=f"a{number}" if account else "", account_tail=f"{1000 + number}",
             holder=fold(name).upper() if account else "", source="import",
             recorded_at=datetime(2026, 8, 1, tzinfo=UTC))  # fmt: skip
        _add(session, register.enrolment, id=number, person_id=number, programme=PROGRAMME,
             group_code="P1", table_key="", area_code=UNIT, decision_number=f"{number}/QĐ-UBND",
             decision_on=date(2026, 1, 5), start_period="2026-02" if number <= OLD else OCTOBER,
             stop_period=SEPTEMBER if number in GONE else None,
             stop_cause=GONE.get(number, ""), seen_period=OCTOBER)  # fmt: skip


def _month(
    session: Session, keyring: Keyring, officers: dict[str, int], period: str, start: datetime
) -> None:
    new = period == OCTOBER
    for number in range(1, OLD + 1 + (NEW if new else 0)):
        if new and number in GONE:
            continue
        arrears = 3 * RISE if new and number <= OLD else 0
        regular = LEVEL + (RISE if new else 0)
        _add(session, benefits.obligation, id=number + (OLD if new else 0), programme=PROGRAMME,
             person_id=number, period=period, component="monthly", enrolment_id=number,
             unit_code=UNIT, regular=regular, arrears=arrears, amount=regular + arrears,
             arrears_basis="Nghị định 335/2026/NĐ-CP" if arrears else "",
             reason=f"Mức chuẩn {regular}")  # fmt: skip
    nobody = select(benefits.obligation.c.id).where(benefits.obligation.c.id == 0)
    runs.open_monthly(session, period, nobody, start)
    bridge.build(session, period)
    flags.raise_flags(session, period, start)
    ids = list(session.scalars(select(payroll.c.id).where(payroll.c.period == period)))
    seen = shown(session, ids).code
    for number, (role, step) in enumerate(
        (("maker", ""), ("checker", "check"), ("approver", "approve"))
    ):
        now = start + timedelta(hours=number + 1)
        code = pyotp.TOTP(SECRET).at(now)
        if step == "check":
            mark_seen(session, officers[role], ids, now)
        if step:
            approvals.approve(session, keyring, officers[role], code, step, ids, now, seen=seen)
        else:
            approvals.submit(session, keyring, officers[role], code, ids, now, seen=seen)
    for contract_id in (1, 2):
        batches.build(session, ids[0], contract_id, date(2026, 9 + new, 12), start)


def _results(session: Session) -> None:
    """The first instructions of October: paid, returned, rejected, not collected; others wait."""
    it = disbursement.instruction.c
    _add(session, reconciliation.inbound_file, id=1, provider="banka", name="camt053.xml",
         sha256="f" * 64, size_bytes=1, received_at=datetime(2026, 10, 13, tzinfo=UTC),
         state="read", why="")  # fmt: skip
    debit, credit, refused = ("booked_debit", "*"), ("booked_credit", "*"), ("status", "RJCT")
    fates = {
        OLD + 1: [("settled", "", debit)],
        OLD + 2: [("rejected", "UPAY", refused)],
        OLD + 3: [("settled", "", debit), ("returned", "AC04", credit)],
        OLD + 4: [("settled", "", debit)],
        OLD + 5: [("rejected", "AC01", refused)],
    }
    line = 0
    for owed, states in fates.items():
        row = session.execute(select(it.id, it.amount).where(it.obligation_id == owed)).one()
        for state, code, (source, word) in states:
            line += 1
            _bank_line(session, line, row, state, source, code)
            day = date(2026, 10, 12 + line)
            _add(session, disbursement.outcome, instruction_id=row.id, state=state, source=source,
                 word=word, bank_line_id=line, evidence="booked", reason=code, happened_on=day,
                 posted_on=day, recorded_at=datetime(2026, 10, 12 + line, tzinfo=UTC),
                 entry_id=1)  # fmt: skip
            session.execute(
                update(disbursement.instruction).where(it.id == row.id).values(state=state)
            )
    session.execute(update(reconciliation.inbound_file).values(state="applied"))


def _bank_line(session: Session, number: int, of: Any, state: str, source: str, code: str) -> None:
    day = date(2026, 10, 12)
    is_status = source == "status"
    amount = -of.amount if source == "booked_debit" else of.amount
    _add(session, reconciliation.bank_line, id=number, file_id=1, provider="banka",
         account="9999000001", entry_key=f"e{number}", kind="status" if is_status else "booked",
         amount=amount, reference=f"R{number}", booked_on=day, value_on=day,
         bank_reference=f"B{number}", status="RJCT" if is_status else "BOOK", reason=code,
         is_return=0, voucher="", counterparty="", remittance="")  # fmt: skip
    _add(session, reconciliation.line_match, bank_line_id=number, verdict=state,
         pass_name="reference", target_id=of.id, why="khớp")  # fmt: skip
    if number == 2:
        _add(session, reconciliation.suspense_item, bank_line_id=2, kind="credit",
             amount=of.amount, owner="Phòng tài chính", why="Chưa rõ nguồn", opened_on=day,
             resolution="")  # fmt: skip


def _closing(session: Session) -> None:
    terms = {"opening": 10, "funding": 90, "credited": 60, "cash_paid": 15, "balance": 25}
    parts = {"in_transit": 5, "suspense": 0, "unspent": 20, "reported_balance": 25}
    none = {"not_ours_in": 0, "fees_and_not_ours_out": 0, "back_to_treasury": 0}
    _add(session, reconciliation.closing, period=OCTOBER, fund=FUND, programme=PROGRAMME,
         unit=UNIT, provider="banka", closed_at=datetime(2026, 10, 31, tzinfo=UTC),
         **terms, **parts, **none)  # fmt: skip
    now = datetime(2026, 10, 31, tzinfo=UTC)
    _add(session, job_run, job="close", slot=OCTOBER, state="finished", owner="w", fence=1,
         started_at=now, lease_until=now, finished_at=now, done=1, total=1, detail="")  # fmt: skip


def _add(session: Session, table: Table, **values: Any) -> None:
    session.execute(insert(table).values(**values))
