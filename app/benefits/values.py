"""The facts the rules read and the lines they answer: plain values, fit for bulk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person's place in a group by a decision.

    `start` and `stop` are months 'YYYY-MM'; `stop` is the last payable month, None while it
    runs. `table_key` picks the row of a table, or holds the number of units of a counted
    group (children, cared-for persons). `individual_amount` is VND a month.
    """

    enrolment_id: int
    programme: str
    group: str
    table_key: str
    individual_amount: int | None
    start: str
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one line is due in a month, in VND; `arrears` stands apart from `regular`.

    `arrears_basis` names the decree; `arrears_from` and `arrears_to` are months. A line that
    has ended may still be due arrears: then `regular` is 0.
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

    @property
    def total(self) -> int:
        return self.regular + self.arrears
