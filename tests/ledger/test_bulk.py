"""How PostgreSQL plans inside the blocks of bulk work, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from ledger.bulk import TOGETHER, insert_rows, joined_as_written, looked_up
from ledger.schema import Day

SETTINGS = ("enable_seqscan", "join_collapse_limit", "plan_cache_mode")
_PLANS = text("select generic_plans, custom_plans from pg_prepared_statements")


@contextmanager
def _session(url: str) -> Iterator[Session]:
    engine = create_engine(url)
    with Session(engine) as session:
        yield session
    engine.dispose()


def _told(session: Session) -> tuple[str, ...]:
    return tuple(session.execute(select(*map(func.current_setting, SETTINGS))).one())


@pytest.mark.postgres
def test_a_block_ends_as_it_began(postgres_url: str) -> None:
    """Also one inside another, whose settings count again then."""
    with _session(postgres_url) as session:
        before = _told(session)
        with joined_as_written(session):
            outer = _told(session)
            with looked_up(session):
                assert _told(session) == ("off", "1", "force_custom_plan")
            assert _told(session) == outer == ("on", "1", "force_custom_plan")
        assert _told(session) == before == ("on", "8", "auto")


@pytest.mark.postgres
def test_every_run_is_planned_for_its_own_values(postgres_url: str) -> None:
    """From the eleventh file on PostgreSQL would plan once for all of them."""
    asked = select(text("relname")).select_from(text("pg_class")).where(
        text("oid::int8 = cast(:of as int8)").bindparams(bindparam("of"))
    )  # fmt: skip
    with _session(postgres_url) as session:
        with looked_up(session):
            for number in range(20):
                session.execute(asked, {"of": number})
        generic, custom = max(session.execute(_PLANS).all(), key=sum)
    assert (generic, custom > 10) == (0, True)


def test_sqlite_is_given_many_rows_at_once(sqlite_url: str) -> None:
    """Two full lots and the rest, in their order."""
    engine = create_engine(sqlite_url)
    wanted = [(number, date(2026, 10, 1)) for number in range(2 * TOGETHER + 7)]
    asked: list[tuple[bool, int]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(*told: Any) -> None:
        if told[2].startswith("insert"):
            asked.append((told[5], len(told[3])))

    with Session(engine) as session:
        _TABLE.create(session.connection())
        assert insert_rows(session, _TABLE, ("id", "day"), iter(wanted)) == len(wanted)
        assert [tuple(row) for row in session.execute(select(_TABLE).order_by("id"))] == wanted
    engine.dispose()
    assert asked == [(False, 2 * TOGETHER), (False, 2 * TOGETHER), (True, 7)]


_TABLE = Table("given", MetaData(), Column("id", Integer, primary_key=True), Column("day", Day))
