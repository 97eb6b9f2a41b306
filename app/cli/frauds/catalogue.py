"""The twelve frauds by number, and trying them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.frauds import answers, bank_lines, books, changed_lines, people, releases, sending
from app.cli.frauds.bench import FOUND, MISSED, REFUSED, Attempt, Bench
from app.cli.frauds.stage import prepare
from app.cli.options import House
from app.errors import Refused


@dataclass(frozen=True, slots=True)
class Fraud:
    """A fraud's number, what is tried, in words, and how it is tried."""

    number: int
    title: str
    attempts: Callable[[Bench], Iterator[Attempt]]


@dataclass(frozen=True, slots=True)
class Tried:
    """A fraud with every attempt at it."""

    fraud: Fraud
    attempts: tuple[Attempt, ...]

    @property
    def outcome(self) -> str:
        """The weakest of its attempts: missed before found before refused."""
        outcomes = {one.outcome for one in self.attempts}
        return next(
            (one for one in (MISSED, FOUND) if one in outcomes), REFUSED if outcomes else MISSED
        )

    @property
    def by(self) -> str:
        """What refused or found each attempt; of a missed fraud what nothing caught."""
        missed = [one.how for one in self.attempts if one.outcome == MISSED]
        if missed:
            return "không gì bắt được: " + "; ".join(missed)
        return "; ".join(dict.fromkeys(one.by for one in self.attempts))

    def as_json(self) -> dict[str, Any]:
        """The answer of `ansinh cheat --json` for this fraud."""
        return {
            "number": self.fraud.number,
            "fraud": self.fraud.title,
            "outcome": self.outcome,
            "by": self.by,
            "attempts": [
                {"how": one.how, "outcome": one.outcome, "by": one.by} for one in self.attempts
            ],
        }


FRAUDS = (
    Fraud(1, "Sửa một bút toán", books.edit_posting),
    Fraud(2, "Tự duyệt bảng do mình lập", people.approve_own),
    Fraud(3, "Dùng một mã xác thực hai lần", people.code_twice),
    Fraud(4, "Sửa dòng chi sau khi duyệt", changed_lines.change_line),
    Fraud(5, "Chi một nghĩa vụ hai lần", books.pay_twice),
    Fraud(6, "Nộp lại câu trả lời cũ của ngân hàng", answers.replay_answer),
    Fraud(7, "Đổi tài khoản trong tệp đã niêm phong", sending.swap_account),
    Fraud(8, "Sao kê bị sửa", answers.doctor_statement),
    Fraud(9, "Cắt đuôi sổ nhật ký", books.truncate_journal),
    Fraud(10, "Một người duyệt có hai tài khoản", people.two_accounts),
    Fraud(11, "Giải ngân khi chưa được phép", releases.release_early),
    Fraud(12, "Tự tạo dòng của ngân hàng", bank_lines.make_bank_line),
)


def try_all(house: House, folder: Path, frauds: tuple[Fraud, ...] = FRAUDS) -> Iterator[Tried]:
    """Try each fraud on its own copies of the house under `folder`.

    Raises Refused when the books do not prove themselves before anything was tried: a proof
    that fails anyway would find every fraud.
    """
    stage = prepare(house, folder / "stage")
    bench = Bench(stage, folder / "copy")
    try:
        if failing := bench.failing_proofs():
            raise Refused(f"Sổ sách đã sai từ trước: {failing}.", "Chạy `ansinh ledger verify`.")
        for fraud in frauds:
            yield Tried(fraud, tuple(fraud.attempts(bench)))
            bench.restore()
    finally:
        bench.close()
