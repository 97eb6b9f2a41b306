"""Whether an answer adds up: what stands above its lines against the lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bank_adapters.contract import BankLine, LineKind
from bank_adapters.statuses import Meaning, meaning


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands above the lines; amounts in đồng, None and "" for what is not stated."""

    message_id: str = ""
    account: str = ""
    count: int | None = None
    total: int | None = None
    unspent: int | None = None


def faults_of(message_id: str, stated: Figures, lines: Sequence[BankLine]) -> Iterator[str]:
    """What does not fit, one sentence each."""
    unspent = sum(line.amount for line in lines if _is_unspent(line))
    for what, told, found in (
        ("số dòng", stated.count, len(lines)),
        ("tổng số tiền", stated.total, sum(line.amount for line in lines)),
        ("số tiền chưa chi", stated.unspent, unspent),
    ):
        if told is not None and told != found:
            yield f"{message_id}: không cân, {what} ghi {told}, các dòng có {found}"
    references = [line.reference for line in lines]
    if len(set(references)) != len(references):
        yield f"{message_id}: không cân, có mã tham chiếu lặp lại"
    if nameless := references.count(""):
        yield f"{message_id}: {nameless} dòng thiếu mã tham chiếu"


def _is_unspent(line: BankLine) -> bool:
    """Listed as not paid, or refused by a status."""
    refused = line.kind is LineKind.STATUS and meaning(line.status) is Meaning.REJECTED
    return refused or line.kind is LineKind.UNPAID
