"""Every table is decided upon: written once, kept, passed through, or the owner's."""

from __future__ import annotations

import re

import pytest

from app import rights, schema
from app.roles.views import views
from app.schema.of_lines import UNDONE
from ledger import triggers
from ledger.schema import metadata

WRITTEN_ONCE = {*schema.APPEND_ONLY, *triggers.APPEND_ONLY}
# Lines of a draft may be taken away; submitted ones are kept by triggers of their own.
DRAFTED = {"payroll_line", *rights.DRAFTED}
# Persons and their keys; rows on their way; what the owner sets up; a file that came twice.
NOT_SHOWN = {
    *("person", "enrolment", "enrolment_change", "banned_account", "ban_lifting"),
    *rights.PASSING,
    *(name for name in rights.OWNERS if name != "alembic_version"),
    *("contract_route", "repeated_file"),
    *("household", "household_poverty", "disability", "payee", "citizen_change", "person_change"),
    *("field_source", "destination_order", "heading_mapping"),
    # What stands in a proof for a destination that was erased.
    "destination_mark",
    # Who stood in a request, and what was said of each.
    *("check_asked", "check_answer", "check_result"),
    # Who was asked to open an account; what became of it is a destination, and a repair by two.
    *("account_campaign", "account_target", "account_request", "account_request_line"),
    *("account_answer", "account_answer_line", "account_follow_up"),
    # Digests of recovery codes show nothing; the trail tells who made and used some.
    *("recovery_code", "recovery_use"),
    # Hashes of passwords show nothing; work asked for on a page leaves its own trace elsewhere.
    *("officer_password", "web_task", "long_answer"),
    # How far events were read, what was spent on a day, what gateways called, who wishes none.
    *("message_mark", "message_count", "message_wish"),
    # Where officers were at the workbench a while ago.
    "bench_place",
    # From when on a job's slots count, and which scheduler was seen when: for the operator.
    *("job_since", "scheduler_seen"),
    # A proposal names a group, which may tell of a person's health; lists show what came of it.
    *("life_event", "life_event_decision", "transfer", "dependant", "study", "area_change"),
}


@pytest.mark.house
def test_every_table_is_in_one_list() -> None:
    lists = [WRITTEN_ONCE, set(schema.KEPT), set(rights.PASSING), set(rights.OWNERS), DRAFTED]
    decided = sorted(name for one in lists for name in one if name != "alembic_version")
    assert decided == sorted(metadata.tables)


@pytest.mark.house
def test_an_auditor_is_shown_every_table_or_there_is_a_reason() -> None:
    shown = {name for view in views() for name in re.findall(r"{t}\.(\w+)", view.query)}
    assert shown.isdisjoint(NOT_SHOWN)
    assert sorted(shown | NOT_SHOWN) == sorted(metadata.tables)


@pytest.mark.house
def test_only_rows_that_are_kept_move_on() -> None:
    assert set(rights.MOVES_ON) <= set(schema.KEPT)
    # What two officers took back is marked by a rule of the database, never by the application.
    assert set(rights.MOVES_ON).isdisjoint(UNDONE)
    moving = set(schema.FROZEN) - set(UNDONE)
    assert moving | {name for name, _, _ in schema.MOVES} <= set(rights.MOVES_ON)


def test_what_the_application_may() -> None:
    assert rights.rights_on("posting") == ("select", "insert")
    assert rights.rights_on("payroll") == ("select", "insert", "update")
    assert rights.rights_on("import_row") == ("select", "insert", "delete")
    assert rights.rights_on("installation") == ("select",)
    assert [name for name in WRITTEN_ONCE if rights.rights_on(name) != ("select", "insert")] == []
