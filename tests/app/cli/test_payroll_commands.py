"""`ansinh payroll` as officers type it, from draft to approval and back."""

from __future__ import annotations

import pytest

from app.clock import SystemClock
from app.errors import Conflict, InputError, Refused
from tests.factories import COMMUNE, SEPTEMBER, House, september_listed
from tests.support.commands import ansinh, ansinh_json, by
from tests.support.ways_back import HEAD

pytestmark = pytest.mark.stage(of=september_listed)
WHY = ("--reason", "sai số tiền dòng 3")


@pytest.fixture(autouse=True)
def _house_clock(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands live on the clock of the tiny province."""
    monkeypatch.setattr(SystemClock, "now", lambda _: house.clock.now())


def seen(house: House, number: int) -> tuple[str, str]:
    """The code that a look at the payroll shows."""
    return "--seen", ansinh_json(house, "payroll", "approve", number)["seen"]["code"]


def unfolded(output: str) -> str:
    """What was said, without the ends of a screen's lines."""
    return output.replace("\n  ", " ")


def test_from_draft_to_approved(house: House) -> None:
    """Each answer says who must act next; the last approver is told that he is the last."""
    maker, checker, approver = (f"{role}.{COMMUNE}" for role in ("maker", "checker", "approver"))
    shown = unfolded(ansinh(house, "payroll", "submit", 1).output)
    assert "3 dòng, 1.500.000\u00a0₫; bản nháp" in shown
    assert "Mã danh sách: " in shown
    did = unfolded(ansinh(house, "payroll", "submit", 1, *seen(house, 1), *by(house, maker)).output)
    assert "Đã trình 1 bảng." in did
    assert "đang chờ kiểm tra: Cán bộ 1 hoặc Cán bộ 9" in did
    did = unfolded(
        ansinh(house, "payroll", "approve", 1, *seen(house, 1), *by(house, checker)).output
    )
    assert "Đã kiểm tra 1 bảng." in did
    assert "đang chờ duyệt: Cán bộ 2; đây là xác nhận cuối cùng" in did
    told = ansinh_json(house, "payroll", "approve", 1, *seen(house, 1), *by(house, approver))
    assert (told["duty"], told["finished"]) == ("approve", [1])
    assert told["payrolls"][0]["state"] == "approved"
    assert house.payrolls(SEPTEMBER, "approved") == [1]


def test_back_and_undone(house: House) -> None:
    """A line less, returned, taken back, approved, undone."""
    maker, checker, approver = (f"{role}.{COMMUNE}" for role in ("maker", "checker", "approver"))
    first = seen(house, 1)
    off = ansinh(house, "payroll", "exclude", 1, "--line", 3, *WHY, *by(house, maker)).output
    assert "Đã loại 1 dòng, 500.000\u00a0₫ khỏi bảng 1. Bảng còn 2 dòng, 1.000.000" in off
    stale = ansinh(house, "payroll", "submit", 1, *first, *by(house, maker))
    assert isinstance(stale.exception, Conflict)
    assert "bớt 1 dòng, 1 người" in str(stale.exception)
    ansinh_json(house, "payroll", "submit", 1, *seen(house, 1), *by(house, maker))
    assert (
        "rút lại 1 bảng" in ansinh(house, "payroll", "withdraw", 1, *WHY, *by(house, maker)).output
    )
    ansinh_json(house, "payroll", "submit", 1, *seen(house, 1), *by(house, maker))
    assert (
        "trả lại 1 bảng" in ansinh(house, "payroll", "return", 1, *WHY, *by(house, checker)).output
    )
    ansinh_json(house, "payroll", "submit", 1, *seen(house, 1), *by(house, maker))
    for name in (checker, approver):
        ansinh_json(house, "payroll", "approve", 1, *seen(house, 1), *by(house, name))
    did = ansinh_json(house, "payroll", "undo", 1, *WHY, *by(house, approver, "finance.one"))
    assert did == {"payroll": 1, "successor": 2, "batches": 0}
    assert "đã huỷ" in ansinh(house, "payroll", "approve", 1).output


def test_options_that_are_missing(house: House) -> None:
    for words in ((*by(house, f"maker.{COMMUNE}"),), ("--code", "123456", "--seen", "x")):
        assert isinstance(ansinh(house, "payroll", "submit", 1, *words).exception, InputError)


def test_the_ladder_is_set_from_a_file_by_two(house: House) -> None:
    path = house.home / "ladder.csv"
    path.write_text(f"{HEAD}\n,,,1,approve,approver,province,2,0\n", "utf-8-sig")
    words = ("payroll", "ladder", "set", path, "--from", "2026-10")
    alone = ansinh(house, *words, *by(house, "admin.one"))
    assert isinstance(alone.exception, Refused)
    did = ansinh_json(house, *words, *by(house, "admin.one", "admin.two"))
    assert did["steps"] == 1
    shown = ansinh(house, "payroll", "ladder", "show", "--period", "2026-10").output
    assert shown == "[mọi bảng] bước 1: duyệt, 2 người có quyền approver cấp tỉnh\n"
    assert len(ansinh_json(house, "payroll", "ladder", "show", "--period", "2026-09")["rules"]) == 5
    none = ansinh(house, "payroll", "ladder", "show", "--period", "2025-12").output
    assert "Chưa đặt các bước duyệt cho kỳ 12/2025" in none
    path.write_bytes(b"\xff\xfe")
    assert isinstance(ansinh(house, *words).exception, InputError)
