"""A look at a ZIP container before anything in it is unpacked, and what a broken one raises."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from python_calamine import CalamineError

from bank_adapters.errors import Unreadable

MAX_FILE = 100_000_000
MAX_ENTRIES = 500
MAX_UNPACKED = 600_000_000
MAX_RATIO = 120
_SMALL = 2_000_000
# What the libraries raise for a container that is cut, changed or made up. RuntimeError stands for
# a password, and for a way of packing that the ZIP library does not know.
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, OSError, RuntimeError,
    ValueError,
)  # fmt: skip


def check(source: BinaryIO) -> None:
    """Refuse a container that is too large, packed suspiciously tight, or no ZIP at all.

    Leaves `source` at its start.
    """
    size = source.seek(0, 2)
    source.seek(0)
    if size > MAX_FILE:
        raise Unreadable(f"tệp Excel lớn hơn {MAX_FILE // 1_000_000} MB")
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except BROKEN as error:
        raise Unreadable(f"tệp Excel hỏng hoặc không phải .xlsx: {error}") from error
    finally:
        source.seek(0)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise Unreadable("tệp Excel có quá nhiều phần hoặc phình quá lớn khi giải nén")
    if unpacked > _SMALL and unpacked > MAX_RATIO * max(size, 1):
        raise Unreadable("tệp Excel nén chặt bất thường (bom nén), bị từ chối")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("tệp Excel đặt mật khẩu; hãy yêu cầu gửi lại tệp không mật khẩu")


@contextmanager
def told_when_broken() -> Iterator[None]:
    """Tell what a broken workbook raises while it is opened and read as Unreadable."""
    try:
        yield
    except (CalamineError, *BROKEN) as error:
        raise Unreadable(f"không đọc được tệp Excel: {error}") from error
    except BaseException as error:
        # A panic of the reader's Rust code comes as a BaseException of a private class.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("tệp Excel hỏng, không đọc được") from error
