"""What an officer saw is what he confirms: its short code, and how what stands now differs.

Lines change in one way only, by being taken off a draft. So what stood at an earlier moment is
known again by undoing what was taken off since, and its code with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.payroll.approval_tables import payroll_exclusion
from app.payroll.digest import combined, lines_digests, short_code
from app.payroll.states import DRAFT
from app.payroll.tables import payroll, payroll_line
from ledger.money import format_number, format_vnd
from ledger.schema import whole_sum


@dataclass(frozen=True, slots=True)
class Shown:
    """What payrolls hold together, in lines, people and đồng, and the short code of it."""

    code: str
    lines: int
    people: int
    total: int


def shown(session: Session, payroll_ids: Iterable[int]) -> Shown:
    """What an officer is to see before he confirms."""
    return _shown(session, _standing(session, list(payroll_ids)))


def _standing(session: Session, payroll_ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(payroll.c.id, payroll.c.state, payroll.c.digest).where(payroll.c.id.in_(payroll_ids))
    ).all()
    # Of what was submitted the digest is known; an approval looks whether the lines still agree.
    drafts = lines_digests(session, [row.id for row in rows if row.state == DRAFT])
    known = {row.id: str(row.digest) for row in rows if row.state != DRAFT}
    return {**drafts, **known}


def _shown(session: Session, digests: Mapping[int, str]) -> Shown:
    line = payroll_line.c
    lines, people, total = session.execute(
        select(
            func.count(),
            func.count(func.distinct(line.person_id)),
            func.coalesce(whole_sum(line.amount), 0),
        ).where(line.payroll_id.in_(list(digests)))
    ).one()
    return Shown(short_code(combined(digests)), lines, people, int(total))


@dataclass(frozen=True, slots=True)
class Since:
    """What stood when an officer looked (None where that is not known any more), what stands now,
    and the lines that were taken off in between, the newest first."""

    then: Shown | None
    now: Shown
    taken: tuple[Row[Any], ...] = ()


def since(session: Session, payroll_ids: Iterable[int], seen: str) -> Since | None:
    """How payrolls differ from what was seen; None where they do not."""
    ids, told = list(payroll_ids), seen.strip().upper()
    now = shown(session, ids)
    if told == now.code:
        return None
    taken: list[Row[Any]] = []
    digests = _standing(session, ids)
    for off, rows in _earlier(session, digests):
        taken += rows
        if off.code == told:
            gone = _gone(session, ids, {row.person_id for row in taken})
            then = Shown(told, now.lines + off.lines, now.people + gone, now.total + off.total)
            return Since(then, now, tuple(taken))
    return Since(None, now)


def _gone(session: Session, payroll_ids: Sequence[int], people: Collection[int]) -> int:
    """How many of these people stand on none of these payrolls any more."""
    line = payroll_line.c
    there = select(func.count(func.distinct(line.person_id))).where(
        line.payroll_id.in_(payroll_ids), line.person_id.in_(people)
    )
    return len(people) - (session.scalar(there) or 0)


def require_seen(session: Session, digests: Mapping[int, str], seen: str) -> None:
    """Raise Conflict unless `seen` is the code of these lines; it says how far they differ."""
    told = seen.strip().upper()
    if told == short_code(combined(digests)):
        return
    now = _shown(session, digests)
    stands = f"{now.lines} dòng, {now.people} người, {format_vnd(now.total)}"
    for off, _ in _earlier(session, digests):
        if off.code == told:
            raise Conflict(
                f"Danh sách đã khác với bản đã xem: bớt {format_number(off.lines)} dòng,"
                f" {format_number(off.people)} người, {format_vnd(off.total)}.",
                f"Nay có {stands}. Xem lại rồi xác nhận với mã {now.code}.",
            )
    raise Conflict(
        f"Mã “{told[:12]}” không phải mã của danh sách này.",
        f"Nay có {stands}. Xem lại rồi xác nhận với mã {now.code}.",
    )


def _earlier(
    session: Session, digests: Mapping[int, str]
) -> Iterator[tuple[Shown, list[Row[Any]]]]:
    """What was taken off since each earlier moment, with the code of that moment, newest first; and
    the lines of which that moment was the last."""
    then, people, lines, total = dict(digests), set[int](), 0, 0
    for payroll_id, before, taken in _taken_off(session, digests):
        then[payroll_id] = before
        lines += len(taken)
        people |= {row.person_id for row in taken}
        total += sum(row.amount for row in taken)
        yield Shown(short_code(combined(then)), lines, len(people), total), taken


def _taken_off(
    session: Session, payroll_ids: Iterable[int]
) -> Iterator[tuple[int, str, list[Row[Any]]]]:
    """(payroll, digest before, lines) of each exclusion, newest first."""
    off = payroll_exclusion.c
    rows = session.execute(
        select(payroll_exclusion)
        .where(off.payroll_id.in_(list(payroll_ids)))
        .order_by(off.act_id.desc(), off.id)
    ).all()
    acts: dict[int, list[Row[Any]]] = {}
    for row in rows:
        acts.setdefault(row.act_id, []).append(row)
    for taken in acts.values():
        yield taken[0].payroll_id, taken[0].digest_before, taken
