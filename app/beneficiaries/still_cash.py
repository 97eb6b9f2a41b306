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
