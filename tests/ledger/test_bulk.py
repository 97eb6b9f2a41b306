"""How PostgreSQL plans inside the blocks of bulk work, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import bindparam, create_engine, func, select, text
from sqlalchemy.orm import Session

from ledger.bulk import joined_as_written, looked_up

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
