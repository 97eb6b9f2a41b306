"""A month's sample of a commune: how many, and who.

Size: Cochran's for a proportion, corrected for a finite population (W. G. Cochran, Sampling
Techniques, 3rd ed., 1977, 4.4): n0 = z² p (1 - p) / d² with p = 1/2, which is the largest, and
n = n0 / (1 + (n0 - 1) / N), rounded up. z and d are rows of `data/samples.csv`, dated.

Who is drawn: the n payments with the smallest SHA-256 of "seed|reference". Anybody can do it again.
"""

from __future__ import annotations

import csv
import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.access.roles import require_one_of
from app.audit.trail import record
from app.beneficiaries.tables import person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.clock import local_date
from app.complaints.moving import username_of
from app.complaints.opening import unit_of
from app.complaints.sample_tables import (
    verification_draw,
    verification_row,
    verification_sample,
)
from app.disbursement.evidence import OPEN
from app.disbursement.states import SETTLED
from app.disbursement.tables import instruction
from app.errors import Conflict, NotFound, Refused
from app.months import in_words, require_month
from ledger.bulk import insert_one

DRAWS = ("checker", "approver")
"""Who publishes and draws; those who visit are others (`visiting`)."""


class Terms(NamedTuple):
    """z in thousandths and the margin d in per cent, from a day on, and the text that says so."""

    valid_from: date
    z_thousandths: int
    margin_per_cent: int
    source: str


@cache
def _every() -> tuple[Terms, ...]:
    text = files("app.complaints").joinpath("data/samples.csv").read_text("utf-8")
    return tuple(
        Terms(date.fromisoformat(row["valid_from"]), int(row["z_thousandths"]),
              int(row["margin_per_cent"]), row["source"])
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def terms_of(day: date) -> Terms:
    """The terms in force on a day; before the first ones, the first."""
    return ([one for one in _every() if one.valid_from <= day] or list(_every()[:1]))[-1]


def size_of(population: int, z_thousandths: int, margin_per_cent: int) -> int:
    """How many of a population are asked; 0 of none."""
    if population == 0:
        return 0
    margin = Fraction(margin_per_cent, 100)
    first = Fraction(z_thousandths, 1000) ** 2 / 4 / margin**2
    return min(population, ceil(first / (1 + (first - 1) / population)))


def drawn(seed: str, references: Sequence[str], size: int) -> list[str]:
    """The references that a seed draws, in the order in which they are drawn."""
    return sorted(references, key=lambda one: (_mark(seed, one), one))[:size]


def _mark(seed: str, reference: str) -> str:
    return hashlib.sha256(f"{seed}|{reference}".encode()).hexdigest()


def publish(session: Session, officer_id: int, period: str, area: str, now: datetime) -> int:
    """Publish the seed of a month's sample of a commune; gives the sample's number.

    Raises InputError, Forbidden without a role at the commune, Conflict where it was published.
    """
    require_month(period)
    require_one_of(session, officer_id, DRAWS, unit_of(session, area, now), now)
    mine, terms = verification_sample.c, terms_of(local_date(now))
    same = select(mine.id).where(mine.period == period, mine.area_code == area)
    if (number := session.scalar(same)) is not None:
        raise Conflict(
            f"Mẫu tháng {in_words(period)} của xã này đã công bố, số {number}.", "Rút mẫu đó."
        )
    seed = secrets.token_hex(16)
    try:
        number = insert_one(
            session, verification_sample, period=period, area_code=area, seed=seed,
            z_thousandths=terms.z_thousandths, margin_per_cent=terms.margin_per_cent,
            officer_id=officer_id, published_at=now,
        )  # fmt: skip
    except IntegrityError as error:  # by another at this moment
        raise Conflict(
            f"Mẫu tháng {in_words(period)} của xã này vừa được công bố.", "Rút mẫu đó."
        ) from error
    told(session, officer_id, "publish", number, f"{period}, {area}: {seed}", now)
    return number


def draw(session: Session, officer_id: int, number: int, now: datetime) -> int:
    """Draw the sample by its seed among the payments that were settled; gives how many.

    Raises NotFound, Forbidden, Conflict where it was drawn, Refused where nothing was paid yet, or
    a payment has no result: who knows the seed could else wait for a day whose draw suits him.
    """
    sample = sample_of(session, number)
    require_one_of(session, officer_id, DRAWS, unit_of(session, sample.area_code, now), now)
    was_drawn = Conflict(f"Mẫu số {number} đã rút.", "Xem danh sách đã rút.")
    if draw_of(session, number) is not None:
        raise was_drawn
    if now <= sample.published_at:
        raise Refused("Số gieo vừa mới công bố.", "Chờ một phút rồi rút.")
    _require_results(session, sample.period, sample.area_code)
    frame = _frame(session, sample.period, sample.area_code)
    size = size_of(len(frame), sample.z_thousandths, sample.margin_per_cent)
    if not size:
        raise Refused("Tháng này chưa có khoản nào được chi.", "Rút sau khi đã chi.")
    digest = hashlib.sha256("\n".join(sorted(frame)).encode()).hexdigest()
    kept = {"sample_id": number, "population": len(frame), "size": size, "frame_digest": digest}
    drawing = insert(verification_draw).values(**kept, drawn_at=now, officer_id=officer_id)
    try:
        session.execute(drawing)
    except IntegrityError as error:  # by another at this moment
        raise was_drawn from error
    chosen = drawn(sample.seed, list(frame), size)
    rows = [
        {"sample_id": number, "ordinal": ordinal, "payment_id": frame[reference]}
        for ordinal, reference in enumerate(chosen, start=1)
    ]
    session.execute(insert(verification_row), rows)
    told(session, officer_id, "draw", number, f"{size}/{len(frame)}, {digest}", now)
    return size


def _require_results(session: Session, period: str, area: str) -> None:
    open_ones = _payments(period, area).where(instruction.c.state.in_(OPEN))
    if count := session.scalar(select(func.count()).select_from(open_ones.subquery())):
        raise Refused(f"Còn {count} khoản chi của tháng này chưa có kết quả.", "Rút khi đã đủ.")


def _frame(session: Session, period: str, area: str) -> dict[str, int]:
    """Payments of a month that were settled for people of a commune: id by reference."""
    rows = session.execute(_payments(period, area).where(instruction.c.state == SETTLED))
    return {row.reference: row.id for row in rows}


def _payments(period: str, area: str) -> Select[Any]:
    return (
        select(instruction.c.reference, instruction.c.id)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .join(person, person.c.id == obligation.c.person_id)
        .where(person.c.area_code == area, obligation.c.programme.in_(PROGRAMMES),
               obligation.c.period == period)
    )  # fmt: skip


def sample_of(session: Session, number: int) -> Row[Any]:
    """A sample as it was published. Raises NotFound."""
    query = select(verification_sample).where(verification_sample.c.id == number)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Không có mẫu số {number}.", "Xem số đã báo khi công bố.")
    return row


def draw_of(session: Session, number: int) -> Row[Any] | None:
    """How a sample was drawn; None before it was."""
    mine = verification_draw
    return session.execute(select(mine).where(mine.c.sample_id == number)).one_or_none()


def told(
    session: Session, officer_id: int, act: str, number: int, detail: str, now: datetime
) -> None:
    """Write to the trail what an officer did with a sample."""
    who = username_of(session, officer_id)
    record(session, now, who, f"complaints:sample:{act}", f"verification_sample:{number}", detail)
