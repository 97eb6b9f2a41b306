"""Whether an account is known to be the person's: by a name check or by a payment that arrived.

A check speaks of the account under its holder's name, whatever version it stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.tables import destination

PROVED = ("exact", "confirmed")
STATES: Mapping[str, str] = {
    "": "Chưa kiểm tra",
    "exact": "Tên khớp",
    "close": "Tên gần khớp, cần xem",
    "different": "Tên khác",
    "not_found": "Ngân hàng không thấy tài khoản",
    "confirmed": "Đã nhận được tiền",
}


def last_check() -> ColumnElement[Any]:
    """The result of the last check of a `destination` row's account; null when there is none."""
    same = destination.alias("same")
    return (
        select(destination_check.c.result)
        .join(same, same.c.id == destination_check.c.destination_id)
        .where(
            same.c.person_id == destination.c.person_id,
            same.c.account_key == destination.c.account_key,
            same.c.holder == destination.c.holder,
        )
        .order_by(destination_check.c.checked_at.desc(), destination_check.c.id.desc())
        .limit(1)
        .correlate(destination)
        .scalar_subquery()
    )


def is_proved() -> ColumnElement[bool]:
    """Whether a `destination` row's account is known to be the person's. Cash needs no proof."""
    return and_(destination.c.method == "account", last_check().in_(PROVED))
