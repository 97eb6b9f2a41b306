"""PostgreSQL finds the few who are held, and who takes money under an own ID, as they are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.beneficiaries.near import people_near
from app.doubles.held import held_people
from tests.factories import House

ON_POSTGRESQL = [pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.mark.parametrize("house", ON_POSTGRESQL, indirect=True)
@pytest.mark.parametrize(
    ("asked", "index"),
    [(held_people(), "ix_doubt_person_held"), (people_near(1), "ix_payee_named")],
)
def test_an_index_of_them_alone_serves(house: House, asked: Any, index: str) -> None:
    sql = asked.compile(house.database.engine, compile_kwargs={"literal_binds": True})
    with house.database.view() as session:
        for way in ("seqscan", "bitmapscan"):  # of tables this small it reads all
            session.execute(text(f"set local enable_{way} = off"))
        plan = session.execute(text(f"explain {sql}")).all()
    assert index in str(plan)
