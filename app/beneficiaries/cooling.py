"""How long a new account waits: not at all where the bank's paper or the name proves it.

A letter of the bank or a passbook, seen by two persons, frees an account at once, and so does the
bank's answer that the name is the payee's, whenever it comes. Any other evidence waits for some
days, dated data (`data/repair_terms.csv`), in which the payee may say that it was not he who asked.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.tables import destination, repair
from app.clock import local_date
from app.errors import InputError

LETTER, PASSBOOK, OTHER, KNOWN = "letter", "passbook", "other", "known"
PROOFS = {
    LETTER: "giấy của ngân hàng",
    PASSBOOK: "sổ hoặc thẻ mang tên người hưởng",
    OTHER: "giấy tờ khác, tự khai",
}
_CHANGED = ("repair", "order")


@cache
def _terms() -> tuple[tuple[str, date, int], ...]:
    text = files("app.beneficiaries").joinpath("data/repair_terms.csv").read_text("utf-8")
    return tuple(
        (row["proof"], date.fromisoformat(row["from_day"]), int(row["days"]))
        for row in csv.DictReader(text.splitlines())
    )


def usable_from(proof: str, now: datetime) -> date | None:
    """The day from which an account with this proof is paid into; None for at once.

    Raises InputError for an unknown proof.
    """
    today = local_date(now)
    known = [(since, days) for one, since, days in _terms() if one == proof and since <= today]
    if not known:
        raise InputError(f"Không có loại chứng cứ “{proof}”.", f"Dùng: {', '.join(PROOFS)}.")
    days = max(known)[1]
    return today + timedelta(days=days) if days else None


def cooling(day: Any) -> ColumnElement[bool]:
    """The condition on `destination` that it waits on a day: changed, not proven, not confirmed.

    By the account and not the version, so that changing the order of use frees nothing.
    """
    same, check = destination.alias("same"), destination_check.c
    mine = and_(
        same.c.person_id == destination.c.person_id,
        same.c.account_key == destination.c.account_key,
    )
    confirmed = (
        select(check.destination_id)
        .join(same, same.c.id == check.destination_id)
        .where(mine, check.result == "confirmed")
    )
    waits = (
        select(repair.c.id)
        .join(same, same.c.id == repair.c.new_destination_id)
        .where(mine, repair.c.usable_from > day)
    )
    is_new = and_(destination.c.method == "account", destination.c.source.in_(_CHANGED))
    return and_(
        is_new,
        waits.correlate(destination).exists(),
        ~confirmed.correlate(destination).exists(),
    )
