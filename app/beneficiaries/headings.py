"""The words of the workbook: headings in order, and what their values mean."""

from __future__ import annotations

SHEET = "Danh sách"
SYNTHETIC_NOTICE = "DỮ LIỆU GIẢ LẬP (synthetic): không phải người thật"
COMMUNE_LABEL = "Mã xã"
PERIOD_LABEL = "Kỳ"
MACHINE_ROW = 3
HEADING_ROW = 5
FIRST_ROW = 6

NUMBER = "STT"
NAME = "Họ và tên"
BIRTH = "Ngày sinh"
SEX = "Giới tính"
ETHNICITY = "Dân tộc"
CITIZEN_ID = "Số CCCD"
HAMLET = "Thôn, xóm"
PHONE = "Điện thoại"
PROGRAMME = "Chương trình"
GROUP = "Nhóm"
TABLE_KEY = "Mã mức"
DECISION_NUMBER = "Số quyết định"
DECISION_DATE = "Ngày quyết định"
START = "Hưởng từ tháng"
METHOD = "Hình thức nhận"
ACCOUNT = "Số tài khoản"
BANK = "Mã ngân hàng"
HOLDER = "Tên chủ tài khoản"
EVENT = "Biến động"
EVENT_DATE = "Ngày biến động"
NOTE = "Ghi chú"

HEADINGS: tuple[str, ...] = (
    NUMBER, NAME, BIRTH, SEX, ETHNICITY, CITIZEN_ID, HAMLET, PHONE, PROGRAMME, GROUP,
    TABLE_KEY, DECISION_NUMBER, DECISION_DATE, START, METHOD, ACCOUNT, BANK, HOLDER,
    EVENT, EVENT_DATE, NOTE,
)  # fmt: skip

TEXT_HEADINGS = (CITIZEN_ID, PHONE, ACCOUNT, BANK)
"""Columns that must be text cells: Excel drops a leading zero from a number."""

SEXES = {"Nam": "M", "Nữ": "F"}
PROGRAMMES = {
    "Hưu trí xã hội": "pension",
    "Trợ giúp xã hội": "assistance",
    "Người có công": "merit",
}
METHODS = {"Tài khoản": "account", "Tiền mặt": "cash"}
EVENTS = {
    "": "",
    "Mới": "new",
    "Chết": "death",
    "Chuyển đi": "move_out",
    "Chuyển đến": "move_in",
}


def column_letter(index: int) -> str:
    """Excel's letter of a zero-based column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
