"""Made-up papers of a payroll for the tests of printing, of any length."""

from __future__ import annotations

from collections.abc import Iterator

from app.printing.documents.payroll_list import Bridge, BridgeLine
from app.printing.documents.posting import PostingRow
from app.printing.documents.sign_for import SignHeader, SignRow
from app.printing.documents.treasury_table import TreasuryHeader, TreasuryRow, UnitAccount
from tests.app.printing.samples import paper_head

FAMILY = ("Nguyễn", "Hoàng", "Nông", "Bế", "Lý", "Đàm", "Sầm", "Vi", "Đinh", "Lương")
MIDDLE = ("Thị", "Văn", "Hữu", "Mỹ", "Ngọc", "Quốc", "Thu", "Bích", "Đình", "Trung")
GIVEN = ("Ằng", "Ễnh", "Ự", "Ưởng", "Ẩn", "Ỷ", "Đẵng", "Khuyến", "Quỳnh", "Ngoãn")
PER_HAMLET = 20


def name_of(at: int) -> str:
    """A thousand different names, then numbered ones."""
    name = f"{FAMILY[at % 10]} {MIDDLE[at // 10 % 10]} {GIVEN[at // 100 % 10]}"
    return f"{name} {at // 1000}" if at >= 1000 else name


def place_of(at: int) -> str:
    """Twenty people live in a hamlet."""
    return f"Tổ {at // PER_HAMLET + 1}, phường Thục Phán"


def treasury_rows(count: int, amount: int = 540_000) -> Iterator[TreasuryRow]:
    """Payees of `amount`, every third one in cash."""
    for at in range(count):
        cash = at % 3 == 2
        account, bank = ("", "Bưu điện tỉnh") if cash else (f"{10**12 + at}", "Ngân hàng A")
        note = "Tiền mặt" if cash else ""
        yield TreasuryRow(name_of(at), account, bank, amount, note=note)


def treasury_header(count: int, amount: int = 540_000, *, bridged: bool = True) -> TreasuryHeader:
    """The header that fits `treasury_rows`."""
    total = count * amount
    left = BridgeLine("Giảm: đã chết", -1, -amount)
    joined = BridgeLine("Tăng: người mới hưởng hoặc mới chuyển đến", 1, amount)
    before = BridgeLine("Danh sách tháng 9/2026", count, total)
    return TreasuryHeader(
        head=paper_head("Bảng thanh toán cho đối tượng thụ hưởng"),
        persons=count,
        total=total,
        accounts=(UnitAccount("Ngân hàng A", "7001273001", "KB0001", count, total),),
        bridge=Bridge(before, (joined, left)) if bridged else None,
    )


def sign_rows(count: int, amount: int = 540_000) -> Iterator[SignRow]:
    """People who are handed `amount`, every fifth one through somebody else."""
    for at in range(count):
        payee = "Nông Văn Giám (con)\n12/UQ đến 31/12/2026" if at % 5 == 0 else ""
        yield SignRow(place_of(at), name_of(at), str(1930 + at % 25), payee, amount)


def sign_header(count: int, amount: int = 540_000) -> SignHeader:
    """The header that fits `sign_rows`."""
    head = paper_head("Danh sách ký nhận trợ cấp bằng tiền mặt")
    return SignHeader(head, count, count * amount, "Bưu điện tỉnh Cao Bằng")


def posting_rows(count: int, amount: int = 540_000) -> Iterator[PostingRow]:
    """People who are named to everybody."""
    for at in range(count):
        born = str(1930 + at % 25)
        yield PostingRow(place_of(at), name_of(at), born, "Trợ cấp hưu trí xã hội", amount)
