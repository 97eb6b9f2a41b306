"""The parallel month: the older system's list of a month beside ours, line by line.

A line is a person in a programme; what either side has in several lines there is added up. Both
sides are read once; nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.masks import masked_citizen
from app.beneficiaries.staging import reissued
from app.beneficiaries.tables import person
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.months import require_month
from app.privacy import Keyring
from app.takeover.parallel_file import ParallelRow
from app.text import fold
from ledger.bulk import chunks

SAME, DIFFERS, ONLY_THERE, ONLY_HERE = "same", "differs", "only_there", "only_here"
KINDS = (SAME, DIFFERS, ONLY_THERE, ONLY_HERE)
KEYS_PER_QUERY = 500


class Money(NamedTuple):
    """What a side pays for the month and for earlier ones, in đồng."""

    regular: int = 0
    arrears: int = 0

    @property
    def total(self) -> int:
        return self.regular + self.arrears


@dataclass(frozen=True, slots=True)
class Line:
    """A person in a programme on both sides. `person_id` is None where the register knows nobody;
    `why` is our reason for the amount, or what is known of a line that only one side has."""

    kind: str
    person_id: int | None
    name: str
    citizen: str
    programme: str
    theirs: Money
    ours: Money
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Every line, and how many people and how much stand on either side by kind."""

    lines: list[Line]
    counts: Mapping[str, int]
    theirs: int
    ours: int

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return all(one.kind == SAME for one in self.lines)


@dataclass(slots=True)
class _There:
    """The older system's lines of one key, added up."""

    name: str
    tail: str
    regular: int = 0
    arrears: int = 0

    @property
    def money(self) -> Money:
        return Money(self.regular, self.arrears)


_Key = tuple[str, str]
_NO_LINE = "Sổ có người này, kỳ này không được khoản nào: xem ansinh benefits explain."
_UNKNOWN = "Sổ người hưởng chưa có người này."
_NOT_THERE = "Hệ thống cũ không có dòng này."


def compare(
    session: Session, keyring: Keyring, rows: Iterable[ParallelRow], period: str, area: str = ""
) -> Compared:
    """Compare a month; `area` restricts our side to one commune. Raises InputError for a month.

    A person is found by ID, an old one included.
    """
    there = _added_up(session, keyring, rows)
    lines = list(_ours(session, require_month(period), area, there))
    lines += _left(session, there)
    lines.sort(key=lambda one: (KINDS.index(one.kind), one.programme, one.name, one.citizen))
    return Compared(
        lines,
        Counter(one.kind for one in lines),
        sum(one.theirs.total for one in lines),
        sum(one.ours.total for one in lines),
    )


def _added_up(
    session: Session, keyring: Keyring, rows: Iterable[ParallelRow]
) -> dict[_Key, _There]:
    current = reissued(session).current
    found: dict[_Key, _There] = {}
    for row in rows:
        key = keyring.index("person.citizen_id", row.citizen_id)
        at = (current.get(key, key), row.programme)
        one = found.setdefault(at, _There(row.name, row.citizen_id[-3:]))
        one.regular += row.amount
        one.arrears += row.arrears
    return found


def _ours(session: Session, period: str, area: str, there: dict[_Key, _There]) -> Iterator[Line]:
    """Our lines, each with theirs taken out of `there`; one streamed query."""
    owed = obligation.c
    query = (
        select(
            person.c.id, person.c.citizen_key, person.c.citizen_tail, person.c.name,
            owed.programme,
            func.sum(owed.regular).label("regular"),
            func.sum(owed.arrears).label("arrears"),
            func.min(owed.reason).label("reason"),
        )
        .join(person, person.c.id == owed.person_id)
        .where(owed.period == period, owed.programme.in_(PROGRAMMES))
        .group_by(person.c.id, owed.programme)
        .execution_options(yield_per=1_000)
    )  # fmt: skip
    if area:
        query = query.where(person.c.area_code == area)
    for row in session.execute(query):
        ours = Money(int(row.regular), int(row.arrears))
        theirs = there.pop((row.citizen_key, row.programme), None)
        kind, why = _judged(row.name, row.reason, ours, theirs)
        yield Line(kind, row.id, row.name, masked_citizen(row.citizen_tail), row.programme,
                   theirs.money if theirs else Money(), ours, why)  # fmt: skip


def _judged(name: str, reason: str, ours: Money, theirs: _There | None) -> tuple[str, str]:
    if theirs is None:
        return ONLY_HERE, f"{_NOT_THERE} {reason}"
    named = "" if fold(name) == fold(theirs.name) else f"Bên kia ghi tên “{theirs.name}”. "
    if ours != theirs.money:
        return DIFFERS, f"{named}{reason}"
    return SAME, named.strip()


def _left(session: Session, there: Mapping[_Key, _There]) -> Iterator[Line]:
    """What the older system alone has: whether we know the person at all."""
    for some in chunks(there.items(), KEYS_PER_QUERY):
        keys = {key for (key, _), _ in some}
        rows = session.execute(
            select(person.c.citizen_key, person.c.id).where(person.c.citizen_key.in_(keys))
        )
        known = {row.citizen_key: int(row.id) for row in rows}
        for (key, programme), one in some:
            number = known.get(key)
            yield Line(ONLY_THERE, number, one.name, masked_citizen(one.tail), programme,
                       one.money, Money(), _UNKNOWN if number is None else _NO_LINE)  # fmt: skip
