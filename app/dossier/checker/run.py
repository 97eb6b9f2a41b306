"""One line a check, in Vietnamese and English; a wrong one names what is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from . import anchors, chain, folder, lists, money
from .reading import Books, Pack

NAMED = 5
UNREADABLE = (OSError, ValueError, KeyError, TypeError, IndexError)


def main(arguments: list[str], beside: Path) -> int:
    """Check the pack in the folder given, or the one that this program lies in.

    Gives 0 when all is right, 1 when something is wrong.
    """
    parser = argparse.ArgumentParser(description="Kiểm tra hồ sơ kiểm toán / check an audit pack")
    parser.add_argument("folder", nargs="?", type=Path, default=beside, help="thư mục / folder")
    parser.add_argument("--key", default="", help="khoá công khai / public key (64 hex)")
    given = parser.parse_args(arguments)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="replace")
    try:
        pack = Pack(given.folder)
        say(title(pack))
    except UNREADABLE as error:
        say(f"SAI    Không phải hồ sơ / no audit pack: {given.folder}: {error!r}")
        return 1
    wrong = sum(not told(vi, en, found) for vi, en, found in checks(pack, given.key.lower()))
    for note in pack.notes:
        say(f"LƯU Ý  {note}")
    say(f"KẾT QUẢ / RESULT: {'SAI / WRONG' if wrong else 'ĐÚNG / RIGHT'}")
    return 1 if wrong else 0


def title(pack: Pack) -> str:
    """Which pack this is."""
    unit, period = pack.values["unit"], pack.values["period"]
    synthetic = " DỮ LIỆU GIẢ LẬP / SYNTHETIC" if pack.values["synthetic"] else ""
    if (pack.index["unit"], pack.index["period"]) != (unit["code"], period):
        raise ValueError("index.json và snapshot.json nói về hai hồ sơ / speak of two packs")
    return f"{unit['code']} {unit['name']}, {period}, {pack.values['made_at']}{synthetic}"


def checks(pack: Pack, key: str) -> Iterator[tuple[str, str, Iterator[str]]]:
    """Every check: what it says in both languages, and what it finds wrong."""
    yield "Đủ tệp, không tệp nào bị sửa", "files", folder.files(pack)
    if key or pack.index["public_key"]:
        yield "Chữ ký trên mục lục", "signature of the index", folder.signature(pack, key)
    else:
        pack.notes.append("Mục lục KHÔNG có chữ ký / the index is NOT signed")
    yield "Bảng chi bằng tổng các dòng", "payrolls equal their lines", lists.payrolls(pack)
    yield "Lần xác nhận gắn đúng bảng, lô", "acts bound to lists and batches", lists.acts(pack)
    yield "Lô chi, tệp gửi, tệp nhận", "batches, files sent and received", lists.batches(pack)
    yield "Mốc niêm ngoài cơ sở dữ liệu", "anchors", anchors.anchors(pack, key)
    yield from of_books(pack)


def of_books(pack: Pack) -> Iterator[tuple[str, str, Iterator[str]]]:
    """The checks that need the books; when those cannot be read, the one that says so."""
    try:
        books = Books(pack)
    except UNREADABLE as error:
        yield "Sổ kế toán", "books", iter([f"không đọc được / cannot be read: {error!r}"])
        return
    yield "Bút toán cân", "entries balance", iter(books.unbalanced)
    yield "Mã băm từng bút toán", "digests of entries", iter(books.altered)
    yield "Số dư luỹ kế", "running balances", iter(books.broken)
    yield "Chuỗi niêm", "chain", chain.links(pack, books)
    yield "Không ghi vào kỳ đã khoá", "closed periods stay closed", chain.closes(pack, books)
    yield "Ghi nhận phải trả bằng bảng chi", "accruals equal payrolls", money.accruals(pack, books)
    yield "Kết quả bằng bút toán", "outcomes equal entries", money.outcomes(pack, books)
    yield "Phát sinh từng tài khoản", "accounts equal postings", money.accounts(pack, books)
    yield "Quyết toán bằng sổ", "settlement equals postings", money.settlement(pack, books)


def told(vi: str, en: str, found: Iterator[str]) -> bool:
    """Print a check's line; whether it holds."""
    try:
        first = list(islice(found, NAMED))
        more = sum(1 for _ in found)
    except UNREADABLE as error:
        first, more = [f"không đọc được / cannot be read: {error!r}"], 0
    say(f"{'SAI   ' if first else 'ĐÚNG  '} {vi} / {en}")
    for one in first:
        say(f"         {one}")
    if more:
        say(f"         … và {more} chỗ nữa / and {more} more")
    return not first


def say(line: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{line}\n")
