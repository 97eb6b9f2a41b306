"""The folder itself: every file as the index has it, no other, and the index signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from .curve import is_signed
from .reading import ANCHOR_KEY, FORMAT, INDEX, SIGNATURE, Pack


def files(pack: Pack) -> Iterator[str]:
    """Every file is there as the index has it, and no other."""
    for path, one in pack.listed.items():
        target = pack.folder / path
        if ".." in Path(path).parts or target.is_symlink() or not target.is_file():
            yield f"{path}: thiếu / missing"
        elif target.stat().st_size != one["size"] or hashed(target) != one["sha256"]:
            yield f"{path}: đã bị sửa / changed"
    for target in sorted(pack.folder.rglob("*")):
        path = target.relative_to(pack.folder).as_posix()
        known = path in pack.listed or path in (INDEX, SIGNATURE)
        if not known and (target.is_symlink() or not target.is_dir()):
            yield f"{path}: thừa / not in the index"
    for name in pack.values["missing"]:
        yield f"{name}: mất từ trước khi lập hồ sơ / was gone when the pack was made"


def hashed(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def signature(pack: Pack, wanted: str) -> Iterator[str]:
    """The index is signed under the key that it names, and under the one asked for, if any."""
    claimed = pack.index["public_key"]
    beside = pack.folder / ANCHOR_KEY
    if wanted and claimed != wanted:
        yield f"khoá của hồ sơ là / the pack names the key {claimed}"
    elif beside.is_file() and beside.read_text("ascii").strip() != claimed:
        yield f"{ANCHOR_KEY}: khoá khác / another key"
    elif not _is_signed(pack, claimed):
        yield f"{SIGNATURE}: chữ ký sai hoặc thiếu / wrong signature or none"
    elif not wanted:
        pack.notes.append(f"Khoá do hồ sơ tự nêu / the key as the pack says it: {claimed}")


def _is_signed(pack: Pack, claimed: str) -> bool:
    path = pack.folder / SIGNATURE
    if not path.is_file():
        return False
    value = json.loads(path.read_bytes())
    message = FORMAT.encode() + b"\n" + pack.index_bytes
    signed = bytes.fromhex(value["signature"])
    return value["public_key"] == claimed and is_signed(bytes.fromhex(claimed), message, signed)
