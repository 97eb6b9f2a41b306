"""Which payees a contract reaches: by method and, for accounts, by the payee's bank."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.channels.contract_terms import Contract
from app.config import Settings
from app.errors import InputError
from app.reference.banks import all_banks, bank
from app.units.lookup import is_training
from app.units.tables import contract, contract_route
from bank_adapters.contract import Method

OTHERS = "others"
"""For the banks: every one that takes transfers and that no other contract reaches."""

Days = tuple[date, date | None]


class Route(NamedTuple):
    """How a payee receives the money, and the BIN of the payee's bank ('' for cash)."""

    method: str
    bank: str


def wanted_routes(
    session: Session, settings: Settings, what: Contract, days: Days
) -> tuple[Route, ...]:
    """The routes that a contract names, in their order. Raises InputError for a bank that is
    not known or takes no transfers, and for accounts without a bank."""
    found = [Route(one, "") for one in sorted(what.methods) if one != Method.ACCOUNT]
    if Method.ACCOUNT not in what.methods:
        if what.banks:
            raise InputError("Chỉ chi vào tài khoản mới có ngân hàng nhận.", "Bỏ --bank.")
        return tuple(found)
    if not what.banks:
        raise InputError(
            "Chi vào tài khoản thì phải nói chi tới ngân hàng nào.",
            f"Ghi --bank MÃ cho từng ngân hàng nhận, hoặc --bank {OTHERS} cho các ngân hàng"
            " chưa có hợp đồng khác.",
        )
    training = is_training(session, settings)
    known = {one.bin for one in all_banks() if one.receives_transfers and not one.is_deprecated
             and (training or not one.is_test)}  # fmt: skip
    return (*found, *(Route(Method.ACCOUNT, one) for one in _banks(session, what, days, known)))


def _banks(session: Session, what: Contract, days: Days, known: Collection[str]) -> list[str]:
    named = {one for one in what.banks if one != OTHERS}
    for code in sorted(named - set(known)):
        entry = bank(code)
        name = f" ({entry.short_name})" if entry is not None else ""
        raise InputError(
            f"Ngân hàng mã “{code[:12]}”{name} không có hoặc không nhận chuyển khoản.",
            "Ghi mã BIN 6 chữ số của ngân hàng nơi người hưởng có tài khoản.",
        )
    if OTHERS in what.banks:
        theirs = taken(session, (what.unit, what.programme), days)
        named |= {one for one in known if Route(Method.ACCOUNT, one) not in theirs}
    return sorted(named)


def routes_of(session: Session, contract_id: int) -> tuple[Route, ...]:
    """The routes of a contract, in their order."""
    r = contract_route.c
    query = select(r.method, r.bank_bin).where(r.contract_id == contract_id)
    return tuple(Route(*row) for row in session.execute(query.order_by(r.method, r.bank_bin)))


def taken(
    session: Session, place: tuple[str, str], days: Days, but: int = 0
) -> Mapping[Route, str]:
    """Routes of a unit in a programme that contracts other than `but` hold on any of these days,
    and the number of one that does."""
    c, r = contract.c, contract_route.c
    first, last = days
    query = (
        select(r.method, r.bank_bin, c.number)
        .join(contract, c.id == r.contract_id)
        .where(r.unit_code == place[0], r.programme == place[1], c.id != but)
        .where(or_(c.valid_to.is_(None), c.valid_to >= first))
    )
    if last is not None:
        query = query.where(c.valid_from <= last)
    return {Route(row.method, row.bank_bin): row.number for row in session.execute(query)}
