"""`ansinh db`: bring a database to this version; on PostgreSQL grant rights and make logins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection

from app.cli.options import answer, with_database, with_json
from app.config import load_settings
from app.db import Database
from app.migrations.upgrade import upgrade as upgrade_database
from app.roles.grants import KINDS
from app.roles.grants import grant as grant_rights
from app.roles.logins import make_login


@click.group()
def db() -> None:
    """Cơ sở dữ liệu."""


@db.command()
@with_database
@with_json
def upgrade(database_url: str | None, as_json: bool) -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu; chạy lại không sao."""
    with closing(_as_owner(database_url)) as database:
        version = upgrade_database(database.engine)
    answer(as_json, {"version": version}, f"Cơ sở dữ liệu ở phiên bản {version}.")


@db.command()
@with_database
@with_json
@click.option("--app", help="Vai trò của dịch vụ. Mặc định: theo tên schema, đuôi _app.")
@click.option("--auditor", help="Vai trò chỉ đọc của kiểm toán, đuôi _auditor.")
@click.option("--backup", help="Vai trò sao lưu, đuôi _backup.")
@click.option("--hooks", help="Vai trò nhận tin báo của ngân hàng, đuôi _hooks.")
def grant(database_url: str | None, as_json: bool, **asked: str | None) -> None:
    """Tạo bốn vai trò (PostgreSQL) và cấp lại đúng quyền của từng vai trò; chạy lại không sao."""
    with _transaction(database_url) as connection:
        named = {kind: name for kind, name in asked.items() if name}
        roles = grant_rights(connection, named)
    text = "\n".join(f"  {kind}: {roles[kind]}" for kind in KINDS)
    more = "Tạo tài khoản đăng nhập bằng `ansinh db login`."
    answer(as_json, roles, f"Đã cấp quyền cho bốn vai trò:\n{text}\n{more}")


@db.command()
@click.argument("name")
@with_database
@with_json
@click.option("--as", "kind", type=click.Choice(KINDS), required=True, help="Vai trò được nhận.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp chứa mật khẩu. Không có thì máy chủ quyết định cách đăng nhập.",
)
def login(
    name: str, database_url: str | None, as_json: bool, kind: str, password_file: Path | None
) -> None:
    """Tạo hoặc đổi tài khoản đăng nhập NAME của một vai trò (PostgreSQL); chạy lại không sao."""
    password = password_file.read_text("utf-8").strip() if password_file else ""
    with _transaction(database_url) as connection:
        role = make_login(connection, name, kind, password)
    answer(as_json, {"login": name, "role": role}, f"Tài khoản {name} có quyền của {role}.")


@contextmanager
def _transaction(database_url: str | None) -> Iterator[Connection]:
    with closing(_as_owner(database_url)) as database, database.engine.begin() as connection:
        yield connection


def _as_owner(database_url: str | None) -> Database:
    settings = load_settings(database_url=database_url)
    return Database(settings.database_url, settings.schema, owner=True)
