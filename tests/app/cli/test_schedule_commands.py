"""`ansinh jobs`, `calendar`, `period`, `tasks` and the doctor's word on the scheduler."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.clock import FixedClock, SystemClock
from app.errors import AnSinhError, Unavailable
from app.jobs.due import register
from app.jobs.fence import PAUSES, run_slot
from app.jobs.runtime import Runtime
from app.jobs.schedule import JOBS
from app.jobs.scheduler import be_seen
from app.schedule.slots import Slot
from tests.factories import COMMUNE, KEY, SEPTEMBER, House, row
from tests.support.province import SECRET


def run(house: House, *words: str) -> Result:
    url = house.database.url.render_as_string(hide_password=False)
    keys = house.home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "field.key").write_bytes(KEY)
    told = [*words, "--database", url]
    return CliRunner().invoke(cli, told, env={"ANSINH_HOME": str(house.home)})


def answered(house: House, *words: str) -> Any:
    result = run(house, *words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


def both() -> list[str]:
    code = pyotp.TOTP(SECRET).now()
    return ["--officer", "finance.one", "--code", code, "--officer", "finance.two", "--code", code]


def test_a_day_is_set_and_shown(house: House) -> None:
    words = ("--day", "12/10/2026", "--kind", "closed", "--name", "Nghỉ hoán đổi")
    done = run(house, "calendar", "set", *words, "--source", "Công văn 1/BNV", *both())
    assert done.output == "Ngày 12/10/2026: nghỉ.\n", done.exception
    shown = run(house, "calendar", "show", "--year", "2026").output
    assert "12/10/2026 thứ Hai: nghỉ  Nghỉ hoán đổi; Công văn 1/BNV" in shown
    assert "17/02/2026 thứ Ba: nghỉ  Tết Nguyên Đán" in shown
    assert len(answered(house, "calendar", "show", "--year", "2026")["days"]) > 12


def test_a_list_is_locked_and_opened_by_two(house: House) -> None:
    month = ("--period", "2026-10")
    assert answered(house, "period", "show", *month)["locked"] is False
    one = ("--officer", "finance.one", "--code", pyotp.TOTP(SECRET).now())
    assert "đã chốt" in run(house, "period", "lock", *month, *one).output
    assert "đã chốt lúc" in run(house, "period", "show", *month).output
    alone = run(house, "period", "unlock", *month, "--reason", "Sót người", *one)
    assert isinstance(alone.exception, AnSinhError)


def test_tasks_of_an_officer(house: House) -> None:
    house.register(SEPTEMBER, row(1))
    house.list_month(SEPTEMBER)
    said = run(house, "tasks", "--officer", f"maker.{COMMUNE}").output
    assert said == "Kỳ 09/2026: 1 bảng chờ trình\n"
    assert answered(house, "tasks", "--officer", f"approver.{COMMUNE}")["tasks"] == []


def test_a_slot_that_is_stuck_is_shown_told_by_the_doctor_and_let_go_on(house: House) -> None:
    now = SystemClock().now()
    runtime = replace(house.runtime, clock=FixedClock(now - timedelta(days=3)))
    slot = Slot(now - timedelta(days=2), "2026-09-18", now.date())

    def fails(_: Runtime) -> str:
        raise Unavailable("Không có đường truyền.", "Thử lại.")

    for _ in range(len(PAUSES) + 1):
        try:
            run_slot(runtime, "open_payrolls", slot, fails, at_once=True)
        except Unavailable:
            continue
    (waiting,) = answered(house, "jobs", "list")["waiting"]
    assert (waiting["slot"], waiting["attempts"]) == ("2026-09-18", 6)
    assert (
        "CẦN NGƯỜI XỬ LÝ: open_payrolls 2026-09-18: Không có" in run(house, "jobs", "list").output
    )
    assert "chờ `ansinh jobs resume`" in run(house, "jobs", "show", "open_payrolls").output
    if house.database.is_sqlite:
        assert not doctor(house)["việc theo giờ"]
    resumed = run(house, "jobs", "resume", "open_payrolls", "2026-09-18")
    assert "sẽ chạy tiếp" in resumed.output, resumed.exception
    again = run(house, "jobs", "resume", "open_payrolls", "2026-09-18", "--done", "Lập bằng tay")
    assert "coi như đã xong" in again.output, again.exception
    gone = run(house, "jobs", "resume", "open_payrolls", "2026-09-18")
    assert isinstance(gone.exception, AnSinhError)
    assert house.rows("select action from audit_event where action like 'jobs:%' order by id") == [
        ("jobs:slot:resume",),
        ("jobs:slot:done",),
    ]


def doctor(house: House) -> dict[str, bool]:
    """The doctor's checks; of the tests' PostgreSQL, which may forget, only that."""
    checks = json.loads(run(house, "doctor", "--json").output)["checks"]
    return {one["name"]: one["ok"] for one in checks}


def test_the_doctor_misses_a_silent_scheduler(house: House) -> None:
    if not house.database.is_sqlite:
        assert "bộ hẹn giờ" not in doctor(house)
        return
    assert doctor(house)["bộ hẹn giờ"]
    now = SystemClock().now()
    be_seen(replace(house.runtime, clock=FixedClock(now - timedelta(minutes=6))))
    assert not doctor(house)["bộ hẹn giờ"]
    be_seen(replace(house.runtime, clock=FixedClock(now)))
    assert doctor(house)["bộ hẹn giờ"]


def test_one_job_is_run_by_hand(house: House) -> None:
    house.tamper("delete from installation where key = 'training'")
    now = SystemClock().now()
    begun = replace(house.runtime, clock=FixedClock(now - timedelta(minutes=3)))
    register(begun, [job for job in JOBS if job.name == "seal_chain"])
    result = run(house, "jobs", "run", "seal_chain")
    if house.database.is_sqlite:
        assert "Đã chạy 3 lần của việc seal_chain." in result.output, result.exception
        assert "xong" in run(house, "jobs", "show", "seal_chain").output
    else:  # the tests' server may forget what it acknowledged, and is refused
        assert isinstance(result.exception, AnSinhError)
    assert isinstance(run(house, "jobs", "show", "nothing").exception, AnSinhError)
