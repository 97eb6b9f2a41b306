"""Keys go to their own place, for their owner only, and never beside the backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Conflict, InputError
from app.keeping.keys import back_up_keys, find_keys, place_keys
from tests.app.keeping.before import KEY
from tests.factories import START


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with two keys."""
    folder = tmp_path / "home"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "field.key").write_bytes(KEY)
    (folder / "keys" / "seal.key").write_text("00" * 32)
    return folder


def test_nothing_but_keys(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "usb" / "keys"
    (home / "send-journal.jsonl").write_text("{}")
    made = back_up_keys(home, place, tmp_path / "disk" / "backups", START)
    assert sorted(path.name for path in made.iterdir()) == ["field.key", "seal.key"]
    assert {path.stat().st_mode & 0o777 for path in made.iterdir()} == {0o600}
    assert made.stat().st_mode & 0o777 == 0o700
    assert find_keys(place) == find_keys(made) == made
    with pytest.raises(Conflict):
        back_up_keys(home, place, None, START)
    assert [path.name for path in place.iterdir()] == [made.name]


def test_no_key_is_no_copy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Không có tệp khoá nào"):
        back_up_keys(tmp_path, tmp_path / "usb" / "keys", None, START)
    with pytest.raises(InputError, match=r"Không có field\.key"):
        find_keys(tmp_path)


@pytest.mark.parametrize("place", [".", "keys", "..", "../keys", "../../disk"])
def test_never_beside_the_backups(home: Path, tmp_path: Path, place: str) -> None:
    """Told where they are, or finding them."""
    output = tmp_path / "disk" / "backups"
    with pytest.raises(InputError, match="cùng chỗ với bản sao lưu"):
        back_up_keys(home, output / place, output, START)
    backup = output / "ansinh-2026-08-20-080000"
    backup.mkdir(parents=True)
    (backup / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="cùng chỗ với bản sao lưu"):
        back_up_keys(home, output / place, None, START)


def test_placed_where_no_other_key_lies(home: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    for _ in range(2):
        place_keys(home / "keys", new)
    assert (new / "keys" / "field.key").read_bytes() == KEY
    assert (new / "keys" / "field.key").stat().st_mode & 0o777 == 0o600
    (new / "keys" / "field.key").write_bytes(b"u" * 32)
    with pytest.raises(InputError, match="nội dung khác"):
        place_keys(home / "keys", new)
