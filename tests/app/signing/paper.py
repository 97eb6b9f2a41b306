"""A payroll that was submitted, the paper made of it, and dice that tests can read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import text

from app.signing.making import Order, write_numbered
from app.signing.register import Issued
from tests.factories import COMMUNE, SEPTEMBER, House, row

MAKER = f"maker.{COMMUNE}"
PUBLIC = "https://host.example"


def two_submitted(house: House) -> None:
    """A payroll of two people that its maker submitted."""
    house.register(SEPTEMBER, row(1), row(2))
    house.submit(house.list_month(SEPTEMBER))


@dataclass
class Dice:
    """Gives bytes that differ each time; keeps what was last printed with them."""

    thrown: int = 0
    printed: bytes = b""

    def __call__(self, count: int) -> bytes:
        self.thrown += 1
        return hashlib.sha256(f"dice {self.thrown}".encode()).digest()[:count]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.printed).hexdigest()


def order(house: House, payroll_id: int, username: str = MAKER) -> Order:
    """An officer's order for a payroll's list, a minute later."""
    return Order(payroll_id, house.officer(username), PUBLIC, True, house.later())


def issue(house: House, payroll_id: int, dice: Dice, username: str = MAKER) -> Issued:
    """One printing; its bytes are left with the dice."""
    out = BytesIO()
    with house.work() as session:
        made = write_numbered(session, order(house, payroll_id, username), dice, out)
    dice.printed = out.getvalue()
    return made


def force(house: House, statement: str) -> None:
    """Change a payroll past its rules."""
    with house.owner.engine.begin() as connection:
        if not house.database.is_sqlite:
            connection.execute(text("set session_replication_role = replica"))
            connection.execute(text(statement))
            connection.execute(text("set session_replication_role = origin"))
            return
        rules = connection.execute(
            text("select name, sql from sqlite_master where type = 'trigger'"
                 " and tbl_name = 'payroll'")).all()  # fmt: skip
        for name, _ in rules:
            connection.execute(text(f"drop trigger {name}"))
        connection.execute(text(statement))
        for _, sql in rules:
            connection.exec_driver_sql(sql)
