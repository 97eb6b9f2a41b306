"""Where the money of an obligation is, in plain Vietnamese: one sentence for people. Pure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from app.disbursement.reasons import reason_of
from app.disbursement.states import (
    CANCELLED,
    IN_DOUBT,
    NOT_RECEIVED,
    RECALLED,
    REJECTED,
    RETURNED,
    SETTLED,
)
from app.disbursement.tables import FAILED_STATES
from app.months import shift
from app.payroll.states import CHECKED, DRAFT, SUBMITTED, VOID
from app.printing.values import day, short_month
from app.statements.reading import Attempt, Story
from bank_adapters.reasons import Reason, ReasonClass

_LISTED = {
    DRAFT: "Đang lập bảng chi trả {month}",
    SUBMITTED: "Bảng chi trả {month} đang chờ kiểm tra",
    CHECKED: "Bảng chi trả {month} đang chờ phê duyệt",
    VOID: "Bảng chi trả {month} đã hủy, chờ lập lại",
}


def status(story: Story) -> str:
    """The whole way of the money, e.g. 'Ngân hàng A trả lại tiền ngày 13/10/2026: tài khoản
    người hưởng đã đóng; đã chuyển lại vào tài khoản ngày 16/10/2026.'"""
    if not story.attempts:
        return _sentence(_before_any_attempt(story))
    parts = []
    for place, one in enumerate(story.attempts):
        following = story.attempts[place + 1 :]
        parts.append(_attempt(one, again=place > 0, then=_then(story, one, bool(following))))
    return _sentence("; ".join(parts))


def _before_any_attempt(story: Story) -> str:
    if not story.lines:
        return "Chưa có trong bảng chi trả, chờ đủ thông tin nhận tiền"
    last = story.lines[-1]
    words = _LISTED.get(last.state, "Bảng chi trả {month} đã duyệt, đang lập lệnh chi")
    return words.format(month=short_month(last.period))


def _attempt(one: Attempt, *, again: bool, then: str) -> str:
    row = one.row
    if row.state == SETTLED:
        return _settled(row, one, again)
    if row.state in FAILED_STATES:
        return _failed(one) + then
    return _on_its_way(row, again)


def _settled(row: Row[Any], one: Attempt, again: bool) -> str:
    on = _on(one, SETTLED)
    if row.method == "cash":
        return f"đã lĩnh tiền mặt{on}"
    return f"đã chuyển{' lại' if again else ''} vào tài khoản{on}"


def _on_its_way(row: Row[Any], again: bool) -> str:
    more = " lại" if again else ""
    if row.batch_state in ("built", "released"):
        return f"đã lập lệnh chi{more}, dự kiến chi ngày {day(row.requested_on)}"
    if row.batch_state == IN_DOUBT:
        return f"đã gửi{more} {row.provider_name}, đang hỏi xem đã nhận được lệnh chưa"
    if row.method == "cash":
        return f"đã giao {row.provider_name} chi tiền mặt{more}, chờ kết quả"
    return f"đã gửi{more} {row.provider_name}, chờ kết quả"


def _failed(one: Attempt) -> str:
    state, name, why = one.row.state, one.row.provider_name, _why(one)
    if state == REJECTED and is_carried(one):
        return "chưa lĩnh"
    if state == REJECTED:
        return f"{name} không chi được{_on(one, state)}{why}"
    if state == RETURNED:
        return f"{name} trả lại tiền{_on(one, state)}{why}"
    return {
        NOT_RECEIVED: f"lệnh chi không tới {name}",
        RECALLED: f"đã thu hồi tiền{_on(one, state)}",
        CANCELLED: "lệnh chi đã hủy trước khi gửi",
    }[state]


def _then(story: Story, one: Attempt, has_next: bool) -> str:
    """What comes after an attempt that failed."""
    carried = is_carried(one)
    later = [line for line in story.lines if line.id > one.row.payroll_line_id]
    if has_next and not carried:
        return ""
    if carried:
        month = later[0].period if later else shift(one.row.period, 1)
        return f", chuyển sang {short_month(month)}"
    if later:
        return f"; đã đưa vào bảng chi trả {short_month(later[0].period)} để chi lại"
    return "; chờ sửa thông tin nhận tiền để chi lại" if _needs_repair(one) else "; chờ chi lại"


def _why(one: Attempt) -> str:
    found = reason_told(one)
    if found is None:
        return ""
    words = found.officer.rstrip(".").partition(";")[0]
    return f": {words[:1].lower()}{words[1:]}"


def reason_told(one: Attempt) -> Reason | None:
    """Why an attempt ended as it did; None where nobody said."""
    for row in reversed(one.outcomes):
        if row.state == one.row.state and row.reason:
            return reason_of(row.evidence, row.reason)
    return None


def is_carried(one: Attempt) -> bool:
    """Whether it was only not collected: nothing is wrong with the payee's data."""
    found = reason_told(one)
    return one.row.state == REJECTED and (
        found.reason_class is ReasonClass.CARRY if found else one.row.method == "cash"
    )


def _needs_repair(one: Attempt) -> bool:
    found = reason_told(one)
    return found is not None and found.reason_class is ReasonClass.REPAIR


def _on(one: Attempt, state: str) -> str:
    for row in one.outcomes:
        if row.state == state:
            return f" ngày {day(row.happened_on)}"
    return ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
