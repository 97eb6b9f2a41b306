"""What stands in the kit's house before anybody is registered: one commune, one provider.

Everything is made up; the provider is the bank that is played, behind the adapter under trial.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.demo.places import places
from app.demo.province import training_officer, training_signer
from app.payroll.ladders import set_ladder, training_ladder
from app.privacy import Keyring
from app.reference.banks import TEST_BANK_A
from app.units import tables as units
from app.units.departments import ship_departments
from bank_adapters.contract import BankAdapter, Method
from ledger.chart import Cell, open_accounts

PROVIDER, FUND, PROGRAMME = "bank", "local", "assistance"
ACCOUNT = "7100000010001"
FINANCE = ("finance.one", "finance.two")
_ALLOTMENT = 1_000_000_000
_VALID_FROM = date(2025, 1, 1)
_OFFICERS = (
    ("maker", "maker"), ("checker", "checker"), ("approver", "approver"),
    ("finance.one", "releaser"), ("finance.two", "releaser"),
    ("admin.one", "admin"), ("admin.two", "admin"),
)  # fmt: skip
_OF_UNIT = frozenset({"maker", "checker", "approver"})


def unit() -> str:
    """The commune whose people are paid."""
    return places()[0].code


def set_up(session: Session, keyring: Keyring, adapter: BankAdapter, period: str) -> None:
    """Write the whole setting into an empty database; `period` is the month that is paid."""
    _institutions(session, adapter)
    _contract(session, adapter.capabilities.methods, int(period[:4]))
    open_accounts(session, [Cell(FUND, PROGRAMME, unit(), PROVIDER)])
    for number, (username, role) in enumerate(_OFFICERS):
        roles = [(role, unit() if role in _OF_UNIT else "")]
        training_officer(session, keyring, number, username, f"Cán bộ {number}", roles)
    now = datetime.combine(_VALID_FROM, time(8), TIME_ZONE)
    two = [training_signer(session, name, now) for name in ("admin.one", "admin.two")]
    set_ladder(session, keyring, two, f"{_VALID_FROM:%Y-%m}", training_ladder(), now)


def _institutions(session: Session, adapter: BankAdapter) -> None:
    _add(session, units.installation, key="training", value="1")
    _add(session, units.fund, code=FUND, name="Ngân sách địa phương")
    _add(session, units.programme, code=PROGRAMME, name="Trợ giúp xã hội", fund=FUND,
         purpose="TRO GIUP XA HOI")  # fmt: skip
    ship_departments(session)
    _add(session, units.paying_unit, code=unit(), name="UBND xã giả lập", kind="commune",
         area_code=unit(), budget_code="1000001", sort_key="ubnd")  # fmt: skip
    _add(session, units.provider, code=PROVIDER, name="Ngân hàng thử thách (giả lập)",
         adapter=adapter.name, holds_advance=int(adapter.capabilities.holds_advance),
         is_sandbox=1)  # fmt: skip


def _contract(session: Session, methods: frozenset[Method], year: int) -> None:
    _add(session, units.allotment, fiscal_year=year, unit_code=unit(), programme=PROGRAMME,
         amount=_ALLOTMENT)  # fmt: skip
    _add(session, units.contract, id=1, number="HD-1", unit_code=unit(), programme=PROGRAMME,
         fund=FUND, provider=PROVIDER, account=ACCOUNT, methods=",".join(sorted(methods)),
         fee_per_ten_thousand=0, due_day=10, settlement_day=19, valid_from=_VALID_FROM)  # fmt: skip
    for method in sorted(methods):
        bank_bin = TEST_BANK_A if method is Method.ACCOUNT else ""
        _add(session, units.contract_route, unit_code=unit(), programme=PROGRAMME,
             method=method.value, bank_bin=bank_bin, contract_id=1)  # fmt: skip


def _add(session: Session, table: Any, **values: Any) -> None:
    session.execute(insert(table).values(values))
