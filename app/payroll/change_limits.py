"""How much a list may differ from last month's before somebody must say why.

Limits are data: rows shipped with the service (`data/change_limits.csv`), and rows that two
officers set, which count from their month on and go before the shipped ones. A row for a programme
goes before one for every programme. A change is above its limit when it is more than `per_cent` of
last month's figure and more than `floor` (people or đồng), so that a list of five may change.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.errors import InputError
from app.months import require_month
from app.payroll.tables import change_limit
from app.privacy import Keyring
from app.units.tables import programme
from ledger.bulk import insert_one

STEP = "change_limit"
MEASURES = ("total", "people", "missing", "accounts")
ROLES = ("checker", "approver")


@dataclass(frozen=True, slots=True)
class ChangeLimit:
    """A limit of one measure; `programme` is '' for every programme, `by` who set it."""

    programme: str
    measure: str
    from_period: str
    per_cent: int
    floor: int
    by: str = "shipped"

    def is_passed(self, change: int, before: int) -> bool:
        """Whether a change from `before` is above it."""
        return abs(change) > self.floor and abs(change) * 100 > self.per_cent * abs(before)


class ChangeLimits:
    """Every limit there is; asks none twice."""

    def __init__(self, rows: Sequence[ChangeLimit]) -> None:
        self._rows = rows

    def of(self, programme_code: str, measure: str, period: str) -> ChangeLimit | None:
        """The limit in force: set before shipped, a programme's before all, the newest month."""
        fitting = [
            (one.by != "shipped", one.programme != "", one.from_period, place)
            for place, one in enumerate(self._rows)
            if one.measure == measure
            and one.programme in ("", programme_code)
            and one.from_period <= period
        ]
        return self._rows[max(fitting)[-1]] if fitting else None

    def __iter__(self) -> Iterator[ChangeLimit]:
        return iter(self._rows)


@cache
def shipped() -> tuple[ChangeLimit, ...]:
    """The rows that come with the service."""
    text = files("app.payroll").joinpath("data/change_limits.csv").read_text("utf-8")
    return tuple(
        ChangeLimit(row["programme"], row["measure"], row["from_period"], int(row["per_cent"]),
              int(row["floor"]))
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def change_limits(session: Session) -> ChangeLimits:
    """The shipped limits and those that were set."""
    rows = session.execute(select(change_limit).order_by(change_limit.c.id))
    kept = (
        ChangeLimit(
            row.programme, row.measure, row.from_period, row.per_cent, row.floor, f"{row.id}"
        )
        for row in rows
    )
    return ChangeLimits((*shipped(), *kept))


def set_change_limit(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    limit: ChangeLimit,
    reason: str,
    now: datetime,
) -> int:
    """Two officers of the province, a checker and an approver, set a limit; gives its number.

    Raises InputError for figures that fit no limit, Refused unless they are two, Forbidden.
    """
    _require_sound(session, limit, reason)
    said = (limit.programme, limit.measure, limit.from_period, limit.per_cent, limit.floor, reason)
    digest = hashlib.sha256("|".join(map(str, said)).encode()).hexdigest()
    what = Confirmation(STEP, digest, 1, limit.floor if limit.measure == "total" else 0)
    about = f"change_limit:{limit.measure}"
    joint = confirm_together(session, keyring, signers, about, now, what, ROLES,
                             programme=limit.programme)  # fmt: skip
    values = dict(
        zip(("programme", "measure", "from_period", "per_cent", "floor", "reason"), said,
            strict=True)
    )  # fmt: skip
    number = insert_one(session, change_limit, **values, joint_id=joint, recorded_at=now)
    names = "+".join(str(one.officer_id) for one in signers)
    record(session, now, names, "payroll:change_limit:set", f"change_limit:{number}", reason)
    return number


def _require_sound(session: Session, limit: ChangeLimit, reason: str) -> None:
    require_month(limit.from_period)
    known = {"", *session.scalars(select(programme.c.code))}
    if limit.measure not in MEASURES or limit.programme not in known:
        raise InputError(
            "Ngưỡng này không thuộc chương trình hay đại lượng nào.",
            f"Chọn đại lượng trong: {', '.join(MEASURES)}.",
        )
    if limit.per_cent < 0 or limit.floor < 0 or len(reason.strip()) < 5:
        raise InputError("Ngưỡng thiếu số hoặc lý do.", "Ghi phần trăm, mức sàn và lý do bằng lời.")
