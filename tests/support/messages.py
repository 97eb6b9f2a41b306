"""What tests of messages share: a plan, verified phones, and what stands in the outbox in clear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.access.scope import scope_of
from app.beneficiaries.changes import Actor, set_field
from app.config import Settings
from app.jobs.runtime import Runtime
from app.messaging.outbox import opened
from app.messaging.tables import message
from tests.factories import COMMUNE, House

HELP = "02063855111"
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
