"""The page of the auditors' views, made from what the database itself says of them.

`python -m app.roles.page URL`, with the URL of a database on which rights were granted, writes
`docs/auditor-views.md` anew; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, Row, create_engine, text

from app.roles.views import SEPARATOR

PAGE = Path(__file__).resolve().parents[2] / "docs" / "auditor-views.md"

HEAD = """# What an auditor sees

Made from the comments in the database (`app/roles/page.py`). On PostgreSQL `ansinh db grant` makes
these views in a schema of their own, named after the province's schema with `_audit` behind it, and
gives the role of auditors this schema and nothing else: no table, no key, no function that writes.
`ansinh db login NAME --as auditor` makes a login whose transactions only read and which finds the
views without a schema name.

People stand here as numbers. Their names, identity numbers and phones have no column; of a person's
account the last four digits are left, and in free text every number of six digits or more is
masked. Amounts are whole đồng. A balance is credits minus debits.
"""

_COMMENTS = text(
    """
    select c.relname as view, obj_description(c.oid, 'pg_class') as says, a.attname as name,
      format_type(a.atttypid, null) as type, col_description(c.oid, a.attnum) as meaning
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'v' and n.nspname = current_schema() || '_audit'
    order by c.relname, a.attnum
    """
)


def page(connection: Connection) -> str:
    """The whole page, from the views of the connection's province."""
    rows = connection.execute(_COMMENTS).all()
    parts = [_view(name, list(columns)) for name, columns in groupby(rows, lambda row: row.view)]
    return "\n".join([HEAD, *parts])


def _view(name: str, columns: list[Row[tuple[str, ...]]]) -> str:
    vi, en = columns[0].says.split(f" {SEPARATOR} ")
    return "\n".join([f"## `{name}`", en, vi, "", *_table(columns), ""])


def _table(columns: Iterable[Row[tuple[str, ...]]]) -> Iterable[str]:
    yield "| column | type | nghĩa |"
    yield "|---|---|---|"
    for one in columns:
        yield f"| `{one.name}` | {one.type} | {one.meaning} |"


if __name__ == "__main__":
    with create_engine(sys.argv[1]).connect() as opened:
        PAGE.write_text(page(opened), "utf-8")
