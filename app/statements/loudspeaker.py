"""What a commune's loudspeaker says before a month is paid: dates, places, what to bring; no name.

Sentences are short and numbers are whole, for somebody reads them aloud.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.tables import obligation
from app.disbursement.tables import batch, instruction
from app.errors import NotFound
from app.months import require_month
from app.payroll.tables import payroll
from app.printing.values import short_month
from app.statements.letterheads import commune_body
from app.units.tables import contract, provider
from ledger.schema import Day

ACCOUNT, CASH = "account", "cash"


def loudspeaker_text(session: Session, area: str, period: str, help_number: str = "") -> str:
    """The announcement of a commune's month, a sentence a line.

    Raises InputError for what is no month, NotFound where nothing is planned yet.
    """
    month = require_month(period)
    planned = _planned(session, area, period)
    if not planned:
        raise NotFound(
            f"Chưa có lệnh chi {short_month(period)} cho xã này.",
            "Đợi lập lô chi trả, hoặc chọn tháng khác.",
        )
    body = commune_body(area)
    lines = [
        f"{body} thông báo chi trả trợ cấp tháng {int(month[5:])} năm {month[:4]}.",
        *_account(planned),
        *_cash(planned),
        _ask(body, help_number),
        "Nhà nước không thu phí chi trả.",
        "Không đưa mã, mật khẩu hoặc thẻ cho bất kỳ ai, kể cả người xưng là cán bộ.",
    ]
    return "\n".join(lines) + "\n"


def _planned(session: Session, area: str, period: str) -> list[Row[Any]]:
    """(method, name of the provider, the first and the last day) of what this month's batches pay
    to people of the commune."""
    first, last = (edge(batch.c.requested_on, type_=Day()) for edge in (func.min, func.max))
    query = (
        select(instruction.c.method, provider.c.name, first.label("first"), last.label("last"))
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .join(person, person.c.id == obligation.c.person_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(person.c.area_code == area, payroll.c.period == period)
        .group_by(instruction.c.method, provider.c.name)
        .order_by(instruction.c.method, first, provider.c.name)
    )
    return list(session.execute(query))


def _account(planned: Sequence[Row[Any]]) -> list[str]:
    mine = [one for one in planned if one.method == ACCOUNT]
    if not mine:
        return []
    days = _days(min(one.first for one in mine), max(one.last for one in mine))
    return [f"Người nhận qua tài khoản: tiền được chuyển {days}. Không phải đến xã."]


def _cash(planned: Sequence[Row[Any]]) -> list[str]:
    mine = [one for one in planned if one.method == CASH]
    lines = [f"Người nhận tiền mặt: đến {one.name}, {_days(one.first, one.last)}." for one in mine]
    if lines:
        lines.append("Đi nhận mang theo căn cước. Người nhận thay mang thêm giấy ủy quyền.")
        lines.append("Ai già yếu, không đi được thì báo xã để được chi trả tại nhà.")
    return lines


def _ask(body: str, help_number: str) -> str:
    by_phone = f"gọi số {help_number}, hoặc " if help_number else ""
    return f"Chưa thấy tiền, thấy sai tiền thì {by_phone}hỏi {body}."


def _days(first: date, last: date) -> str:
    if first == last:
        return f"từ ngày {first.day} tháng {first.month}"
    return f"từ ngày {first.day} tháng {first.month} đến ngày {last.day} tháng {last.month}"
