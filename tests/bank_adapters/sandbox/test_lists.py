"""The two providers that pay from an Excel list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bank_adapters.sandbox import behaviours
from bank_adapters.sandbox.inquiry import whole_book
from tests.bank_adapters.sandbox.samples import Line, Sandbox, list_file

Opener = Callable[..., Sandbox]
LINES: list[Line] = [
    ("R1", 100, "0011", "Tài khoản", ""),
    ("R2", 200, "009001", "Tài khoản", ""),
    ("R3", 300, "009006", "Tài khoản", ""),
    ("R4", 400, "", "Tiền mặt", "Xã Một"),
    ("R5", 500, "", "Tiền mặt", "Xã Một [vắng]"),
]


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def send(bank: Sandbox, provider: str, lines: list[Line], **changes: Any) -> None:
    list_file(bank.places.inbox(provider) / "L1.xlsx", "L1", "222", lines, **changes)


def test_the_answer_says_what_was_paid_and_what_was_not(sandbox: Opener) -> None:
    bank = sandbox(uncollected_per_mille=0)
    bank.fund("postoffice", "222", 2_000, "2026-10-05 08:30", "KB1")
    send(bank, "postoffice", LINES)
    bank.live("2026-10-05 09:00", "2026-10-18 09:59")
    assert bank.out("postoffice", ".xlsx") == []
    bank.live("2026-10-18 10:00")
    (path,) = bank.out("postoffice", ".xlsx")
    assert path.name == "L1-KQ.xlsx"
    found = sheets(path)
    assert list(found) == ["Đã chi", "Chưa chi"]
    for rows in found.values():
        assert [row[:2] for row in rows[:7]] == [
            ["Mã lô", "L1"],
            ["Tài khoản nguồn", "222"],
            ["Ngày chi", "05/10/2026"],
            ["Số dòng", 5.0],
            ["Tổng số tiền", 1500.0],
            ["Đơn vị", "UBND xã Một"],
            ["Số tiền chưa chi", 1000.0],
        ]
    paid = found["Đã chi"][8:]
    assert [row[1] for row in paid] == ["R1", "R4"]
    assert [row[4] for row in paid] == ["Tài khoản", "Tiền mặt"]
    assert len({row[8] for row in paid}) == 2
    days = {f"{day:02d}/10/2026" for day in (6, 7, 8, 9, 12)}  # five banking days
    assert all(row[7] in days for row in paid)
    unpaid = [(row[1], row[6]) for row in found["Chưa chi"][8:]]
    assert unpaid == [("R2", "AC01"), ("R3", "AC06"), ("R5", "UPAY")]
    assert bank.balance("postoffice", "222") == 1_500


@pytest.mark.parametrize(
    ("provider", "sent", "answered"),
    [
        ("bankb", "2026-10-09 09:00", "2026-10-12 10:00"),
        ("postoffice", "2026-10-05 09:00", "2026-10-18 10:00"),
        ("postoffice", "2026-10-20 09:00", "2026-10-21 10:00"),
    ],
)
def test_each_provider_answers_on_its_day(
    sandbox: Opener, provider: str, sent: str, answered: str
) -> None:
    bank = sandbox()
    bank.fund(provider, "222", 100, "2026-10-05 08:30", "KB1")
    send(bank, provider, LINES[:1])
    bank.live(sent, answered.replace("10:00", "09:59"))
    assert bank.out(provider, ".xlsx") == []
    bank.live(answered)
    assert len(bank.out(provider, ".xlsx")) == 1


@pytest.mark.parametrize(
    ("deposit", "changes", "code"),
    [(99, {}, "AM04"), (1_000, {"total": 101}, "AM10"), (None, {}, "AC02")],
)
def test_a_list_that_cannot_be_paid_is_answered_whole(
    sandbox: Opener, deposit: int | None, changes: dict[str, int], code: str
) -> None:
    bank = sandbox()
    if deposit:
        bank.fund("bankb", "222", deposit, "2026-10-05 08:30", "KB1")
    send(bank, "bankb", LINES[:1], **changes)
    bank.live("2026-10-05 09:00", "2026-10-06 10:00")
    found = sheets(bank.out("bankb", ".xlsx")[0])
    assert found["Đã chi"][8:] == []
    assert [(row[1], row[6]) for row in found["Chưa chi"][8:]] == [("R1", code)]


@pytest.mark.parametrize("name", ["../../book", "a/b", ""])
def test_a_batch_code_that_is_no_name_is_refused(sandbox: Opener, name: str) -> None:
    bank = sandbox()
    list_file(bank.places.inbox("bankb") / "L1.xlsx", name, "222", LINES)
    (bank.places.inbox("bankb") / "L2.xlsx").write_bytes(b"no workbook")
    bank.live("2026-10-05 09:00", "2026-10-30 10:00")
    assert bank.out("bankb", ".xlsx") == []
    files = whole_book(bank.book)["by_provider"]["bankb"]["files"]
    assert [one["group_status"] for one in files] == ["RJCT", "RJCT"]


def test_a_list_sent_twice_within_the_window_is_paid_once(sandbox: Opener) -> None:
    bank = sandbox()
    bank.fund("bankb", "222", 1_000, "2026-10-05 08:30", "KB1")
    for moment in ("2026-10-05 09:00", "2026-10-06 09:00"):
        send(bank, "bankb", LINES[:1])
        bank.live(moment)
    bank.live("2026-10-07 10:00")
    assert [path.name for path in bank.out("bankb", ".xlsx")] == ["L1-KQ.xlsx"]
    assert whole_book(bank.book)["executed"]["references_max"] == 1


def test_a_list_sent_again_after_the_window_is_paid_twice_and_the_book_says_so(
    sandbox: Opener,
) -> None:
    bank = sandbox()
    bank.fund("bankb", "222", 1_000, "2026-10-05 08:30", "KB1")
    for moment in ("2026-10-05 09:00", "2026-10-12 09:01"):
        send(bank, "bankb", LINES[:1])
        bank.live(moment)
    bank.live("2026-10-13 10:00")
    assert [path.name for path in bank.out("bankb", ".xlsx")] == ["L1-KQ-2.xlsx", "L1-KQ.xlsx"]
    assert whole_book(bank.book)["executed"]["references_max"] == 2


def test_uncollected_cash_is_about_the_configured_share() -> None:
    missed = [
        behaviours.unpaid_reason(f"REF{number:013d}", "", True, "", 15) for number in range(20_000)
    ]
    assert 200 < missed.count("UPAY") < 400
    assert set(missed) == {"", "UPAY"}
