"""Who may not act on a payroll because of what stands on it, and who may in his place.

Found for every officer when the payroll is submitted, in a fixed number of statements, and kept;
the database refuses by the same rows (`app/schema/guards/barred.py`). Whose own money a line is,
or his household's or of his account, neither makes nor checks, approves or releases it; who
changed a fact on it neither checks, approves nor releases it; who changed a payout account on it
releases it 30 days later at the earliest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, and_, bindparam, insert, literal, select, union
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.roles import in_force, reaches
from app.access.tables import officer
from app.beneficiaries.near import ACCOUNT, NEAR, accounts_near, people_near
from app.errors import Refused
from app.payroll.approval_tables import approval
from app.payroll.barred_tables import CHANGER, EDITOR, payroll_barred
from app.payroll.editors import CHANGED_DAYS, changers, editors
from app.payroll.tables import payroll, payroll_line

FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
MAKES = NEAR
APPROVES = (*NEAR, EDITOR)
RELEASES = (*NEAR, EDITOR, CHANGER)

_WORDS = {
    "payee": "có khoản tiền của mình trong bảng",
    "household": "cùng hộ với người có tên trong bảng",
    "account": "chung tài khoản với người có tên trong bảng",
    "editor": "đã sửa dữ liệu của người có tên trong bảng",
    "changer": f"đã đổi tài khoản của người có tên trong bảng trong {CHANGED_DAYS} ngày qua",
}
_NAMED = 3

_Row = tuple[int, int, str, datetime]


def bar(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Write who may not act on these payrolls as they stand now; gives how many rows are new."""
    found = _near_for_ever(session, ids)
    found |= {(number, who, EDITOR, FOR_EVER) for number, who in editors(session, ids)}
    found |= {
        (number, who, CHANGER, at.astimezone(UTC) + timedelta(days=CHANGED_DAYS))
        for (number, who), at in changers(session, ids, now).items()
    }
    return _write(session, ids, found, now)


def bar_near(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Write who is near somebody on these payrolls by now: an officer whose account, household or
    ward is known only after the submission; gives how many rows are new."""
    return _write(session, ids, _near_for_ever(session, ids), now)


def _near_for_ever(session: Session, ids: Sequence[int]) -> set[_Row]:
    return {(number, who, why, FOR_EVER) for number, who, why in _near(session, ids)}


def _write(session: Session, ids: Sequence[int], found: set[_Row], now: datetime) -> int:
    row = payroll_barred.c
    known = {
        tuple(one)
        for one in session.execute(
            select(row.payroll_id, row.officer_id, row.why, row.until).where(
                row.payroll_id.in_(list(ids))
            )
        )
    }
    names = ("payroll_id", "officer_id", "why", "until")
    fresh = [dict(zip(names, one, strict=True)) for one in sorted(found - known)]
    if fresh:
        session.execute(insert(payroll_barred), [{**one, "found_at": now} for one in fresh])
    return len(fresh)


def refuse_barred(
    session: Session,
    officer_id: int,
    ids: Collection[int],
    reasons: Sequence[str],
    roles: Sequence[str],
    now: datetime,
) -> None:
    """Raise Refused when one of `reasons` keeps this officer from one of the payrolls.

    The refusal says why, and names who with one of `roles` there may act instead.
    """
    row = payroll_barred.c
    found = session.execute(
        select(row.payroll_id, row.why)
        .where(row.officer_id == officer_id, row.payroll_id.in_(list(ids)))
        .where(row.why.in_(reasons), row.until >= now)
        .order_by(row.payroll_id, row.why)
    ).first()
    if found is not None:
        raise Refused(
            f"Cán bộ không được làm bước này với bảng {found.payroll_id}: {_WORDS[found.why]}.",
            _instead(session, found.payroll_id, officer_id, reasons, roles, now),
        )


def refuse_near_lines(
    session: Session, officer_id: int, ids: Sequence[int], roles: Sequence[str], now: datetime
) -> None:
    """Raise Refused where this officer is near somebody on one of these payrolls as they stand:
    before a submission nothing is written of it."""
    near = sorted({(number, why) for number, who, why in _near(session, ids) if who == officer_id})
    if near:
        number, why = near[0]
        raise Refused(
            f"Cán bộ không được làm bước này với bảng {number}: {_WORDS[why]}.",
            _instead(session, number, officer_id, NEAR, roles, now),
        )


def refuse_releasing(
    session: Session, officer_id: int, ids: Collection[int], now: datetime
) -> None:
    """Raise Refused when this officer may not release what these payrolls pay: as `refuse_barred`
    says, and for whoever made, checked or approved one of them."""
    acted = session.scalars(
        select(approval.c.payroll_id).where(
            approval.c.payroll_id.in_(list(ids)), approval.c.officer_id == officer_id
        )
    ).first()
    made = select(payroll.c.id).where(payroll.c.id.in_(list(ids)), payroll.c.maker_id == officer_id)
    if acted is not None or session.scalars(made).first() is not None:
        raise Refused(
            "Người lập, kiểm tra hay duyệt bảng không được giải ngân bảng đó.",
            "Mời cán bộ tài chính khác nhập mã.",
        )
    bar_near(session, sorted(ids), now)
    refuse_barred(session, officer_id, ids, RELEASES, ("releaser",), now)


def _instead(
    session: Session,
    payroll_id: int,
    officer_id: int,
    reasons: Sequence[str],
    roles: Sequence[str],
    now: datetime,
) -> str:
    """Who may act in his place, for the help of a refusal."""
    row, held = payroll_barred.c, role_grant.c
    barred = select(row.officer_id).where(
        row.payroll_id == payroll_id, row.why.in_(reasons), row.until >= now
    )
    of = session.execute(select(payroll).where(payroll.c.id == payroll_id)).one()
    names = session.scalars(
        select(officer.c.name)
        .join(role_grant, held.officer_id == officer.c.id)
        .where(held.role.in_(roles), held.unit_code.in_((of.unit_code, "")), in_force(now))
        .where(reaches(of.programme))
        .where(officer.c.disabled_at.is_(None), officer.c.id.not_in([officer_id, of.maker_id or 0]))
        .where(officer.c.id.not_in(barred))
        .distinct()
        .order_by(officer.c.name)
        .limit(_NAMED)
    ).all()
    if not names:
        return "Chưa có ai khác có quyền này: nhờ cấp tỉnh phân công người."
    return f"Chuyển cho người khác có quyền: {', '.join(names)}."


def _near(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    for row in session.execute(near_lines(), {"ids": list(ids)}):
        yield row.payroll_id, row.officer_id, row.why


@cache
def near_lines() -> CompoundSelect[Any]:
    """(payroll_id, officer_id, why) of officers near those who are paid on the payrolls `ids`.

    Who is near whom is found first: left to itself SQLite would find it anew for every line.
    """
    near = people_near().cte("near").prefix_with("materialized")
    shared = accounts_near().cte("shared").prefix_with("materialized")
    line = payroll_line.c
    on_list = line.payroll_id.in_(bindparam("ids", expanding=True))
    paid_there = and_(
        line.person_id == shared.c.person_id, line.destination_id == shared.c.destination_id
    )
    return union(
        select(line.payroll_id, near.c.officer_id, near.c.why)
        .join(near, near.c.person_id == line.person_id)
        .where(on_list),
        select(line.payroll_id, shared.c.officer_id, literal(ACCOUNT))
        .join(shared, paid_there)
        .where(on_list),
    )
