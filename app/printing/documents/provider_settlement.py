"""A provider's settlement of a month's list, as it goes to the Treasury: one page each.

What was listed, paid by account and in cash, and carried over; where the money came from and what
became of it. Content: Decree 20/2021/ND-CP art. 34, Circular 44/2022/TT-BTC art. 8; no number of a
form is printed, since none is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import ITALIC
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import DocumentError, Letterhead, Signature, day, month, short_code
from ledger.money import format_number, format_vnd
from ledger.words import in_words_vi_document

TITLE = "Bảng quyết toán với tổ chức chi trả"
SIGNERS = (
    Signature("Tổ chức chi trả", "Người đại diện"),
    Signature("Người lập"),
    Signature("Kế toán trưởng"),
    Signature("Thủ trưởng đơn vị"),
)
_WIDTHS = 32, 294, 70, 115


@dataclass(frozen=True, slots=True)
class Counted:
    """Payments of one kind: how many, and đồng."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class SettledList:
    """One settlement in đồng: the list, and the money from `since` to `until`.

    listed = account + cash + unpaid; opening + received + made_good + other_in = credited +
    cash_out + lost + returned + other_out + unspent. `vouchers`: cash that was signed for.
    """

    period: str
    since: date
    until: date
    listed: Counted
    account: Counted
    cash: Counted
    vouchers: int
    unpaid: Counted
    opening: int
    received: int
    made_good: int
    other_in: int
    credited: int
    cash_out: int
    lost: int
    returned: int
    other_out: int
    unspent: int
    suspense: int

    @property
    def paid(self) -> int:
        """What of the list reached people, in đồng."""
        return self.account.amount + self.cash.amount

    @property
    def sources(self) -> int:
        """The money that was there to be spent."""
        return self.opening + self.received + self.made_good + self.other_in

    @property
    def uses(self) -> int:
        """What became of it, without what is left."""
        return self.credited + self.cash_out + self.lost + self.returned + self.other_out

    def list_lines(self) -> list[tuple[str, Counted]]:
        """What became of the list, named."""
        return [
            ("Đã chi qua tài khoản", self.account),
            (f"Đã chi tiền mặt, {format_number(self.vouchers)} chứng từ ký nhận", self.cash),
            ("Chưa chi, chuyển sang kỳ sau", self.unpaid),
        ]

    def source_lines(self) -> list[tuple[str, int]]:
        """Where the money came from, named."""
        return [
            ("Tiền chưa chi của kỳ trước chuyển sang", self.opening),
            ("Kinh phí nhận từ Kho bạc", self.received),
            ("Tổ chức chi trả bồi hoàn tiền mất", self.made_good),
            ("Tiền vào khác, chờ xử lý", self.other_in),
        ]

    def use_lines(self) -> list[tuple[str, int]]:
        """What became of the money, named."""
        return [
            ("Đã chi qua tài khoản (đã trừ tiền bị trả lại)", self.credited),
            ("Đã chi tiền mặt", self.cash_out),
            ("Tổ chức chi trả làm mất, phải bồi hoàn toàn bộ", self.lost),
            ("Đã nộp trả Kho bạc", self.returned),
            ("Tiền ra khác, đang đòi hoặc chờ xử lý", self.other_out),
        ]


@dataclass(frozen=True, slots=True)
class ProviderSettlement:
    """A settlement with its head: who settles with whom, for which programme and fund.

    `digest` is what two officers confirmed, `accepted_on` the day.
    """

    letterhead: Letterhead
    unit: str
    budget_code: str
    programme: str
    fund: str
    provider: str
    settled: SettledList
    digest: str
    accepted_on: date
    accepted_by: tuple[str, str]
    synthetic: bool


def render_provider_settlements(found: Iterable[ProviderSettlement], out: BinaryIO) -> int:
    """Write settlements as one PDF, each from a new page on; gives how many.

    The footer shows the code of the first. Raises DocumentError when there is none.
    """
    sheet, count = None, 0
    for one in found:
        if sheet is None:
            sheet = _open(one, out)
        else:
            sheet.new_page()
        _draw(sheet, one)
        count += 1
    if sheet is None:
        raise DocumentError("there is no settlement to print")
    sheet.finish()
    return count


def _open(one: ProviderSettlement, out: BinaryIO) -> Sheet:
    return Sheet(
        out,
        title=f"{TITLE}, {month(one.settled.period)}",
        author=one.letterhead.body,
        code=short_code(one.digest),
        synthetic=one.synthetic,
        dense=True,
    )


def _draw(sheet: Sheet, one: ProviderSettlement) -> None:
    draw_letterhead(sheet, one.letterhead)
    heading(sheet, TITLE, month(one.settled.period).capitalize())
    _draw_subject(sheet, one)
    _draw_figures(sheet, one.settled)
    _draw_verdict(sheet, one)
    draw_signatures(sheet, SIGNERS)


def _draw_subject(sheet: Sheet, one: ProviderSettlement) -> None:
    sheet.labelled("Tổ chức chi trả", one.provider, size=11.5)
    sheet.labelled("Chương trình", one.programme, size=11.5)
    sheet.labelled("Nguồn kinh phí", one.fund, size=11.5)
    if one.budget_code:
        sheet.labelled("Mã số đơn vị có quan hệ với ngân sách", one.budget_code, size=11.5)
    span = f"từ {day(one.settled.since)} đến hết {day(one.settled.until)}"
    sheet.labelled("Tiền được quyết toán", span, size=11.5)
    sheet.paragraph("Đơn vị tính: đồng", font=ITALIC, size=10, align="right")
    sheet.skip(3)


def _draw_figures(sheet: Sheet, settled: SettledList) -> None:
    number, label, count, amount = _WIDTHS
    columns = (
        Column("STT", number, "centre"),
        Column("Nội dung", label),
        Column("Số khoản", count, "right"),
        Column("Số tiền", amount, "right"),
    )
    table = Table(sheet, columns, size=10.5, close=True)
    _row(table, "A", "Danh sách đã giao", settled.listed)
    for at, (name, one) in enumerate(settled.list_lines(), 1):
        _line(table, at, name, one.amount, format_number(one.count))
    _row(table, "B", "Tiền có để chi", settled.sources)
    for at, (name, total) in enumerate(settled.source_lines(), 1):
        _line(table, at, name, total)
    _row(table, "C", "Tiền đã sử dụng", settled.uses)
    for at, (name, total) in enumerate(settled.use_lines(), 1):
        _line(table, at, name, total)
    _row(table, "D", "Tiền chưa chi (B − C)", settled.unspent)
    _line(table, 1, "Trong đó tiền chưa rõ nguồn", settled.suspense)
    rest = settled.sources - settled.uses - settled.unspent
    table.row(("", "Chênh lệch (B − C − D)", "", format_number(rest)), bold=True)
    table.close()


def _row(table: Table, letter: str, label: str, what: Counted | int) -> None:
    count = format_number(what.count) if isinstance(what, Counted) else ""
    amount = what.amount if isinstance(what, Counted) else what
    table.row((letter, label, count, format_number(amount)), bold=True)


def _line(table: Table, at: int, label: str, amount: int, count: str = "") -> None:
    table.row((str(at), label, count, format_number(amount)))


def _draw_verdict(sheet: Sheet, one: ProviderSettlement) -> None:
    sheet.skip(4)
    paid = one.settled.paid
    sheet.labelled("Đã chi theo danh sách", format_vnd(paid), size=11.5, bold=True)
    sheet.labelled("Bằng chữ", in_words_vi_document(paid), size=11.5)
    both = " và ".join(one.accepted_by)
    sheet.labelled("Tài chính đã chấp nhận", f"{day(one.accepted_on)}, {both}", size=11.5)
