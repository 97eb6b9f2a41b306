"""Progress of long work: done, total, rate and time left; one live line on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic

LABELS = {
    "read": "Đọc sổ",
    "import": "Nhập sổ",
    "entitlements": "Tính mức hưởng",
    "maker": "Trình",
    "checker": "Kiểm tra",
    "approver": "Duyệt",
    "build": "Lập lô",
    "send": "Gửi",
    "collect banka": "Nhận tệp ngân hàng A",
    "collect bankb": "Nhận tệp ngân hàng B",
    "collect postoffice": "Nhận tệp bưu điện",
    "read files": "Đọc tệp",
    "apply": "Đối chiếu",
    "repair": "Sửa tài khoản",
    "documents": "In tài liệu",
    "back up inbound": "Sao tệp đã nhận",
    "back up outbound": "Sao tệp đã gửi",
    "restore files": "Chép tệp về",
}


class ConsoleProgress:
    """Writes to standard error; on a pipe only the end of each step."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._step = ""
        self._began = 0.0
        self._live = sys.stderr.isatty()

    def __call__(self, step: str, done: int, total: int) -> None:
        """One more of `step` is done."""
        if step != self._step or done == 1:
            self._step, self._began = step, self._now()
        seconds = max(self._now() - self._began, 0.001)
        line = _line(LABELS.get(step, step), done, total, seconds)
        if self._live:
            end = "\n" if done >= total else ""
            sys.stderr.write(f"\r\x1b[K{line}{end}")
            sys.stderr.flush()
        elif done >= total and total > 1:
            sys.stderr.write(line + "\n")


def _line(label: str, done: int, total: int, seconds: float) -> str:
    rate = done / seconds
    left = (total - done) / rate if rate else 0
    share = f"{done:,}/{total:,}".replace(",", ".")
    return f"  {label:<24} {share:>15}  {rate:8.0f}/giây  còn {left:4.0f} giây"
