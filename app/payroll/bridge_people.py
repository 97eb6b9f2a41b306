"""The people behind each row of a bridge, with the cause in words; streamed.

The words name decrees, decisions and months, never a group: some groups tell of a person's health.
As many people stand behind a row as it says, and they add up to its amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment, person
from app.benefits.rates import standing_book
from app.benefits.tables import arrears_grant
from app.errors import NotFound
from app.months import in_words, months_between, previous, shift, span_in_words
from app.payroll.bridge import CAUSES
from app.payroll.bridge_rows import LEAVING, Lines, between, left, lists_of, staying
from app.payroll.tables import payroll
from app.units.lookup import province_of
from ledger.money import format_number

FETCH_ROWS = 1_000

_LEFT = {
    "left_missing": "Có tên tháng trước, tháng này vắng không rõ lý do",
    "left_waiting": "Còn hưởng nhưng chưa có nơi nhận tiền dùng được hoặc đang tạm giữ",
    "left_arrears": "Tháng trước chỉ có truy lĩnh, đã trả xong",
    "ahead": "Đã trả trước cùng kỳ trước",
}


@dataclass(frozen=True, slots=True)
class Mover:
    """One line behind a row of the bridge: who, by how many VND, and why in words.

    `before` and `now` are the monthly levels, None where there is none.
    """

    person_id: int
    name: str
    citizen_tail: str
    group_code: str
    before: int | None
    now: int | None
    amount: int
    why: str


def people_of(
    session: Session, payroll_id: int, cause: str, *, first: int = 0, count: int | None = None
) -> Iterator[Mover]:
    """Everybody behind one row of a payroll's bridge, by name; `previous` names nobody.

    `first` and `count` choose a page. Raises NotFound for no such payroll or row.
    """
    of = _payroll(session, payroll_id)
    if cause not in CAUSES or cause == "previous":
        raise NotFound(f"Cầu nối không có dòng “{cause[:40]}”.", f"Chọn: {', '.join(CAUSES[1:])}.")
    query = _query(of, cause).offset(first).limit(count)
    rows = session.execute(query.execution_options(yield_per=FETCH_ROWS))
    decrees = _decrees(session, of) if cause == "rate" else ""
    for row in rows:
        yield _mover(row, cause, decrees)


def _payroll(session: Session, payroll_id: int) -> Row[Any]:
    found = session.execute(select(payroll).where(payroll.c.id == payroll_id)).one_or_none()
    if found is None:
        raise NotFound(f"Không có bảng chi trả số {payroll_id}.", "Xem `ansinh payroll list`.")
    return found


def _lines(of: Row[Any], cause: str) -> Lines:
    if of.kind == "difference":
        return between()
    return left() if cause in LEAVING else staying(of.period)


def _query(of: Row[Any], cause: str) -> Select[Any]:
    lines, mine = _lines(of, cause), enrolment.alias("mine")
    owed, (first, last) = lines.owed.c, _months(of, lines.owed.c)
    which, amount = lines.cause == cause, lines.amount
    if cause == "arrears":
        which, amount = lines.arrears != 0, lines.arrears
    told = ("start_period", "stop_period", "decision_number", "stop_decision", "group_code")
    return (
        select(
            owed.person_id,
            person.c.name,
            person.c.citizen_tail,
            *(mine.c[name] for name in told),
            owed.period,
            owed.arrears_basis,
            lines.level_before.label("before"),
            lines.level_now.label("now"),
            amount.label("amount"),
            first.label("first_month"),
            last.label("last_month"),
        )
        .select_from(lines.rows)
        .join(mine, mine.c.id == owed.enrolment_id)
        .join(person, person.c.id == owed.person_id)
        .where(payroll.c.id == of.id, lists_of(of.period, of.kind), which)
        .order_by(person.c.sort_key, person.c.id, owed.id)
    )


def _months(of: Row[Any], owed: Any) -> tuple[Any, Any]:
    """The first and the last month of the arrears in a line."""
    a = arrears_grant.c
    is_late = of.kind == "difference"
    period = shift(of.period, 1) if is_late else of.period
    mine = and_(
        a.person_id == owed.person_id,
        a.programme == owed.programme,
        a.period == period,
        a.list_number > 0 if is_late else a.list_number == 0,
    )
    first = select(func.min(a.first_period)).where(mine).scalar_subquery()
    return first, select(func.max(a.last_period)).where(mine).scalar_subquery()


def _decrees(session: Session, of: Row[Any]) -> str:
    """The decrees that a month's list follows and the list of the month before did not."""
    book = standing_book().of_area(province_of(session))
    fresh = book.known(of.period) - book.known(previous(of.period))
    names = {one.decree for one in fresh if getattr(one, "scheme", of.programme) == of.programme}
    return ", ".join(sorted(names))


def _mover(row: Row[Any], cause: str, decrees: str) -> Mover:
    return Mover(row.person_id, row.name, row.citizen_tail, row.group_code, row.before, row.now,
                 int(row.amount), _why(row, cause, decrees))  # fmt: skip


def _why(row: Row[Any], cause: str, decrees: str) -> str:
    decision = row.decision_number or "chưa ghi số"
    if cause in ("joined", "after_ahead"):
        return f"Hưởng từ {in_words(row.start_period)}, Quyết định {decision}"
    if cause == "rate":
        change = f"{format_number(row.before)} lên {format_number(row.now)}"
        if row.now < row.before:
            change = f"{format_number(row.before)} xuống {format_number(row.now)}"
        return f"Từ {change}, theo {decrees or f'Quyết định {decision}'}"
    if cause in ("arrears", "difference"):
        return _arrears(row)
    if cause in ("carried", "carried_before"):
        return f"Khoản của {in_words(row.period)} chưa lĩnh"
    if cause in _LEFT:
        return _LEFT[cause]
    return _ended(row, cause)


def _arrears(row: Row[Any]) -> str:
    if row.amount < 0 or not row.arrears_basis:
        return "Không còn truy lĩnh như tháng trước"
    if row.first_month is None:
        return f"Truy lĩnh theo {row.arrears_basis}"
    span = span_in_words(months_between(row.first_month, row.last_month))
    return f"Truy lĩnh {span} theo {row.arrears_basis}"


def _ended(row: Row[Any], cause: str) -> str:
    """Died, moved, stopped or paused by decision; the decision's number where there is one."""
    what = {
        "left_death": "Đã mất",
        "left_move": "Chuyển đi nơi khác",
        "left_decided": "Thôi hoặc tạm dừng",
    }.get(cause, "Thôi hưởng, còn truy lĩnh")
    last = f", tháng hưởng cuối {in_words(row.stop_period)}" if row.stop_period else ""
    number = f", Quyết định {row.stop_decision}" if row.stop_decision else ""
    return f"{what}{last}{number}"
