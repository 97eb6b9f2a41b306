"""A trace as an officer reads it, in Vietnamese, indented; everything in it stands in the JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from app.printing.values import SYNTHETIC_NOTICE, day, short_month
from app.printing.values import moment as printed_moment
from ledger.money import format_vnd

Values = dict[str, Any]
_STEPS = {"submit": "Lập và trình", "check": "Kiểm tra", "approve": "Phê duyệt"}
_CAUSES = {
    "same": "như tháng trước",
    "joined": "mới",
    "rate": "đổi mức hưởng",
    "carried": "chuyển từ tháng trước",
    "follow_up": "chi lại",
    "campaign": "khoản một lần",
    "difference": "truy lĩnh trả riêng",
}
_KINDS = {"follow_up": "bổ sung ", "difference": "chênh lệch ", "campaign": "một lần "}
_BATCH_STATES = {
    "built": "đã lập",
    "released": "đã duyệt giải ngân",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "in_doubt": "chưa rõ kết quả",
    "answered": "đã có trả lời",
    "done": "xong",
    "cancelled": "đã hủy",
}
STATES = {
    "ready": "chờ kết quả",
    "accepted": "ngân hàng đã nhận",
    "settled": "đã chi",
    "rejected": "không chi được",
    "returned": "bị trả lại",
    "not_received": "không tới ngân hàng",
    "recalled": "đã thu hồi",
    "cancelled": "đã hủy",
}
_EVIDENCE = {
    "booked": "ngân hàng ghi sổ",
    "status": "thông báo trạng thái",
    "paid": "danh sách đã chuyển khoản",
    "paid_cash": "danh sách đã chi tiền mặt, có ký nhận",
    "unpaid": "danh sách chưa chi",
    "lump": "ngân hàng ghi nợ cả lô, đã báo có",
}


def trace_text(told: Values) -> str:
    """The whole trace as lines of text."""
    return "\n".join(_lines(told))


def _lines(told: Values) -> Iterator[str]:
    if told["synthetic"]:
        yield SYNTHETIC_NOTICE
    who = told["person"]
    yield f"{who['name']} ({who['code']}), CCCD {who['citizen_id']}, {who['place']}"
    if told["reference"]:
        yield f"Lệnh chi {told['reference']}"
    if not told["obligations"]:
        yield "Chưa có khoản nào được tính cho người này."
    for one in told["obligations"]:
        yield ""
        yield from _obligation(one)


def _obligation(one: Values) -> Iterator[str]:
    owed, decision = one["entitlement"], one["decision"]
    month = short_month(one["period"]).capitalize()
    yield f"{month} - {owed['programme_name']} - {format_vnd(owed['amount'])}"
    yield f"  Tình trạng: {one['status']}"
    signed = day(date.fromisoformat(decision["date"]))
    yield f"  Quyết định: số {decision['number']} ngày {signed}, {decision['group']}"
    yield f"  Mức hưởng: {owed['reason']}"
    if owed["arrears"]:
        monthly, arrears = format_vnd(owed["regular"]), format_vnd(owed["arrears"])
        yield f"    hằng tháng {monthly}; truy lĩnh {arrears} theo {owed['arrears_basis']}"
    yield f"  Đơn vị chi trả: {owed['unit_name']}"
    for line in one["lines"]:
        yield from _list_line(line)
    for attempt in one["attempts"]:
        yield from _attempt(attempt)
    yield from _entries(one["entries"])


def _list_line(line: Values) -> Iterator[str]:
    kind = _KINDS.get(line["kind"], "")
    cause = _CAUSES.get(line["cause"], line["cause"])
    yield (
        f"  Bảng chi trả {kind}{short_month(line['period'])} (số {line['payroll']}),"
        f" dòng {line['line']}: {format_vnd(line['amount'])}, {_to(line)}, {cause}"
    )
    if line["code"]:
        yield f"    Mã bảng {line['code']}, SHA-256 {line['digest']}"
    for step in line["approvals"]:
        at = f" lúc {_moment(step['at'])}" if step["at"] else ""
        yield f"    {_STEPS[step['step']]}: {step['officer']}{at}, mã {step['code']}"


def _attempt(one: Values) -> Iterator[str]:
    batch = one["batch"]
    replaces = f", thay lệnh {one['replaces']}" if one["replaces"] else ""
    yield (
        f"  Lần chi {one['attempt']}: lệnh {one['reference']}{replaces},"
        f" {format_vnd(one['amount'])}, {_to(one)}: {STATES[one['state']]}"
    )
    yield f"    Lô {batch['id']} gửi {batch['provider_name']}, mã {batch['message_id']}"
    if batch["file_name"]:
        yield f"    Tệp {batch['file_name']}, SHA-256 {batch['sha256']}"
    for release in batch["releases"]:
        yield f"    Giải ngân: {release['officer']} lúc {_moment(release['at'])}"
    states = (f"{_BATCH_STATES[e['state']]} {_moment(e['at'])}" for e in batch["events"])
    yield f"    Diễn biến lô: {'; '.join(states)}"
    for outcome in one["outcomes"]:
        yield from _outcome(outcome)


def _outcome(one: Values) -> Iterator[str]:
    line, why, file = one["bank_line"], one["reason_in_words"], one["file"]
    reason = f" ({one['reason']}: {why.rstrip('.')})" if why else ""
    happened = day(date.fromisoformat(one["happened_on"]))
    yield f"    Kết quả: {STATES[one['state']]} ngày {happened}{reason}"
    marks = (("số bút toán ngân hàng", line["bank_reference"]), ("số chứng từ", line["voucher"]))
    named = "".join(f", {name} {value}" for name, value in marks if value)
    kind = _EVIDENCE.get(one["evidence"], one["evidence"])
    yield f"      Chứng cứ: {kind}{named}; dòng {line['id']} của tệp {file['name']}"
    yield f"      SHA-256 tệp {file['sha256']}, nhận lúc {_moment(file['received_at'])}"


def _entries(entries: list[Values]) -> Iterator[str]:
    if entries:
        yield "  Sổ kế toán:"
    for one in entries:
        number = f"chứng từ {one['voucher']}" if one["voucher"] else "chưa vào chuỗi chứng từ"
        yield (
            f"    {day(date.fromisoformat(one['on']))} bút toán {one['entry']} ({number}):"
            f" {one['says']}, {format_vnd(one['amount'])}"
        )
        yield f"      Nợ {one['debit']} / Có {one['credit']}"


def _to(one: Values) -> str:
    return f"tài khoản {one['account']} {one['bank']}" if one["account"] else "tiền mặt"


def _moment(text: str) -> str:
    return printed_moment(datetime.fromisoformat(text))
