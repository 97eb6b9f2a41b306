"""Pages of finance find their rows by keys and indexes: no large table is read to its end.

The plans are those of SQLite, which tells them; PostgreSQL has the same indexes.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.web.site import EXTENSION
from tests.app.web.serving import of_house, signed_in
from tests.app.web.test_returned import one_returned
from tests.factories import House

pytestmark = pytest.mark.stage(of=one_returned)
application = of_house
PAGES = ("/year-end", "/closing-month", "/closing-days", "/batches/sending", "/returned", "/unpaid",
         "/events", "/accounts/returned", "/health", "/healthz")  # fmt: skip
LARGE = {"posting", "obligation", "instruction", "outcome", "payroll_line", "bank_line", "person",
         "destination", "enrolment"}  # fmt: skip
_READ_THROUGH = re.compile(r"^SCAN (\w+)$")


def test_no_page_of_finance_reads_a_large_table_through(house: House, application: Flask) -> None:
    asked: dict[str, Any] = {}
    database = application.extensions[EXTENSION].database

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked[statement] = values

    event.listen(database.engine, "before_cursor_execute", note)
    finance = signed_in(application, "finance.one")
    for page in PAGES:
        assert finance.get(page).status_code == 200, page
    read = [one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert not any(" FROM instruction" in one and "count(*)" in one and " WHERE" not in one
                   for one in read)  # fmt: skip
    if not database.is_sqlite:
        return
    with database.engine.connect() as connection:
        for one in read:
            plan = connection.exec_driver_sql(f"explain query plan {one}", asked[one])
            steps = [_READ_THROUGH.match(str(row[3])) for row in plan]
            through = {step[1] for step in steps if step} & LARGE
            assert not through, (through, one)
