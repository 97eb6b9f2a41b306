"""Long work that officers asked for on a page, done by a worker of its own.

A kind of work is a function in `KINDS`: it is handed the surroundings, its arguments and a way to
tell how far it is, and gives the file that came of it, beneath the folder of the house. It may be
done twice, when a worker dies: it writes what it makes under a name of its own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from threading import Event
from typing import Any

from sqlalchemy import Row

from app.disbursement.settling.tables import provider_settlement
from app.errors import AnSinhError, Conflict
from app.jobs import (
    asked_accounts,
    asked_audit,
    asked_indicators,
    asked_lists,
    asked_papers,
    asked_runs,
)
from app.jobs.accounts import list_again
from app.jobs.before_due import build_due
from app.jobs.collecting import collect_and_apply
from app.jobs.payrolls import open_payrolls
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from app.statements.payroll_document import write_payroll_list, write_payroll_workbook
from app.statements.provider_settlement_document import write_report_pdf, write_report_xlsx
from app.tasks.asking import claim, fail, finish, tell
from app.units.lookup import facts

Tell = Callable[[int, int], None]
Work = Callable[[Runtime, Mapping[str, Any], Path, Tell], None]
FOLDER = "tasks"
_log = logging.getLogger(__name__)


def run_all(runtime: Runtime, over: Event, pause: float = 2.0) -> None:
    """Do what is asked for until it is `over`; looks again after a pause of so many seconds."""
    while not over.is_set():
        if not run_one(runtime):
            over.wait(pause)


def run_one(runtime: Runtime) -> bool:
    """Do the oldest task that waits; whether there was one."""
    with runtime.database.unit_of_work() as session:
        task = claim(session, runtime.worker, runtime.clock.now())
    if task is None:
        return False
    try:
        path = _done(runtime, task)
    except AnSinhError as error:
        _end(runtime, task, why=error.on_page)
    except Exception:
        _log.exception("task %s (%s)", task.id, task.kind)
        _end(runtime, task, why="Máy chủ gặp lỗi khi làm việc này. Báo quản trị số của việc.")
    else:
        _end(runtime, task, path=path)
    return True


def _done(runtime: Runtime, task: Row[Any]) -> str:
    arguments = json.loads(task.arguments)
    work, suffix = KINDS[task.kind]
    path = f"{FOLDER}/{task.id}-{task.fence}{suffix(arguments)}"
    out = runtime.home / path
    out.parent.mkdir(parents=True, exist_ok=True)

    def told(done: int, total: int) -> None:
        with runtime.database.unit_of_work() as session:
            tell(session, task, done, total, runtime.clock.now())

    try:
        work(runtime, arguments, out, told)
    finally:
        _sweep(out, task)
    return path if out.exists() else ""


def _sweep(out: Path, task: Row[Any]) -> None:
    """Nothing stays of what was begun and not ended, now or by a worker before: it may name people.
    What a later worker has begun is his."""
    for fence in range(1, task.fence + 1):
        for left in out.parent.glob(f"{task.id}-{fence}.*"):
            if left.is_dir():
                rmtree(left)
            elif left != out:
                left.unlink(missing_ok=True)


def _end(runtime: Runtime, task: Row[Any], *, path: str = "", why: str = "") -> None:
    """The task is over, unless another worker has taken it over: then it is his to end."""
    now = runtime.clock.now()
    try:
        with runtime.database.unit_of_work() as session:
            if why:
                fail(session, task, why, now)
            else:
                finish(session, task, path, now)
    except Conflict:
        _log.warning("task %s (%s) was taken over", task.id, task.kind)


def _payroll_list(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The list of a payroll as PDF or workbook."""
    write = write_payroll_workbook if arguments["form"] == "xlsx" else write_payroll_list
    with runtime.database.snapshot() as session:
        synthetic = facts(session).get("training") == "1"
        made = BytesIO()
        lines = write(session, int(arguments["payroll_id"]), made, synthetic)
    out.write_bytes(made.getvalue())
    told(lines, lines)


def _open_month(runtime: Runtime, arguments: Mapping[str, Any], _: Path, told: Tell) -> None:
    """The lists of a month; where they are open already nothing is added. Every step tells that it
    goes on, so that no other worker takes the task over."""

    def goes_on(_: str, done: int, __: int) -> None:
        told(done, 0)

    open_payrolls(replace(runtime, progress=goes_on), str(arguments["period"]))
    told(1, 1)


def _settlement_report(
    runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell
) -> None:
    """The accepted settlements of a month for the Treasury, of some units or of all (None)."""
    write = write_report_xlsx if arguments["form"] == "xlsx" else write_report_pdf
    units = arguments["units"]
    where = () if units is None else (provider_settlement.c.unit.in_(units),)
    with runtime.database.snapshot() as session:
        synthetic = facts(session).get("training") == "1"
        made = BytesIO()
        count = write(session, arguments["period"], made, synthetic, where)
    out.write_bytes(made.getvalue())
    told(count, count)


def _collect(runtime: Runtime, _: Mapping[str, Any], __: Path, told: Tell) -> None:
    """Fetch, read and book what providers have for us now; makes no file of its own."""
    collect_and_apply(runtime.connected())
    told(1, 1)


def _build_batches(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Batches of approved payrolls that are due."""
    build_due(_telling(runtime, told).connected())


def _send_batches(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Released batches of today, by the channels of this moment; what left is not sent again."""
    send_batches(_telling(runtime, told).connected())


def _follow_up(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Follow-up payrolls of a month, after what became of accounts was taken in."""
    list_again(_telling(runtime, told), str(arguments["period"]))


def _telling(runtime: Runtime, told: Tell) -> Runtime:
    """The surroundings in which each step is told to whoever waits for the task."""
    return replace(runtime, progress=lambda step, done, total: told(done, total))


def _no_file(arguments: Mapping[str, Any]) -> str:
    return ""


KINDS: Mapping[str, tuple[Work, Callable[[Mapping[str, Any]], str]]] = {
    "payroll_list": (_payroll_list, lambda arguments: f".{arguments['form']}"),
    "open_month": (_open_month, _no_file),
    "account_visits": (asked_accounts.visits, lambda arguments: f".{arguments['form']}"),
    "account_forms": (asked_accounts.forms, lambda arguments: ".pdf"),
    "register_import": (asked_lists.apply_list, lambda arguments: ".xlsx"),
    "account_list": (asked_accounts.bank_list, lambda arguments: f".{arguments['form']}"),
    "collect": (_collect, _no_file),
    "statements": (asked_papers.statements, lambda arguments: ".pdf"),
    "letters": (asked_papers.letters, lambda arguments: ".pdf"),
    "by_letter": (asked_papers.by_letter, lambda arguments: ".pdf"),
    "settlement_report": (_settlement_report, lambda arguments: f".{arguments['form']}"),
    "month_report": (asked_indicators.month_report, lambda arguments: ".pdf"),
    "feed": (asked_indicators.feed_file, lambda arguments: f".{arguments['form']}"),
    "build_batches": (_build_batches, _no_file),
    "send_batches": (_send_batches, _no_file),
    "follow_up": (_follow_up, _no_file),
    "run_job": (asked_runs.run_now, _no_file),
    "try_channel": (asked_runs.try_channel, lambda arguments: ".txt"),
    "prove": (asked_audit.prove_all, _no_file),
    "audit_pack": (asked_audit.pack, lambda arguments: ".zip"),
}
