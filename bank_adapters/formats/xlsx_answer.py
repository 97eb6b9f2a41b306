"""The Excel answer of a list provider: paid list, unpaid list, unspent money, vouchers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bank_adapters.contract import BankLine, BankReport, LineKind, Method, ReportKind
from bank_adapters.errors import Unreadable
from bank_adapters.formats.xlsx_sheet import Sheet, checked, open_sheets


@dataclass(frozen=True, slots=True)
class AnswerLayout:
    """The provider's answer: two sheets of one shape."""

    paid: str = "Đã chi"
    unpaid: str = "Chưa chi"
    labels: tuple[str, ...] = (
        "Mã lô",
        "Tài khoản nguồn",
        "Ngày chi",
        "Số dòng",
        "Tổng số tiền",
        "Đơn vị",
    )
    unspent_label: str = "Số tiền chưa chi"
    headings: tuple[str, ...] = (
        "STT",
        "Mã tham chiếu",
        "Họ và tên",
        "Số tiền",
        "Hình thức",
        "Kết quả",
        "Mã lỗi",
        "Ngày chi",
        "Chứng từ",
    )
    heading_row: int = 8


ANSWER = AnswerLayout()


@dataclass(frozen=True, slots=True)
class _Head:
    """What both sheets of an answer must agree on."""

    message_id: str
    account: str
    count: int
    total: int
    unspent: int


def _answer_head(sheet: Sheet, layout: AnswerLayout) -> _Head:
    for column, heading in enumerate(layout.headings, 1):
        sheet.expect(layout.heading_row, column, heading)
    return _Head(
        message_id=sheet.text(1, 2),
        account=sheet.text(2, 2),
        count=sheet.whole(4, 2),
        total=sheet.whole(5, 2),
        unspent=sheet.whole(7, 2),
    )


def _answer_lines(sheet: Sheet, layout: AnswerLayout, head: _Head) -> Iterator[BankLine]:
    paid = sheet.name == layout.paid
    for row in sheet.data_rows(layout.heading_row):
        cash = sheet.method(row, 5) is Method.CASH
        reference = sheet.text(row, 2).upper()
        yield BankLine(
            kind=(LineKind.PAID_CASH if cash else LineKind.PAID) if paid else LineKind.UNPAID,
            amount=sheet.whole(row, 4),
            reference=reference,
            value_date=sheet.day(row, 8),
            bank_reference=f"{head.message_id}/{reference}",
            message_id=head.message_id,
            status=sheet.text(row, 6),
            reason=sheet.text(row, 7).upper(),
            voucher=sheet.text(row, 9),
            counterparty=sheet.text(row, 3),
        )


def _faults(head: _Head, paid: list[BankLine], unpaid: list[BankLine]) -> list[str]:
    """What does not add up; nothing is repaired."""
    paid_total, unpaid_total = sum(i.amount for i in paid), sum(i.amount for i in unpaid)
    found = []
    if paid_total + unpaid_total != head.total:
        found.append(
            f"{head.message_id}: không cân, đã chi {paid_total} + chưa chi {unpaid_total} "
            f"khác tổng danh sách {head.total}"
        )
    if head.unspent != unpaid_total:
        found.append(
            f"{head.message_id}: không cân, số tiền chưa chi ghi {head.unspent}, "
            f"các dòng chưa chi cộng lại {unpaid_total}"
        )
    if len(paid) + len(unpaid) != head.count:
        found.append(
            f"{head.message_id}: không cân, số dòng {len(paid) + len(unpaid)} khác "
            f"số dòng của danh sách {head.count}"
        )
    references = [line.reference for line in (*paid, *unpaid)]
    if len(set(references)) != len(references):
        found.append(f"{head.message_id}: không cân, có mã tham chiếu lặp lại")
    nameless = references.count("")
    if nameless:
        found.append(f"{head.message_id}: {nameless} dòng thiếu mã tham chiếu")
    return found


def read_answer(source: BinaryIO, layout: AnswerLayout = ANSWER) -> BankReport:
    """One settlement report; a file that does not add up carries a fault “không cân”."""
    sheets = open_sheets(source)
    labels = (*layout.labels, layout.unspent_label)
    paid_sheet = checked(sheets, layout.paid, labels)
    unpaid_sheet = checked(sheets, layout.unpaid, labels)
    head = _answer_head(paid_sheet, layout)
    if _answer_head(unpaid_sheet, layout) != head:
        raise Unreadable(f"đầu trang “{layout.paid}” và “{layout.unpaid}” khác nhau")
    paid = list(_answer_lines(paid_sheet, layout, head))
    unpaid = list(_answer_lines(unpaid_sheet, layout, head))
    return BankReport(
        kind=ReportKind.SETTLEMENT,
        report_id=f"{head.message_id}-KQ",
        account=head.account,
        currency="VND",
        lines=iter([*paid, *unpaid]),
        opening=head.total,
        closing=head.unspent,
        message_id=head.message_id,
        faults=_faults(head, paid, unpaid),
    )
