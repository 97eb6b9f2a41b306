"""The dates around the end of a budget year (Circular 26/2026/TT-BTC)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.reference.calendar import roll_back
from ledger.years import last_adjustment_day

PAPERS_BEFORE = 2
"""Working days before the end of the adjustment period by which the Treasury wants papers."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date of the law, the working day to have it done by, and what it is for."""

    due: date
    done_by: date
    says: str


def deadlines(year: int) -> list[Deadline]:
    """The dates of a budget year's end, in order.

    Where one falls on a day off, work is to be done on the working day before: money of the old
    year can no longer move on the one after.
    """
    adjusted, returned = last_adjustment_day(year), date(year + 1, 2, 15)
    papers = roll_back(adjusted)
    for _ in range(PAPERS_BEFORE):
        papers = roll_back(papers - timedelta(days=1))
    return [
        _deadline(date(year, 12, 30), "gửi Kho bạc đề nghị rút dự toán, tạm ứng của năm"),
        _deadline(date(year, 12, 31), "chi xong tiền của năm ngân sách"),
        _deadline(papers, "gửi Kho bạc hồ sơ của thời gian chỉnh lý"),
        _deadline(adjusted, "hết thời gian chỉnh lý quyết toán"),
        _deadline(date(year + 1, 2, 10), "đối chiếu số dư với Kho bạc"),
        # The law says before the 15th, so the day itself is too late.
        Deadline(
            returned,
            roll_back(returned - timedelta(days=1)),
            "nộp trả Kho bạc trước ngày này tạm ứng không được chuyển nguồn",
        ),
    ]


def _deadline(due: date, says: str) -> Deadline:
    return Deadline(due, roll_back(due), says)
