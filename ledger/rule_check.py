"""Whether the triggers of a database are those that our statements make, to the word.

A trigger may be gone or switched off, or stand there under its name and do something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection, text

Rules = dict[str, tuple[str, ...]]
"""Of each trigger, by its name, what it is made of."""

_TRIGGER = re.compile(
    r"create trigger (\w+) (before|after) ([a-z ]+) on (\w+)"
    r"(?: referencing(?: \w+ table as \w+)+)? for each (row|statement) execute function (\w+)\(\)"
)
_FUNCTION = re.compile(
    r"create or replace function (\w+)\(\) returns trigger language plpgsql"
    r"(?: security definer)?(?: set search_path = (.+?))? as \$\$(.*)\$\$",
    re.DOTALL,
)
_SQLITE = "select name, sql from sqlite_master where type = 'trigger'"
_POSTGRESQL = """
select t.tgname, case when t.tgtype & 2 > 0 then 'before' else 'after' end,
  concat_ws(' or ', case when t.tgtype & 4 > 0 then 'insert' end,
    case when t.tgtype & 16 > 0 then 'update' end, case when t.tgtype & 8 > 0 then 'delete' end,
    case when t.tgtype & 32 > 0 then 'truncate' end),
  c.relname, case when t.tgtype & 1 > 0 then 'row' else 'statement' end, p.proname,
  coalesce(array_to_string(p.proconfig, ';'), ''), p.prosrc
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
where not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgqual is null
  and c.relnamespace = current_schema()::regnamespace and p.pronamespace = c.relnamespace
"""


def told(connection: Connection, statements: Iterable[str]) -> Rules:
    """The rules that these statements make on the connection's kind of database."""
    given = list(statements)
    if connection.dialect.name == "sqlite":
        start = "create trigger "
        made = (one.removeprefix(start) for one in given if one.startswith(start))
        return {one.split()[0]: (one,) for one in made}
    functions = {m[1]: (_path(m[2] or ""), m[3]) for m in map(_FUNCTION.match, given) if m}
    return {m[1]: (*m.groups()[1:], *functions[m[6]]) for m in map(_TRIGGER.match, given) if m}


def standing(connection: Connection) -> Rules:
    """The rules that stand in the database and are in force."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text(_SQLITE))
        return {name: (sql.removeprefix("CREATE TRIGGER "),) for name, sql in rows}
    rows = connection.execute(text(_POSTGRESQL))
    return {row[0]: (*row[1:6], _path(row[6]), row[7]) for row in rows}


def _path(setting: str) -> str:
    """A search path as a function carries it, without the quotes that a server may leave out."""
    return setting.removeprefix("search_path=").replace('"', "")
