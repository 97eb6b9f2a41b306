"""`ansinh backup`, `restore`, `hold`: what an officer types on a bad night, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import holds, keeping
from app.cli.main import cli
from app.errors import AnSinhError, InputError
from app.jobs.month_end import seal_chain
from app.roles.logins import make_login
from tests.app.keeping.before import KEY, empty_house, stamp
from tests.factories import House, september_sent
from tests.support.command import run_ansinh

Ansinh = Callable[..., Any]


def september_stamped(house: House) -> None:
    """September has left, in a database that knows its version."""
    september_sent(house)
    stamp(house.owner)


pytestmark = pytest.mark.stage(of=september_stamped)


@pytest.fixture
def ansinh(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ansinh:
    """Runs `ansinh` on the house, its keys in place; gives what it prints, as values."""
    (house.home / "keys").mkdir()
    (house.home / "keys" / "field.key").write_bytes(KEY)
    seal_chain(house.runtime)
    for room in (keeping, holds):
        monkeypatch.setattr(room, "SystemClock", lambda: house.clock)

    def run(*arguments: str | Path, of: House = house, by: str = "", as_json: bool = True) -> Any:
        monkeypatch.setenv("ANSINH_HOME", str(of.home))
        address = of.database.url.set(username=by) if by else of.database.url
        url = address.render_as_string(hide_password=False)
        tail = ["--database", url] if arguments[:2] != ("restore", "check") else []
        given = [*map(str, arguments), *tail, *(["--json"] if as_json else [])]
        done = CliRunner().invoke(cli, given)
        if isinstance(done.exception, AnSinhError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if as_json else done.output

    return run


def later(house: House) -> str:
    """The code that every officer's app shows a minute later."""
    house.later()
    return house.code()


def backup_login(house: House) -> str:
    """A login of the backup role; none on SQLite, which has no roles."""
    if house.database.is_sqlite:
        return ""
    with house.owner.engine.begin() as connection:
        make_login(connection, "test_nightly", "backup")
    return "test_nightly"


def test_a_bad_night(
    house: House, ansinh: Ansinh, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Backup, keys apart, another machine, restore, comparison, two signatures."""
    with pytest.raises(InputError, match="Thiếu nơi cất"):
        ansinh("backup")
    by = backup_login(house)
    if by:
        with pytest.raises(AnSinhError, match=r"permission denied.*--as backup"):
            ansinh("backup", "--output", tmp_path / "disk" / "backups")
    saved = ansinh("backup", "--output", tmp_path / "disk" / "backups", by=by)
    assert saved["manifest"]["rows"]["entry"] == saved["manifest"]["entries"]
    kept = ansinh("backup", "--keys-to", tmp_path / "usb" / "keys")
    assert ansinh("restore", "check", saved["folder"])["ok"] is True
    assert "Đã sao lưu vào" in ansinh("backup", "--output", tmp_path / "b", by=by, as_json=False)

    server = None if house.database.is_sqlite else request.getfixturevalue("postgres")
    new = empty_house(house, tmp_path / "new", server)
    run = ("restore", "run", saved["folder"], "--home", new.home, "--keys", kept["keys"])
    with pytest.raises(InputError, match="Phải nói rõ về nhật ký gửi"):
        ansinh(*run, of=new)
    said = ansinh(*run, "--send-journal-lost", of=new, as_json=False)
    assert "ĐANG DỪNG CHI TOÀN BỘ" in said
    assert ". Hai cán bộ tài chính ký bằng `ansinh restore sign`" in said
    assert ("`ansinh db grant`" in said) == bool(by)
    (held,) = ansinh("hold", "list", of=new)["holds"]
    assert (held["key"], held["set_by"]) == ("restored", "ansinh restore")

    page = tmp_path / "paper" / "compare.json"
    told = ansinh("restore", "compare", "--output", page, of=new)
    assert json.loads(page.read_text())["digest"] == told["digest"]
    assert f"--digest {told['digest'][:12]}" in page.with_suffix(".txt").read_text()
    signed = [
        ansinh(
            "restore",
            "sign",
            "--officer",
            name,
            "--code",
            later(house),
            "--digest",
            told["digest"],
            of=new,
        )
        for name in ("finance.one", "finance.two")
    ]
    assert [one["cleared"] for one in signed] == [False, True]
    assert "Không có lệnh dừng chi" in ansinh("hold", "list", of=new, as_json=False)
    assert ansinh("ledger", "verify", of=new)["ok"] is True
    new.close()


def test_stop_and_go(house: House, ansinh: Ansinh) -> None:
    """One officer stops a provider, two let it go on."""
    told = ansinh("hold", "set", "--scope", "provider", "--key", "banka", "--reason",
                  "Ngân hàng báo lỗi", "--officer", "auditor", "--code", later(house))  # fmt: skip
    clear = ("hold", "clear", "--hold", str(told["hold"]), "--officer")
    said = ansinh(*clear, "finance.one", "--code", later(house), as_json=False)
    assert "Đã ghi chữ ký thứ nhất" in said
    listed = ansinh("hold", "list", as_json=False)
    assert "provider banka" in listed
    assert "đã ký bỏ: finance.one" in listed
    with pytest.raises(AnSinhError, match="không có quyền"):
        ansinh(*clear, "auditor", "--code", later(house))
    with pytest.raises(AnSinhError, match="Không có cán bộ nào"):
        ansinh(*clear, "nobody", "--code", later(house))
    assert ansinh(*clear, "finance.two", "--code", later(house))["cleared"] is True
    (house.home / "keys" / "field.key").rename(house.home / "elsewhere")
    with pytest.raises(InputError, match="Thiếu khoá"):
        ansinh(*clear, "finance.two", "--code", later(house))
    assert list((house.home / "keys").glob("field.key")) == []


def test_a_server_that_is_away_is_named() -> None:
    """Nobody is told to make tables where nobody answers; the password is not told."""
    url = "postgresql+psycopg://who:geheim@127.0.0.1:1/books"
    done = run_ansinh(["ledger", "verify", "--database", url])
    assert done.returncode == 1
    assert "Không kết nối được cơ sở dữ liệu" in done.stderr
    assert "--database" in done.stderr
    assert "db upgrade" not in done.stderr
    assert "geheim" not in done.stderr
