"""`ansinh officers`: an account is made in person, a role is granted by two, listed and ended."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from app.clock import SystemClock
from app.errors import Conflict, Forbidden, InputError, Refused
from tests.factories import COMMUNE, OTHER_COMMUNE, SECRET, House
from tests.support.commands import ansinh, ansinh_json
from tests.support.stages import nothing_done

CITIZEN = "097180887766"


def by(*names: str) -> list[str]:
    """Signatures with the code of this moment."""
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    return [word for name in names for word in ("--officer", name, "--code", code)]


def until() -> str:
    return f"{SystemClock().now() + timedelta(days=100):%Y-%m-%d}"


def test_an_officer_is_enrolled_by_two_and_only_he_sees_his_seed(house: House) -> None:
    words = ("officers", "add", "lan", "--name", "Nông Thị Lan", "--citizen-id", CITIZEN)
    square = house.home / "lan.svg"
    told = ansinh(house, *words, "--qr", square, *by("admin.one", "finance.one"))
    assert isinstance(told.exception, Forbidden)
    assert not square.exists()
    told = ansinh(house, *words, "--qr", square, *by("admin.one", "admin.two"))
    assert told.exit_code == 0, (told.output, told.exception)
    assert stat.S_IMODE(square.stat().st_mode) == 0o600
    assert square.read_bytes().startswith(b"<?xml")
    assert "otpauth" not in told.output
    assert CITIZEN not in told.output
    (lan,) = [one for one in ansinh_json(house, "officers", "list")["officers"]
              if one["officer"] == "lan"]  # fmt: skip
    assert lan["roles"] == []
    late = ansinh(house, "officers", "add", "x", "--name", "X", "--citizen-id", "097180887765",
                  "--qr", house.home / "x.svg", "--founding", "admin")  # fmt: skip
    assert isinstance(late.exception, Refused)


@pytest.mark.stage(of=nothing_done)
def test_founding_needs_nobody_before_the_first_act(house: House) -> None:
    words = ("officers", "add", "lan", "--name", "Lan", "--citizen-id", CITIZEN)
    wrong = ansinh(house, *words, "--qr", house.home / "lan.gif", "--founding", "maker",
                   "--unit", COMMUNE)  # fmt: skip
    assert isinstance(wrong.exception, InputError)
    told = ansinh(house, *words, "--qr", house.home / "lan.png", "--founding", "maker",
                  "--unit", COMMUNE)  # fmt: skip
    assert told.exit_code == 0, told.exception
    shown = ansinh(house, "officers", "show", "lan")
    assert "ban đầu" in shown.output


def test_a_role_is_granted_shown_and_ended(house: House) -> None:
    auditor = ("officers", "grant", "auditor", "--unit", COMMUNE)
    told = ansinh(house, *auditor, "--role", "maker", "--until", until(),
                  *by("admin.one", "admin.two"))  # fmt: skip
    assert isinstance(told.exception, Refused), "an auditor does nothing else"
    made = ansinh_json(house, *auditor, "--role", "auditor", "--until", until(),
                       *by("admin.one", "checker.all"))  # fmt: skip
    grants = ansinh_json(house, "officers", "show", "auditor")["grants"]
    (mine,) = [one for one in grants if one["grant"] == made["grant"]]
    assert mine["granted_by"] == ["admin.one", "checker.all"]
    assert datetime.fromisoformat(mine["until"]) > SystemClock().now()
    end = ("officers", "end", made["grant"], "--reason", "đổi việc")
    assert isinstance(ansinh(house, *end, *by("finance.one")).exception, Forbidden)
    told = ansinh(house, *end, *by("admin.two"))
    assert told.exit_code == 0, told.exception
    assert "đã kết thúc" in ansinh(house, "officers", "show", "auditor").output


@pytest.mark.parametrize("days", [29, 31])
def test_the_review_warns_thirty_days_before_a_role_runs_out(house: House, days: int) -> None:
    day = f"{SystemClock().now() + timedelta(days=days - 1):%Y-%m-%d}"
    ansinh_json(house, "officers", "grant", "auditor", "--role", "auditor", "--unit", COMMUNE,
                "--until", day, *by("admin.one", "admin.two"))  # fmt: skip
    found = ansinh_json(house, "access", "review")["officers"]
    (mine,) = [one for one in found if one["username"] == "auditor"]
    assert mine["expiring"] == (["auditor"] if days < 30 else [])


def test_a_role_is_lent_and_comes_back(house: House) -> None:
    """The first --officer lends, the second borrows; either brings it back."""
    words = ("officers", "lend", "--role", "checker", "--unit", COMMUNE, "--cap", "50.000.000",
             "--until", f"{SystemClock().now() + timedelta(days=9):%Y-%m-%d}")  # fmt: skip
    other = f"checker.{OTHER_COMMUNE}"
    alone = ansinh(house, *words, *by(f"checker.{COMMUNE}"))
    assert isinstance(alone.exception, InputError)
    lent = ansinh_json(house, *words, *by(f"checker.{COMMUNE}", other))
    assert lent["cap"] == 50_000_000
    roles = {one["officer"]: one["roles"] for one in ansinh_json(
        house, "officers", "list", "--role", "checker")["officers"]}  # fmt: skip
    assert [one["kind"] for one in roles[other]] == ["delegated", "founding"]
    assert f"checker.{COMMUNE}" not in roles
    told = ansinh(house, "officers", "return", lent["grant"], *by(f"checker.{COMMUNE}"))
    assert isinstance(told.exception, Conflict), "one code, one act"


def test_a_new_code_in_person(house: House) -> None:
    square = house.home / "new.png"
    words = ("officers", "re-enrol", "auditor", "--reason", "mất điện thoại", "--qr", square)
    assert isinstance(ansinh(house, *words, *by("admin.one")).exception, Refused)
    assert not square.exists()
    told = ansinh(house, *words, *by("admin.one", "admin.two"))
    assert told.exit_code == 0, told.exception
    assert stat.S_IMODE(square.stat().st_mode) == 0o600
    assert square.read_bytes().startswith(b"\x89PNG")


def test_tokens_come_in_are_given_and_blocked(house: House, tmp_path: Path) -> None:
    box = tmp_path / "box.csv"
    box.write_text(f"serial,secret,digits\nT1,{SECRET},6\nT2,{SECRET},9\n")
    tokens = ("officers", "tokens")
    wrong = ansinh(house, *tokens, "import", box, *by("admin.one"))
    assert isinstance(wrong.exception, InputError)
    assert "dòng 3" in str(wrong.exception)
    box.write_text(f"serial,secret,digits\nT1,{SECRET},6\n")
    done = ansinh_json(house, *tokens, "import", box, *by("admin.one"))
    assert (done["tokens"], done["known"]) == (1, False)
    shown = pyotp.TOTP(SECRET).at(SystemClock().now())
    told = ansinh(house, *tokens, "assign", "T1", "--to", "auditor", "--shown", shown,
                  *by("admin.two", "checker.all"))  # fmt: skip
    assert told.exit_code == 0, told.exception
    told = ansinh(house, *tokens, "block", "T1", "--officer", "auditor", "--reason", "mất thẻ")
    assert told.exit_code == 0, told.exception
    assert "thẻ T1, giao" in ansinh(house, "officers", "show", "auditor").output
    assert "ĐÃ KHOÁ" in ansinh(house, "officers", "show", "auditor").output


def test_an_account_is_switched_off_and_on_by_two(house: House) -> None:
    maker = f"maker.{COMMUNE}"
    words = ("officers", "disable", maker, "--reason", "nghỉ việc từ 01/10")
    assert isinstance(ansinh(house, *words, *by("admin.one")).exception, Refused)
    told = ansinh(house, *words, *by("admin.one", "checker.all"))
    assert told.exit_code == 0, told.exception
    assert f"Đã khoá tài khoản {maker}" in told.output
    assert f"thôi tính: maker ({COMMUNE}, đến" in told.output
    assert max(map(len, told.output.splitlines())) <= 80
    listed = ansinh(house, "officers", "list").output
    assert f"{maker} (ĐÃ KHOÁ): không có quyền" in listed
    shown = ansinh(house, "officers", "show", maker).output
    assert "admin.one và checker.all ký: nghỉ việc từ 01/10" in shown
    back = ("officers", "enable", maker, "--reason", "khoá nhầm người")
    assert isinstance(ansinh(house, *back, *by("admin.one", "checker.all")).exception, Conflict)
    assert isinstance(ansinh(house, *back, *by(maker, "admin.two")).exception, Refused)
    with_one = by("admin.two", f"approver.{COMMUNE}")
    assert isinstance(ansinh(house, *back, *with_one).exception, Forbidden)
