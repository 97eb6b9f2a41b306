"""Forgetting one person: what an `erasure` row does, and the only change written rows may take.

To insert the row is to erase: a trigger, which is the owner's, makes every value that could tell
who it was unreadable, at once and in every table. The application gets no right to change what
is written once; those tables let through exactly this change, of that person's rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GONE = "erased"


@dataclass(frozen=True, slots=True)
class Wiped:
    """What becomes of one table: SQL for the new value of each column, by column.

    `whose` tells that a row is that of a person; {row} stands for the row, {person} for the
    person's number, {schema} for the prefix of a table's name.
    """

    whose: str
    values: Mapping[str, str]


_OF_PERSON = "{row}person_id = {person}"
_NAME = "Đã xoá dữ liệu"
_KEY = f"'{GONE}:' || {{row}}id"
_LINE = f"'{GONE}:' || {{row}}line"

WIPED: Mapping[str, Wiped] = {
    "person": Wiped(
        "{row}id = {person}",
        {
            "citizen_key": _KEY, "citizen_cipher": "{empty}", "citizen_tail": "''",
            "name": f"'{_NAME}'", "sort_key": "''", "search_key": "''", "given_key": "''",
            "birth": "''", "sex": "''", "ethnicity": "''", "hamlet": "''", "phone_cipher": "null",
            "phone_key": "''", "phone_tail": "''", "phone_owner": "''", "household_id": "null",
            "vneid_level": "''",
            "is_head": "0", "still_cash": "''", "died_on": "null", "bound_key": _KEY,
            "erased_at": "(select erased_at from {schema}erasure where person_id = {row}id)",
        },
    ),
    "destination": Wiped(
        _OF_PERSON,
        {
            "account_key": f"case when {{row}}method = 'account' then {_KEY} else '' end",
            "account_cipher": "null", "account_tail": "''", "holder": "''",
        },
    ),
    "destination_check": Wiped(
        "{row}destination_id in"
        " (select d.id from {schema}destination d where d.person_id = {person})",
        {"evidence": "''"},
    ),
    "payee": Wiped(
        _OF_PERSON,
        {
            "name": "''", "citizen_key": "''", "citizen_cipher": "null", "citizen_tail": "''",
            "relation": "''", "document": f"'{GONE}'", "source": "''",
        },
    ),
    "citizen_change": Wiped(
        _OF_PERSON,
        {
            "old_key": _KEY, "old_cipher": "{empty}", "old_tail": "''", "new_key": f"'{GONE}'",
            "new_tail": "''", "document": "''",
        },
    ),
    "person_change": Wiped(_OF_PERSON, {"old": "''", "new": f"'{GONE}'"}),
    "field_source": Wiped(_OF_PERSON, {"reference": "''"}),
    "disability": Wiped(_OF_PERSON, {"kind": "''", "certificate": _KEY}),
    "enrolment": Wiped(_OF_PERSON, {"decision_number": "''"}),
    "repair": Wiped(_OF_PERSON, {"evidence": "''"}),
    "dependant": Wiped(
        _OF_PERSON, {"name": "''", "birth": "''", "relation": "''", "disability": "''"}
    ),
    "study": Wiped(_OF_PERSON, {"paper": f"'{GONE}'"}),
    "life_event": Wiped(_OF_PERSON, {"facts": "''"}),
    "account_request_line": Wiped(_OF_PERSON, {"owner_name": "''", "owner_key": _LINE}),
    "account_answer_line": Wiped(
        "exists (select 1 from {schema}account_request_line q where q.line = {row}line"
        " and q.request_id = {row}request_id and q.person_id = {person})",
        {"reason": "''"},
    ),
    # What registers of others were asked and answered.
    "check_asked": Wiped(_OF_PERSON, {"subject_key": "''"}),
    "check_result": Wiped(
        _OF_PERSON,
        {"details": "''", "told_cipher": "null", "happened_on": "null", "amount": "null"},
    ),
    "death_notice": Wiped(_OF_PERSON, {"died_on": "null"}),
    "death_verdict": Wiped(
        "{row}notice_id in (select n.id from {schema}death_notice n where n.person_id = {person})",
        {"evidence": f"'{GONE}'"},
    ),
    # What was written to the person, and where; that it was written stays.
    "inbound_message": Wiped(
        "{row}id in (select a.inbound_id from {schema}answered_question a"
        " where a.person_id = {person})",
        {"body_cipher": "{empty}"},
    ),
    "message": Wiped(
        f"({_OF_PERSON} or ({{row}}kind = 'answer' and {{row}}event_id in (select a.inbound_id"
        " from {schema}answered_question a where a.person_id = {person})))",
        {"phone_key": "''", "phone_cipher": "{empty}", "prefix": "''", "text_cipher": "{empty}"},
    ),
    # Of the sessions of his own page stays that they were.
    "own_session": Wiped(_OF_PERSON, {"phone_key": "''"}),
    # What the person said and was answered, and what was known of the payments then.
    "complaint": Wiped(_OF_PERSON, {"evidence_cipher": "{empty}"}),
    "complaint_step": Wiped(
        "{row}complaint_id in"
        " (select c.id from {schema}complaint c where c.person_id = {person})",
        {"words_cipher": "{empty}"},
    ),
    # What a bank said of the person's payments; the line is found by its reference as before.
    "bank_line": Wiped(
        "{row}reference in (select i.reference from {schema}payroll_line l"
        " join {schema}instruction i on i.obligation_id = l.obligation_id"
        " where l.person_id = {person})",
        {"counterparty": "''", "remittance": "{row}reference"},
    ),
}  # fmt: skip


def exactly_erased(table: str, columns: Iterable[str], dialect: str, schema: str = "") -> str:
    """SQL that holds when `old` becomes `new` by being erased, and in no other way."""
    wiped = WIPED[table]
    differs = "is not" if dialect == "sqlite" else "is distinct from"
    same = "is" if dialect == "sqlite" else "is not distinct from"
    kept = [f"new.{one} {same} old.{one}" for one in columns if one not in wiped.values]
    told = {one: _said(value, "old.", dialect, schema) for one, value in wiped.values.items()}
    become = [f"new.{one} {same} {value}" for one, value in told.items()]
    changes = " or ".join(f"old.{one} {differs} {value}" for one, value in told.items())
    whose = _said(wiped.whose, "old.", dialect, schema, "e.person_id")
    known = f"exists (select 1 from {schema}erasure e where {whose})"
    return " and ".join([known, *kept, *become, f"({changes})"])


def erase_statements(dialect: str, schema: str = "") -> list[str]:
    """What happens when an erasure is written: one UPDATE a table."""
    return [
        f"update {schema}{table} set "
        + ", ".join(
            f"{one} = {_said(value, f'{table}.', dialect, schema)}"
            for one, value in wiped.values.items()
        )
        + f" where {_said(wiped.whose, f'{table}.', dialect, schema, 'new.person_id')}"
        + (f" and not ({_done(table, dialect, schema)})" if table != "person" else "")
        for table, wiped in WIPED.items()
    ]


def _done(table: str, dialect: str, schema: str) -> str:
    """A row is as erased already, e.g. a destination in cash: it is not touched again."""
    same = "is" if dialect == "sqlite" else "is not distinct from"
    values = WIPED[table].values.items()
    return " and ".join(
        f"{table}.{one} {same} {_said(value, f'{table}.', dialect, schema)}"
        for one, value in values
    )


def _said(sql: str, row: str, dialect: str, schema: str, person: str = "") -> str:
    empty = "x''" if dialect == "sqlite" else "''::bytea"
    return sql.format(row=row, person=person, schema=schema, empty=empty)
