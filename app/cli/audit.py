"""`ansinh audit`: the trail of acts, and the proof that nobody touched it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.access.together import AND, stands_as
from app.audit.chain import prove_trail
from app.audit.reading import SHOWN_MAX, Asked, lines
from app.audit.words import words_of
from app.cli.options import DAY, answer, open_house, with_database, with_json
from app.clock import TIME_ZONE


@click.group()
def audit() -> None:
    """Nhật ký thao tác: ai đã xem, sửa, duyệt việc gì; trước và sau."""


@audit.command()
@click.option("--object", "thing", default="", help="Chỉ việc này, ví dụ payroll:12, person:7.")
@click.option("--officer", "username", default="", help="Chỉ cán bộ này (tên đăng nhập).")
@click.option("--action", default="", help="Chỉ loại việc này, ví dụ payroll: hoặc cli:person:.")
@click.option("--from", "since", type=DAY, help="Từ ngày, ví dụ 2026-10-01.")
@click.option("--to", "until", type=DAY, help="Đến hết ngày.")
@click.option("--limit", type=click.IntRange(1, SHOWN_MAX), default=100, show_default=True)
@with_database
@with_json
def trail(
    thing: str,
    username: str,
    action: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Các dòng nhật ký, mới nhất trước."""
    house = open_house(database_url)
    first = since and since.replace(tzinfo=TIME_ZONE)
    last = until and until.replace(tzinfo=TIME_ZONE) + timedelta(days=1)
    with house.database.view() as session:
        names = _names(session)
        mine = [int(one) for one, name in names.items() if name == username]
        actors = stands_as(session, mine[0], username) if mine else [username] * bool(username)
        rows = lines(session, Asked((), action, actors, thing, first, last), limit)
    told = [_told(row, names) for row in rows]
    answer(as_json, {"trail": told}, "\n".join(map(_line, told)) or "Chưa có dòng nào.")


@audit.command()
@with_database
@with_json
def verify(database_url: str | None, as_json: bool) -> None:
    """Chứng minh nhật ký chưa bị sửa, xoá, chèn hay đổi thứ tự."""
    house = open_house(database_url)
    with house.database.snapshot() as session:
        proof = prove_trail(session, house.anchors.read())
    figures = proof.figures
    said = f"{figures['links']} dòng đã nối chuỗi, {figures['waiting']} dòng chờ nối. "
    broken = f"HỎNG ở {figures['first']}. Giữ nguyên cơ sở dữ liệu, báo kiểm toán."
    answer(as_json, {"ok": proof.ok, **figures}, said + ("Đúng." if proof.ok else broken))
    sys.exit(0 if proof.ok else 1)


def _names(session: Session) -> dict[str, str]:
    """Usernames by the number under which some acts name their officer."""
    return {str(row.id): row.username for row in session.execute(select(officer))}


def _told(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    who = ", ".join(names.get(one, one) for one in row.actor.replace(AND, ",").split(","))
    facts = {side: json.loads(text) if (text := getattr(row, side)) else {}
             for side in ("before", "after")}  # fmt: skip
    act = {"at": row.at, "officer": who, "action": row.action, "words": words_of(row.action)}
    return {**act, "object": row.object, "detail": row.detail, **facts, "position": row.position}


def _line(one: Mapping[str, Any]) -> str:
    at = one["at"].astimezone(TIME_ZONE)
    changed = "; ".join(
        f"{name}: {one['before'].get(name, '')} → {one['after'].get(name, '')}"
        for name in sorted(one["before"].keys() | one["after"].keys())
    )
    parts = (f"{at:%d/%m/%Y %H:%M}", one["officer"], one["words"], one["object"], one["detail"])
    return "  ".join(part for part in (*parts, changed) if part)
