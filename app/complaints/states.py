"""Where a complaint stands and its legal moves; its kinds and channels. The database holds them.

The kinds are those by which grievances about social transfers are counted: payment, exclusion,
data, conduct, and what is not a grievance (a question, a proposal, thanks).
"""

from __future__ import annotations

RECEIVED, TAKEN, ANSWERED = "received", "taken", "answered"
CLOSED, REOPENED = "closed", "reopened"

COMPLAINT_MOVES = frozenset(
    {
        (RECEIVED, TAKEN),
        (REOPENED, TAKEN),
        (TAKEN, ANSWERED),
        (ANSWERED, CLOSED),
        (ANSWERED, REOPENED),
        (CLOSED, REOPENED),
    }
)
STATES = {
    RECEIVED: "mới nhận",
    TAKEN: "đang giải quyết",
    ANSWERED: "đã trả lời",
    CLOSED: "đã đóng",
    REOPENED: "mở lại",
}
"""Each state with its words."""

NOT_RECEIVED, WRONG_AMOUNT, LEFT_OUT = "not_received", "wrong_amount", "left_out"
CHANGED, WRONG_DATA, ASKED_MONEY, STAFF = "changed", "wrong_data", "asked_money", "staff"
QUESTION, PROPOSAL, THANKS = "question", "proposal", "thanks"
KINDS = {
    NOT_RECEIVED: "chưa nhận được tiền",
    WRONG_AMOUNT: "sai số tiền",
    LEFT_OUT: "bị bỏ sót",
    CHANGED: "bị đổi mà không được báo",
    WRONG_DATA: "sai thông tin của tôi",
    ASKED_MONEY: "bị đòi tiền",
    STAFF: "thái độ của cán bộ",
    QUESTION: "hỏi",
    PROPOSAL: "góp ý",
    THANKS: "cảm ơn",
}
"""Each kind with its words."""

OF_PROVINCE = (ASKED_MONEY, STAFF)
"""What is said of officers is not answered by the officers of the same commune."""

CHANNELS = {
    "hotline": "đường dây nóng",
    "zalo": "Zalo",
    "page": "trang của người dân",
    "kiosk": "máy ở quầy",
    "counter": "tại quầy",
    "sms": "tin nhắn",
    "visit": "đến nhà kiểm tra",
}
"""Each channel with its words."""
