"""Closing a month by two finance officers: what is in the way, what they read, what they signed.

A month closes when every statement has come, the days of its bank accounts are closed, every
provider's settlement of the month is accepted, and the identity of every cell has no difference
(`reconciliation/closing.py`). What two officers sign is bound to the figures of all cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.access.typed_digest import same_page
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.batches import unbuilt
from app.disbursement.paid import kept_in, paid_in, reported_balances
from app.disbursement.settling.accepting import drafts
from app.disbursement.settling.statements_due import Owed, moved_days, owed
from app.disbursement.settling.tables import month_close
from app.disbursement.year_end.places import place_of, told
from app.errors import Refused
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import payroll
from app.privacy import Keyring
from app.text import mask_account
from app.units.tables import programme
from ledger.chart import Cell
from ledger.periods import days_of, hold_writers
from reconciliation import closing
from reconciliation.closed_days import closed_until
from reconciliation.closing import Closed
from reconciliation.tables import closing as closings

STEP = "close_month"
SHOWN = 5
_FIGURES = ("opening", "funding", "not_ours_in", "credited", "cash_paid", "fees_and_not_ours_out",
            "back_to_treasury", "balance", "in_transit", "suspense", "unspent",
            "reported_balance")  # fmt: skip


def computed(session: Session, period: str) -> dict[Cell, Closed]:
    """Every cell's month, from its three sources."""
    reported = reported_balances(session, days_of(period)[1])
    paid, kept = paid_in(session, period), kept_in(session, period)
    return closing.compute(session, period, paid, reported, kept)


def month_digest(period: str, cells: Mapping[Cell, dict[str, Any]]) -> str:
    """What the two officers confirm: SHA-256 over the figures of all cells in order."""
    said = sorted(
        told(cell, *(figures[name] for name in _FIGURES)) for cell, figures in cells.items()
    )
    return hashlib.sha256("\n".join((f"{STEP}|{period}", *said)).encode()).hexdigest()


def digest_of(period: str, cells: Mapping[Cell, Closed]) -> str:
    """The same of computed cells."""
    return month_digest(period, {cell: asdict(one) for cell, one in cells.items()})


def statements_missing(session: Session, period: str) -> list[str]:
    """Which statements of a month have not come, an account each."""
    found: dict[str, list[Owed]] = {}
    for one in owed(session, days_of(period)[1]):
        found.setdefault(one.about, []).append(one)
    return [f"{about}: {'; '.join(one.what for one in mine)}" for about, mine in found.items()]


def obstacles(session: Session, period: str, now: datetime) -> list[str]:
    """What keeps two officers from closing a month, in words; none when it may be closed."""
    return _in_the_way(session, period, now, computed(session, period))


def _in_the_way(
    session: Session, period: str, now: datetime, cells: Mapping[Cell, Closed]
) -> list[str]:
    return [
        *_too_early(period, now),
        *statements_missing(session, period),
        *_open_days(session, period),
        *_unsettled(session, period, now),
        *_differences(cells),
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What closing a month would write down: every cell, what is in the way, and the code of it."""

    period: str
    cells: Mapping[Cell, Closed]
    obstacles: Sequence[str]

    @property
    def digest(self) -> str:
        """What the two officers confirm."""
        return digest_of(self.period, self.cells)

    def total(self, name: str) -> int:
        """The sum of a figure over the cells, đồng."""
        return sum(int(getattr(one, name) or 0) for one in self.cells.values())


def preview(session: Session, period: str, now: datetime) -> Preview:
    """A month as it would be closed now; reads only, best in a snapshot."""
    cells = computed(session, period)
    return Preview(period, cells, _in_the_way(session, period, now, cells))


def closed(session: Session, period: str) -> Row[Any] | None:
    """The close of a month that two signed for, None where it is open."""
    return session.execute(select(month_close).where(month_close.c.period == period)).one_or_none()


def _too_early(period: str, now: datetime) -> Iterator[str]:
    last = days_of(period)[1]
    if local_date(now) < last:
        yield f"tháng chưa hết: khóa từ ngày {last:%d/%m/%Y}"


def _open_days(session: Session, period: str) -> Iterator[str]:
    """Bank accounts that moved in the month and are not closed through the last such day."""
    first, last = days_of(period)
    for code, account, day in moved_days(session, last):
        if day >= first:
            closed = closed_until(session, code, account)
            if closed is None or closed < day:
                shown = f"tài khoản {mask_account(account)} tại {code}"
                yield f"{shown}: chưa khóa ngày {day:%d/%m/%Y}"


def _unsettled(session: Session, period: str, now: datetime) -> Iterator[str]:
    for one in drafts(session, period, now):
        why = f": {'; '.join(one.missing)}" if one.missing else ""
        yield f"{place_of(one.figures.cell)}: chưa quyết toán với nơi chi trả{why}"


def _differences(cells: Mapping[Cell, Closed]) -> Iterator[str]:
    for place, one in cells.items():
        if not one.closes:
            ours, banks = one.difference, one.bank_difference
            yield f"{place_of(place)}: lệch {ours}, so với sổ phụ {banks} đồng"


def refuse(wrong: Sequence[str], what_to_do: str) -> None:
    """Raise Refused with the first of what is in the way."""
    if wrong:
        more = [f"và {len(wrong) - SHOWN} điểm khác"] if len(wrong) > SHOWN else []
        raise Refused("\n".join([*wrong[:SHOWN], *more]), what_to_do)


def sign(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    digest: str,
    period: str,
    cells: Mapping[Cell, Closed],
    now: datetime,
) -> int:
    """Two finance officers confirm the figures by which a month is closed; gives the joint act.

    `digest` is the code of what they read. Raises Refused with what is in the way, Conflict when a
    figure has changed since, and as `confirm_together` does.
    """
    refuse(_in_the_way(session, period, now, cells), "Làm đủ rồi khóa tháng.")
    wanted = digest_of(period, cells)
    same_page(digest, wanted)
    total = sum(one.credited + one.cash_paid for one in cells.values())
    what = Confirmation(STEP, wanted, len(cells), max(total, 0))
    joint_id = confirm_together(session, keyring, signers, f"month:{period}", now, what)
    session.execute(
        insert(month_close).values(
            period=period, cells=len(cells), digest=wanted, joint_id=joint_id, closed_at=now
        )
    )
    record(session, now, names_of(signers), "recon:month:close", f"month:{period}", wanted,
           after={"cells": len(cells), "paid": total})  # fmt: skip
    return joint_id


def close(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    digest: str,
    period: str,
    now: datetime,
) -> int:
    """Close a month for every cell, and its lists; gives how many cells. Without signers, a
    training installation's own close.

    Must run at READ COMMITTED: nobody writes meanwhile. Raises Refused with what is in the way,
    and as `sign` does.
    """
    _refuse_unbuilt(len(unbuilt(session, period)))
    hold_writers(session, session.scalars(select(programme.c.code)).all())
    cells = computed(session, period)
    missing = statements_missing(session, period)
    refuse(missing, "Xin ngân hàng sổ phụ còn thiếu rồi khóa tháng.")
    if signers:
        sign(session, keyring, signers, digest, period, cells, now)
    _refuse_open_cells(closing.close(session, period, cells, now))
    session.execute(
        update(payroll)
        .where(payroll.c.period == period, payroll.c.state == APPROVED)
        .values(state=CLOSED)
    )
    return len(cells)


def _refuse_unbuilt(count: int) -> None:
    if count:
        raise Refused(
            f"Còn {count} phần của bảng đã duyệt chưa lập lô chi.", "Lập lô hoặc huỷ bảng trước."
        )


def _refuse_open_cells(wrong: Sequence[Cell]) -> None:
    if wrong:
        shown = ", ".join(f"{one.unit}/{one.programme}/{one.provider}" for one in wrong[:SHOWN])
        raise Refused(f"{len(wrong)} ô chưa khớp: {shown}.", "Đối chiếu lại trước khi khoá kỳ.")


def month_digests(session: Session) -> dict[int, str]:
    """By joint act, the digest that the closings give now: for the proof of what was confirmed."""
    c, m = closings.c, month_close.c
    found: dict[str, dict[Cell, dict[str, Any]]] = {}
    signed = {row.period: row.joint_id for row in session.execute(select(m.period, m.joint_id))}
    rows: Any = session.execute(select(closings).where(c.period.in_(signed)))
    for row in rows:
        cell = Cell(row.fund, row.programme, row.unit, row.provider)
        found.setdefault(row.period, {})[cell] = dict(row._mapping)
    return {
        number: month_digest(period, found.get(period, {})) for period, number in signed.items()
    }
