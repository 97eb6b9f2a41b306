"""`ansinh report rates`, `restated`, `tie-out`: each indicator, then and now, and the books."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report import figure_line
from app.clock import TIME_ZONE
from app.errors import NotFound
from app.indicators.breakdown import BREAKDOWNS, WHOLE, Answer, asked
from app.indicators.cashless import evidence_until
from app.indicators.names import Names
from app.indicators.papers import require_list
from app.indicators.rates import Figure, cut_offs
from app.indicators.restated import STATES, Restatement
from app.indicators.restated import restated as compare
from app.indicators.said import BROKEN_DOWN, figures_of, said
from app.indicators.said import by as said_by
from app.indicators.tie_out import differences
from app.indicators.tie_out import tie_out as tie
from ledger.money import format_number

PERIOD = click.option("--period", required=True, help="Tháng chi trả, ví dụ 2026-10.")
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"])
_PARTS = {
    "approved": "đã duyệt",
    "sent": "đã gửi",
    "paid": "đã trả",
    "left": "còn nợ trên khoản đã trả",
}


def aware(given: datetime | None, now: datetime) -> datetime:
    """The moment given, in Viet Nam's time; a day alone is its end; now where none is given."""
    if given is None:
        return now
    is_day = (given.hour, given.minute) == (0, 0)
    return given.replace(
        **({"hour": 23, "minute": 59, "second": 59} if is_day else {}), tzinfo=TIME_ZONE
    )


@click.command()
@PERIOD
@click.option("--by", default=WHOLE, type=click.Choice(BREAKDOWNS), help="Chia theo.")
@click.option("--as-of", type=MOMENT, help="Trả lời như lúc đó, ví dụ 2026-10-19.")
@with_database
@with_json
def rates(
    period: str, by: str, as_of: datetime | None, database_url: str | None, as_json: bool
) -> None:
    """Mọi chỉ số của một tháng, cả lời người dân, kèm tử số, mẫu số và loại chứng cứ."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = asked(session, period, aware(as_of, moment_of(session)), by)
        people = said(session, period, found.as_of) if by in BROKEN_DOWN else {}
        names = Names(session)
    require_list(found)
    heard = {} if by not in BROKEN_DOWN else {
        value: figures_of(one, period, found.as_of) for value, one in said_by(by, people).items()
    }  # fmt: skip
    value = _value(found, names) | {"said": _values(by, heard, names)}
    answer(as_json, value, "\n".join((*_told(found, names), *_figures(by, heard, names))))


def _values(by: str, found: Mapping[str, list[Figure]], names: Names) -> list[dict[str, Any]]:
    return [
        {
            "value": value,
            "name": names.of(by, value).vi,
            "figures": [one.as_json() for one in figures],
        }
        for value, figures in found.items()
    ]


def _figures(by: str, found: Mapping[str, list[Figure]], names: Names) -> Iterator[str]:
    for value, figures in found.items():
        yield f"{names.of(by, value).vi} {value}".strip()
        yield from (figure_line(one) for one in figures)


def _value(found: Answer, names: Names) -> dict[str, Any]:
    return {
        "period": found.period,
        "breakdown": found.breakdown,
        "state": "final" if found.final else "provisional",
        "evidence": {
            kind: {"lines": some, "amount": part} for kind, (some, part) in found.evidence.items()
        },
        "values": _values(found.breakdown, found.figures(), names),
    }


def _told(found: Answer, names: Names) -> list[str]:
    lines = list(_figures(found.breakdown, found.figures(), names))
    lines += [
        f"Chứng cứ: {names.of('evidence', kind).vi}: {format_number(some)} khoản,"
        f" {format_number(part)} ₫"
        for kind, (some, part) in found.evidence.items()
    ]
    return lines


@click.command()
@PERIOD
@click.option("--then", type=MOMENT, help="Lúc trước; bỏ trống là lúc chốt số sơ bộ.")
@click.option("--now", type=MOMENT, help="Lúc sau; bỏ trống là bây giờ.")
@with_database
@with_json
def restated(
    period: str,
    then: datetime | None,
    now: datetime | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Số đã nói trước đây và số nói bây giờ, kèm lý do khác nhau."""
    house = open_house(database_url)
    with house.database.view() as session:
        first = aware(then, cut_offs(period).provisional)
        found = compare(session, period, first, aware(now, moment_of(session)))
    value = {
        "period": period,
        "figures": [
            {"then": one.then.as_json(), "now": one.now.as_json(), "differs": one.differs}
            for one in found.figures
        ],
        "moves": [
            {"before": m.before, "after": m.after, "lines": m.lines, "amount": m.amount}
            for m in found.moves
        ],
    }
    answer(as_json, value, "\n".join(_explained(found)))


def _explained(found: Restatement) -> list[str]:
    lines = [
        f"  {one.now.code:<4} {_short(one.then)}  ->  {_short(one.now)}"
        for one in found.figures
        if one.differs
    ]
    lines = lines or ["Không có số nào thay đổi."]
    return lines + [
        f"  {format_number(m.lines)} khoản, {format_number(m.amount)} ₫:"
        f" {STATES[m.before].vi} -> {STATES[m.after].vi}"
        for m in found.moves
    ]


def _short(one: Figure) -> str:
    percent = (one.percent or "–").replace(".", ",")
    return f"{percent} % ({format_number(one.n)}/{format_number(one.d)})"


@click.command("tie-out")
@PERIOD
@click.option("--as-of", type=MOMENT, help="Đối chiếu như lúc đó.")
@with_database
@with_json
def tie_out(period: str, as_of: datetime | None, database_url: str | None, as_json: bool) -> None:
    """Đối chiếu mọi số tiền của chỉ số với sổ cái; mã thoát 0 chỉ khi không lệch đồng nào."""
    house = open_house(database_url)
    with house.database.snapshot() as session:
        until = evidence_until(cut_offs(period), aware(as_of, moment_of(session)))
        ties = tie(session, period, until)
    if not ties:
        raise NotFound(f"Tháng {period} chưa có số tiền nào.", "Kiểm tra --period.")
    wrong = differences(ties)
    lines = [
        f"  {one.programme:<12} {_PARTS[one.part]:<26} {format_number(one.figure):>20}"
        f" {format_number(one.books):>20}  lệch {format_number(one.difference)}"
        for one in ties
    ]
    value = {"ok": not wrong, "until": until, "ties": [one.as_json() for one in ties]}
    answer(as_json, value, "\n".join(lines))
    sys.exit(1 if wrong else 0)
