"""Which holds touch a batch, down to the line: asked inside the claim and before the first byte.

A hold of everything, of a provider, a programme or a paying unit stops the whole batch; one of a
commune ('area'), a person or an instruction stops every batch that has a line of it. The line is
named by its number on the list, never by the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.disbursement.holds import AREA, GLOBAL, INSTRUCTION, LINE_SCOPES, PERSON, UNIT
from app.disbursement.tables import hold, instruction
from app.errors import Held
from app.payroll.tables import payroll_line
from app.units.tables import paying_unit

NAMED = 5


@dataclass(frozen=True, slots=True)
class Stop:
    """A hold that touches a batch, and the numbers of the lines it touches (none: the whole)."""

    hold_id: int
    reason: str
    payroll_id: int
    lines: tuple[int, ...] = ()

    @property
    def told(self) -> str:
        """What is held and why, in a sentence."""
        if not self.lines:
            return self.reason
        shown = ", ".join(str(number) for number in self.lines[:NAMED])
        if len(self.lines) > NAMED:
            shown = f"{shown} và {len(self.lines) - NAMED} dòng khác"
        return f"dòng {shown} của bảng {self.payroll_id}: {self.reason}"

    @property
    def what_to_do(self) -> str:
        """What people do so that the batch may leave."""
        if not self.lines:
            return f"Hai người có quyền phải cùng bỏ lệnh dừng số {self.hold_id}."
        return (
            f"Hai người có quyền phải cùng bỏ lệnh dừng số {self.hold_id}, hoặc đưa dòng ấy ra:"
            " `ansinh payroll undo`, rồi `ansinh payroll exclude` và trình lại."
        )


def stop_of(session: Session, row: Row[Any]) -> Stop | None:
    """The first hold that touches a batch (id, payroll, provider, programme, unit), None when it
    is free."""
    whole = stop_of_all(session, row.provider, row.programme, row.unit_code)
    if whole is not None:
        return Stop(whole.id, whole.reason, row.payroll_id)
    if session.execute(_on_lines()).first() is None:
        return None
    lines = session.execute(_lines(), {"batch_id": row.id}).all()
    if not lines:
        return None
    mine = tuple(one.line for one in lines if one.hold_id == lines[0].hold_id)
    return Stop(lines[0].hold_id, lines[0].reason, row.payroll_id, mine)


def stop_of_all(session: Session, provider: str, programme: str, unit: str) -> Row[Any] | None:
    """The first hold (id, reason) of everything, this provider, programme, unit or its commune."""
    of = {"provider": provider, "programme": programme, "unit": unit}
    return session.execute(_on_all(), of).first()


@cache
def _on_all() -> Select[Any]:
    unit: BindParameter[str] = bindparam("unit")
    area = select(paying_unit.c.area_code).where(paying_unit.c.code == unit).scalar_subquery()
    touched = or_(
        hold.c.scope == GLOBAL,
        _is("provider", bindparam("provider")),
        _is("programme", bindparam("programme")),
        _is(UNIT, unit),
        and_(hold.c.scope == AREA, hold.c.key == area),
    )
    return _standing().where(touched).order_by(hold.c.id).limit(1)


@cache
def _on_lines() -> Select[Any]:
    return _standing().where(hold.c.scope.in_(LINE_SCOPES)).limit(1)


def refuse_held_batch(session: Session, row: Row[Any]) -> None:
    """Raise Held, with the line and what to do, when a hold touches a batch."""
    stop = stop_of(session, row)
    if stop is not None:
        raise Held(f"Đang dừng chi: {stop.told}", stop.what_to_do)


def _standing() -> Select[Any]:
    return select(hold.c.id, hold.c.reason).where(hold.c.cleared_at.is_(None))


def _is(scope: str, key: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(hold.c.scope == scope, hold.c.key == key)


@cache
def _lines() -> Select[Any]:
    """(hold, reason, line) of the batch's lines that a hold of a line touches, by hold."""
    line, attempt = payroll_line.c, instruction.alias("attempt")
    # A payment is held with whatever is made in its place, listed before the hold or after it.
    attempts = select(cast(attempt.c.id, Text)).where(
        attempt.c.obligation_id == instruction.c.obligation_id
    )
    touched = or_(
        and_(hold.c.scope == PERSON, hold.c.key == cast(line.person_id, Text)),
        and_(hold.c.scope == INSTRUCTION, hold.c.key.in_(attempts)),
        and_(hold.c.scope == AREA, hold.c.key == person.c.area_code),
    )
    return (
        select(hold.c.id.label("hold_id"), hold.c.reason, line.line)
        .select_from(instruction)
        .join(payroll_line, line.id == instruction.c.payroll_line_id)
        .join(person, person.c.id == line.person_id)
        .join(hold, touched)
        .where(instruction.c.batch_id == bindparam("batch_id"), hold.c.cleared_at.is_(None))
        .where(hold.c.scope.in_(LINE_SCOPES))
        .order_by(hold.c.id, line.line)
    )
