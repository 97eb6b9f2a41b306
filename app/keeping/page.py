"""The comparison after a restore as a page that two officers read before they sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.access.typed_digest import DIGEST_MIN
from app.clock import TIME_ZONE
from app.disbursement.comparison import Comparison, differences
from app.disbursement.states import IN_DOUBT, SENDING, SENT
from ledger.money import format_number

STATES = {SENDING: "đang gửi", SENT: "đã gửi", IN_DOUBT: "chưa rõ", "answered": "đã có trả lời",
          "done": "xong"}  # fmt: skip
RULE = "-" * 100
UNKNOWN = (
    "Các lô này lập sau bản sao lưu. Mã thông điệp và mã tham chiếu tính từ bảng chi, nên lập lại",
    "đúng bảng đó sẽ ra đúng mã cũ: hệ thống không gửi nữa mà ghi là chưa rõ, và ngân hàng từ chối",
    "mã trùng. Nhưng bảng lập theo thứ tự khác sẽ ra mã khác. Vì vậy các đơn vị chi trả này có",
    "lệnh dừng chi riêng: chỉ bỏ (`ansinh hold clear`) khi đã nhận sao kê và xử lý xong từng dòng.",
)


def page_of(made: Comparison) -> str:
    """The whole page as plain text, the code to sign at its end."""
    value = made.value
    parts = (
        _head(value["restoration"], made),
        _accounts(value["accounts"]),
        _batches(value["batches"], value["open_total"]),
        _unknown(value["unknown"]),
        _what_to_do(value, made),
    )
    return "\n".join(line for part in parts for line in (*part, ""))


def _head(told: Mapping[str, Any], made: Comparison) -> Iterator[str]:
    yield f"BẢNG ĐỐI CHIẾU SAU KHÔI PHỤC số {made.id}, lập lúc {_moment(made.made_at)}"
    yield f"Bản sao lưu: {told['backup']}, chụp lúc {_at(told['taken_at'])}"
    yield f"Khôi phục lúc {_at(told['restored_at'])}"
    lost = told["lost_entries"]
    said = "không rõ (không có mốc lưu ngoài)" if lost is None else format_number(lost)
    yield f"Bút toán trong chuỗi: {format_number(told['entries'])}; mất sau bản sao lưu: {said}"
    if told["journal"] == "lost":
        yield "Nhật ký gửi: MẤT. Mọi lô đã giải ngân đến ngày chi đều coi là chưa rõ đã gửi."
    else:
        yield f"Nhật ký gửi: còn, {format_number(told['journal_lines'])} dòng"
    for name, words in (
        ("journal_unreadable", "dòng nhật ký không đọc được"),
        ("not_in_journal", "lô đã gửi theo sổ mà không có trong nhật ký"),
    ):
        if told[name]:
            yield f"  ! {format_number(told[name])} {words}"


def _accounts(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "1. TÀI KHOẢN (đồng; lệch = sổ ta trừ ngân hàng báo)"
    yield RULE
    line = "{:<12} {:<16} {:>17} {:>17} {:>17} {:>10} {:>9}"
    yield line.format(
        "đơn vị", "tài khoản", "sổ ta", "đang chuyển", "ngân hàng báo", "ngày", "lệch"
    )
    used = [one for one in rows if _is_used(one)]
    for one in used:
        stated = "chưa báo" if one["stated"] is None else format_number(one["stated"])
        gap = "?" if one["difference"] is None else _signed(one["difference"])
        yield line.format(
            one["provider"][:12], one["account"][:16], _signed(one["books"]),
            _signed(one["in_transit"]), stated, _day(one["stated_on"]), gap,
        )  # fmt: skip
    yield f"({len(rows) - len(used)} tài khoản khác: không có tiền, không lệch; có trong tệp JSON)"


def _is_used(one: Mapping[str, Any]) -> bool:
    return any(one[name] for name in ("books", "in_transit", "suspense", "difference"))


def _batches(rows: list[Mapping[str, Any]], total: int) -> Iterator[str]:
    yield f"2. LÔ ĐÃ RỜI HỆ THỐNG MÀ CHƯA XONG: {len(rows)} lô, {format_number(total)} đồng"
    yield RULE
    for one in rows:
        mark = " (theo nhật ký gửi)" if one["from_journal"] else ""
        state = STATES.get(one["state"], one["state"])
        yield (
            f"lô {one['id']} qua {one['provider']}: {state}{mark}, {one['lines']} lệnh,"
            f" {format_number(one['total'])} đồng"
        )
        yield f"  tệp {one['file_name'] or '(không rõ)'}  SHA-256 {one['sha256'] or '(không rõ)'}"


def _unknown(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    yield f"3. TỆP ĐÃ GỬI MÀ SỔ KHÔNG BIẾT: {len(rows)} tệp"
    yield RULE
    for one in rows:
        told = f"{one['lines']} lệnh, {format_number(one['total'])} đồng" if one["lines"] else ""
        yield f"{one['name']} qua {one['provider'] or '(không rõ)'}, {_at(one['at'])}. {told}"
        yield f"  SHA-256 {one['sha256']}"
    if rows:
        yield from UNKNOWN


def _what_to_do(value: Mapping[str, Any], made: Comparison) -> Iterator[str]:
    yield "4. TRƯỚC KHI KÝ"
    yield RULE
    since = _at(value["restoration"]["taken_at"])
    yield f"- Xin ngân hàng, bưu điện gửi lại mọi sao kê và tệp trả lời từ {since} đến nay."
    for one in differences(value["accounts"]):
        why = (
            "chưa có sao kê" if one["difference"] is None else f"lệch {_signed(one['difference'])}"
        )
        yield f"- {one['provider']} {one['account']}: {why}; hỏi đơn vị chi trả."
    yield "- Lô chưa rõ: giữ nguyên. Chỉ sao kê, tệp trả lời, hoặc gửi lại đúng tệp cũ mới làm rõ."
    yield "- Số liệu mới về thì chạy lại `ansinh restore compare`; chữ ký trước đó hết giá trị."
    yield ""
    yield f"Mã đối chiếu: {made.digest}"
    yield "Hai cán bộ tài chính khác nhau, mỗi người một lần, cách nhau không quá 24 giờ:"
    yield f"  ansinh restore sign --officer TÊN --code 123456 --digest {made.digest[:DIGEST_MIN]}"


def _signed(value: int) -> str:
    return f"-{format_number(-value)}" if value < 0 else format_number(value)


def _moment(value: datetime) -> str:
    return f"{value.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"


def _at(text: str) -> str:
    return _moment(datetime.fromisoformat(text))


def _day(text: str | None) -> str:
    return f"{text[8:]}/{text[5:7]}/{text[:4]}" if text else ""
