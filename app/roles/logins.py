"""A login of a person or a service, which has the rights of one role and no other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.errors import InputError, Refused
from app.roles.grants import NAME, Place, is_role, place_of, refuse_powerful, remembered


def make_login(connection: Connection, name: str, kind: str, password: str = "") -> str:
    """Make or renew the login `name` with the rights of a role of this province; gives the role.

    `kind` is 'app', 'auditor', 'backup' or 'hooks'. The login finds its schema by itself; an
    auditor's transactions only read. Without a password the server decides how it may log in.
    Raises InputError for a name, Refused before `ansinh db grant` or for a login with more rights.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"“{name}” không dùng làm tên được.", "Dùng chữ thường, số, gạch dưới.")
    place, roles = place_of(connection), remembered(connection)
    if not roles:
        raise Refused("Chưa có vai trò nào.", "Chạy `ansinh db grant` trước.")
    if not is_role(connection, name):
        connection.execute(text(f'create role "{name}" login'))
    refuse_powerful(connection, place, name, roles[kind])
    connection.execute(text(f'grant "{roles[kind]}" to "{name}"'))
    for setting in _settings(place, kind):
        connection.execute(
            text(f'alter role "{name}" in database {_database(connection)} {setting}')
        )
    if password:
        secret = _scrambled(connection, name, password)
        connection.exec_driver_sql(f"alter role \"{name}\" login password '{secret}'")
    return roles[kind]


def _settings(place: Place, kind: str) -> list[str]:
    if kind == "auditor":
        return [f'set search_path = "{place.audit}"', "set default_transaction_read_only = on"]
    return [f'set search_path = "{place.schema}"']


def _database(connection: Connection) -> str:
    name = str(connection.scalar(text("select current_database()")))
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _scrambled(connection: Connection, name: str, password: str) -> str:
    """The password as the server keeps it: so that no log of the server ever shows it."""
    driver: Any = connection.connection.driver_connection
    scrambled: bytes = driver.pgconn.encrypt_password(
        password.encode(), name.encode(), b"scram-sha-256"
    )
    return scrambled.decode()
