"""The words of the workbook: headings in order, and what their values mean."""

from __future__ import annotations

from app.beneficiaries.still_cash import REASONS

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

HOUSEHOLD = "Số hộ"
POVERTY = "Diện hộ"
DISABILITY = "Dạng khuyết tật"
DEGREE = "Mức độ khuyết tật"
CERTIFICATE = "Số giấy xác nhận khuyết tật"
CERTIFIED = "Ngày cấp giấy xác nhận"
PHONE_OWNER = "Chủ điện thoại"
PAYEE = "Người nhận"
PAYEE_NAME = "Họ tên người nhận thay"
PAYEE_ID = "Số CCCD người nhận thay"
RELATION = "Quan hệ"
PAPER = "Giấy tờ nhận thay"
SIGNED = "Ngày lập giấy tờ"
UNTIL = "Có hiệu lực đến"
KIND = "Nơi nhận tiền"
STILL_CASH = "Lý do còn tiền mặt"
SIGNER = "Người ký quyết định"

OPTIONAL: tuple[str, ...] = (
    HOUSEHOLD, POVERTY, DISABILITY, DEGREE, CERTIFICATE, CERTIFIED, PHONE_OWNER, PAYEE, PAYEE_NAME,
    PAYEE_ID, RELATION, PAPER, SIGNED, UNTIL, KIND, STILL_CASH, SIGNER,
)  # fmt: skip
"""Columns that a list may lack: what is not told is not changed."""

ALL = (*HEADINGS, *OPTIONAL)

TEXT_HEADINGS = (CITIZEN_ID, PHONE, ACCOUNT, BANK, PAYEE_ID, HOUSEHOLD)
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

POVERTIES = {"Nghèo": "poor", "Cận nghèo": "near_poor", "Không": "none"}
DEGREES = {"Đặc biệt nặng": "extreme", "Nặng": "severe", "Nhẹ": "light"}
PHONE_OWNERS = {
    "Chính mình": "self",
    "Người nhà": "family",
    "Hàng xóm": "neighbour",
    "Khác": "other",
}
PAYEES = {"Chính mình": "self", "Giám hộ": "guardian", "Ủy quyền": "authorised"}
KINDS = {
    "Tài khoản ngân hàng": "bank",
    "Tiền di động": "mobile",
    "Ví điện tử": "wallet",
    "VNeID": "vneid",
    "Bưu điện": "post",
}
CASH_REASONS = {words: code for code, words in REASONS.items()}


def column_letter(index: int) -> str:
    """Excel's letter of a zero-based column: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
