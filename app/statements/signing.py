"""Who made, checked and approved a payroll, and when: the acts behind its digest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from app.access.tables import act, officer
from app.payroll.approval_tables import approval, payroll_round
from app.payroll.digest import combined, short_code
from app.payroll.tables import payroll
from app.printing.values import Signature

ROLES = {"submit": "Người lập", "check": "Người kiểm tra", "approve": "Người phê duyệt"}


@dataclass(frozen=True, slots=True)
class SignedStep:
    """One step on a payroll. `digest` is that of its lines, `act_digest` what the one-time code
    confirmed (the same lines, with other payrolls of the same act). The last three are None
    where the act cannot be told from others."""

    step: str
    officer: str
    digest: str
    act_id: int | None
    acted_at: datetime | None
    act_digest: str | None


def steps_of(session: Session, payroll_id: int) -> list[SignedStep]:
    """The steps taken on a payroll, in order; none for a draft. A fixed number of queries."""
    row = session.execute(select(payroll).where(payroll.c.id == payroll_id)).one()
    if row.maker_id is None or row.digest is None:
        return []
    later = session.execute(
        select(approval.c.step, officer.c.name, act.c.id, act.c.acted_at, act.c.digest)
        .join(act, act.c.id == approval.c.act_id)
        .join(officer, officer.c.id == approval.c.officer_id)
        .where(approval.c.payroll_id == row.id, approval.c.round == row.round)
        .order_by(act.c.acted_at, act.c.id)
    ).all()
    checked_at = later[0].acted_at if later else None
    steps = [SignedStep(a.step, a.name, row.digest, a.id, a.acted_at, a.digest) for a in later]
    return [_submission(session, row, checked_at), *steps]


def signatures(steps: list[SignedStep]) -> tuple[Signature, ...]:
    """The three blocks of a list; a step that was not taken leaves room for a pen."""
    taken = {one.step: one for one in steps}
    return tuple(_signature(role, taken.get(step)) for step, role in ROLES.items())


def paper_code(digest: str) -> str:
    """What printing shows as the code of this digest: the same eight letters as the screen.

    Printing groups the letters it is given by four.
    """
    return short_code(digest).replace("-", "") if digest else ""


def _signature(role: str, step: SignedStep | None) -> Signature:
    if step is None:
        return Signature(role)
    return Signature(role, "", step.officer, step.acted_at, paper_code(step.digest))


def _submission(session: Session, row: Row[Any], before: datetime | None) -> SignedStep:
    """The maker's act. Earlier versions did not write down which; it is told by its digest."""
    name = session.scalar(select(officer.c.name).where(officer.c.id == row.maker_id))
    known = session.execute(
        select(act)
        .join(payroll_round, payroll_round.c.act_id == act.c.id)
        .where(payroll_round.c.payroll_id == row.id, payroll_round.c.round == row.round)
    ).one_or_none()
    if known is not None:
        return SignedStep("submit", name or "", row.digest, known.id, known.acted_at, known.digest)
    query = select(act).where(act.c.officer_id == row.maker_id, act.c.step == "submit")
    query = query.where(act.c.acted_at >= row.opened_at)
    if before is not None:
        query = query.where(act.c.acted_at <= before)
    acts = session.execute(query.order_by(act.c.acted_at.desc())).all()
    found = acts[0] if len(acts) == 1 else _proven(session, row, acts)
    if found is None:
        return SignedStep("submit", name or "", row.digest, None, None, None)
    return SignedStep("submit", name or "", row.digest, found.id, found.acted_at, found.digest)


def _proven(session: Session, row: Row[Any], acts: Any) -> Row[Any] | None:
    for covered in possibly_submitted(session, row) if acts else ():
        for one in acts:
            if one.digest == combined(covered):
                return one  # type: ignore[no-any-return]
    return None


def possibly_submitted(session: Session, row: Row[Any]) -> Iterator[dict[int, str]]:
    """What the maker's act may have been bound to, as payrolls with their digests: this payroll
    (a row of its table) alone, or with its mates."""
    yield {row.id: row.digest}
    same_run = (payroll.c.kind == row.kind, payroll.c.number == row.number)
    choices: tuple[tuple[ColumnElement[bool], ...], ...] = (
        (*same_run, payroll.c.programme == row.programme),
        same_run,
        (),
    )
    for condition in choices:
        mates = session.execute(
            select(payroll.c.id, payroll.c.digest)
            .where(payroll.c.maker_id == row.maker_id, payroll.c.period == row.period)
            .where(payroll.c.digest.is_not(None), *condition)
        )
        yield {mate.id: mate.digest for mate in mates}
