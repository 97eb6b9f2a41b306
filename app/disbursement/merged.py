"""What rows merged into another person's are owed and what is not on its way: why it waits.

Nothing of it is silently stuck: either the next list pays it to the person who stays, or the
worklist says what keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.facts import merged_people
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.disbursement.tables import FAILED_STATES, instruction
from app.payroll.payable import is_covered, is_dead, is_held
from app.payroll.states import VOID
from app.payroll.tables import payroll, payroll_line
from app.payroll.ways import has_a_way

WHY: Mapping[str, str] = MappingProxyType(
    {
        "held": "còn bị giữ vì một nghi vấn: xem `ansinh doubles list`",
        "dead": "người hưởng được báo đã mất: chờ văn bản về người nhận thay",
        "covered": "hồ sơ khác của người này đã được tính cùng tháng: không chi lần hai."
        " Đối chiếu từng tháng; còn tháng nào thiếu thì báo tỉnh",
        "no_way": "hồ sơ còn lại chưa có nơi nhận tiền dùng được: bổ sung tài khoản hoặc tiền mặt",
        "next": "bảng chi trả kế tiếp trả cho hồ sơ còn lại",
    }
)
"""What keeps an obligation of a merged row, and what to do."""


@dataclass(frozen=True, slots=True)
class Unpaid:
    """An obligation of a merged row that is not on its way: VND, and a key of `WHY`."""

    obligation: int
    lost: int
    kept: int
    area: str
    programme: str
    period: str
    amount: int
    why: str


def unpaid_after_merge(session: Session, today: date, area: str = "") -> list[Unpaid]:
    """All of it, or of the people of one commune, by the person who stays and the month;
    whether there is a way to pay it is asked of today's contracts."""
    lost, o = person.alias("lost"), obligation.c
    why = case(
        (is_held(lost), "held"),
        (is_dead(obligation, lost), "dead"),
        (is_covered(obligation, lost), "covered"),
        (~has_a_way(today, lost.c.merged_into_id), "no_way"),
        else_="next",
    )
    kept = lost.c.merged_into_id.label("kept")
    told = (o.id, lost.c.id.label("lost"), kept, lost.c.area_code, o.programme, o.period, o.amount)
    query = (
        select(*told, why.label("why"))
        .join(lost, lost.c.id == o.person_id)
        .where(o.person_id.in_(merged_people()), o.programme.in_(PROGRAMMES))
        .where(~_is_on_its_way(), ~_is_listed())
        .order_by(kept, o.period, o.id)
    )
    if area:
        query = query.where(lost.c.area_code == area)
    return [Unpaid(*row) for row in session.execute(query)]


def _is_on_its_way() -> ColumnElement[bool]:
    return exists().where(
        instruction.c.obligation_id == obligation.c.id, instruction.c.state.not_in(FAILED_STATES)
    )


def _is_listed() -> ColumnElement[bool]:
    """It stands on a list whose batches are not built yet."""
    built = exists().where(
        instruction.c.obligation_id == payroll_line.c.obligation_id,
        instruction.c.payroll_line_id == payroll_line.c.id,
    )
    return exists().where(
        payroll_line.c.obligation_id == obligation.c.id,
        payroll_line.c.undone == 0,
        payroll.c.id == payroll_line.c.payroll_id,
        payroll.c.state != VOID,
        ~built,
    )
