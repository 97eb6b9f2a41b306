"""The payout bank's part of the page: books, faults and misbehaviours, for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ..html_parts import bullets, dong, number, table
from .institution import Institution

FAULTS = {
    "lost": "Yêu cầu bị mất, chưa làm gì",
    "busy": "Báo bận, chưa nhận",
    "server_error": "Lỗi máy chủ, không rõ đã làm chưa",
    "accept_then_timeout": "Đã nhận nhưng không trả lời",
    "reset": "Đứt kết nối, không rõ đã làm chưa",
    "garbage_answer": "Đã nhận nhưng trả lời vô nghĩa",
    "slow": "Trả lời chậm",
    "reject": "Từ chối ngay",
    "reject_later": "Nhận rồi từ chối sau",
    "return": "Đã chi rồi bị trả lại",
    "amount_changed": "Chi sai số tiền",
    "executed_twice": "Chi hai lần",
    "dropped": "Nhận rồi bỏ quên",
    "callback_twice": "Báo kết quả hai lần",
    "callback_late": "Báo kết quả muộn",
    "callback_lost": "Không báo kết quả",
    "callback_forged": "Có kẻ giả mạo báo kết quả",
    "callback_lies": "Báo kết quả sai sự thật",
    "enquiry_timeout": "Hỏi trạng thái không được trả lời",
    "enquiry_not_found": "Hỏi trạng thái, báo không tìm thấy",
    "cut_after_rename": "Nhận tệp rồi đứt kết nối",
    "answer_lost": "Không trả lời tệp",
    "answer_twice": "Trả lời tệp hai lần",
}
BEHAVIOURS = {
    "silence": "Im lặng: làm hết nhưng không nói gì",
    "contradictory_enquiries": "Trả lời hỏi trạng thái trái ngược nhau",
    "amount_changed": "Mọi khoản đều chi sai số tiền",
    "closes_at_cut_off": "Đóng cửa ngay khi hết giờ nhận lệnh",
    "duplicate_acknowledgement": "Xác nhận hai lần",
    "partial_file": "Chỉ nhận nửa đầu của tệp",
    "rejected_file_executed": "Báo từ chối tệp nhưng vẫn chi",
    "success_in_return_file": "Tệp trả lại có cả khoản đã chi tốt",
    "statement_twice": "Gửi sao kê hai lần",
    "statement_gap": "Bỏ sót sao kê của ngày",
    "statements_overlap": "Sao kê chồng lên ngày trước",
    "wrong_balance": "Số dư cuối sao kê bị sai",
    "return_first": "Báo trả lại trước khi xác nhận",
}
STATUSES = {
    "ACSC": "đã ghi nợ (ACSC)",
    "ACCC": "đã ghi có cho người nhận (ACCC)",
    "ACSP": "đang xử lý (ACSP)",
    "RJCT": "bị từ chối (RJCT)",
}
KINDS = {"ours": "Tài khoản của đơn vị", "advance": "Tiền tạm ứng", "own": "Sổ riêng"}
OWN = {"NOSTRO": "Tiền nhận từ ngoài", "PAYEES": "Người nhận"}


def render(institution: Institution) -> str:
    """The section as HTML."""
    found = institution.books()
    title = "Ngân hàng chi qua API (HTTPS)"
    parts = [
        f"<h2>{title}</h2>",
        f"<p>{_who(found)}</p>",
        _verdict(found),
        _sums(found),
        "<h3>Tài khoản</h3>",
        _accounts(found["accounts"]),
        "<h3>Lỗi đã gây ra</h3>",
        f"<p>Lỗi được chọn theo hạt giống {found['seed']}: cùng hạt giống thì cùng lỗi.</p>",
        _faults(found["faults"]),
        "<h3>Cách cư xử đang bật</h3>",
        bullets((BEHAVIOURS[name] for name in found["behaviours"]), "Không có."),
    ]
    return "".join(parts)


def _who(found: Mapping[str, Any]) -> str:
    money = (
        "giữ tiền tạm ứng của đơn vị" if found["holds_advance"] else "trích tài khoản của đơn vị"
    )
    again = "không chi lại" if found["dedupe"] else "chi lại"
    return f"Nơi chi này {money}. Gửi lại cùng một mã tham chiếu thì nó {again}."


def _verdict(found: Mapping[str, Any]) -> str:
    most = found["executed"]["references_max"]
    if found["proof"]:
        wrong = escape(", ".join(found["proof"]))
        return f"<p class=bad>Sổ KHÔNG khớp: {wrong}.</p>"
    if most > 1:
        return f"<p class=bad>Sổ khớp, nhưng có mã tham chiếu được chi {most} lần.</p>"
    return f"<p class=good>Sổ khớp. Mỗi mã tham chiếu được chi nhiều nhất {most} lần.</p>"


def _sums(found: Mapping[str, Any]) -> str:
    done, back, told = found["executed"], found["returned"], found["callbacks"]
    rows = [
        ("Yêu cầu chi đã nhận", number(found["requests"])),
        ("Đã chi", f"{number(done['count'])} khoản, {dong(done['total'])}"),
        ("Mã tham chiếu đã chi", number(done["references"])),
        ("Bị trả lại", f"{number(back['count'])} khoản, {dong(back['total'])}"),
        *((f"Khoản {STATUSES[name]}", number(n)) for name, n in found["statuses"].items()),
        ("Lần hỏi trạng thái", number(found["enquiries"])),
        ("Báo kết quả còn phải gửi", f"{number(told['open'])} trên {number(told['made'])}"),
    ]
    return table(("Số liệu", "Giá trị"), rows, "")


def _faults(played: Mapping[str, int]) -> str:
    rows = ((FAULTS[name], number(played[name])) for name in FAULTS if name in played)
    return table(("Lỗi", "Số lần"), rows, "Chưa gây lỗi nào.")


def _accounts(accounts: Iterable[Mapping[str, Any]]) -> str:
    rows = (
        (
            OWN.get(row["number"], row["number"]),
            row["name"] if row["kind"] != "own" else "",
            KINDS[row["kind"]],
            dong(row["debits"]),
            dong(row["credits"]),
            dong(row["balance"]),
        )
        for row in accounts
    )
    heads = ("Tài khoản", "Chủ tài khoản", "Loại", "Ghi nợ", "Ghi có", "Có trừ nợ")
    return table(heads, rows, "", texts=3)
