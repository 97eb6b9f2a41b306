"""`ansinh officers`: an account is made in person, a role is granted by two, listed and ended."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta

import pyotp
import pytest

from app.clock import SystemClock
from app.errors import Forbidden, InputError, Refused
from tests.factories import COMMUNE, SECRET, House
from tests.support.commands import ansinh, ansinh_json

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
