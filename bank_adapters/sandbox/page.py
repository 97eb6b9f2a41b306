"""One plain page that shows the institution's books to a person."""

from __future__ import annotations

from html import escape

from .book import Book
from .inquiry import whole_book

NAMES = {
    "banka": "Ngân hàng A (kết nối SFTP)",
    "bankb": "Ngân hàng B (danh sách Excel)",
    "postoffice": "Bưu điện (chi tại nhà và điểm chi)",
}
HEAD = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Sổ ngân hàng giả lập (sandbox)</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem;
text-align:left}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
p.mark{background:#fff3c4;padding:.5rem;border:1px solid #b58900}</style></head><body>
<h1>Sổ của ngân hàng giả lập (sandbox)</h1>
<p class="mark">DỮ LIỆU GIẢ LẬP - synthetic. Không có ngân hàng nào, không có tiền thật.</p>
"""


def render(book: Book) -> str:
    """The books as HTML, in Vietnamese."""
    found = whole_book(book)
    executed = found["executed"]
    parts = [
        HEAD,
        f"<p>Đồng hồ của ngân hàng: {escape(found['now'] or 'chưa chạy')}. "
        f"Đã chi {_number(executed['count'])} khoản, {dong(executed['total'])}. "
        f"Một mã tham chiếu được chi nhiều nhất {executed['references_max']} lần.</p>",
    ]
    for provider, name in NAMES.items():
        accounts = [row for row in found["accounts"] if row["provider"] == provider]
        parts.append(f"<h2>{name}</h2>{_payments(found['by_provider'][provider])}")
        parts.append(_table(accounts))
    return "".join([*parts, "</body></html>\n"])


STATES = {
    "accepted": "đã nhận, chờ chi",
    "rejected": "bị từ chối",
    "executed": "đã chi",
    "returned": "đã chi rồi bị trả lại",
    "listed": "trong danh sách, chờ chi",
    "unpaid": "chưa chi được",
}


def _payments(provider: dict[str, dict[str, dict[str, int]]]) -> str:
    items = [
        f"<li>{STATES[state]}: {_number(sums['count'])} khoản, {dong(sums['total'])}</li>"
        for state, sums in sorted(provider["payments"].items())
    ]
    return f"<ul>{''.join(items)}</ul>" if items else "<p>Chưa có khoản chi nào.</p>"


def _table(accounts: list[dict[str, str | int]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(str(row['number']))}</td><td>{escape(str(row['name']))}</td>"
        f"<td class=n>{dong(int(row['credits']))}</td><td class=n>{dong(int(row['debits']))}</td>"
        f"<td class=n>{dong(int(row['balance']))}</td></tr>"
        for row in accounts
    )
    return (
        "<table><tr><th>Tài khoản</th><th>Chủ tài khoản</th><th class=n>Tiền vào</th>"
        f"<th class=n>Tiền ra</th><th class=n>Số dư</th></tr>{rows}</table>"
    )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def dong(value: int) -> str:
    """Đồng as people write them: 1.234.567 ₫."""
    return f"{_number(value)}\u00a0₫"
