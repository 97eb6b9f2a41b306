"""Contracts with providers: two finance officers add one, widen it, and set its last day.

A contract is the cell of the books, so a unit has one with a provider for a programme, and one
that is renewed gets a later last day. On a day one contract leads to each payee.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.audit.trail import record
from app.channels.contract_rules import (
    require_days,
    require_free,
    require_methods,
    require_place,
)
from app.channels.contract_terms import Contract
from app.channels.routes import (
    OTHERS,
    Route,
    routes_of,
    taken,
    wanted_routes,
)
from app.clock import local_date
from app.config import Settings
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.text import mask_account
from app.units.tables import contract, contract_route, programme
from ledger.bulk import insert_one
from ledger.chart import Cell, open_accounts

ADD, WIDEN, END = "contract_add", "contract_widen", "contract_end"


@dataclass(frozen=True, slots=True)
class Written:
    """A contract's id, and how many routes it got."""

    contract_id: int
    routes: int


def add_contract(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    signers: Sequence[Signer],
    what: Contract,
    now: datetime,
) -> Written:
    """Two finance officers add a contract with its routes; its accounts in the books are opened.

    Raises InputError, NotFound or Refused for what cannot be or stands against another contract,
    and as `confirm_together` does.
    """
    require_place(session, what)
    require_free(session, what)
    require_days(session, what)
    require_methods(session, settings, what, local_date(now))
    place = (what.unit, what.programme)
    routes = wanted_routes(session, settings, what, (what.valid_from, what.valid_to))
    _require_open(session, place, routes, (what.valid_from, what.valid_to))
    about = f"contract:{what.number}"
    digest = _digest(ADD, asdict(what), routes)
    act = Confirmation(ADD, digest, len(routes), 0)
    confirm_together(session, keyring, signers, about, now, act, unit=what.unit,
                     programme=what.programme)  # fmt: skip
    fund = session.execute(select(programme.c.fund).where(programme.c.code == what.programme))
    number = _insert(session, what, fund.scalar_one())
    _add_routes(session, number, place, routes)
    record(session, now, names_of(signers), "channels:contract:add", about, digest,
           after=_told(what, routes))  # fmt: skip
    return Written(number, len(routes))


def _insert(session: Session, what: Contract, fund: str) -> int:
    open_accounts(session, [Cell(fund, what.programme, what.unit, what.provider)])
    return insert_one(
        session,
        contract,
        number=what.number,
        unit_code=what.unit,
        programme=what.programme,
        fund=fund,
        provider=what.provider,
        account=what.account,
        methods=",".join(sorted(what.methods)),
        fee_per_ten_thousand=what.fee_per_ten_thousand,
        due_day=what.due_day,
        settlement_day=what.settlement_day,
        valid_from=what.valid_from,
        valid_to=what.valid_to,
    )


def _add_routes(
    session: Session, number: int, place: tuple[str, str], routes: Sequence[Route]
) -> None:
    names = {"unit_code": place[0], "programme": place[1], "contract_id": number}
    rows = [{**names, "method": one.method, "bank_bin": one.bank} for one in routes]
    session.execute(insert(contract_route), rows)


def widen(
    session: Session,
    keyring: Keyring,
    settings: Settings,
    signers: Sequence[Signer],
    number: str,
    banks: tuple[str, ...],
    now: datetime,
) -> Written:
    """Two finance officers let a contract reach payees of more banks; those it reaches already
    are passed over. Raises as `add_contract` does, and Refused where nothing is new."""
    row = contract_named(session, number)
    place, days = (row.unit_code, row.programme), (row.valid_from, row.valid_to)
    what = _as_written(row, banks)
    require_methods(session, settings, what, local_date(now))
    known = routes_of(session, row.id)
    routes = [one for one in wanted_routes(session, settings, what, days)
              if one.bank and one not in known]  # fmt: skip
    if not routes:
        raise Refused(f"Hợp đồng {number} đã chi tới các ngân hàng này.", "Không cần làm gì.")
    _require_open(session, place, routes, days)
    about = f"contract:{number}"
    digest = _digest(WIDEN, {"number": number}, routes)
    act = Confirmation(WIDEN, digest, len(routes), 0)
    confirm_together(session, keyring, signers, about, now, act, unit=row.unit_code,
                     programme=row.programme)  # fmt: skip
    _add_routes(session, row.id, place, routes)
    banks_of = {"banks": [one.bank for one in known if one.bank]}
    after = {"banks": [one.bank for one in (*known, *routes) if one.bank]}
    record(session, now, names_of(signers), "channels:contract:widen", about, digest,
           before=banks_of, after=after)  # fmt: skip
    return Written(row.id, len(routes))


def end_contract(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    number: str,
    last_day: date,
    reason: str,
    now: datetime,
) -> None:
    """Two finance officers set a contract's last day, earlier or later than it was.

    Lists opened for later days go past it; what stands on a list already is paid through it.
    Raises InputError for no reason, Refused for a day that is over or that another contract has
    taken, NotFound, and as `confirm_together` does.
    """
    row = contract_named(session, number)
    if not reason.strip():
        raise InputError("Thiếu căn cứ.", "Ghi số văn bản bằng --reason.")
    if last_day < max(local_date(now), row.valid_from):
        raise Refused(
            f"Ngày cuối {last_day:%d/%m/%Y} đã qua, hoặc trước khi hợp đồng bắt đầu.",
            "Chọn hôm nay hoặc ngày sau.",
        )
    place, days = (row.unit_code, row.programme), (row.valid_from, last_day)
    _require_open(session, place, routes_of(session, row.id), days, row.id)
    about = f"contract:{number}:{last_day.isoformat()}"
    digest = _digest(END, {"number": number, "valid_to": last_day, "reason": reason.strip()}, ())
    act = Confirmation(END, digest, 1, 0)
    confirm_together(session, keyring, signers, about, now, act, unit=row.unit_code,
                     programme=row.programme)  # fmt: skip
    session.execute(update(contract).where(contract.c.id == row.id).values(valid_to=last_day))
    record(session, now, names_of(signers), "channels:contract:end", f"contract:{number}", digest,
           before={"valid_to": row.valid_to},
           after={"valid_to": last_day, "reason": reason.strip()})  # fmt: skip


def contract_named(session: Session, number: str) -> Row[Any]:
    """The contract's row by its number. Raises NotFound."""
    row = session.execute(select(contract).where(contract.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có hợp đồng số “{number[:40]}”.", "Xem `ansinh bank contract list`.")
    return row


def _as_written(row: Any, banks: tuple[str, ...]) -> Contract:
    methods = tuple(row.methods.split(","))
    return Contract(row.number, row.provider, row.unit_code, row.programme, row.account, methods,
                    banks, row.valid_from, row.valid_to)  # fmt: skip


def _require_open(
    session: Session,
    place: tuple[str, str],
    routes: Sequence[Route],
    days: tuple[date, date | None],
    but: int = 0,
) -> None:
    """Raise Refused where another contract leads to the same payees on one of these days."""
    others = taken(session, place, days, but)
    clash = sorted({others[one] for one in routes if one in others})
    if clash:
        raise Refused(
            f"Cùng đơn vị, chương trình và cách chi đã có hợp đồng {', '.join(clash[:3])} trong"
            " những ngày này.",
            "Chấm dứt hợp đồng kia trước (`ansinh bank contract end`), hoặc chọn ngày sau ngày"
            f" cuối của nó, hoặc bớt ngân hàng (--bank {OTHERS} là các ngân hàng còn lại).",
        )


def _digest(step: str, told: dict[str, Any], routes: Sequence[Route]) -> str:
    """What the two officers confirm: every word of it, and each route."""
    words = [step, *(f"{name}={value}" for name, value in sorted(told.items()))]
    words += [f"{one.method}:{one.bank}" for one in routes]
    return hashlib.sha256("|".join(words).encode()).hexdigest()


def _told(what: Contract, routes: Sequence[Route]) -> dict[str, Any]:
    """What the trail says of it; the account hidden."""
    told = asdict(what)
    return {**told, "account": mask_account(what.account),
            "banks": [one.bank for one in routes if one.bank]}  # fmt: skip


def all_contracts(session: Session, code: str = "", unit: str = "") -> Sequence[Row[Any]]:
    """Every contract of a provider and a unit, or of all, by unit, programme and first day."""
    query = select(contract)
    if code:
        query = query.where(contract.c.provider == code)
    if unit:
        query = query.where(contract.c.unit_code == unit)
    c = contract.c
    return session.execute(query.order_by(c.unit_code, c.programme, c.valid_from, c.id)).all()
