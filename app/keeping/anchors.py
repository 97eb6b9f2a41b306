"""Anchors beside a restored database: those that it can fulfil, and what the others tell.

A backup knows nothing of the entries that came after it. Surviving anchors of those entries say
how many are lost; kept in force they would say every night that the chain was cut. So they are set
aside, and the file goes on with those that the restored chain can fulfil.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.errors import InputError
from app.keeping import files
from app.keeping.manifest import Manifest
from ledger.anchors import Anchor, AnchorFile

BEFORE = ".before-restore"


@dataclass(frozen=True, slots=True)
class Kept:
    """Lines of the anchors in force and of all that were found, the public key's text, and how
    many entries are lost (None without any anchor)."""

    lines: tuple[str, ...]
    found: tuple[str, ...]
    public: str
    lost: int | None


def fitting(backup: Path, surviving: Path | None, target: AnchorFile, made: Manifest) -> Kept:
    """Sort all anchors by whether the backup knows their entries: those of the backup, of the
    surviving file, and of the file that lies on the other storage already.

    Raises InputError for a file that is missing, and for an anchor that contradicts the head of
    the backup: then they are not of the same books.
    """
    if surviving is not None and not surviving.is_file():
        raise InputError(f"Không có tệp mốc {surviving}.", "Kiểm tra --anchors.")
    places = [_file(backup), *([_file(surviving.parent)] if surviving else []), target]
    found: dict[str, Anchor] = {}
    for one in places:
        lines = one.path.read_text("utf-8").splitlines() if one.path.exists() else []
        found.update(zip(lines, one.read(), strict=True))
    _require_same_books(found, backup, made)
    known = (
        line
        for line, one in found.items()
        if one.position <= made.entries
        and one.closed <= made.closed
        and one.beside <= made.rows.get("audit_link", 0)
    )
    most = max((one.position for one in found.values()), default=None)
    lost = None if most is None else max(0, most - made.entries)
    public = next((one.public_key for one in reversed(places) if one.public_key), "")
    return Kept(tuple(known), tuple(found), public, lost)


def _file(folder: Path) -> AnchorFile:
    """The anchors that lie in a folder, to be read only."""
    return AnchorFile(folder, folder / "no.key")


def _require_same_books(found: dict[str, Anchor], backup: Path, made: Manifest) -> None:
    for one in found.values():
        if one.position == made.entries and one.link != made.link:
            raise InputError(
                f"Mốc {one.position} lưu ngoài sổ trái với bản sao lưu {backup.name}.",
                "Kiểm tra có đúng bản sao lưu của sổ này; báo kiểm toán.",
            )


def write(target: AnchorFile, kept: Kept) -> None:
    """The anchors in force, and beside them, as evidence, every line that was found."""
    before = target.path.with_name(f"{target.path.name}{BEFORE}")
    target.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, lines in ((before, kept.found), (target.path, kept.lines)):
        if lines:
            files.replace(path, "".join(f"{line}\n" for line in lines))
    if kept.public and target.public_key is None:
        files.replace(target.public_path, f"{kept.public}\n")
