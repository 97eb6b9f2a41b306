"""The promises of an adapter in Vietnamese, for people; `--json` keeps their names."""

from __future__ import annotations

_PROMISES = {
    "write and read back": "viết ra rồi đọc lại đúng như cũ",
    "the strict reader agrees": "bộ đọc nghiêm ngặt đọc ra đúng lô",
    "the same bytes again": "cùng một lô, cùng một tệp từng byte",
    "file names": "tên tệp hợp lệ, mỗi lô một tên",
    "refuses a wrong count": "từ chối lô ghi sai số dòng",
    "refuses a wrong total": "từ chối lô ghi sai tổng tiền",
    "refuses an amount of zero": "từ chối số tiền bằng 0",
    "refuses a negative amount": "từ chối số tiền âm",
    "refuses a method not declared": "từ chối hình thức chi không khai",
    "has samples": "có tệp trả lời mẫu",
    "refuses an empty file": "từ chối tệp rỗng",
    "refuses zeros": "từ chối tệp toàn số 0",
    "refuses noise": "từ chối tệp nhiễu",
    "refuses an entity bomb": "từ chối bom thực thể XML",
    "refuses a zip bomb": "từ chối bom nén",
    "refuses deep nesting": "từ chối XML lồng quá sâu",
}
_BEGINNINGS = {"reads ": "đọc đúng mẫu ", "refuses half of ": "từ chối một nửa của "}


def promise(name: str) -> str:
    """What a check of the kit is called on the screen."""
    if name in _PROMISES:
        return _PROMISES[name]
    for beginning, words in _BEGINNINGS.items():
        if name.startswith(beginning):
            return words + name.removeprefix(beginning)
    return name
