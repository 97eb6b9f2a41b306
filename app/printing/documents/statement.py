"""One person's statement of a month, in plain words, with a code to check it by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.blocks import NO_FEE, draw_check, draw_letterhead
from app.printing.fonts import BOLD, ITALIC, REGULAR
from app.printing.frames import FOOTER_SIZE, Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import DocumentError, Letterhead, month, short_month
from ledger.money import format_number, format_vnd
from ledger.words import in_words_vi_document

_COLUMNS = (
    Column("STT", 34, "centre"),
    Column("Khoản chi", 217),
    Column("Căn cứ", 150),
    Column("Số tiền (đồng)", 110, "right"),
)
_LINES = 2
"""Lines that a name or a place takes at most: a statement is one sheet, whatever stands in it."""
TITLE = "Phiếu thông báo chi trả trợ cấp"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One amount: what for (the public name), on which ground (a decree or decision), đồng."""

    label: str
    ground: str
    amount: int


@dataclass(frozen=True, slots=True)
class PersonStatement:
    """What one person is told about one month.

    `monthly` are the month's allowances, `arrears` what is paid later for earlier months.
    `method` and `status` are sentences as the person reads them ("Đã vào tài khoản ngày
    09/10/2026."); `account` is masked already and empty for cash. `verify_code` is read
    aloud or typed, `verify_link` goes into the QR code (the code itself when empty).
    """

    letterhead: Letterhead
    person_code: str
    name: str
    born: str
    place: str
    period: str
    monthly: tuple[StatementLine, ...]
    arrears: tuple[StatementLine, ...]
    method: str
    status: str
    contact: str
    verify_code: str
    synthetic: bool
    account: str = ""
    bank: str = ""
    verify_link: str = ""

    @property
    def total(self) -> int:
        """All lines together, in đồng."""
        return sum(line.amount for line in (*self.monthly, *self.arrears))


class StatementSheet(Sheet):
    """Statements one after the other in one file, each with its code and its own pages counted."""

    def __init__(self, out: BinaryIO, first: PersonStatement) -> None:
        self._first = 1
        super().__init__(
            out,
            title=TITLE,
            author=first.letterhead.body,
            code=first.verify_code,
            synthetic=first.synthetic,
        )

    def next_statement(self, code: str) -> None:
        """Begin the next one on a page of its own, with its code on each of its pages."""
        self._first, self._code = self.page + 1, code
        self.new_page()

    def _draw_page_number(self, y: float) -> None:
        number = f"Trang {self.page - self._first + 1}"
        self.put(number, self.right, y, REGULAR, FOOTER_SIZE, "right")


def render_statement(statement: PersonStatement, out: BinaryIO) -> None:
    """Write one person's statement of a month as PDF to `out`."""
    sheet = Sheet(
        out,
        title=f"{TITLE}, {short_month(statement.period)}",
        author=statement.letterhead.body,
        code=statement.verify_code,
        synthetic=statement.synthetic,
    )
    _draw(sheet, statement)
    sheet.finish()


def render_statements(statements: Iterable[PersonStatement], out: BinaryIO) -> int:
    """Write statements into one PDF, each from a page of its own, as they come; gives how many.

    Raises DocumentError for none.
    """
    sheet: StatementSheet | None = None
    count = 0
    for one in statements:
        if sheet is None:
            sheet = StatementSheet(out, one)
        else:
            sheet.next_statement(one.verify_code)
        _draw(sheet, one)
        count += 1
    if sheet is None:
        raise DocumentError("no statement to write")
    sheet.finish()
    return count


def _draw(sheet: Sheet, statement: PersonStatement) -> None:
    draw_letterhead(sheet, statement.letterhead)
    heading(sheet, TITLE, month(statement.period).capitalize())
    _draw_person(sheet, statement)
    _draw_amounts(sheet, statement)
    _draw_payment(sheet, statement)
    _draw_check(sheet, statement)


def _draw_person(sheet: Sheet, statement: PersonStatement) -> None:
    sheet.labelled("Họ và tên", statement.name, bold=True, most=_LINES)
    sheet.labelled("Năm sinh", statement.born)
    sheet.labelled("Nơi ở", statement.place, most=_LINES)
    sheet.labelled("Mã người hưởng", statement.person_code)
    sheet.skip(8)


def _draw_amounts(sheet: Sheet, statement: PersonStatement) -> None:
    table = Table(sheet, _COLUMNS, size=11)
    label = f"Trợ cấp {short_month(statement.period)}"
    _draw_section(table, "I", label, statement.monthly)
    if statement.arrears:
        _draw_section(table, "II", "Truy lĩnh các tháng trước", statement.arrears)
    table.row(("", "TỔNG CỘNG", "", format_number(statement.total)), bold=True)
    table.close()
    sheet.skip(6)
    sheet.labelled("Tổng số tiền", format_vnd(statement.total), bold=True)
    sheet.labelled("Bằng chữ", in_words_vi_document(statement.total), bold=True)
    sheet.skip(8)


def _draw_section(table: Table, number: str, label: str, lines: Sequence[StatementLine]) -> None:
    total = format_number(sum(line.amount for line in lines))
    table.row((number, label, "", total), bold=True)
    for at, line in enumerate(lines, 1):
        table.row((str(at), line.label, line.ground, format_number(line.amount)))


def _draw_payment(sheet: Sheet, statement: PersonStatement) -> None:
    sheet.labelled("Hình thức nhận", statement.method)
    if statement.account:
        sheet.labelled("Tài khoản", ", ".join(filter(None, (statement.account, statement.bank))))
    sheet.labelled("Tình trạng", statement.status, bold=True)
    sheet.labelled("Cần hỏi hoặc báo sai sót", statement.contact)


def _draw_check(sheet: Sheet, statement: PersonStatement) -> None:
    sheet.skip(16)
    draw_check(sheet, statement.verify_link or statement.verify_code, (
        (f"Mã kiểm tra: {statement.verify_code}", BOLD),
        ("Quét mã, hoặc đọc mã này cho cán bộ xã, để biết phiếu là thật.", REGULAR),
        (NO_FEE, REGULAR),
        ("Phiếu này để thông báo, không dùng để rút tiền.", ITALIC),
    ))  # fmt: skip
