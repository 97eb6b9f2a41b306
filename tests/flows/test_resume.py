"""A finished month is left alone; another month does not run over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.flows.demo import Month, sqlite_month
from tests.support.command import run_ansinh

pytestmark = pytest.mark.flow


@pytest.fixture
def copied(small_month: Month, tmp_path: Path) -> Month:
    """A copy of the shared month that a test may run again."""
    shutil.copytree(small_month.out, tmp_path / "month")
    return sqlite_month(tmp_path / "month", small_month.people)


def test_run_again_does_nothing_new(copied: Month) -> None:
    before, report = copied.counts(), copied.report
    files = sorted(copied.out.joinpath("inbound").rglob("*"))
    copied.make()
    assert copied.counts() == before
    assert copied.report == report
    assert sorted(copied.out.joinpath("inbound").rglob("*")) == files


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--people", "13"),
        pytest.param("--scenario", "cao-bang-2025-05", marks=pytest.mark.long),
        pytest.param("--seed", "2", marks=pytest.mark.long),
    ],
)
def test_another_month_in_the_same_folder_is_refused(
    copied: Month, option: str, value: str
) -> None:
    before = copied.counts()
    done = copied.run(option, value)
    copied.end_bank()
    assert done.returncode == 1
    assert "Cơ sở dữ liệu này thuộc lần chạy khác" in done.stderr
    assert "--out" in done.stderr
    assert "Traceback" not in done.stderr
    assert copied.counts() == before


def test_a_real_bank_in_the_environment_is_refused(tmp_path: Path) -> None:
    """A demo never starts where a real bank or gateway is configured."""
    real = {"ANSINH_BANK_A_HOST": "sftp.example.vn"}
    done = run_ansinh(["demo", "--out", str(tmp_path / "month")], environment=real)
    assert done.returncode == 1
    assert "ANSINH_BANK_A_HOST" in done.stderr
    assert not (tmp_path / "month").exists()
