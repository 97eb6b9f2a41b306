"""Every job of the service, once, as data: when, what, in words, and how far back it catches up.

The table in `docs/operations/schedule.md` is checked against this list by a test.
"""

from __future__ import annotations

from datetime import time, timedelta

from app.jobs import (
    accounts,
    before_due,
    collecting,
    enquiring,
    month_end,
    packing,
    payrolls,
    resending,
    sending,
)
from app.jobs.due import Job
from app.jobs.slots import Daily, Every, Monthly
from app.schedule.locking import LOCK_DAY, LOCK_TIME, OPEN_DAY, OPEN_TIME

MONTH = "month"
"""The line of the list: opened, reminded of, locked, its money asked for, in this order."""

JOBS: tuple[Job, ...] = (
    Job(
        "open_payrolls",
        Monthly((OPEN_DAY,), OPEN_TIME),
        lambda run, slot: payrolls.open_payrolls(run, slot.next_month),
        "Tính chế độ và mở bảng dự thảo của tháng sau",
        timedelta(days=40),
        MONTH,
    ),
    Job(
        "remind",
        Monthly((20, 22, 23, 24), time(8)),
        lambda run, slot: before_due.remind_officers(run, slot.name, slot.next_month),
        "Nhắc cán bộ còn bảng chưa trình, chưa kiểm tra, chưa duyệt",
        timedelta(days=3),
        MONTH,
    ),
    Job(
        "lock_list",
        Monthly((LOCK_DAY,), LOCK_TIME),
        lambda run, slot: before_due.lock_month(run, slot.next_month),
        "Chốt danh sách của tháng sau, trước ngày 25",
        timedelta(days=40),
        MONTH,
    ),
    Job(
        "request_funding",
        Monthly((23, 24, 27), time(18, 30)),
        lambda run, slot: month_end.request_funding(run, slot.next_month),
        "Lập đề nghị rút kinh phí của tháng sau cho các bảng đã duyệt",
        timedelta(days=40),
        MONTH,
    ),
    Job(
        "build",
        Every(30, 8, 16, banking_days=True),
        lambda run, slot: before_due.build_due(run),
        "Lập lô của các bảng đã duyệt, trước ngày chi nhiều nhất 3 ngày làm việc",
        timedelta(hours=1),
        repeats=True,
    ),
    Job(
        "send",
        Every(10, 8, 16, banking_days=True),
        lambda run, slot: sending.send_batches(run),
        "Gửi các lô đã giải ngân tới ngày chi",
        timedelta(minutes=30),
        repeats=True,
    ),
    Job(
        "pack_events",
        Every(5),
        lambda run, slot: packing.pack_events(run),
        "Đóng các tin báo của đơn vị chi trả thành tệp",
        timedelta(minutes=30),
        repeats=True,
    ),
    Job(
        "collect",
        Every(10),
        lambda run, slot: collecting.collect_and_apply(run),
        "Nhận, đọc, đối chiếu và ghi sổ tệp của đơn vị chi trả",
        timedelta(minutes=30),
        repeats=True,
    ),
    Job(
        "resend",
        Daily(time(14)),
        lambda run, slot: resending.resend_in_doubt(run),
        "Gửi lại đúng tệp đã niêm phong, chỉ tới nơi từ chối lần lặp lại",
        timedelta(days=1),
        repeats=True,
    ),
    Job(
        "enquire",
        Every(1),
        lambda run, slot: enquiring.enquire(run),
        "Hỏi nơi hỏi được về lô chưa rõ: sau 1, 5, 15, 60 phút, rồi mỗi giờ",
        timedelta(minutes=5),
        repeats=True,
    ),
    Job(
        "seal_chain",
        Every(1),
        lambda run, slot: month_end.seal_chain(run),
        "Đánh số chứng từ và nối chuỗi sổ",
        timedelta(minutes=5),
        repeats=True,
    ),
    Job(
        "follow_accounts",
        Daily(time(20)),
        lambda run, slot: accounts.follow_accounts(run),
        "Theo dõi lần chi đầu vào tài khoản: xác nhận, hoặc trở về tiền mặt",
        timedelta(days=3),
        repeats=True,
    ),
    Job(
        "list_again",
        Daily(time(20, 30)),
        lambda run, slot: accounts.list_again(run, slot.month),
        "Lập bảng chi bổ sung cho khoản bị trả lại đã có nơi nhận khác",
        timedelta(days=1),
        repeats=True,
    ),
    Job(
        "proofs",
        Daily(time(1, 30)),
        lambda run, slot: month_end.nightly_proofs(run),
        "Kiểm chứng sổ sách; không đạt thì dừng chi toàn bộ",
        timedelta(days=1),
        repeats=True,
    ),
)


def lines(jobs: tuple[Job, ...] = JOBS) -> dict[str, tuple[Job, ...]]:
    """The jobs of each line, in the order of the list."""
    return {one: tuple(job for job in jobs if job.queue == one) for one in _names(jobs)}


def _names(jobs: tuple[Job, ...]) -> list[str]:
    return list(dict.fromkeys(job.queue for job in jobs))
