"""Doubts about new accounts: what nothing proves yet, and mobile money above its limit."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from app.beneficiaries.about_tables import destination_check
from app.payroll.flags import raise_flags
from tests.factories import OCTOBER, SEPTEMBER, House, in_cash, row


def flags(house: House) -> dict[str, tuple[int, int]]:
    """People and whether it blocks, by kind, of October's draft."""
    query = (
        "select f.kind, f.people, f.is_blocking from flag f join payroll p on p.id = f.payroll_id"
        f" where p.period = '{OCTOBER}'"
    )
    return {kind: (people, blocking) for kind, people, blocking in house.rows(query)}


@pytest.mark.parametrize(
    ("result", "unproven"),
    [(None, 1), ("close", 1), ("different", 1), ("exact", 0), ("confirmed", 0)],
)
def test_a_new_account_is_doubted_until_something_proves_it(
    house: House, result: str | None, unproven: int
) -> None:
    house.register(SEPTEMBER, in_cash(1), row(2))
    house.list_month(SEPTEMBER)
    house.on("2026-09-20")
    house.register(OCTOBER, row(1), row(2))
    if result is not None:
        check(house, result=result)
    house.list_month(OCTOBER)
    found = flags(house)
    assert found["account_changed"] == (1, 0)
    assert found.get("account_unproven", (0, 0)) == (unproven, 0), "a warning, not a bar"


def test_after_thirty_days_nobody_asks_any_more(house: House) -> None:
    house.register(SEPTEMBER, in_cash(1))
    house.register(OCTOBER, row(1))
    house.on("2026-09-30")
    house.list_month(OCTOBER)
    assert "account_unproven" not in flags(house)


def check(house: House, **more: Any) -> None:
    number = house.ask("select destination_id from person where id = 1")
    values = {"destination_id": number, "evidence": "e", "source": "bank", "checked_by": "t",
              "checked_at": house.later(), **more}  # fmt: skip
    with house.work() as session:
        session.execute(insert(destination_check).values(values))


@pytest.mark.parametrize(("amount", "people"), [(100_000_000, None), (100_000_001, (1, 1))])
def test_mobile_money_above_its_limit_blocks(
    house: House, amount: int, people: tuple[int, int] | None
) -> None:
    """An account at a bank has no limit of this kind."""
    house.register(OCTOBER, row(1), row(2))
    house.tamper(
        "insert into destination (person_id, version, method, bank_bin, account_key,"
        " account_tail, holder, source, recorded_at, kind) select person_id, 2, method, bank_bin,"
        " account_key, account_tail, holder, source, recorded_at, 'mobile' from destination"
        " where person_id = 1"
    )
    house.tamper("update person set destination_id = (select max(id) from destination)"
                 " where id = 1")  # fmt: skip
    house.list_month(OCTOBER)
    house.tamper(f"update payroll_line set amount = {amount} where person_id = 1")
    house.tamper(f"update payroll_line set amount = {2 * amount} where person_id = 2")
    with house.work() as session:
        raise_flags(session, OCTOBER, house.later())
    assert flags(house).get("mobile_limit") == people
