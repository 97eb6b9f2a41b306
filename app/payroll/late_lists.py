"""Whether a commune's list of a month may still come: not once a payroll was made from another."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.import_tables import import_file
from app.beneficiaries.tables import enrolment
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.errors import Refused
from app.months import in_words
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import payroll, payroll_line


def refuse_late(session: Session, area: str, period: str) -> None:
    """Raises Refused when the list of a commune and month can no longer come or be corrected.

    What people are due is computed once, from the list as it was then; later news goes through
    the next list, which gives arrears or finds an overpayment.
    """
    file = import_file.c
    newest = session.scalar(select(func.max(file.period)).where(file.area_code == area)) or ""
    if newest > period:
        raise Refused(
            f"Xã {area} đã có danh sách tháng {in_words(newest)}, mới hơn tệp này.",
            f"Ghi thay đổi vào danh sách sau tháng {in_words(newest)}.",
        )
    # A one-off payment may come before the month's list: it says nothing of that list.
    of_area = (
        obligation.c.period == period,
        obligation.c.component.in_(MONTHLY),
        enrolment.c.area_code == area,
    )
    owed = select(obligation.c.id).join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
    if session.scalar(owed.where(*of_area).limit(1)) is None:
        return
    sent = (
        select(payroll.c.id)
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .where(payroll_line.c.obligation_id.in_(owed.where(*of_area)))
        .where(payroll.c.state.not_in((DRAFT, VOID)))
        .limit(1)
    )
    done = "trình duyệt" if session.scalar(sent) is not None else "lập"
    raise Refused(
        f"Bảng chi trả tháng {in_words(period)} của xã {area} đã {done} từ danh sách trước.",
        "Ghi thay đổi vào danh sách tháng sau: phần chênh lệch được truy lĩnh hoặc thu hồi.",
    )
