"""`ansinh trace`: everything behind one person's or one payment's money."""

from __future__ import annotations

import click

from app.cli.options import answer, open_house, with_database, with_json
from app.statements.trace import trace as trace_of
from app.statements.trace_text import trace_text


@click.command()
@click.argument("who", metavar="PERSON|PAYMENT")
@with_database
@with_json
def trace(who: str, database_url: str | None, as_json: bool) -> None:
    """Truy vết: quyết định, mức hưởng, dòng, người duyệt, tệp, chứng cứ, bút toán."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = trace_of(session, who)
    answer(as_json, found, trace_text(found))
