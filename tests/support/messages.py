"""What tests of messages share: a plan, verified phones, and what stands in the outbox in clear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.access.scope import scope_of
from app.beneficiaries.changes import Actor, set_field
from app.config import Settings
from app.jobs.queueing import queue_messages
from app.jobs.runtime import Runtime
from app.messaging.outbox import opened
from app.messaging.tables import message
from bank_adapters.contract import LineKind, ReportKind
from tests.factories import (
    BANK,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
)
from tests.support.province import COMMUNE

HELP = "02000000111"  # no place has the prefix 0200: it is nobody's number
TERMS = f"""
help = "{HELP}"
[[terms]]
from = 2026-01-01
quiet_from = 21:00:00
quiet_until = 07:00:00
part_price = 350
day_budget = 1_000_000
prefix_limit = 100
code_limit = 50
"""


def phone(number: int) -> str:
    """The phone of person `number`."""
    return f"0912345{number:03}"


def set_phone(house: House, number: int, value: str) -> None:
    """An officer writes down a number that the person gave him."""
    with house.work() as session:
        now = house.later()
        actor = Actor(scope_of(session, f"maker.{COMMUNE}", now), now, "gặp tại nhà")
        set_field(session, house.keyring, actor, number, "phone", value)


def with_plan(house: House, gateways: str = "", **settings: Any) -> Runtime:
    """The runtime of an installation that sends messages."""
    path = house.home / "messages.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TERMS + gateways, "utf-8")
    return replace(house.runtime, settings=Settings(messages=path, training=True, **settings))


def told(house: House) -> list[tuple[str, str, str, str]]:
    """(kind, phone, text, state) of every message, in the order in which they were queued."""
    with house.database.view() as session:
        rows = session.execute(select(message).order_by(message.c.id)).all()
    return [(row.kind, *opened(house.keyring, row), row.state) for row in rows]


PEOPLE = range(1, 9)
IN_CASH = 8


def sent(house: House) -> None:
    """Eight people's September has left: seven by bank, one in cash; most of them have phones."""
    # Number 7 stands in the list only: nobody vouches for it; 6 has none.
    by_bank = (row(one, phone=phone(one) if one == 7 else "") for one in PEOPLE if one < IN_CASH)
    house.register(SEPTEMBER, *by_bank, in_cash(IN_CASH))
    for one in (1, 2, 3, 4, 5, 8):
        set_phone(house, one, phone(one))
    house.on("2026-09-10")
    queue_messages(with_plan(house))
    house.paid_out(SEPTEMBER)


def answered(house: House) -> None:
    """The bank has booked seven payments and sent one back; the post office lists the cash."""
    account = house.account(BANK)
    refs = [house.reference(one, SEPTEMBER) for one in PEOPLE]
    debits = [booked(one, -500_000, "2026-09-10") for one in refs[:7]]
    back = booked(refs[1], 500_000, "2026-09-10", reason="AC04")
    stated = report(
        ReportKind.STATEMENT, account, *debits, back, opening=3_500_000, closing=500_000
    )
    house.receives(BANK, stated)
    cash = listed(LineKind.PAID_CASH, refs[7], 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))
