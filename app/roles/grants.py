"""The roles of a province in PostgreSQL, each with exactly its rights; harmless to repeat.

The owner makes tables and rules and is used for upgrades only. Four roles without a login of
their own stand beside him: the application and the receiver of providers' calls
(`app/rights.py`), auditors (`views.py`, nothing else), and the backup, which reads every table.
Their names are kept as the comment of the views' schema, so that an upgrade can renew what it
changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from app.errors import InputError, Refused
from app.rights import HOOKS_ADD, hook_rights_on, rights_on
from app.roles.views import column_statements, view_statements
from ledger import powers

KINDS = ("app", "auditor", "backup", "hooks")
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_AUDIT = "_audit"
CALLS_SEQUENCES = tuple(f"{table}_id_seq" for table in HOOKS_ADD)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a province lives: its schema, that of its auditors' views, and who owns both."""

    schema: str
    owner: str

    @property
    def audit(self) -> str:
        """The schema of the auditors' views."""
        return self.schema + _AUDIT


def grant(connection: Connection, asked: Mapping[str, str]) -> dict[str, str]:
    """Make the roles that are missing and give each its rights anew; gives their names by kind.

    `asked` names roles by kind; the others keep their name, or are named after the schema.
    Raises InputError for a name that cannot be used, Refused where the login or a role is unfit.
    """
    place = place_of(connection)
    former = remembered(connection)
    roles = _named(connection, place, {**former, **asked})
    for role in roles.values():
        _make(connection, place, role)
    if not _exists(connection, "pg_namespace", "nspname", place.audit):
        connection.execute(text(f'create schema "{place.audit}" authorization "{place.owner}"'))
    connection.execute(text(f'set local role "{place.owner}"'))
    withdraw_views(connection)
    for role in {*roles.values(), *former.values()}:
        if is_role(connection, role):
            _run(connection, _taken_back(place, f'"{role}"'))
    _run(connection, view_statements(place.schema, place.audit))
    _run(connection, column_statements(place.audit, view_columns(connection, place.audit)))
    _run(connection, _granted(connection, place, roles))
    connection.execute(text("reset role"))
    return roles


def renew(connection: Connection) -> bool:
    """Give the roles of this province their rights again, after an upgrade; False without roles."""
    known = remembered(connection)
    if not known or not all(is_role(connection, role) for role in known.values()):
        return False
    grant(connection, {})
    return True


def withdraw_views(connection: Connection) -> None:
    """Drop the auditors' views: they would stand in the way of a table that changes."""
    schema = connection.scalar(text("select current_schema()"))
    views = connection.scalars(
        text("select viewname from pg_views where schemaname = :schema"),
        {"schema": f"{schema}{_AUDIT}"},
    )
    for name in views.all():
        connection.execute(text(f'drop view if exists "{schema}{_AUDIT}"."{name}" cascade'))


def view_columns(connection: Connection, audit: str) -> list[tuple[str, str]]:
    """Every (view, column) in a schema of auditors' views, in their order."""
    query = text(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = :audit order by table_name, ordinal_position"
    )
    return [
        (row.table_name, row.column_name) for row in connection.execute(query, {"audit": audit})
    ]


def place_of(connection: Connection) -> Place:
    """The province of a connection. Raises Refused unless its login may act as the owner."""
    if connection.dialect.name != "postgresql":
        raise Refused(
            "Tệp SQLite không có vai trò: dịch vụ tự chặn kết nối của mình.",
            "Lệnh này chỉ dùng với PostgreSQL.",
        )
    rows = connection.execute(
        text(
            "select distinct current_schema() as schema, r.rolname as owner,"
            " pg_has_role(current_user, r.oid, 'member') as mine"
            " from pg_class c join pg_roles r on r.oid = c.relowner where c.relkind = 'r'"
            " and c.relnamespace = to_regnamespace(current_schema())"
        )
    ).all()
    if len(rows) != 1 or not rows[0].mine:
        owners = ", ".join(row.owner for row in rows) or "chưa có bảng nào"
        raise Refused(
            f"Chỉ chủ của mọi bảng mới cấp được quyền (chủ: {owners}).",
            "Chạy `ansinh db upgrade` rồi lệnh này bằng tài khoản chủ.",
        )
    return Place(rows[0].schema, rows[0].owner)


def remembered(connection: Connection) -> dict[str, str]:
    """The names of this province's roles by kind; empty before they were first granted."""
    said = connection.scalar(
        text("select obj_description(to_regnamespace(current_schema() || :audit), 'pg_namespace')"),
        {"audit": _AUDIT},
    )
    return dict(json.loads(said)) if said else {}


def is_role(connection: Connection, name: str) -> bool:
    """Whether the server has a role of this name."""
    return _exists(connection, "pg_roles", "rolname", name)


def refuse_powerful(connection: Connection, place: Place, role: str, group: str = "") -> None:
    """Raise Refused where a role has more than this province gives it: it could lift the rules."""
    row = connection.execute(
        text(
            "select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication"
            " or r.rolbypassrls as powerful, array(select g.rolname from pg_auth_members m"
            " join pg_roles g on g.oid = m.roleid where m.member = r.oid and g.rolname <> :group)"
            " as groups from pg_roles r where r.rolname = :role"
        ),
        {"role": role, "group": group},
    ).one()
    if row.powerful or row.groups or role == place.owner:
        more = ", ".join(row.groups) or "quyền quản trị"
        raise Refused(
            f"Vai trò {role} có thêm quyền khác ({more}).",
            "Chọn tên khác, hoặc thu các quyền ấy lại rồi chạy lại.",
        )


def _named(connection: Connection, place: Place, asked: Mapping[str, str]) -> dict[str, str]:
    base = place.schema
    if base == "public":
        base = str(connection.scalar(text("select current_database()")))
    derived = {kind: f"{base}_{kind}" for kind in KINDS}
    roles = {**derived, **asked}
    for name in (*roles.values(), place.audit):
        if not NAME.fullmatch(name):
            raise InputError(
                f"“{name}” không dùng làm tên được.",
                "Đặt tên bằng --app, --auditor, --backup, --hooks: chữ thường, số, gạch dưới,"
                " nhiều nhất 63 ký tự.",
            )
    if len({*roles.values(), place.owner}) <= len(KINDS):
        raise InputError("Bốn vai trò và chủ phải khác nhau.", "Đặt cho mỗi vai trò một tên.")
    return roles


def _make(connection: Connection, place: Place, role: str) -> None:
    if is_role(connection, role):
        refuse_powerful(connection, place, role)
    else:
        connection.execute(text(f'create role "{role}" nologin'))


def _exists(connection: Connection, catalogue: str, column: str, name: str) -> bool:
    found = text(f"select count(*) from {catalogue} where {column} = :name")
    return bool(connection.scalar(found, {"name": name}))


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _taken_back(place: Place, role: str) -> Iterable[str]:
    """Whatever was granted to a role before, here or by hand."""
    yield f'revoke all on schema "{place.schema}", "{place.audit}" from {role}'
    for what in ("tables", "sequences", "functions"):
        yield f'revoke all on all {what} in schema "{place.schema}" from {role}'


def _granted(connection: Connection, place: Place, roles: Mapping[str, str]) -> Iterable[str]:
    schema, audit = f'"{place.schema}"', f'"{place.audit}"'
    app, auditor, backup, hooks = (f'"{roles[kind]}"' for kind in KINDS)
    yield f"revoke create on schema {schema} from public"
    yield f"revoke all on all tables in schema {schema} from public"
    yield f"grant usage on schema {schema} to {app}, {backup}, {hooks}"
    for table in connection.scalars(_TABLES).all():
        yield f'grant {", ".join(rights_on(table))} on {schema}."{table}" to {app}'
        if few := hook_rights_on(table):
            yield f'grant {", ".join(few)} on {schema}."{table}" to {hooks}'
    yield f"grant usage on all sequences in schema {schema} to {app}"
    for sequence in CALLS_SEQUENCES:
        yield f"grant usage on sequence {schema}.{sequence} to {hooks}"
    for function in powers.SIGNATURES:
        yield f"grant execute on function {schema}.{function} to {app}"
    yield f"grant select on all tables in schema {schema} to {backup}"
    yield f"grant select on all sequences in schema {schema} to {backup}"
    yield f"grant usage on schema {audit} to {auditor}, {backup}"
    yield f"grant select on all tables in schema {audit} to {auditor}, {backup}"
    yield f"comment on schema {audit} is '{json.dumps(dict(roles))}'"


_TABLES = text("select tablename from pg_tables where schemaname = current_schema() order by 1")
