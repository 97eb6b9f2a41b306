"""What stands in the tiny province of tests before anybody is registered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyotp
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.officers import add_officer
from app.access.tables import officer
from app.access.together import Signer
from app.demo.province import found_for_years
from app.payroll.ladders import set_ladder, training_ladder
from app.privacy import Keyring
from app.reference.banks import TEST_BANK_A, TEST_BANK_B
from app.reference.citizen_id import SYNTHETIC_PREFIX
from app.units import tables as units
from app.units.departments import ship_departments
from ledger.bulk import insert_one
from ledger.chart import Cell, open_accounts

COMMUNE, OTHER_COMMUNE = "01273", "01279"
BANK, LIST_BANK, POST = "banka", "bankb", "postoffice"
FUND, PENSION, ASSISTANCE = "local", "pension", "assistance"
ALLOTMENT = 100_000_000
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROUTES = ((BANK, "account", TEST_BANK_A), (LIST_BANK, "account", TEST_BANK_B), (POST, "cash", ""))


def account_of(unit: str, programme: str, provider: str) -> str:
    """The account number of a contract."""
    return f"7{[BANK, LIST_BANK, POST].index(provider)}{unit}{int(programme != PENSION)}001"


def institutions(session: Session) -> None:
    """Fund, programmes, paying units, providers."""
    _add(session, units.installation, {"key": "training", "value": "1"})
    _add(session, units.fund, {"code": FUND, "name": "Ngân sách địa phương"})
    for code, name in ((PENSION, "Trợ cấp hưu trí xã hội"), (ASSISTANCE, "Trợ giúp xã hội")):
        _add(session, units.programme,
             {"code": code, "name": name, "fund": FUND, "purpose": "AN SINH"})  # fmt: skip
    ship_departments(session)
    for number, code in enumerate((COMMUNE, OTHER_COMMUNE)):
        _add(session, units.paying_unit,
             {"code": code, "name": f"UBND xã {code}", "kind": "commune", "area_code": code,
              "budget_code": f"100{number}", "sort_key": code})  # fmt: skip
    for code, adapter in ((BANK, "iso20022"), (LIST_BANK, "filelist"), (POST, "postoffice")):
        _add(session, units.provider,
             {"code": code, "name": code, "adapter": adapter,
              "holds_advance": int(code != BANK), "is_sandbox": 1})  # fmt: skip


def contracts(session: Session) -> None:
    """A contract, route and account for every unit, programme and provider; the year's money."""
    number = 0
    cells = []
    for unit in (COMMUNE, OTHER_COMMUNE):
        for programme in (PENSION, ASSISTANCE):
            _add(session, units.allotment,
                 {"fiscal_year": 2026, "unit_code": unit, "programme": programme,
                  "amount": ALLOTMENT})  # fmt: skip
            for code, method, bank_bin in ROUTES:
                number += 1
                row = _contract(number, unit, programme, code, method)
                contract_id = insert_one(session, units.contract, **row)
                _add(session, units.contract_route,
                     {"unit_code": unit, "programme": programme, "method": method,
                      "bank_bin": bank_bin, "contract_id": contract_id})  # fmt: skip
                cells.append(Cell(FUND, programme, unit, code))
    open_accounts(session, cells)


def _contract(number: int, unit: str, programme: str, code: str, method: str) -> dict[str, Any]:
    return {
        "number": f"HD-{number}", "unit_code": unit, "programme": programme,
        "fund": FUND, "provider": code, "account": account_of(unit, programme, code),
        "methods": method, "fee_per_ten_thousand": 0, "due_day": 10, "settlement_day": 19,
        "valid_from": date(2025, 1, 1), "valid_to": None,
    }  # fmt: skip


def officers(session: Session, keyring: Keyring) -> None:
    """Maker, checker, approver of a unit; finance, auditor, one for all, admins, desk; helper."""
    posts = [
        (f"{role}.{unit}", role, unit)
        for unit in (COMMUNE, OTHER_COMMUNE)
        for role in ("maker", "checker", "approver")
    ]
    posts += [("finance.one", "releaser", ""), ("finance.two", "releaser", "")]
    posts += [("auditor", "auditor", ""), ("checker.all", "checker", "")]
    posts += [("admin.one", "admin", ""), ("admin.two", "admin", ""), ("desk", "desk", "")]
    posts += [("helper", "helper", COMMUNE)]
    for number, (username, role, unit) in enumerate(posts):
        citizen_id = f"{SYNTHETIC_PREFIX}18099{number:04}"
        one = add_officer(session, keyring, username, f"Cán bộ {number}", citizen_id, SECRET)
        found_for_years(session, one, [(role, unit)])


def ladder(session: Session, keyring: Keyring, now: datetime, secret: str = SECRET) -> None:
    """The training ladder, set by two administrators: check and approve at the unit."""
    query = select(officer.c.id).where(officer.c.username.in_(("admin.one", "admin.two")))
    code = pyotp.TOTP(secret).at(now)
    two = [Signer(number, code) for number in session.scalars(query.order_by(officer.c.id))]
    set_ladder(session, keyring, two, "2026-01", training_ladder(), now)


def _add(session: Session, table: Any, values: dict[str, Any]) -> None:
    session.execute(insert(table).values(values))
