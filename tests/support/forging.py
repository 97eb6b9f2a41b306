"""Rows as somebody with the owner's rights would write them, past every room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, text

from app import schema
from app.access.tables import act
from tests.factories import House


def forged_act(house: House, username: str, step: str, at: datetime | None = None) -> int:
    """An act that the officer never confirmed, sealed with nothing; gives its id."""
    with house.owner.engine.begin() as connection:
        oldest = connection.scalar(select(func.min(act.c.timecode))) or 0
        row = {"step": step, "officer_id": house.officer(username), "timecode": oldest - 1}
        told = {"digest": "d", "things": 1, "total": 0, "seal": "s"}
        when = at or house.clock.now()
        made = insert(act).values(**row, **told, acted_at=when).returning(act.c.id)
        return int(connection.execute(made).scalar_one())


def forged_approval(house: House, payroll: int, ordinal: int, step: str, username: str) -> str:
    """SQL of an approval of the lines, maker and round as they stand, on a forged act."""
    act_id = forged_act(house, username, step)
    return (
        "insert into approval (payroll_id, round, ordinal, step, maker_id, digest, officer_id,"
        f" act_id) select o.payroll_id, o.round, {ordinal}, '{step}', o.maker_id, o.digest,"
        f" {house.officer(username)}, {act_id} from payroll_round o where o.payroll_id = {payroll}"
        f" and o.round = (select max(round) from payroll_round where payroll_id = {payroll})"
    )


def forged_release(
    house: House, batch: int, username: str, turn: int = 1, at: datetime | None = None
) -> str:
    """SQL of one officer's release of a batch, on a forged act."""
    act_id = forged_act(house, username, "release", at)
    return (
        "insert into batch_release (batch_id, officer_id, act_id, round) values"
        f" ({batch}, {house.officer(username)}, {act_id}, {turn})"
    )


def without_rules(house: House, statement: str) -> None:
    """As somebody would write who may drop rules; they stand again afterwards."""
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.execute(text(statement))
        schema.install_rules(connection)
