"""Writing proposals: one digest for one thing, so that finding it twice finds it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.benefits.campaigns import MONTHLY
from app.benefits.groups import all_groups, group
from app.benefits.rates import standing_book
from app.benefits.tables import obligation
from app.events.states import PROPOSED, REFUSED
from app.events.tables import life_event
from app.months import month_of, shift
from ledger.bulk import insert_one, insert_rows

THE_SERVICE = 0
"""Who entered what the service found by itself."""

FOUND = "finder"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What happened to a person in month `period`, and what is proposed for it.

    `stop` is the last payable month of the enrolment that would end; `group`, `table_key`, `start`
    and `amount` (VND a month) are the line that would begin, '' and 0 for none. `same` tells
    things of one person, kind and month apart.
    """

    person_id: int
    kind: str
    period: str
    facts: str
    on: date | None = None
    enrolment_id: int | None = None
    stop: str | None = None
    group: str = ""
    table_key: str = ""
    start: str | None = None
    amount: int = 0
    same: str = ""

    @property
    def digest(self) -> str:
        """What makes it this thing and no other."""
        parts = (self.person_id, self.kind, self.period, self.enrolment_id or "", self.same)
        return sha256("|".join(map(str, ("v1", *parts))).encode()).hexdigest()


_COLUMNS = (
    "person_id",
    "kind",
    "happened_on",
    "happened_period",
    "known_period",
    "facts",
    "source",
    "digest",
    "state",
    "entered_by",
    "enrolment_id",
    "stop_period",
    "programme",
    "group_code",
    "table_key",
    "from_period",
    "amount",
    "recorded_at",
)


def propose(
    session: Session, proposals: Iterable[Proposal], known: str, now: datetime
) -> Counter[str]:
    """Write what was found and is not known yet, in bulk; gives how many of each kind.

    `known` is the list for which it was found.
    """
    found = {one.digest: one for one in proposals}
    first = min((one.period for one in found.values()), default=known)
    before = select(life_event.c.digest).where(life_event.c.happened_period >= first)
    for digest in session.scalars(before):
        found.pop(digest, None)
    insert_rows(
        session,
        life_event,
        _COLUMNS,
        (_row(one, known, now, FOUND, THE_SERVICE) for one in found.values()),
    )
    return Counter(one.kind for one in found.values())


def enter(
    session: Session, one: Proposal, known: str, now: datetime, source: str, officer_id: int
) -> int:
    """Write one proposal that somebody entered; gives its id, that of before when known.

    One that was refused does not stand in the way of the same thing told again.
    """
    number, state = _known(session, one)
    while state == REFUSED:
        one = replace(one, same=f"{one.same}|sau {number}")
        number, state = _known(session, one)
    if number is not None:
        return number
    row = dict(zip(_COLUMNS, _row(one, known, now, source, officer_id), strict=True))
    return insert_one(session, life_event, **row)


def _known(session: Session, one: Proposal) -> tuple[int | None, str]:
    """The id and the state of the same thing written before, (None, '') for none."""
    seen = select(life_event.c.id, life_event.c.state).where(life_event.c.digest == one.digest)
    found = session.execute(seen).one_or_none()
    return (found.id, found.state) if found else (None, "")


def _row(
    one: Proposal, known: str, now: datetime, source: str, officer_id: int
) -> tuple[object, ...]:
    return (
        one.person_id,
        one.kind,
        one.on,
        one.period,
        known,
        one.facts,
        source,
        one.digest,
        PROPOSED,
        officer_id,
        one.enrolment_id,
        one.stop,
        group(one.group).programme if one.group else "",
        one.group,
        one.table_key,
        one.start,
        one.amount,
        now,
    )


def next_list(session: Session, now: datetime) -> str:
    """The month of the first list that is still to be made; of none made yet, that of today."""
    regular = obligation.c.component.in_(MONTHLY)
    last = session.scalar(select(func.max(obligation.c.period)).where(regular))
    return shift(last, 1) if last else month_of(now)


def amount_of(code: str, table_key: str, period: str) -> int:
    """What a line of that group is due in that month, by the rates its own list can follow."""
    book, of = standing_book(), all_groups()[code]
    if of.amount_kind == "individual":
        return 0
    return book.level(of, table_key, period, book.known(period)).amount
