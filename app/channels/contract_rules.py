"""What a new contract must agree with: its place, the others, the days, what the provider does."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.channels.contract_terms import Contract
from app.channels.providers import capabilities_now, provider_named
from app.config import Settings
from app.errors import InputError, NotFound, Refused
from app.text import mask_account
from app.units.tables import contract, paying_unit, programme
from bank_adapters.contract import Method
from ledger.periods import is_closed, period_of

_NUMBER = re.compile(r"\S(?:.{0,58}\S)?")
_ACCOUNT = re.compile(r"[A-Za-z0-9]{4,34}")
_FEE_MAX = 1_000
_DAY_MAX = 28


def require_place(session: Session, what: Contract) -> None:
    """Raise NotFound for an unknown provider, unit or programme, Refused where the programme is
    paid by units of the other kind."""
    provider_named(session, what.provider)
    kind = session.scalar(select(paying_unit.c.kind).where(paying_unit.c.code == what.unit))
    if kind is None:
        raise NotFound(f"Không có đơn vị chi mã “{what.unit[:20]}”.", "Kiểm tra --unit.")
    if session.scalar(select(programme.c.code).where(programme.c.code == what.programme)) is None:
        known = ", ".join(session.scalars(select(programme.c.code).order_by(programme.c.code)))
        raise NotFound(f"Không có chương trình “{what.programme[:20]}”.", f"Đang có: {known}.")
    query = (
        select(paying_unit.c.code)
        .join(contract, contract.c.unit_code == paying_unit.c.code)
        .where(contract.c.programme == what.programme, paying_unit.c.code != what.unit)
        .where(or_(paying_unit.c.kind != kind, paying_unit.c.kind == "department"))
        .order_by(paying_unit.c.code)
    )
    if (other := session.scalars(query).first()) is not None:
        raise Refused(
            f"Chương trình {what.programme} đã có {other} chi: hoặc mỗi xã tự chi, hoặc một sở chi"
            " cho cả tỉnh.",
            "Kiểm tra --unit và --programme.",
        )


def require_free(session: Session, what: Contract) -> None:
    """Raise InputError for a number or account that cannot be, Refused for one that is taken, and
    for a second contract of a unit with a provider: the books hold their money as one."""
    if _NUMBER.fullmatch(what.number) is None:
        raise InputError("Số hợp đồng trống hoặc quá dài.", "Ghi --number, 1-60 ký tự.")
    if _ACCOUNT.fullmatch(what.account) is None:
        raise InputError("Số tài khoản không đúng dạng.", "Ghi 4-34 chữ hoặc số, không dấu cách.")
    for row in session.execute(_alike(what)):
        if row.number == what.number:
            raise Refused(f"Đã có hợp đồng số {row.number}.", "Xem `ansinh bank contract list`.")
        if row.account == what.account and (
            row.provider == what.provider or row.unit_code != what.unit
        ):
            raise Refused(
                f"Tài khoản {mask_account(row.account)} đã thuộc hợp đồng {row.number} của"
                f" {row.unit_code} với {row.provider}.",
                "Kiểm tra số tài khoản: mỗi hợp đồng có tài khoản riêng.",
            )
        if (row.unit_code, row.programme, row.provider) == (
            what.unit, what.programme, what.provider,
        ):  # fmt: skip
            raise Refused(
                f"{what.unit} đã có hợp đồng {row.number} với {what.provider} cho chương trình"
                f" {what.programme}.",
                f"Gia hạn: `ansinh bank contract end {row.number} --on NGÀY-CUỐI-MỚI`. Đổi tài"
                " khoản: thêm một đơn vị chi trả mã khác.",
            )


def _alike(what: Contract) -> Select[Any]:
    """The contracts that have the number, the account or the place of this one."""
    c = contract.c
    here = and_(c.unit_code == what.unit, c.programme == what.programme,
                c.provider == what.provider)  # fmt: skip
    same = or_(c.number == what.number, c.account == what.account, here)
    return select(contract).where(same).order_by(c.id)


def require_days(session: Session, what: Contract) -> None:
    """Raise InputError for days that cannot be, Refused for a first day in a closed month."""
    if what.valid_to is not None and what.valid_to < what.valid_from:
        raise InputError("Ngày cuối của hợp đồng trước ngày đầu.", "Kiểm tra --from và --until.")
    for day in (what.due_day, what.settlement_day):
        if not 1 <= day <= _DAY_MAX:
            raise InputError(f"Ngày {day} không dùng được.", f"Chọn ngày 1-{_DAY_MAX} của tháng.")
    if not 0 <= what.fee_per_ten_thousand <= _FEE_MAX:
        raise InputError("Phí không dùng được.", f"Ghi phần vạn, từ 0 đến {_FEE_MAX}.")
    if is_closed(session, what.programme, period_of(what.valid_from)):
        raise Refused(
            f"Tháng {what.valid_from:%m/%Y} của {what.programme} đã khoá sổ.",
            "Chọn ngày đầu ở một tháng còn mở.",
        )


def require_methods(session: Session, settings: Settings, what: Contract, today: date) -> None:
    """Raise InputError for methods that are none, Refused for one that the provider cannot do."""
    unknown = sorted(set(what.methods) - {one.value for one in Method})
    if unknown or not what.methods:
        raise InputError(
            f"Cách chi “{', '.join(unknown)[:20]}” không có.", "Chọn account, cash, hoặc cả hai."
        )
    able = capabilities_now(session, settings, what.provider, today).methods
    if missing := sorted(set(what.methods) - {one.value for one in able}):
        raise Refused(
            f"{what.provider} không làm được cách chi: {', '.join(missing)}.",
            "Bớt cách chi đó, hoặc chọn đơn vị chi trả khác.",
        )
