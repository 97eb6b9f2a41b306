"""Every table is decided upon: written once, kept, passed through, or the owner's."""

from __future__ import annotations

import pytest

from app import rights, schema
from ledger import triggers
from ledger.schema import metadata

WRITTEN_ONCE = {*schema.APPEND_ONLY, *triggers.APPEND_ONLY}
# Lines of a draft may be taken away; submitted ones are kept by triggers of their own.
DRAFTED = {"payroll_line"}


@pytest.mark.house
def test_every_table_is_in_one_list() -> None:
    lists = [WRITTEN_ONCE, set(schema.KEPT), set(rights.PASSING), set(rights.OWNERS), DRAFTED]
    decided = sorted(name for one in lists for name in one if name != "alembic_version")
    assert decided == sorted(metadata.tables)


@pytest.mark.house
def test_only_rows_that_are_kept_move_on() -> None:
    assert set(rights.MOVES_ON) <= set(schema.KEPT)
    assert set(schema.FROZEN) | {name for name, _, _ in schema.MOVES} <= set(rights.MOVES_ON)


def test_what_the_application_may() -> None:
    assert rights.rights_on("posting") == ("select", "insert")
    assert rights.rights_on("payroll") == ("select", "insert", "update")
    assert rights.rights_on("import_row") == ("select", "insert", "delete")
    assert rights.rights_on("installation") == ("select",)
    assert [name for name in WRITTEN_ONCE if rights.rights_on(name) != ("select", "insert")] == []
