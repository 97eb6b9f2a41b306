"""What comes in: files nobody may take are told, and two workers at one file are no trouble."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.disbursement.sending_tables import trouble
from app.disbursement.tasks import tasks
from app.jobs import collecting
from app.jobs.collecting import apply_files, collect_files, read_files
from app.jobs.packing import pack_events
from app.jobs.runtime import Runtime
from reconciliation.tables import bank_report, inbound_file
from tests.app.disbursement.test_sending import runtime_of
from tests.app.hooks.test_packing import call
from tests.factories import BANK, House

STANDING = select(trouble.c.subject, trouble.c.error).where(trouble.c.ended_at.is_(None))


def told(house: House) -> list[tuple[str, str]]:
    with house.database.view() as session:
        return [(one.found, one.what) for one in tasks(session, {}, house.clock.now())]


def of_bank(house: House) -> Runtime:
    run = runtime_of(house)
    return replace(run, couriers={BANK: run.couriers[BANK]})


@pytest.mark.parametrize("name", ["stmt 10:30.xml", os.fsdecode(b"s\xe9.xml"), "_x.xml"])
def test_a_file_whose_name_nobody_takes_is_told(house: House, name: str) -> None:
    """It keeps no other file back, and the trouble ends when the bank has named it anew."""
    run, out = of_bank(house), house.home / BANK / "out"
    for one in (name, "z.xml", "~$z.xlsx", ".part-z.xml"):
        (out / one).write_bytes(one.encode("utf-8", "replace"))
    assert collect_files(run) == f"1 files; trouble at {BANK}"
    assert house.rows(select(inbound_file.c.name)) == [("z.xml",)]
    ((found, what),) = told(house)
    shown = name.encode("ascii", "replace").decode()
    assert f"tên tệp “{shown}” có ký tự lạ" in found
    assert "đặt lại tên" in what
    (out / name).rename(out / "stmt.xml")
    assert collect_files(run) == "1 files"
    assert house.rows(STANDING) == []


@pytest.mark.parametrize("is_applied", [True, False])
def test_two_readers_of_one_file_leave_no_trouble(
    house: House, monkeypatch: pytest.MonkeyPatch, is_applied: bool
) -> None:
    call(house, 0)
    pack_events(house.runtime)
    run, found = runtime_of(house), collecting.intake.stored_path

    def overtaken(store: Path, sha256: str) -> Path:
        monkeypatch.setattr(collecting.intake, "stored_path", found)
        assert read_files(run) == "1 files"
        if is_applied:
            apply_files(run)
        return found(store, sha256)

    monkeypatch.setattr(collecting.intake, "stored_path", overtaken)
    assert read_files(run) == "1 files"
    assert house.rows(STANDING) == []
    assert house.count(bank_report) == 1


def test_a_file_that_failed_and_was_applied_meanwhile_is_no_trouble(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(house, 0)
    pack_events(house.runtime)
    run, found = runtime_of(house), collecting.intake.stored_path

    def overtaken(store: Path, sha256: str) -> Path:
        monkeypatch.setattr(collecting.intake, "stored_path", found)
        read_files(run)
        apply_files(run)
        raise OSError(5, "the store went away")

    monkeypatch.setattr(collecting.intake, "stored_path", overtaken)
    assert read_files(run) == "1 files; 1 odd"
    assert [subject for subject, _ in house.rows(STANDING)] == ["file:1"]
    read_files(run)
    assert house.rows(STANDING) == []
