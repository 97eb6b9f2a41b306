"""Communes that were merged: which code stands for which from a month on.

A closed code is never used again (Decision 19/2025/QD-TTg): old addresses and decisions keep it,
and what still comes under it is understood. Lists and units follow the new code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InputError
from app.months import in_words, require_month
from app.reference.areas import commune
from app.units.tables import area_change


@dataclass(frozen=True, slots=True)
class Merge:
    """From month `since` on the commune `old` is part of `new`, by a decree."""

    old: str
    new: str
    since: str
    decree: str


def merge_area(session: Session, told: Merge, by: str, now: datetime) -> None:
    """Write down a merge; the same again changes nothing.

    Raises InputError for unknown or closed codes, Conflict when the old code went elsewhere.
    """
    require_month(told.since)
    known = {row.old_code: row for row in session.execute(select(area_change))}
    for code in (told.old, told.new):
        if commune(code) is None:
            raise InputError(f"Không có xã nào mã “{code}”.", "Xem mã xã 5 chữ số, ví dụ 01273.")
    if told.new in known or told.new == told.old:
        raise InputError(
            f"Mã {told.new} đã đóng; mã đã đóng không dùng lại.", "Ghi mã xã đang dùng."
        )
    before = known.get(told.old)
    if before is not None:
        if (before.new_code, before.from_period) != (told.new, told.since):
            raise Conflict(
                f"Xã {told.old} đã nhập vào {before.new_code} từ {in_words(before.from_period)}.",
                "Kiểm tra lại nghị quyết.",
            )
        return
    values = {"old_code": told.old, "new_code": told.new, "from_period": told.since}
    who = {"decree": told.decree, "recorded_at": now, "recorded_by": by}
    session.execute(insert(area_change).values(**values, **who))


def successors(session: Session, period: str) -> Mapping[str, str]:
    """Each closed code with the one that stands for it in that month, chains followed."""
    rows = session.execute(select(area_change).where(area_change.c.from_period <= period))
    steps = {row.old_code: row.new_code for row in rows}
    found = {}
    for old in steps:
        code = old
        while code in steps:
            code = steps[code]
        found[old] = code
    return found


def predecessors(session: Session, code: str, period: str) -> tuple[str, ...]:
    """The closed codes that a code stands for in that month."""
    return tuple(sorted(old for old, new in successors(session, period).items() if new == code))


def understood(session: Session, code: str, period: str) -> str:
    """What is to be said of a list that came under a closed code; '' for any other."""
    new = successors(session, period).get(code)
    if new is None:
        return ""
    return f"Danh sách ghi mã cũ {code}: xã này nay thuộc {new}, chi theo đơn vị {new}."
