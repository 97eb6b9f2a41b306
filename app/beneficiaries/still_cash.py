"""Why a person still takes cash: the reasons the source reports and the press give.

Cash can always be chosen (Resolution 66.22/2026/NQ-CP, article 5.4), so that is a reason too.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "chosen": "Người hưởng chọn nhận tiền mặt",
    "no_account": "Chưa có tài khoản",
    "no_phone": "Không có điện thoại",
    "far": "Điểm rút tiền ở xa",
    "cannot_use": "Tuổi cao, khuyết tật, khó tự dùng tài khoản",
    "old_id": "Giấy tờ cũ, chưa có căn cước hợp lệ",
    "name_differs": "Tên ở ngân hàng khác căn cước",
    "no_payee": "Chưa có người nhận thay hợp lệ",
    "returned": "Tiền chuyển khoản bị trả lại",
    "other": "Lý do khác",
}

# What a visitor asks a person who gave this reason; '' is for people nobody has asked yet.
QUESTIONS: Mapping[str, str] = {
    "": "Vì sao còn nhận tiền mặt? Có căn cước, có điện thoại không?",
    "chosen": "Còn muốn nhận tiền mặt không? Tôn trọng lựa chọn.",
    "no_account": "Có muốn mở tài khoản không? Có căn cước, có điện thoại không?",
    "no_phone": "Có người thân dùng chung điện thoại không? Dùng thẻ được không?",
    "far": "Điểm rút tiền nào gần nhất? Có ai rút giúp không?",
    "cannot_use": "Có người thân để ủy quyền nhận thay không?",
    "old_id": "Đã có căn cước mới chưa? Hẹn ngày đi làm.",
    "name_differs": "Tên trên giấy ngân hàng ghi thế nào? Xem lại căn cước.",
    "no_payee": "Ai nhận thay? Có giấy giám hộ hoặc ủy quyền chưa?",
    "returned": "Tài khoản còn dùng không? Xem lại số và tên.",
    "other": "Lý do là gì? Ghi lại cho rõ.",
}
