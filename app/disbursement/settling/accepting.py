"""Accepting providers' settlements: shown, checked, signed for by two finance officers.

A settlement stands with difference 0 or not at all. With it the days of the provider's advance are
closed: what it reports later is posted on the first open day, and belongs to the next settlement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.access.typed_digest import same_page
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.settling.figures import Figures, compute, programmes_of
from app.disbursement.settling.tables import LIST_FIGURES, MONEY_FIGURES, PLACE, provider_settlement
from app.disbursement.year_end.places import place_of
from app.errors import Conflict, NotFound, Refused
from app.privacy import Keyring
from ledger.money import format_number, format_vnd
from ledger.periods import close_day, hold_writers
from reconciliation.intake import unapplied

STEP = "settlement"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """One settlement as it would stand: its figures, and what is missing for it, in words."""

    period: str
    figures: Figures
    missing: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over everything that would be kept."""
        return settlement_digest(self.values())

    def values(self) -> dict[str, Any]:
        """The columns that are signed for."""
        one = self.figures
        return {
            "period": self.period,
            **asdict(one.cell),
            "since": one.since,
            "until": one.until,
            **one.row(),
            "lines_digest": one.lines_digest,
        }


def settlement_digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over the columns of a settlement."""
    names = ("period", *PLACE, "since", "until", *LIST_FIGURES, *MONEY_FIGURES, "suspense",
             "lines_digest")  # fmt: skip
    said = "|".join(str(values[name]) for name in names)
    return hashlib.sha256(f"{STEP}|{said}".encode()).hexdigest()


def drafts(
    session: Session, period: str, now: datetime, where: tuple[ColumnElement[bool], ...] = ()
) -> list[Draft]:
    """What may be settled of a month, in order, each with what is missing; `where` narrows the
    contracts. Reads only."""
    found = compute(session, period, local_date(now), where)
    waiting = {code: unapplied(session, code) for code in {cell.provider for cell in found}}
    return [
        Draft(period, one, tuple(_missing(one, waiting[cell.provider])))
        for cell, one in found.items()
    ]


def _missing(one: Figures, files: int) -> Iterator[str]:
    """What keeps a settlement from standing."""
    if one.unsent:
        yield f"{format_number(one.unsent)} khoản của tháng chưa gửi đi"
    if waiting := one.open_count - one.unsent:
        yield f"{format_number(waiting)} khoản chưa có trong danh sách đã chi hay chưa chi"
    if files:
        yield f"{files} tệp của {one.cell.provider} chưa ghi sổ"
    if one.vouchers != one.cash_count:
        unsigned = one.cash_count - one.vouchers
        yield f"{format_number(unsigned)} khoản tiền mặt chưa có số chứng từ ký nhận"
    if one.until is None:
        yield "chưa khóa ngày nào của tài khoản ngân hàng"
        return
    if one.until < one.since:
        yield f"chưa có ngày nào mới từ lần quyết toán trước, {one.since:%d/%m/%Y}"
    yield from _missing_money(one)


def _missing_money(one: Figures) -> Iterator[str]:
    if one.transit:
        yield f"còn {format_vnd(one.transit)} đang chuyển"
    if one.before is not None and one.before != one.opening:
        yield (
            f"số đầu kỳ {format_vnd(one.opening)} khác số cuối kỳ trước {format_vnd(one.before)}"
        )
    if one.list_difference and not one.open_count:
        yield f"danh sách lệch {format_vnd(one.list_difference)}"
    if one.difference:
        yield f"tiền lệch {format_vnd(one.difference)}"
    if one.unspent < one.suspense:
        yield f"tiền chưa chi {format_vnd(one.unspent)} ít hơn tiền chưa rõ nguồn"


def joint_digest(digests: Iterable[str]) -> str:
    """What two officers confirm when they accept several settlements at once."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted: the settlements, and by which joint act."""

    joint_id: int
    settlements: Sequence[Draft]


def accept(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    digest: str,
    period: str,
    now: datetime,
    where: tuple[ColumnElement[bool], ...] = (),
) -> Accepted:
    """Two finance officers accept the settlements of a month, all those of `where` at once.

    `digest` is the code of what they read. Must run at READ COMMITTED: nobody writes meanwhile.
    Raises NotFound where nothing waits, Refused with what is missing, Conflict when a figure has
    changed since.
    """
    hold_writers(session, programmes_of(session, period, local_date(now), where))
    found = drafts(session, period, now, where)
    if not found:
        raise NotFound(
            f"Tháng {period} không còn quyết toán nào chờ.", "Xem `ansinh recon settlements`."
        )
    _refuse_missing(found)
    digests = [one.digest for one in found]
    wanted = joint_digest(digests)
    same_page(digest, wanted)
    total = sum(one.figures.account + one.figures.cash for one in found)
    what = Confirmation(STEP, wanted, len(found), total)
    joint_id = confirm_together(session, keyring, signers, f"settlement:{period}", now, what)
    rows = [
        {**one.values(), "digest": one.digest, "joint_id": joint_id, "accepted_at": now}
        for one in found
    ]
    session.execute(insert(provider_settlement), rows)
    _close_days(session, found, now)
    record(session, now, names_of(signers), "recon:settlement:accept", f"settlement:{period}",
           wanted, after={"settlements": len(found), "paid": total})  # fmt: skip
    return Accepted(joint_id, found)


def _refuse_missing(found: Sequence[Draft]) -> None:
    wrong = [one for one in found if one.missing]
    if wrong:
        told = [f"{place_of(one.figures.cell)}: {'; '.join(one.missing)}" for one in wrong[:SHOWN]]
        raise Refused(
            f"{len(wrong)} quyết toán chưa đủ.\n" + "\n".join(told),
            "Làm đủ những điều trên, hoặc chỉ quyết toán đơn vị đã đủ (--unit, --provider).",
        )


def _close_days(session: Session, found: Sequence[Draft], now: datetime) -> None:
    """An advance is closed with the settlement; a bank account was with its statement."""
    for one in found:
        figures = one.figures
        if figures.holds_advance and figures.until is not None:
            closed = close_day(session, "advance", figures.cell, figures.until, now)
            if not closed:
                raise Conflict("Ngày này vừa được khóa.", "Xem lại rồi ký lại.")


def settled(session: Session, period: str) -> list[Any]:
    """The settlements of a month that were accepted, in order."""
    s = provider_settlement.c
    query = select(provider_settlement).where(s.period == period)
    return list(session.execute(query.order_by(s.unit, s.programme, s.provider, s.fund)))


def settled_digests(session: Session) -> dict[int, str]:
    """By joint act, the digest that its rows give now: for the proof of what was confirmed."""
    found: dict[int, list[str]] = {}
    for row in session.execute(select(provider_settlement)):
        found.setdefault(row.joint_id, []).append(settlement_digest(dict(row._mapping)))
    return {number: joint_digest(digests) for number, digests in found.items()}
