"""Money granted too much is recovered by a decision of two officers, never by itself.

A list only names what it found (`overpayment`). The person is told and has time to answer
(`recovery_notices`). A decision takes what is open of one person and
programme, what was really paid of it, and makes it a receivable (T20). Nothing is taken off a later
allowance; what the person pays back is in `repaid`. Source: Circular 44/2022/TT-BTC, art. 15.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.beneficiaries.tables import enrolment, person
from app.benefits.campaigns import AHEAD
from app.benefits.groups import PROGRAMMES, all_groups
from app.benefits.tables import (
    arrears_grant,
    obligation,
    overpayment,
    recovery_decision,
    recovery_finding,
)
from app.clock import local_date
from app.disbursement.recovery_tables import recovery_notice
from app.disbursement.states import SETTLED
from app.disbursement.tables import instruction
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.units.tables import programme
from ledger.bulk import insert_one, insert_rows
from ledger.chart import Cell
from ledger.journal import EntryDraft, post
from ledger.periods import first_open_day
from ledger.schema import Whole, whole_sum

DECIDE = "recovery"


@dataclass(frozen=True, slots=True)
class Overpayment:
    """What one month was granted too much and no decision has taken yet, in VND.

    `recoverable`: as much of it as reached the person; what did not is not to be recovered.
    `paid`: all of it did.
    """

    finding_id: int
    person_id: int
    programme: str
    unit_code: str
    month: str
    amount: int
    reason: str
    recoverable: int
    paid: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A signed decision to recover: its number, day and signer, from whom, in which programme.

    `unit` is the paying unit that recovers what it paid, '' where one alone paid too much.
    """

    number: str
    decided_on: date
    signer: str
    person_id: int
    programme: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The row and the entry, and whether this call wrote them."""

    number: int
    entry_id: int
    amount: int
    is_new: bool


def overpaid(session: Session, person_id: int | None = None) -> list[Overpayment]:
    """Open findings by person and month, of everybody or of one person."""
    rows = session.execute(_open(person_id))
    return [_overpayment(row) for row in rows if row.amount > row.decided]


def _overpayment(row: Any) -> Overpayment:
    """What never left the house is taken off what was too much first."""
    amount = int(row.amount - row.decided)
    recoverable = max(amount - int(row.granted - row.settled), 0)
    return Overpayment(
        row.id, row.person_id, row.programme, row.unit_code, row.month, amount, row.reason,
        recoverable, paid=recoverable == amount,
    )  # fmt: skip


def _open(person_id: int | None) -> Select[Any]:
    """The newest finding of each month with what was decided of that month before."""
    f, o = overpayment.c, obligation.c
    cell = (f.person_id, f.programme, f.component, f.month)
    newest = func.max(f.period).over(partition_by=cell)
    taken = (
        select(
            recovery_finding.c.overpayment_id, whole_sum(recovery_finding.c.amount).label("amount")
        )
        .group_by(recovery_finding.c.overpayment_id)
        .subquery("taken")
    )
    summed = func.sum(func.coalesce(taken.c.amount, 0)).over(partition_by=cell)
    decided = cast(summed, Whole)
    found = select(overpayment, newest.label("newest"), decided.label("decided"))
    found = found.outerjoin(taken, taken.c.overpayment_id == f.id)
    if person_id is not None:
        found = found.where(f.person_id == person_id)
    r = found.subquery("found").c
    settled = (
        select(instruction.c.id)
        .where(instruction.c.obligation_id == o.id, instruction.c.state == SETTLED)
        .correlate(obligation)
        .exists()
    )
    told = (r.id, r.person_id, r.programme, r.month, r.amount, r.decided, r.reason)
    own = case((o.period == r.month, o.unit_code))  # who paid the month, not only its arrears
    of_month = func.coalesce(_arrears_of(r), 0) + case((o.period == r.month, o.regular), else_=0)
    return (
        select(
            *told,
            func.coalesce(func.max(own), func.max(o.unit_code)).label("unit_code"),
            whole_sum(of_month).label("granted"),
            whole_sum(case((settled, of_month), else_=0)).label("settled"),
        )
        .select_from(r.id.table)
        .join(obligation, _carries(r))
        # Said once more, and with the programmes named, so that the unique index serves: findings
        # are few, what people are owed is millions of rows.
        .where(o.programme.in_(PROGRAMMES), o.person_id.in_(_whose()))
        .where(r.period == r.newest, r.amount > 0)
        .group_by(*told)
        .order_by(r.person_id, r.programme, r.month)
    )


def _whose() -> CompoundSelect[Any]:
    """People with any finding, and whose rows were merged into one of them."""
    found = select(overpayment.c.person_id)
    return union(found, select(person.c.id).where(person.c.merged_into_id.in_(found)))


def _carries(r: Any) -> ColumnElement[bool]:
    """Whether an obligation holds money of a finding's month: its own, paid ahead, or arrears.

    What rows merged into the person were granted is the person's.
    """
    o = obligation.c
    merged = select(person.c.id).where(person.c.merged_into_id == r.person_id)
    theirs = or_(o.person_id == r.person_id, o.person_id.in_(merged))
    component = o.component.in_((r.component, case(dict(AHEAD), value=r.component)))
    mine = and_(o.programme == r.programme, theirs, o.period >= r.month, component)
    return and_(mine, or_(o.period == r.month, _arrears_of(r).is_not(None)))


def _arrears_of(r: Any) -> ColumnElement[Any]:
    """VND of a finding's month that stand as arrears in an obligation; NULL for none."""
    a, o = arrears_grant.c, obligation.c
    is_carer = enrolment.c.group_code.in_(
        [one.code for one in all_groups().values() if one.component == "carer"]
    )
    return (
        select(whole_sum(a.monthly))
        .join(enrolment, enrolment.c.id == a.enrolment_id)
        .where(a.person_id == o.person_id, a.programme == o.programme, a.period == o.period)
        .where(o.arrears > 0, a.first_period <= r.month, a.last_period >= r.month)
        .where(case((r.component == "carer", is_carer), else_=~is_carer))
        .correlate(obligation, r.id.table)
        .scalar_subquery()
    )


def to_recover(session: Session, one: Decision) -> list[Overpayment]:
    """The findings a decision would take. Raises NotFound where there is none that was paid."""
    found = [
        each
        for each in overpaid(session, one.person_id)
        if each.programme == one.programme and each.recoverable and one.unit in ("", each.unit_code)
    ]
    if not found:
        raise NotFound(
            f"Người hưởng số {one.person_id} không có khoản chi thừa nào đã trả trong chương"
            f" trình {one.programme}.",
            "Xem `ansinh benefits overpaid`.",
        )
    if len({each.unit_code for each in found}) > 1:
        raise Refused(
            "Khoản chi thừa này do hai đơn vị chi.",
            "Mỗi đơn vị ra một quyết định của mình: thêm --unit.",
        )
    return found


def decision_digest(one: Decision, findings: Iterable[tuple[int, int]]) -> str:
    """What the two officers confirm: SHA-256 over the decision and (finding, VND)."""
    said = [one.number, one.decided_on.isoformat(), one.signer, one.person_id, one.programme]
    lines = [f"{number}|{amount}" for number, amount in sorted(findings)]
    return digest_of(DECIDE, *said, *lines)


def digest_of(*parts: object) -> str:
    """SHA-256 over the parts, a line each."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def decide(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Decision, now: datetime
) -> Recorded:
    """Two officers record a decision to recover, and the books the receivable (T20).

    The first of `signers` made it, the second approves. Known already: nothing changes. Raises
    InputError for a decision that cannot be, NotFound, Refused, and as `confirm_together`.
    """
    _sound(one, now)
    if known := _known(session, one):
        return known
    found = to_recover(session, one)
    lines = [(each.finding_id, each.recoverable) for each in found]
    total = sum(amount for _, amount in lines)
    unit = found[0].unit_code
    notice_id = _noticed(session, one, unit, total)
    what = Confirmation(DECIDE, decision_digest(one, lines), len(lines), total)
    joint_id = confirm_together(session, keyring, signers, _about(one), now, what,
                                programme=one.programme)  # fmt: skip
    cell = cell_at(session, one.programme, unit)
    header = draft(session, f"recovery:{joint_id}", "overpaid", cell, local_date(now), now)
    posted = post(session, header, total, debit_item=joint_id)
    number = insert_one(
        session, recovery_decision, number=one.number, decided_on=one.decided_on,
        signer=one.signer, person_id=one.person_id, programme=one.programme, unit_code=unit,
        amount=total, maker_id=signers[0].officer_id, approver_id=signers[1].officer_id,
        joint_id=joint_id, entry_id=posted.entry_id, recorded_at=now, notice_id=notice_id,
    )  # fmt: skip
    rows = [(number, finding, amount) for finding, amount in lines]
    insert_rows(session, recovery_finding, ("decision_id", "overpayment_id", "amount"), rows)
    tell(session, now, signers, "recovery:decision:record", _about(one), what.digest)
    return Recorded(number, posted.entry_id, total, is_new=True)


def _noticed(session: Session, one: Decision, unit: str, amount: int) -> int:
    """The newest notice whose time to answer was over on the day of the decision, and that told of
    as much. Raises Refused."""
    n = recovery_notice.c
    found = session.scalar(
        select(n.id)
        .where(n.person_id == one.person_id, n.programme == one.programme, n.unit_code == unit)
        .where(n.answer_by < one.decided_on, n.amount >= amount)
        .order_by(n.id.desc())
        .limit(1)
    )
    if found is None:
        raise Refused(
            f"Chưa báo trước cho người hưởng số {one.person_id} về khoản này, hoặc chưa hết hạn"
            " trả lời.",
            "Ghi thông báo bằng `ansinh benefits recover-notice`, chờ hết hạn rồi ra quyết định.",
        )
    return int(found)


def _about(one: Decision) -> str:
    return f"person:{one.person_id}"


def tell(
    session: Session, now: datetime, signers: Sequence[Signer], what: str, about: str, why: str
) -> None:
    """Into the audit trail, under the names of both."""
    names = ",".join(str(one.officer_id) for one in signers)
    record(session, now, names, what, about, why)


def _sound(one: Decision, now: datetime) -> None:
    if not one.number.strip() or not one.signer.strip():
        raise InputError(
            "Quyết định thu hồi thiếu số hoặc người ký.", "Nhập như ghi trên quyết định."
        )
    if one.decided_on > local_date(now):
        raise InputError(
            f"Ngày quyết định {one.decided_on:%d/%m/%Y} còn ở phía trước.", "Kiểm tra lại ngày."
        )


def _known(session: Session, one: Decision) -> Recorded | None:
    d = recovery_decision.c
    row = session.execute(
        select(recovery_decision).where(
            d.number == one.number,
            d.decided_on == one.decided_on,
            d.person_id == one.person_id,
            d.programme == one.programme,
        )
    ).one_or_none()
    return Recorded(row.id, row.entry_id, row.amount, is_new=False) if row else None


def cell_at(session: Session, code: str, unit: str, provider: str = "") -> Cell:
    """The cell of the books of a programme at a paying unit."""
    fund = session.scalar(select(programme.c.fund).where(programme.c.code == code))
    return Cell(str(fund), code, unit, provider)


def draft(
    session: Session, key: str, recipe: str, cell: Cell, on: date, now: datetime
) -> EntryDraft:
    """The header of an entry, on the first open day from `on`; its source is its key."""
    day = first_open_day(session, cell.programme, on, cell)
    return EntryDraft(key=key, recipe=recipe, cell=cell, effective_on=day, recorded_at=now,
                      source=key)  # fmt: skip
