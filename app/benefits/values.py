"""The facts the rules read and the lines they answer: plain values, fit for bulk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person's place in a group by a decision.

    `start` and `stop` are months 'YYYY-MM'; `stop` is the last payable month, None while it
    runs. `table_key` picks the row of a table, or holds the number of units of a counted
    group (children, cared-for persons). `individual_amount` is VND a month, the level of the month
    `level_of` (empty: of its first month). `decision` is the number of the decision, for the words.
    """

    enrolment_id: int
    programme: str
    group: str
    table_key: str
    individual_amount: int | None
    start: str
    stop: str | None = None
    decision: str = ""
    level_of: str = ""


class Granted(NamedTuple):
    """What these books granted a person for one month so far, in VND.

    `regular` by the month's own list, `arrears` by later ones. `programme` and `component` name
    the obligation, as in `Entitlement`.
    """

    month: str
    programme: str
    component: str
    regular: int
    arrears: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Arrears of consecutive months with the same sum: `monthly` VND each, and why.

    `decree` is False where not a late rate but late news of the person is the reason.
    """

    first: str
    last: str
    months: int
    monthly: int
    basis: str
    decree: bool


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one line is due in a month, in VND; `arrears` stands apart from `regular`.

    `arrears_basis` names the decree or the decision; `arrears_from` and `arrears_to` are months.
    A line that has ended may still be due arrears: then `regular` is 0. `stretches` tell the
    arrears month by month.
    """

    programme: str
    component: str
    enrolment_id: int
    regular: int
    arrears: int
    arrears_from: str | None
    arrears_to: str | None
    arrears_months: int
    arrears_basis: str | None
    reason: str
    stretches: tuple[Stretch, ...] = field(default=(), compare=False)

    @property
    def total(self) -> int:
        return self.regular + self.arrears


@dataclass(frozen=True, slots=True)
class Overpaid:
    """What was granted for one month beyond what is due by all that is known now, in VND.

    A finding, never a deduction: it is recovered by decision only (Circular 44/2022/TT-BTC,
    art. 15; Decree 20/2021).
    """

    programme: str
    component: str
    month: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """All that one month's list says of a person: lines to pay, and what was paid too much."""

    lines: tuple[Entitlement, ...]
    overpaid: tuple[Overpaid, ...]
