"""The keys of an installation, kept apart from its backups: other storage, other hands.

Who holds a backup and the keys reads every account number. So one command never puts both into one
place, and refuses a place beside backups.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.clock import TIME_ZONE
from app.disbursement.submission import file_digest
from app.errors import Conflict, InputError
from app.keeping import files, manifest
from app.keeping.backup import PREFIX as BACKUPS
from app.privacy import Keyring, open_keyring

PREFIX = "ansinh-keys-"
FIELD_KEY = "field.key"


def back_up_keys(home: Path, target: Path, output: Path | None, now: datetime) -> Path:
    """Copy the key files of `home` into a new folder of `target`, for their owner only.

    Raises InputError when there are none, or `target` lies in, above or beside a place of backups.
    """
    names = sorted(one.name for one in (home / "keys").glob("*") if one.is_file())
    if not names:
        raise InputError(
            f"Không có tệp khoá nào trong {home / 'keys'}.",
            "Nếu khoá nằm trong ANSINH_FIELD_KEY thì sao chỗ giữ biến đó.",
        )
    _require_apart(target, output)
    folder = target / f"{PREFIX}{now.astimezone(TIME_ZONE):%Y-%m-%d-%H%M%S}"
    draft = target / f".{folder.name}.part"
    if folder.exists():
        raise Conflict(f"Đã có bản sao khoá {folder}.", "Chờ một giây rồi chạy lại.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.mkdir(mode=0o700)
    try:
        for name in names:
            files.copy(home / "keys" / name, draft, name)
        files.keep_all_names(draft)
        draft.rename(folder)
    except BaseException:
        files.remove(draft)
        raise
    files.keep_all_names(folder)
    return folder


def _require_apart(target: Path, output: Path | None) -> None:
    place = target.resolve()
    near = [place, *place.parents[:2], *_folders(place), *_folders(place.parent)]
    told = output.resolve() if output else None
    beside = told is not None and (
        told == place
        or told in place.parents
        or place in told.parents
        or told.parent == place.parent
    )
    if beside or any(next(one.glob(f"{BACKUPS}*/{manifest.NAME}"), None) for one in near):
        raise InputError(
            f"{target} nằm cùng chỗ với bản sao lưu sổ; ai lấy được cả hai thì đọc được mọi số"
            " tài khoản.",
            "Chọn ổ khác, ví dụ một USB cất trong két, cho --keys-to.",
        )


def _folders(place: Path) -> list[Path]:
    """The folders in a place; none when it is not there."""
    return [one for one in place.iterdir() if one.is_dir()] if place.is_dir() else []


def find_keys(place: Path) -> Path:
    """The folder with the key files: the place itself, or the newest copy in it.

    Raises InputError when there is none.
    """
    copies = sorted(place.glob(f"{PREFIX}*/{FIELD_KEY}"))
    if (place / FIELD_KEY).is_file():
        return place
    if copies:
        return copies[-1].parent
    raise InputError(f"Không có {FIELD_KEY} trong {place}.", "Kiểm tra --keys.")


def keyring_at(folder: Path) -> Keyring:
    """The keyring of a folder that holds a field key; one is never made here."""
    find_keys(folder)
    return open_keyring(folder)


def place_keys(source: Path, home: Path) -> None:
    """Put key files into a home folder, for their owner only.

    Raises InputError where other keys lie.
    """
    target = home / "keys"
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(one for one in source.iterdir() if one.is_file()):
        files.place(path, target / path.name, file_digest(path))
