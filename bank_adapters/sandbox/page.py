"""One plain page that shows the institution's books to a person."""

from __future__ import annotations

from html import escape

from .book import Book
from .html_parts import STYLE, bullets, dong, number, table
from .inquiry import whole_book
from .payout import Institution
from .payout import page as payout_page

NAMES = {
    "banka": "Ngân hàng A (kết nối SFTP)",
    "bankb": "Ngân hàng B (danh sách Excel)",
    "postoffice": "Bưu điện (chi tại nhà và điểm chi)",
}
HEAD = f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Sổ ngân hàng giả lập (sandbox)</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{STYLE}</style></head><body>
<h1>Sổ của ngân hàng giả lập (sandbox)</h1>
<p class="mark">DỮ LIỆU GIẢ LẬP - synthetic. Không có ngân hàng nào, không có tiền thật.</p>
"""


def render(book: Book, payout: Institution | None = None) -> str:
    """The books as HTML, in Vietnamese."""
    found = whole_book(book)
    executed = found["executed"]
    parts = [
        HEAD,
        f"<p>Ba nơi chi nhận tệp: đồng hồ {escape(found['now'] or 'chưa chạy')}. "
        f"Đã chi {number(executed['count'])} khoản, {dong(executed['total'])}. "
        f"Một mã tham chiếu được chi nhiều nhất {executed['references_max']} lần.</p>",
    ]
    for provider, name in NAMES.items():
        accounts = [row for row in found["accounts"] if row["provider"] == provider]
        parts.append(f"<h2>{name}</h2>{_payments(found['by_provider'][provider])}")
        parts.append(_accounts(accounts))
    if payout is not None:
        parts.append(payout_page.render(payout))
    return "".join([*parts, "</body></html>\n"])


SUMS = ("credits", "debits", "balance")
STATES = {
    "accepted": "đã nhận, chờ chi",
    "rejected": "bị từ chối",
    "executed": "đã chi",
    "returned": "đã chi rồi bị trả lại",
    "listed": "trong danh sách, chờ chi",
    "unpaid": "chưa chi được",
}


def _payments(provider: dict[str, dict[str, dict[str, int]]]) -> str:
    items = (
        f"{STATES[state]}: {number(sums['count'])} khoản, {dong(sums['total'])}"
        for state, sums in sorted(provider["payments"].items())
    )
    return bullets(items, "Chưa có khoản chi nào.")


def _accounts(accounts: list[dict[str, str | int]]) -> str:
    rows = (
        (str(row["number"]), str(row["name"]), *(dong(int(row[name])) for name in SUMS))
        for row in accounts
    )
    heads = ("Tài khoản", "Chủ tài khoản", "Tiền vào", "Tiền ra", "Số dư")
    return table(heads, rows, "Chưa mở tài khoản nào.", texts=2)
