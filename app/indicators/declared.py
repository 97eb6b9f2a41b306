"""Data once declared: whose identity another register bears out, and fields nobody is asked again.

M1 is the share of people on the register whose personal ID matched the population register; M2 the
share of the fields personal ID, name and birth that another register vouches for, so that nobody is
asked for them again. VNeID's own levels are not held: the register knows accounts linked on VNeID
(R7), not who has signed up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import field_source
from app.beneficiaries.tables import person
from app.checks.asking import is_running
from app.checks.told import shares

SOURCE = "population"
FIELDS = ("citizen_id", "name", "birth")
_VOUCH = ("population", "civil_status", "insurance", "bank")


@dataclass(frozen=True, slots=True)
class Declared:
    """A commune's people on the register, those looked up in the population register and those
    that matched, and fields vouched for out of `fields`."""

    people: int = 0
    looked_up: int = 0
    matched: int = 0
    vouched: int = 0

    @property
    def fields(self) -> int:
        """The fields that could be vouched for."""
        return self.people * len(FIELDS)


def together(ones: Iterable[Declared]) -> Declared:
    """Several communes as one."""
    some = list(ones)
    return Declared(
        sum(one.people for one in some),
        sum(one.looked_up for one in some),
        sum(one.matched for one in some),
        sum(one.vouched for one in some),
    )


def declared(session: Session) -> dict[str, Declared]:
    """By commune, as the register stands today."""
    vouched = {row[0]: int(row[1]) for row in session.execute(_vouched())}
    return {
        one.area_code: Declared(one.people, one.told, one.good, vouched.get(one.area_code, 0))
        for one in shares(session, SOURCE)
    }


def _vouched() -> Select[Any]:
    told = and_(field_source.c.field.in_(FIELDS), field_source.c.source.in_(_VOUCH))
    return (
        select(person.c.area_code, func.count())
        .join(field_source, field_source.c.person_id == person.c.id)
        .where(told, is_running(), person.c.merged_into_id.is_(None))
        .group_by(person.c.area_code)
    )
