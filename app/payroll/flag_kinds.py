"""The kinds of doubts about a payroll: whose job each is, whether it blocks, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

MAKER, CHECKER, PROVINCE = "maker", "checker", "province"


class Kind(NamedTuple):
    """`owner` has to do something about it. A kind that blocks stops the submission until it is
    gone, or, where it `may_be_accepted`, until another officer than the maker says why."""

    owner: str
    sentence: str
    blocks: bool = False
    may_be_accepted: bool = False


_KINDS = {
    "unexplained": Kind(
        PROVINCE,
        "Chênh lệch chưa giải thích: {detail}. Báo tỉnh, không trình bảng này.",
        blocks=True,
    ),
    "jump_total": Kind(
        CHECKER,
        "Tổng tiền {detail}. Người kiểm tra ghi lý do.",
        blocks=True,
        may_be_accepted=True,
    ),
    "jump_people": Kind(
        CHECKER,
        "Số dòng {detail}. Người kiểm tra ghi lý do.",
        blocks=True,
        may_be_accepted=True,
    ),
    "jump_missing": Kind(
        CHECKER,
        "Số người vắng không rõ lý do {detail}. Người kiểm tra ghi lý do.",
        blocks=True,
        may_be_accepted=True,
    ),
    "jump_accounts": Kind(
        CHECKER,
        "Số người đổi nơi nhận tiền {detail}. Người kiểm tra ghi lý do.",
        blocks=True,
        may_be_accepted=True,
    ),
    "no_route": Kind(
        MAKER,
        "{n} người chưa có nơi nhận tiền dùng được. Bổ sung tài khoản hoặc chọn tiền mặt.",
        blocks=True,
    ),
    "no_route_yet": Kind(
        MAKER,
        "{n} người chưa có nơi nhận tiền dùng được, chưa có trong bảng này."
        " Bổ sung rồi lập lại đợt chi.",
    ),
    "deceased": Kind(
        MAKER,
        "{n} người trong bảng được báo đã mất trước kỳ này. Bỏ dòng khỏi bảng, hoặc bác tin báo.",
        blocks=True,
    ),
    "mobile_limit": Kind(
        MAKER,
        "{n} người nhận quá 100 triệu đồng một tháng vào tiền di động. Chọn cách nhận khác.",
        blocks=True,
    ),
    "account_changed": Kind(
        CHECKER, "{n} người đổi nơi nhận tiền trong 30 ngày qua. Kiểm tra đơn đề nghị."
    ),
    "account_unproven": Kind(
        MAKER,
        "{n} người có tài khoản mới trong 30 ngày qua chưa đối chiếu được tên và chưa nhận khoản"
        " tiền nào. Hỏi tên chủ tài khoản, hoặc trả tiền mặt kỳ này.",
    ),
    "name_differs": Kind(
        MAKER, "{n} người có tên ở ngân hàng khác tên trong hồ sơ. Sửa tên hoặc tài khoản."
    ),
    "shared_account": Kind(
        CHECKER, "{n} người nhận chung một tài khoản với người khác. Kiểm tra uỷ quyền."
    ),
    "unusual_amount": Kind(
        CHECKER,
        "{n} người nhận hơn hai lần mức của nhóm và của ba tháng trước. Kiểm tra quyết định.",
    ),
    "authorisation": Kind(
        MAKER,
        "{n} người nhận thay mà giấy uỷ quyền đã hết hạn. Lập giấy mới hoặc trả cho người hưởng.",
    ),
    "staff_payee": Kind(
        CHECKER, "{n} người hưởng là cán bộ có tài khoản ở hệ thống này. Để người khác kiểm tra."
    ),
    "heirs": Kind(
        MAKER, "{n} người đã mất còn truy lĩnh chưa trả. Chờ văn bản về người nhận thay."
    ),
    "told_dead": Kind(
        MAKER,
        "{n} người được báo đã mất trước kỳ này, đang tạm giữ tiền. Xác nhận hoặc bác tin báo tử.",
    ),
    "insured": Kind(
        MAKER,
        "{n} người có lương hưu hoặc trợ cấp bảo hiểm xã hội không thấp hơn trợ cấp hưu trí xã hội."
        " Xét lại điều kiện hưởng.",
    ),
    "overpaid": Kind(
        MAKER,
        "{n} người đã được tính thừa tháng trước vì tin báo muộn. Lập quyết định nếu phải thu hồi.",
    ),
    "left_off": Kind(
        CHECKER,
        "{n} người tạm giữ lại vì nghi trùng, gian lận hoặc đã gộp. Xem các vụ nghi trùng.",
    ),
    "doubted": Kind(CHECKER, "{n} người có nghi vấn chưa xử lý. Xem các vụ nghi trùng."),
    "missing": Kind(
        MAKER, "{n} người có tên tháng trước, tháng này vắng mà không có lý do. Hỏi lại thôn."
    ),
}

KINDS: Mapping[str, Kind] = MappingProxyType(_KINDS)

JUMPS: Mapping[str, str] = MappingProxyType(
    {
        "jump_total": "total",
        "jump_people": "people",
        "jump_missing": "missing",
        "jump_accounts": "accounts",
    }
)
"""The kinds that compare a list with last month's, and what each measures."""

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "new_rate": "mức chuẩn mới",
        "review": "rà soát, bổ sung đối tượng",
        "merger": "sáp nhập địa bàn hoặc chuyển đơn vị chi",
        "arrears": "truy lĩnh",
        "bank": "đổi ngân hàng hoặc nơi chi trả",
        "other": "lý do khác",
    }
)
"""Why a change above its limit is right; words come with every code."""
