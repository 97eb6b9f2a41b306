"""Why a signed file is not accepted: one sentence for each kind of failure."""

from __future__ import annotations

from app.errors import InputError

ACCEPTED = "accepted"

# Verdict: what is wrong (with `{…}` for what was found), and what to do.
FAULTS = {
    "too_big": (
        "Tệp nặng {size} MB, quá mức {limit} MB của một văn bản đã ký.",
        "Chọn đúng tệp PDF đã ký.",
    ),
    "not_pdf": ("Tệp không phải là PDF đọc được.", "Chọn tệp PDF mà phần mềm ký đã lưu."),
    "not_ours": (
        "Tệp không bắt đầu bằng đúng tệp đã chuẩn bị của văn bản số {number}.",
        "Có thể đã ký nhầm văn bản, hoặc tệp đã bị sửa, in lại, nén hay lưu lại. Ký trên đúng tệp"
        " của `ansinh papers prepare`, theo cách thêm chữ ký vào cuối tệp.",
    ),
    "unsigned": ("Tệp chưa có chữ ký nào.", "Ký vào các ô chữ ký rồi gửi lại."),
    "missing": ("Còn thiếu chữ ký ở ô: {fields}.", "Chuyển tệp cho người còn thiếu ký tiếp."),
    "changed": (
        "Sau khi chuẩn bị, tệp có thay đổi không phải là chữ ký.",
        "Không dùng tệp này. Hỏi người giữ tệp, rồi ký lại từ tệp đã chuẩn bị.",
    ),
    "broken": (
        "Chữ ký ở ô {field} không khớp với nội dung tệp.",
        "Không dùng tệp này. Ký lại từ tệp đã chuẩn bị.",
    ),
    "untrusted": (
        "Chứng thư của {signer} ở ô {field} không do nơi cấp được tin cậy cấp để ký văn bản.",
        "Dùng chứng thư công vụ; nếu nơi cấp là đúng, nhờ người quản trị thêm chứng thư gốc vào"
        " thư mục ANSINH_SIGNING_TRUST.",
    ),
    "expired": (
        "Chứng thư của {signer} ở ô {field} hết hạn hoặc chưa có hiệu lực vào {moment}.",
        "Gia hạn chứng thư rồi ký lại. Chữ ký không có dấu thời gian được xét vào lúc nhận tệp.",
    ),
    "revoked": (
        "Chứng thư của {signer} ở ô {field} đã bị thu hồi trước {moment}.",
        "Không dùng tệp này. Người ký xin cấp chứng thư mới rồi ký lại.",
    ),
    "unknown": (
        "Chưa biết chứng thư của {signer} ở ô {field} có bị thu hồi hay không.",
        "Tải danh sách thu hồi (CRL) mới của nơi cấp vào thư mục ANSINH_SIGNING_TRUST rồi nhận"
        " lại; chương trình không tự hỏi ra ngoài mạng.",
    ),
    "same_person": (
        "Ô {field} và ô {other} do cùng một chứng thư hay cùng một khoá ký.",
        "Mỗi ô phải do đúng người của ô ấy ký bằng chứng thư của mình.",
    ),
    "wrong_person": (
        "Ô {field} do “{signer}” ký, không phải “{told}”.",
        "Kiểm tra người ký; nếu ký nhầm ô thì ký lại từ tệp đã chuẩn bị.",
    ),
}


class NotAccepted(InputError):
    """A signed file that is refused; `verdict` is a key of FAULTS."""

    def __init__(self, verdict: str, **values: object) -> None:
        message, what_to_do = FAULTS[verdict]
        super().__init__(message.format(**values), what_to_do)
        self.verdict = verdict
