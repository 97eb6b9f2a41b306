"""What a person reads of his own months: one amount, where it is, and what he can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.benefits.groups import public_name
from app.disbursement.evidence import CREDITED
from app.disbursement.states import SETTLED
from app.web.reading import batches, people
from bank_adapters.reasons import ReasonClass

MONTHS = 12
GOOD, WAITS, BAD = "good", "waits", "bad"
_TONES = {"credited": GOOD, "in_cash": GOOD, "not_started": WAITS, "prepared": WAITS,
          "waiting": WAITS, "cash_ready": WAITS, "in_doubt": WAITS}  # fmt: skip
_ALONE = ("not_received", "cancelled")
"""It comes again by itself: the person has nothing to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One obligation of a month as its person reads it: `status` is a key of the words
    (`my.state.<status>`), `todo` another ('' for nothing to be done), `where` who pays,
    `payment_id` the last instruction, None for none. Amounts in VND."""

    period: str
    label: str
    regular: int
    arrears: int
    reason: str
    decision: str
    decided_on: date
    status: str
    todo: str
    day: date | None
    where: str
    bank_bin: str
    tail: str
    payment_id: int | None

    @property
    def amount(self) -> int:
        """What is owed in all."""
        return self.regular + self.arrears

    @property
    def way(self) -> tuple[Any, ...]:
        """What two parts have alike where one sentence and one place tell of both."""
        return self.status, self.todo, self.day, self.where, self.bank_bin, self.tail

    @property
    def tone(self) -> str:
        """How it stands: good, waits or bad."""
        return _TONES.get(self.status, BAD)


def parts(session: Session, person_id: int, period: str) -> list[Part]:
    """What is owed to a person for a month, as statements and answers count it; three queries."""
    owed = people.obligations(session, person_id, period)
    return _parts(session, [row for row in owed if row.period == period])


def earlier(session: Session, person_id: int, period: str) -> list[Part]:
    """What earlier months left unpaid and a month's lists took up again: no part of its amount."""
    owed = people.obligations(session, person_id, period)
    return _parts(session, [row for row in owed if row.period != period])


def _parts(session: Session, owed: Sequence[Row[Any]]) -> list[Part]:
    tried = people.attempts(session, [row.id for row in owed])
    ids = [one.id for tries in tried.values() for one in tries]
    said = batches.outcomes(session, ids)
    return [_part(row, tried[row.id], said) for row in owed]


def arrived(said: Sequence[Part]) -> list[int]:
    """The payments of a month when all of it has come, to the account or to the hand; none where
    a part has not."""
    if any(one.tone != GOOD for one in said):
        return []
    return [one.payment_id for one in said if one.payment_id is not None]


def _part(owed: Row[Any], tries: Sequence[Row[Any]], said: dict[int, list[Row[Any]]]) -> Part:
    last = tries[-1] if tries else None
    told = said[last.id] if last else []
    status = people.told_status(tries)
    group = public_name(owed.group_code)
    return Part(
        period=owed.period,
        label=group if group == owed.programme_name else f"{owed.programme_name}: {group}",
        regular=owed.regular,
        arrears=owed.arrears,
        reason=owed.reason,
        decision=owed.decision_number,
        decided_on=owed.decision_on,
        status=status,
        todo=_todo(status, last, told),
        day=_day(last, told),
        where=last.provider_name if last else "",
        bank_bin=last.bank_bin if last else "",
        tail=last.account_tail if last else "",
        payment_id=last.id if last else None,
    )


def _day(last: Row[Any] | None, told: Sequence[Row[Any]]) -> date | None:
    if last is None:
        return None
    if last.state == SETTLED:  # the day that notices and answers tell: the first word of it
        came = [one.happened_on for one in told if one.state in (CREDITED, SETTLED)]
        days = came[:1]
    else:
        days = [one.happened_on for one in told if one.state == last.state][-1:]
    found: date = days[0] if days else last.requested_on
    return found


def _todo(status: str, last: Row[Any] | None, told: Sequence[Row[Any]]) -> str:
    """What the person does, by the class of the reason; nothing where it comes again anyway."""
    if last is None or status in _TONES:
        return ""
    if status in (*_ALONE, "not_collected", "recalled"):
        return status if status not in _ALONE else "again"
    codes = [one.reason for one in told if one.state == last.state and one.reason]
    found = batches.why(last.state, codes[-1], last.adapter) if codes else None
    kind = found.reason_class if found else ReasonClass.REVIEW
    return _ADVICE.get(kind, "again")


_ADVICE = {
    ReasonClass.REPAIR: "repair",
    ReasonClass.TERMINAL: "repair",
    ReasonClass.REVIEW: "review",
    ReasonClass.HOLD: "review",
    ReasonClass.CARRY: "not_collected",
}
