"""`ansinh jobs`: the scheduler, what became of each slot, and letting a failed one go on."""

from __future__ import annotations

import sys
from datetime import datetime
from threading import Event
from typing import Any

import click
from sqlalchemy import Row

from app.cli.options import House, answer, open_house, with_database, with_json
from app.cli.service import refuse_unfit, runtime_of
from app.clock import TIME_ZONE, SystemClock
from app.errors import NotFound, Refused
from app.jobs.asked import run_all, run_one
from app.jobs.due import Job, due, register, run_due
from app.jobs.fence import Outcome, run_slot
from app.jobs.schedule import JOBS
from app.jobs.scheduler import run_scheduler
from app.schedule.runs import (
    job_named,
    last_seen,
    let_go_on,
    newest_runs,
    require_reason,
    runs_of,
    waiting_for_people,
)
from app.units.lookup import facts

STATES = {"running": "đang chạy", "finished": "xong", "failed": "hỏng"}
OUTCOMES = {
    Outcome.RAN: "đã chạy xong",
    Outcome.WAS_DONE: "đã xong từ trước",
    Outcome.BUSY: "tiến trình khác đang làm",
    Outcome.WAITS: "đang chờ lần thử sau",
    Outcome.STUCK: "đang chờ người cho chạy tiếp",
}


@click.group()
def jobs() -> None:
    """Việc chạy theo giờ: danh sách, tiến độ, chạy, cho chạy tiếp."""


@jobs.command(name="list")
@with_database
@with_json
def list_command(database_url: str | None, as_json: bool) -> None:
    """Các việc, khi nào chạy, lần gần nhất ra sao, và lần nào đang chờ người."""
    house = open_house(database_url)
    with house.database.view() as session:
        newest, waiting, seen = (
            newest_runs(session),
            waiting_for_people(session),
            last_seen(session),
        )
    values = [{"job": job.name, "says": job.says, "when": job.rule.says,
               "last": _value(newest.get(job.name))} for job in JOBS]  # fmt: skip
    told = {"jobs": values, "waiting": [_value(row) for row in waiting], "seen_at": seen}
    lines = [f"{job.name:<16} {job.rule.says}\n{'':<16} {job.says}"
             f"\n{'':<16} {_line(newest.get(job.name))}" for job in JOBS]  # fmt: skip
    lines += [f"CẦN NGƯỜI XỬ LÝ: {row.job} {row.slot}: {row.error}" for row in waiting]
    answer(
        as_json, told, "\n".join([*lines, f"Bộ hẹn giờ: {_moment(seen) or 'chưa chạy lần nào'}"])
    )


@jobs.command(name="show")
@click.argument("job")
@click.option("--slot", default="", help="Chỉ một lần chạy, ví dụ 2026-09-18.")
@with_database
@with_json
def show_command(job: str, slot: str, database_url: str | None, as_json: bool) -> None:
    """Các lần chạy của một việc: tiến độ, ai làm, nhịp gần nhất, lỗi."""
    house = open_house(database_url)
    with house.database.view() as session:
        rows = runs_of(session, job_named(job, JOBS).name, slot)
    answer(as_json, {"runs": [_value(row) for row in rows]}, "\n".join(_line(row) for row in rows))


@jobs.command(name="run")
@click.argument("job", required=False)
@click.option("--slot", default="", help="Chạy ngay đúng lần này, kể cả khi nó đang chờ thử lại.")
@with_database
def run_command(job: str | None, slot: str, database_url: str | None) -> None:
    """Chạy bộ hẹn giờ; chạy hai bản thì mỗi việc vẫn chỉ làm một lần.

    Ghi tên việc thì chỉ chạy những lần đến hạn của việc đó rồi thôi.
    """
    house = open_house(database_url)
    with house.database.view() as session:
        if facts(session).get("training") == "1":
            raise Refused(
                "Cơ sở dữ liệu tập huấn có đồng hồ riêng.", "Dùng `ansinh demo` để chạy các việc."
            )
    refuse_unfit(house, training=False)
    if job is None:
        run_scheduler(runtime_of(house))
    elif slot:
        _run_slot(house, job_named(job, JOBS), slot)
    else:
        register(runtime_of(house), [job_named(job, JOBS)])
        count = run_due(runtime_of(house), [job_named(job, JOBS)])
        click.echo(f"Đã chạy {count} lần của việc {job}.")


def _run_slot(house: House, job: Job, name: str) -> None:
    runtime = runtime_of(house)
    with house.database.view() as session:
        known = [one.slot for one in due(session, [job], runtime.clock.now())]
    slots = [slot for slot in known if slot.name == name]
    if not slots:
        names = ", ".join(slot.name for slot in known[:5]) or "không có lần nào"
        raise NotFound(f"Lần {name} của việc {job.name} không đến hạn.", f"Đến hạn: {names}.")
    outcome = run_slot(
        runtime, job.name, slots[0], lambda mine: job.work(mine, slots[0]), at_once=True
    )
    click.echo(f"{job.name} {name}: {OUTCOMES[outcome]}.")
    sys.exit(0 if outcome in (Outcome.RAN, Outcome.WAS_DONE) else 1)


@jobs.command(name="resume")
@click.argument("job")
@click.argument("slot")
@click.option("--done", "reason", help="Coi như đã xong, vì lý do này (người đã làm bằng tay).")
@with_database
@with_json
def resume_command(
    job: str, slot: str, reason: str | None, database_url: str | None, as_json: bool
) -> None:
    """Cho một lần đã hỏng chạy tiếp từ chỗ dở; bộ hẹn giờ làm ngay."""
    house, because = open_house(database_url), require_reason(reason)
    with house.database.unit_of_work() as session:
        let_go_on(session, job_named(job, JOBS).name, slot, "cli", SystemClock().now(), because)
    said = "coi như đã xong" if because else "sẽ chạy tiếp trong ít giây nếu bộ hẹn giờ đang chạy"
    answer(as_json, {"job": job, "slot": slot, "done": bool(because)}, f"{job} {slot}: {said}.")


@jobs.command(name="work")
@click.option("--once", is_flag=True, help="Làm hết việc đang chờ rồi thôi.")
@with_database
def work_command(once: bool, database_url: str | None) -> None:
    """Làm những việc lâu mà cán bộ yêu cầu trên trang; chạy nhiều bản cùng lúc được."""
    house = open_house(database_url)
    with house.database.view() as session:
        refuse_unfit(house, facts(session).get("training") == "1")
    runtime = runtime_of(house)
    if once:
        done = sum(1 for _ in iter(lambda: run_one(runtime), False))
        click.echo(f"Đã làm {done} việc.")
    else:
        run_all(runtime, Event())


def _value(row: Row[Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: value for name, value in row._mapping.items() if name != "lease_until"}


def _line(row: Row[Any] | None) -> str:
    if row is None:
        return "chưa chạy lần nào"
    parts = [f"{row.slot}  {STATES[row.state]}", f"lần thử {row.attempts}"]
    parts += [f"{row.done}/{row.total}"] if row.total else []
    if row.state == "running":
        parts += [f"do {row.owner}, nhịp {_moment(row.heartbeat_at)}"]
    elif row.state == "failed":
        again = f"thử lại {_moment(row.try_at)}" if row.try_at else "chờ `ansinh jobs resume`"
        parts += [row.error, again]
    else:
        parts += [f"{_moment(row.finished_at)}: {row.detail}"]
    return "  ".join(parts)


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(TIME_ZONE):%H:%M:%S %d/%m/%Y}" if moment else ""
