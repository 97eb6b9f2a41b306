"""How far each commune is from cash to account: counts that add up, rates with both their sides.

A rate of several communes is computed from their counts, never from their rates; more than 100
percent of a target is a legitimate answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, case, exists, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, person, repair
from app.beneficiaries.verified import PROVED, last_check
from app.cashless.campaigns import targets_of
from app.cashless.people import is_paid
from app.cashless.tables import OPENED, account_answer_line, account_request_line
from app.clock import local_date
from app.indicators.rates import percent


@dataclass(slots=True)
class Progress:
    """The counts of one commune or of several; people, not payments.

    `reasons` are people on cash by why ('' not asked yet); `target` is None without a campaign,
    and `targeted` counts the people with an account in communes that have one.
    """

    people: int = 0
    with_account: int = 0
    verified: int = 0
    first_paid: int = 0
    asked: int = 0
    opened: int = 0
    target: int | None = None
    targeted: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    per_day: dict[date, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Counts, and rates with numerator and denominator."""
        rates = {
            "with_account": _rate(self.with_account, self.people),
            "verified": _rate(self.verified, self.with_account),
            "opened": _rate(self.opened, self.asked),
        }
        if self.target is not None:
            rates["target"] = _rate(self.targeted, self.target)
        names = ("people", "with_account", "verified", "first_paid", "asked", "opened", "target")
        days = {day.isoformat(): people for day, people in sorted(self.per_day.items())}
        return {
            **{name: getattr(self, name) for name in names},
            "still_cash": dict(sorted(self.reasons.items())),
            "rates": rates,
            "per_day": days,
        }


def _rate(n: int, d: int) -> dict[str, Any]:
    return {"n": n, "d": d, "percent": percent(n, d)}


def progress(
    session: Session, area: str, today: date, campaign: Row[Any] | None = None
) -> dict[str, Progress]:
    """Each commune's counts; with a campaign also its target and what each of its days gave."""
    found: dict[str, Progress] = {}
    for row in session.execute(_people(area, today)):
        _add(found.setdefault(row.area_code, Progress()), row)
    for row in session.execute(_requests(area)):
        if row.area_code in found:
            found[row.area_code].asked = row.asked
            found[row.area_code].opened = row.opened
    if campaign is not None:
        _campaign(session, area, campaign, found)
    return dict(sorted(found.items()))


def _add(here: Progress, row: Row[Any]) -> None:
    """Count people who are paid alike."""
    here.people += row.people
    if row.method == "account":
        here.with_account += row.people
        here.verified += row.people if row.checked in PROVED else 0
    if row.method == "cash":
        here.reasons[row.still_cash] = here.reasons.get(row.still_cash, 0) + row.people
    here.first_paid += row.people if row.checked == "confirmed" else 0


def _people(area: str, today: date) -> Any:
    """People by commune, how they are paid, why still in cash, and the last check of their account:
    everybody is looked at once."""
    paid = (
        select(person.c.area_code, destination.c.method, person.c.still_cash,
               last_check().label("checked"))
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(is_paid(today))
    )  # fmt: skip
    one = (paid.where(person.c.area_code == area) if area else paid).subquery("paid").c
    keys = (one.area_code, one.method, one.still_cash, one.checked)
    return select(*keys, func.count().label("people")).group_by(*keys)


def _requests(area: str) -> Any:
    line = account_request_line.c
    opened = exists().where(
        account_answer_line.c.request_id == line.request_id,
        account_answer_line.c.line == line.line,
        account_answer_line.c.state == OPENED,
    )
    query = (
        select(
            person.c.area_code,
            func.count(line.person_id.distinct()).label("asked"),
            func.count(case((opened, line.person_id)).distinct()).label("opened"),
        )
        .join(person, person.c.id == line.person_id)
        .group_by(person.c.area_code)
    )
    return query.where(person.c.area_code == area) if area else query


def _campaign(
    session: Session, area: str, campaign: Row[Any], found: Mapping[str, Progress]
) -> None:
    for code, people in targets_of(session, campaign.id).items():
        if code in found:
            found[code].target, found[code].targeted = people, found[code].with_account
    for row in session.execute(_changes(area)):
        day = local_date(row.repaired_at)
        if campaign.starts_on <= day <= campaign.ends_on and row.area_code in found:
            per_day = found[row.area_code].per_day
            per_day[day] = per_day.get(day, 0) + row.people


def _changes(area: str) -> Any:
    """People who went from cash to an account, by the moment (an answer is one moment)."""
    old, new = destination.alias("old"), destination.alias("new")
    query = (
        select(
            person.c.area_code,
            repair.c.repaired_at,
            func.count(repair.c.person_id.distinct()).label("people"),
        )
        .join(person, person.c.id == repair.c.person_id)
        .join(old, old.c.id == repair.c.old_destination_id)
        .join(new, new.c.id == repair.c.new_destination_id)
        .where(old.c.method == "cash", new.c.method == "account")
        .group_by(person.c.area_code, repair.c.repaired_at)
    )
    return query.where(person.c.area_code == area) if area else query


_COUNTS = ("people", "with_account", "verified", "first_paid", "asked", "opened", "targeted")


def total(parts: Iterable[Progress]) -> Progress:
    """The counts of several communes together; the target of those that have one."""
    whole = Progress()
    for one in parts:
        for name in _COUNTS:
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        for reason, people in one.reasons.items():
            whole.reasons[reason] = whole.reasons.get(reason, 0) + people
        for day, people in one.per_day.items():
            whole.per_day[day] = whole.per_day.get(day, 0) + people
        if one.target is not None:
            whole.target = (whole.target or 0) + one.target
    return whole
