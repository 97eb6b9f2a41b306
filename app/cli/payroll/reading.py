"""`ansinh payroll list|show|bridge|flags`: what a month's lists say; flags are looked at anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.beneficiaries.masks import masked_citizen
from app.benefits.groups import public_name
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.payroll.told import KINDS as KIND_WORDS
from app.cli.payroll.told import folded
from app.cli.tables import fitted
from app.errors import InputError, NotFound
from app.months import in_words, require_month
from app.payroll.bridge import figures, unexplained
from app.payroll.bridge_people import Mover, people_of
from app.payroll.digest import short_code
from app.payroll.flag_kinds import KINDS
from app.payroll.flag_people import Flagged, flagged
from app.payroll.flag_scope import Scope
from app.payroll.flags import look_again
from app.payroll.flags_decided import decisions
from app.payroll.states import WORDS as STATES
from app.payroll.tables import bridge, flag, payroll
from ledger.money import format_number, format_vnd

_SHOWN = 200
CAUSE_WORDS = {
    "previous": "Tháng trước",
    "joined": "Thêm mới",
    "switched_in": "Từ bảng khác của đơn vị sang",
    "difference": "Truy lĩnh trả riêng",
    "left_death": "Thôi hưởng: đã mất",
    "left_move": "Thôi hưởng: chuyển đi",
    "left_decided": "Thôi hoặc tạm dừng theo quyết định",
    "left_missing": "Vắng không rõ lý do",
    "left_waiting": "Còn hưởng, chưa vào bảng",
    "left_arrears": "Tháng trước chỉ có truy lĩnh",
    "switched_out": "Sang bảng khác của đơn vị",
    "ahead": "Đã trả trước cùng kỳ trước",
    "ended": "Thôi hưởng, còn truy lĩnh",
    "after_ahead": "Hưởng lại sau kỳ đã trả trước",
    "rate": "Đổi mức hưởng",
    "arrears": "Truy lĩnh",
    "carried_before": "Chưa lĩnh, tháng trước đã chuyển sang",
    "carried": "Chưa lĩnh từ trước, chuyển sang",
}
_OPEN = ("draft", "submitted", "checked")
_OWNERS = {"maker": "người lập", "checker": "người kiểm tra", "province": "tỉnh"}


@click.command(name="list")
@click.option("--period", required=True, help="Kỳ chi trả, ví dụ 2026-10.")
@click.option("--unit", default="", help="Chỉ một đơn vị chi.")
@with_database
@with_json
def list_command(period: str, unit: str, database_url: str | None, as_json: bool) -> None:
    """Các bảng của một kỳ: loại, đơn vị, trạng thái, số dòng, số tiền."""
    require_month(period)
    query = select(payroll).where(payroll.c.period == period)
    query = query.where(payroll.c.unit_code == unit) if unit else query
    with open_house(database_url).database.view() as session:
        rows = session.execute(
            query.order_by(payroll.c.unit_code, payroll.c.programme, payroll.c.id)
        ).all()
    table = _table(("số", "loại", "lần", "đơn vị", "chương trình", "trạng thái"), "dòng", "tiền")
    for row in rows:
        table.add_row(str(row.id), KIND_WORDS[row.kind], str(row.number), row.unit_code,
                      row.programme, STATES[row.state], format_number(row.lines),
                      format_number(row.total))  # fmt: skip
    none = (
        f"Kỳ {in_words(period)} chưa có bảng chi trả nào{f' của đơn vị {unit}' if unit else ''}."
        f" Lập bằng `ansinh payroll open --period {period}`."
    )
    told = fitted(table, (0, 6, 7)) if rows else folded(none)
    answer(as_json, [_payroll(row) for row in rows], told)


@click.command()
@click.argument("number", type=int)
@with_database
@with_json
def show(number: int, database_url: str | None, as_json: bool) -> None:
    """Một bảng: tổng, cầu nối, cảnh báo còn lại và ai đã trả lời."""
    with open_house(database_url).database.view() as session:
        row = _one(session, number)
        steps, flags = _steps(session, row), _flags(session, number)
    value = {**_payroll(row), "bridge": steps, "flags": flags}
    told = [
        folded(
            f"Bảng {row.id} ({KIND_WORDS[row.kind]} {in_words(row.period)}, lần {row.number},"
            f" {row.programme}, đơn vị {row.unit_code}): {format_number(row.lines)} dòng,"
            f" {format_vnd(row.total)}; {STATES[row.state]}."
        ),
        *([f"Mã danh sách {short_code(row.digest)}."] if row.digest else []),
        _bridge_text(steps),
        *(_flag_text(one) for one in flags),
    ]
    answer(as_json, value, "\n".join(told))


@click.command(name="bridge")
@click.argument("number", type=int)
@click.option("--cause", default="", help="Chỉ những người của một dòng, ví dụ joined.")
@with_database
@with_json
def bridge_command(number: int, cause: str, database_url: str | None, as_json: bool) -> None:
    """Cầu nối từ tổng tháng trước sang tổng tháng này; --cause liệt kê từng người và vì sao."""
    with open_house(database_url).database.view() as session:
        row = _one(session, number)
        if not cause:
            steps = _steps(session, row)
            answer(as_json, {"payroll": number, "steps": steps}, _bridge_text(steps))
            return
        movers = people_of(session, number, cause)
        if as_json:
            people = [_mover(one) for one in movers]
            answer(True, {"payroll": number, "cause": cause, "people": people}, "")
            return
        known = figures(session, number).get(cause, (0, 0))
        people_text = _people_text(movers, known[0])
        click.echo(f"{CAUSE_WORDS[cause]}: {format_number(known[0])} người, {format_vnd(known[1])}")
        click.echo(people_text)


@click.command()
@click.argument("number", type=int)
@click.option("--kind", default="", help="Liệt kê người của một cảnh báo, ví dụ account_changed.")
@with_database
@with_json
def flags(number: int, kind: str, database_url: str | None, as_json: bool) -> None:
    """Xem lại cảnh báo của một bảng: mấy người, việc của ai, ai trả lời; --kind liệt kê người."""
    with open_house(database_url).database.unit_of_work() as session:
        row = _one(session, number)
        if row.state in _OPEN:
            look_again(session, [number], moment_of(session))
        if kind:
            people = list(_flagged(session, row, kind))
            value = {"payroll": number, "kind": kind, "people": [_person(one) for one in people]}
            answer(as_json, value, "\n".join(_person_text(one) for one in people) or "Không có ai.")
            return
        found = _flags(session, number)
    text = "\n".join(_flag_text(one) for one in found) or "Không có cảnh báo."
    answer(as_json, {"payroll": number, "flags": found}, text)


def _one(session: Session, number: int) -> Row[Any]:
    row = session.execute(select(payroll).where(payroll.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có bảng chi trả số {number}.", "Xem `ansinh payroll list`.")
    return row


def _payroll(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "kind", "number", "period", "unit_code", "programme", "fund", "state",
             "lines", "total", "digest", "campaign")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _steps(session: Session, row: Row[Any]) -> list[dict[str, Any]]:
    """The rows of a bridge, its total, and what it does not explain where there is such."""
    found = figures(session, row.id)
    if not found:
        return []
    steps = [
        {"cause": cause, "name": CAUSE_WORDS[cause], "people": people, "amount": amount}
        for cause, (people, amount) in found.items()
    ]
    stored = session.execute(select(bridge).where(bridge.c.payroll_id == row.id)).all()
    lines, amount = unexplained(stored, row.lines, row.total)
    if lines or amount:
        name = "Chênh lệch chưa giải thích"
        steps.append({"cause": "unexplained", "name": name, "people": lines, "amount": amount})
    total = {"cause": "total", "name": "Tháng này", "people": row.lines, "amount": row.total}
    return [*steps, total]


def _bridge_text(steps: Sequence[dict[str, Any]]) -> str:
    if not steps:
        return "Bảng này không nối với bảng tháng trước."
    table = _table(("nguyên nhân", "nội dung"), "người", "tiền")
    for one in steps:
        sums = (format_number(one["people"]), format_number(one["amount"]))
        table.add_row(one["cause"], one["name"], *sums)
    return fitted(table, (0, 2, 3))


def _mover(one: Mover) -> dict[str, Any]:
    told = asdict(one)
    told["group"] = public_name(told.pop("group_code"))
    told["citizen_id"] = masked_citizen(told.pop("citizen_tail"))
    return told


def _people_text(movers: Iterable[Mover], count: int) -> str:
    table = _table(("số", "họ tên", "vì sao"), "tiền")
    for one in islice(movers, _SHOWN):
        table.add_row(str(one.person_id), one.name, one.why, format_number(one.amount))
    more = f"\nCòn {format_number(count - _SHOWN)} người nữa; thêm --json để lấy cả danh sách."
    return fitted(table, (0, 3)) + (more if count > _SHOWN else "")


def _flags(session: Session, number: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(flag)
        .where(flag.c.payroll_id == number)
        .order_by(flag.c.gone_at.is_not(None), flag.c.is_blocking.desc(), flag.c.id)
    ).all()
    said = decisions(session, number)
    return [
        {
            "flag": row.id,
            "kind": row.kind,
            "blocks": bool(row.is_blocking),
            "may_be_accepted": row.kind in KINDS and KINDS[row.kind].may_be_accepted,
            "people": row.people,
            "sentence": row.sentence,
            "owner": row.owner,
            "gone": row.gone_at is not None,
            "answers": [
                {"officer": one.officer_id, "choice": one.choice, "reason": one.reason,
                 "counts": bool(one.counts)}
                for one in said
                if one.flag_id == row.id
            ],
        }
        for row in rows
    ]  # fmt: skip


def _flag_text(one: dict[str, Any]) -> str:
    kind = "Đã hết" if one["gone"] else "Lỗi chặn" if one["blocks"] else "Cảnh báo"
    counted = [said for said in one["answers"] if said["counts"]]
    seen = {"accepted": "đã chấp nhận", "seen": "đã xem"}
    answers = "; ".join(f"cán bộ {said['officer']} {seen[said['choice']]}" for said in counted)
    owner = _OWNERS[one["owner"]]
    said = f"[{one['flag']}] {kind} ({one['kind']}, việc của {owner}): {one['sentence']}"
    return folded(f"{said} {answers[0].upper()}{answers[1:]}." if answers else said)


def _flagged(session: Session, row: Row[Any], kind: str) -> Iterable[Flagged]:
    if kind not in KINDS:
        raise InputError(f"Không có loại cảnh báo “{kind[:40]}”.", f"Chọn: {', '.join(KINDS)}.")
    now = moment_of(session)
    scope = Scope(row.period, row.kind, now, row.campaign, [row.id])
    return flagged(session, scope, kind)


def _person(one: Flagged) -> dict[str, Any]:
    return {
        "person": one.person_id,
        "name": one.name,
        "citizen_id": masked_citizen(one.citizen_tail),
    }


def _person_text(one: Flagged) -> str:
    return f"{one.person_id}  {one.name}  {masked_citizen(one.citizen_tail)}"


def _table(left: Sequence[str], *right: str) -> Table:
    table = Table(*left, box=SIMPLE_HEAD)
    for title in right:
        table.add_column(title, justify="right", no_wrap=True)
    return table


COMMANDS = (list_command, show, bridge_command, flags)
