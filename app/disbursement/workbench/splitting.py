"""The parts of a line as an officer types them: whole đồng, a share, or what remains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.disbursement.workbench.proposing import targets_of
from app.errors import InputError
from ledger.money import MoneyError, format_vnd, parse_vnd

_SHARE = re.compile(r"(\d{1,3})\s*%")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line: the word of its target, what that is in words, đồng."""

    word: str
    told: str
    amount: int


def draft_parts(session: Session, line: Row[Any], typed: Sequence[tuple[str, str]]) -> list[Part]:
    """The parts of a line from targets and amounts as typed: '1.234.567', '30%', or '' for what
    remains, once. Rows without a target are left out.

    Raises InputError for amounts that cannot be read or leave nothing, and as `targets_of` does.
    """
    wanted = [(word.strip(), amount.strip()) for word, amount in typed if word.strip()]
    if not wanted:
        raise InputError("Chưa chọn đích ghép nào.", "Ghi mã lệnh hoặc chọn một khả năng.")
    amounts = _amounts(abs(line.amount), [amount for _, amount in wanted])
    parts = [(word, amount) for (word, _), amount in zip(wanted, amounts, strict=True)]
    return [Part(one.word, one.told, one.amount) for one in targets_of(session, line, parts)]


def _amounts(whole: int, typed: Sequence[str]) -> list[int]:
    """Đồng of each part; at most one is left empty and takes what remains."""
    if sum(not one for one in typed) > 1:
        raise InputError("Chỉ để trống một số tiền.", "Phần để trống nhận số còn lại của dòng.")
    known = [_read(whole, one) for one in typed]
    rest = whole - sum(known)
    if "" in typed and rest <= 0:
        raise InputError(
            f"Các phần kia đã đủ {format_vnd(whole)}, không còn gì cho phần để trống.",
            "Bỏ bớt một phần hoặc sửa số tiền.",
        )
    return [one if amount else rest for one, amount in zip(known, typed, strict=True)]


def _read(whole: int, typed: str) -> int:
    if share := _SHARE.fullmatch(typed):
        return whole * int(share[1]) // 100
    try:
        return parse_vnd(typed) if typed else 0
    except MoneyError as error:
        raise InputError(str(error), "Ví dụ 1.234.567, 30%, hoặc để trống.") from error
