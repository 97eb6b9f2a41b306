"""How payrolls and what they wait for are told to people and to programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from textwrap import fill
from typing import Any, TypeVar

import click

from app.months import in_words
from app.payroll.seen import Shown
from app.payroll.waiting import Waiting
from ledger.money import format_number, format_vnd

F = TypeVar("F", bound=Callable[..., Any])

DUTIES = {"check": "kiểm tra", "approve": "duyệt"}
KINDS = {"monthly": "hằng tháng", "follow_up": "chi lại", "campaign": "đợt chi một lần",
         "difference": "truy lĩnh", "staff": "cán bộ"}  # fmt: skip
_WIDTH = 80
_COMMAND, _GLUE = re.compile("`[^`]*`"), "\x1f"
_STATES = {
    "draft": "bản nháp, người lập có thể sửa rồi trình",
    "approved": "đã duyệt xong",
    "closed": "đã khoá sổ",
    "void": "đã huỷ",
}


def with_numbers(command: F) -> F:
    """`NUMBERS...`: numbers of payrolls, at least one."""
    return click.argument("numbers", type=click.IntRange(1), nargs=-1, required=True)(command)


def with_reason(command: F) -> F:
    """`--reason`."""
    return click.option("--reason", required=True, help="Vì sao; người sau sẽ đọc.")(command)


def values(rows: Sequence[Waiting], seen: Shown | None = None) -> dict[str, Any]:
    """What stands, with the code of it where it is to be confirmed."""
    return {"payrolls": [asdict(one) for one in rows], **({"seen": asdict(seen)} if seen else {})}


def as_text(rows: Sequence[Waiting], seen: Shown | None = None) -> str:
    """One line a payroll, then what is to be confirmed."""
    lines = [folded(_line(one)) for one in rows]
    if seen is not None:
        lines.append(folded(
            f"Cộng {format_number(seen.lines)} dòng, {format_number(seen.people)} người,"
            f" {format_vnd(seen.total)}. Mã danh sách: {seen.code}."
        ))  # fmt: skip
    return "\n".join(lines)


def _line(one: Waiting) -> str:
    what = f"Bảng {one.payroll} ({KINDS.get(one.kind, one.kind)} {in_words(one.period)}"
    place = f"{one.programme}, đơn vị {one.unit})"
    sums = f"{format_number(one.lines)} dòng, {format_vnd(one.total)}"
    return f"{what}, {place}: {sums}; {next_of(one)}."


def folded(sentence: str) -> str:
    """A sentence on lines of a commune's screen, those after the first one moved in; a command
    stays on one line, so that it can be copied."""
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _GLUE), sentence)
    lines = fill(whole, _WIDTH, subsequent_indent="  ", break_long_words=False,
                 break_on_hyphens=False)  # fmt: skip
    return lines.replace(_GLUE, " ")


def next_of(one: Waiting) -> str:
    """Who must act next, in words."""
    if not one.duty:
        return _STATES.get(one.state, one.state)
    who = " hoặc ".join(one.names) or "chưa có ai giữ quyền này"
    more = f", còn thiếu {one.missing} người" if one.missing > 1 else ""
    last = "; đây là xác nhận cuối cùng, sau đó tiền được ghi sổ" if one.last else ""
    return f"đang chờ {DUTIES[one.duty]}: {who}{more}{last}"
