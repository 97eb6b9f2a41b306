"""The year's end in words for officers: the plan, what settling would do, the opening balances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from app.clock import TIME_ZONE
from app.disbursement.year_end.deadlines import Deadline
from app.disbursement.year_end.figures import CellYear
from app.disbursement.year_end.handing_back import RECOVERED
from app.disbursement.year_end.obstacles import Obstacle
from app.disbursement.year_end.places import place_of
from app.disbursement.year_end.plan import Plan
from app.disbursement.year_end.settling import Preview
from ledger.balances import AccountBalance
from ledger.chart import KINDS, Cell
from ledger.money import format_number, format_vnd

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_FIGURES = (
    ("advance", "tạm ứng"),
    ("bank", "ngân hàng"),
    ("transit", "đang chuyển"),
    ("commitment", "đã lập lệnh"),
    ("unallocated", "ghi nợ cả lô chờ chi tiết"),
    ("suspense", "chưa rõ nguồn"),
    ("unexplained", "ghi nợ chưa rõ"),
    ("claim", "phải đòi"),
    ("treasury", "đã ghi phải nộp Kho bạc"),
    ("funding", "kinh phí được cấp"),
    ("spent", "đã chi, chưa quyết toán"),
    ("carried", "được chuyển nguồn"),
)


def plan_text(plan: Plan) -> str:
    """The plan for a person: dates, totals, cell by cell, what to do next."""
    moment = plan.as_of.astimezone(TIME_ZONE)
    lines = [
        f"Cuối năm ngân sách {plan.year}, sổ lúc {moment:%H:%M %d/%m/%Y}",
        "",
        "Ngày phải nhớ:",
    ]
    lines += [_deadline(one) for one in plan.deadlines]
    lines += ["", "Toàn tỉnh:", *_totals(plan), "", "Từng nơi:"]
    for place, cell in plan.cells.items():
        lines += _cell(place, cell)
    for one in plan.decisions:
        lines.append(
            f"  Quyết định chuyển nguồn {one.number} ngày {one.decided_on:%d/%m/%Y},"
            f" {place_of(one.cell)}: {format_vnd(one.amount)}"
        )
    return "\n".join([*lines, "", *_next(plan)])


def _deadline(one: Deadline) -> str:
    line = f"  {_day(one.due)}: {one.says}"
    return line if one.done_by == one.due else f"{line}; xong chậm nhất {_day(one.done_by)}"


def _day(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def _totals(plan: Plan) -> Iterator[str]:
    yield (
        f"  chưa trả cho người hưởng: {plan.total('unpaid_items')} khoản,"
        f" {format_vnd(plan.total('unpaid'))}"
    )
    yield f"  còn lại chưa chi: {format_vnd(plan.total('unspent'))}"
    yield f"  được chuyển nguồn: {format_vnd(plan.total('carried'))}"
    yield f"  phải nộp trả, chưa duyệt: {format_vnd(plan.total('to_return'))}"
    yield f"  đã duyệt nộp trả: {format_vnd(plan.accepted)}, đã nộp: {format_vnd(plan.refunded)}"


def _cell(place: Cell, cell: CellYear) -> Iterator[str]:
    yield f"  {place_of(place)}"
    shown = [(says, int(getattr(cell, name))) for name, says in _FIGURES]
    figures = ", ".join(f"{says} {format_number(amount)}" for says, amount in shown if amount)
    if figures:
        yield f"    {figures}"
    if cell.unpaid_items:
        tried = "" if place.provider else " (chưa lập lệnh)"
        yield f"    chưa trả {cell.unpaid_items} khoản, {format_number(cell.unpaid)}{tried}"
    if cell.over_carried:
        yield f"    SAI: chuyển nguồn vượt số còn lại {format_number(cell.over_carried)}"
    if cell.to_return:
        yield f"    → phải nộp trả {format_vnd(cell.to_return)}"


def _next(plan: Plan) -> Iterator[str]:
    if plan.due:
        total = format_vnd(sum(one.amount for one in plan.due))
        yield f"Phải nộp trả {total}, {len(plan.due)} dòng. Mã nội dung: {plan.digest[:16]}"
        if any(one.recipe == RECOVERED for one in plan.due):
            yield "Trong đó có tiền của năm đã quyết toán bị trả về."
        command = f"ansinh year-end return --year {plan.year} --digest {plan.digest[:16]} …"
        yield f"Hai người duyệt: {command}"
    else:
        yield "Không còn khoản nào phải duyệt nộp trả."


def preview_text(year: int, shown: Preview, wrong: Sequence[Obstacle]) -> str:
    """What settling the year would do, or what is in its way."""
    if wrong:
        lines = [f"Chưa quyết toán được năm {year}, còn {len(wrong)} điểm:"]
        return "\n".join([*lines, *(f"  - {one}" for one in wrong)])
    total = sum(one.amount for one in shown.lines)
    lines = [f"Quyết toán năm {year}: {len(shown.lines)} bút toán, {format_vnd(total)}"]
    for one in shown.lines:
        word = "phí" if one.recipe.endswith("fee") else "trợ cấp"
        lines.append(f"  {place_of(one.cell)}: {word} {format_vnd(one.amount)}")
    lines.append(f"Sau đó khoá năm {year} vĩnh viễn; {len(shown.leaves)} tài khoản còn số dư.")
    lines.append(f"Mã nội dung: {shown.digest[:16]}")
    return "\n".join(lines)


OPENING_COLUMNS = ("number", "kind", "name", "fund", "programme", "unit", "provider", "debit",
                   "credit")  # fmt: skip


def opening_rows(balances: Sequence[AccountBalance]) -> list[dict[str, Any]]:
    """The opening balances as rows of `OPENING_COLUMNS`; one side of each is 0."""
    return [
        {
            "number": KINDS[one.kind].number,
            "kind": one.kind,
            "name": KINDS[one.kind].name,
            "fund": one.cell.fund,
            "programme": one.cell.programme,
            "unit": one.cell.unit,
            "provider": one.cell.provider,
            "debit": max(-one.balance, 0),
            "credit": max(one.balance, 0),
        }
        for one in sorted(balances, key=lambda one: (KINDS[one.kind].number, one.path))
    ]


def opening_text(year: int, rows: Sequence[dict[str, Any]], is_closed: bool) -> str:
    """The opening balances as a table, with both sums."""
    state = (
        f"bằng số cuối năm {year - 1} đã khoá"
        if is_closed
        else f"TẠM TÍNH, năm {year - 1} chưa khoá"
    )
    lines = [f"Số dư đầu năm {year} ({state})"]
    for row in rows:
        place = " · ".join(row[name] for name in ("unit", "programme", "provider") if row[name])
        sides = f"{format_number(row['debit']):>18} {format_number(row['credit']):>18}"
        lines.append(f"  {row['number']} {sides}  {row['name']}  {place or row['fund']}")
    debit, credit = (sum(row[side] for row in rows) for side in ("debit", "credit"))
    lines.append(f"  Cộng {format_number(debit):>18} {format_number(credit):>18}")
    return "\n".join(lines)
