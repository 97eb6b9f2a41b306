"""October after a September that was paid: listed, approved with its arrears, funded and sent."""

from __future__ import annotations

from sqlalchemy import select

from app.access.together import Signer
from app.beneficiaries.rows import RegisterRow
from app.payroll.flags_decided import accept
from app.payroll.tables import flag
from tests.factories import COMMUNE, OCTOBER, House


def approve_october(house: House, *people: RegisterRow) -> None:
    """Its lists are approved."""
    house.on("2026-10-01")
    house.register(OCTOBER, *people)
    ids = house.list_month(OCTOBER)
    _accepted(house, ids)
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)


def send_october(house: House, *people: RegisterRow) -> None:
    """All of it is on its way."""
    approve_october(house, *people)
    house.on("2026-10-09")
    house.fund(OCTOBER)
    batches = house.build(OCTOBER)
    house.release(batches)
    for one in batches:
        house.send(one)


def _accepted(house: House, ids: list[int]) -> None:
    """The checker says why a month with arrears is so much dearer, where it is asked."""
    query = select(flag.c.id).where(flag.c.payroll_id.in_(ids), flag.c.is_blocking == 1)
    now, numbers = house.later(), [one[0] for one in house.rows(query)]
    who = Signer(house.officer(f"checker.{COMMUNE}"), house.code())
    if not numbers:
        return
    with house.work() as session:
        accept(session, house.keyring, who, numbers, "review", "tăng mức theo nghị định", now)
