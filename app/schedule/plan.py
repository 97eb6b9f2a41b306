"""Every job of the service, once, as data: when, what, in words, and how far back it catches up.

What each does stands in `app/jobs/schedule.py`; the table in `docs/operations/schedule.md` is
checked against this list by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from app.schedule.locking import LOCK_DAY, LOCK_TIME, OPEN_DAY, OPEN_TIME
from app.schedule.slots import Daily, Every, Monthly, Rule

MONTH = "month"
"""The line of the list: opened, reminded of, locked, its money asked for, in this order."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A job as it is planned: when it is due, in words what it does, how far back it catches up,
    in which line it waits, and whether a later slot does what an earlier one could not."""

    name: str
    rule: Rule
    says: str
    horizon: timedelta
    line: str = ""
    repeats: bool = False


PLAN: tuple[Planned, ...] = (
    Planned(
        "open_payrolls",
        Monthly((OPEN_DAY,), OPEN_TIME),
        "Tính chế độ và mở bảng dự thảo của tháng sau",
        timedelta(days=40),
        MONTH,
    ),
    Planned(
        "remind",
        Monthly((20, 22, 23, 24), time(8)),
        "Nhắc cán bộ còn bảng chưa trình, chưa kiểm tra, chưa duyệt",
        timedelta(days=3),
        MONTH,
    ),
    Planned(
        "lock_list",
        Monthly((LOCK_DAY,), LOCK_TIME),
        "Chốt danh sách của tháng sau, trước ngày 25",
        timedelta(days=40),
        MONTH,
    ),
    Planned(
        "request_funding",
        Monthly((23, 24, 27), time(18, 30)),
        "Lập đề nghị rút kinh phí của tháng sau cho các bảng đã duyệt",
        timedelta(days=40),
        MONTH,
    ),
    Planned(
        "build",
        Every(30, 8, 16, banking_days=True),
        "Lập lô của các bảng đã duyệt, trước ngày chi nhiều nhất 3 ngày làm việc",
        timedelta(hours=1),
        repeats=True,
    ),
    Planned(
        "send",
        Every(10, 8, 16, banking_days=True),
        "Gửi các lô đã giải ngân tới ngày chi",
        timedelta(minutes=30),
        repeats=True,
    ),
    Planned(
        "pack_events",
        Every(5),
        "Đóng các tin báo của đơn vị chi trả thành tệp",
        timedelta(minutes=30),
        repeats=True,
    ),
    Planned(
        "collect",
        Every(10),
        "Nhận, đọc, đối chiếu và ghi sổ tệp của đơn vị chi trả",
        timedelta(minutes=30),
        repeats=True,
    ),
    Planned(
        "count_months",
        Every(10),
        "Đếm các tháng cho trang tổng quan và trang lãnh đạo",
        timedelta(minutes=30),
        repeats=True,
    ),
    Planned(
        "resend",
        Daily(time(14)),
        "Gửi lại đúng tệp đã niêm phong, chỉ tới nơi từ chối lần lặp lại",
        timedelta(days=1),
        repeats=True,
    ),
    Planned(
        "enquire",
        Every(1),
        "Hỏi nơi hỏi được về lô chưa rõ: sau 1, 5, 15, 60 phút, rồi mỗi giờ",
        timedelta(minutes=5),
        repeats=True,
    ),
    Planned(
        "seal_chain",
        Every(1),
        "Đánh số chứng từ và nối chuỗi sổ",
        timedelta(minutes=5),
        repeats=True,
    ),
    Planned(
        "queue_messages",
        Every(10),
        "Xếp hàng tin nhắn báo cho người hưởng",
        timedelta(minutes=30),
        repeats=True,
    ),
    Planned(
        "send_codes",
        Every(1),
        "Gửi mã cho người hưởng vừa xin mở trang của mình",
        timedelta(minutes=5),
        repeats=True,
    ),
    Planned(
        "answer_messages",
        Every(1),
        "Đọc báo kết quả gửi và câu hỏi bằng tin nhắn; xếp hàng câu trả lời",
        timedelta(minutes=5),
        repeats=True,
    ),
    Planned(
        "send_messages",
        Every(1),
        "Gửi tin nhắn tới hạn qua cổng nhắn tin; giờ nghỉ chỉ gửi mã và câu trả lời",
        timedelta(minutes=5),
        repeats=True,
    ),
    Planned(
        "follow_accounts",
        Daily(time(20)),
        "Theo dõi lần chi đầu vào tài khoản: xác nhận, hoặc trở về tiền mặt",
        timedelta(days=3),
        repeats=True,
    ),
    Planned(
        "list_again",
        Daily(time(20, 30)),
        "Lập bảng chi bổ sung cho khoản bị trả lại đã có nơi nhận khác",
        timedelta(days=1),
        repeats=True,
    ),
    Planned(
        "proofs",
        Daily(time(1, 30)),
        "Kiểm chứng sổ sách; không đạt thì dừng chi toàn bộ",
        timedelta(days=1),
        repeats=True,
    ),
)
