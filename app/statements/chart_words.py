"""What the chart of accounts calls an item and a code, in Vietnamese."""

from __future__ import annotations

ITEMS = {
    "": "",
    "batch": "lô chi",
    "bank line": "dòng sao kê",
    "case": "vụ việc",
    "obligation": "khoản trợ cấp",
}
DIMENSIONS = {
    "fund": "nguồn",
    "programme": "chương trình",
    "unit": "đơn vị",
    "provider": "tổ chức chi trả",
}
