"""Slots and channels that an administrator tries from a page, done by a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.access.roles import require_one_of, require_role
from app.audit.trail import record
from app.errors import NotFound, Refused, Unavailable
from app.jobs.due import due
from app.jobs.fence import Outcome, run_slot
from app.jobs.runtime import Runtime
from app.jobs.schedule import JOBS
from app.schedule.runs import job_named
from app.text import mask_numbers
from app.units.lookup import facts
from bank_adapters.contract import RemoteFile
from bank_adapters.errors import BankError

Tell = Callable[[int, int], None]
SAYS = {
    Outcome.BUSY: "Tiến trình khác đang làm lần này.",
    Outcome.WAITS: "Lần này đang chờ lần thử sau.",
    Outcome.STUCK: "Lần này đang chờ người cho chạy tiếp.",
}
TRIERS = ("admin", "releaser")


def run_now(runtime: Runtime, arguments: Mapping[str, Any], _: Path, told: Tell) -> None:
    """Run one slot that is due, at once; one that is finished stays so.

    Raises NotFound for a slot that is not due, Refused where somebody else is at it and on a
    training database, whose clock is its own, Forbidden for one who may no longer; and what the job
    raises.
    """
    job, name = job_named(arguments["job"], JOBS), arguments["slot"]
    with runtime.database.view() as session:
        require_role(session, int(arguments["officer"]), "admin", "", runtime.clock.now())
        if facts(session).get("training") == "1":
            raise Refused("Cơ sở dữ liệu tập huấn có đồng hồ riêng.", "Không chạy việc ở đây.")
        slots = [one.slot for one in due(session, [job], runtime.clock.now())]
    found = next((one for one in slots if one.name == name), None)
    if found is None:
        raise NotFound(f"Lần {name} của việc {job.name} không đến hạn.", "Chọn lần khác.")
    telling = replace(runtime, progress=lambda step, done, total: told(done, total))
    outcome = run_slot(telling, job.name, found, lambda mine: job.work(mine, found), at_once=True)
    if outcome in SAYS:
        raise Refused(SAYS[outcome], "Xem lại trang của việc sau ít phút.")
    told(1, 1)


def try_channel(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Connect to a provider by its channel in force, ask what waits for us there, and let go:
    nothing is sent, fetched or moved. The file says what was found.

    Raises Unavailable without a channel or an answer, Forbidden for one who may no longer.
    """
    code, who = str(arguments["provider"]), int(arguments["officer"])
    with runtime.database.view() as session:
        require_one_of(session, who, TRIERS, "", runtime.clock.now())
    waiting = _looked(runtime, code)
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        after = {"waiting": len(waiting)}
        record(session, now, str(who), "channels:channel:try", f"provider:{code}", after=after)
    out.write_text(_found(code, waiting), encoding="utf-8")
    told(1, 1)


def _looked(runtime: Runtime, code: str) -> list[RemoteFile]:
    """The files that wait at a provider, as he says himself over the line."""
    try:
        with closing(runtime.connected().courier(code)) as courier:
            look: Callable[[], list[RemoteFile]] = getattr(courier, "look", courier.waiting)
            return look()
    except BankError as error:
        raise Unavailable(
            f"Không nối được với “{code}”: {mask_numbers(str(error))}.",
            "Kiểm tra hồ sơ kênh, khoá và đường mạng; hỏi nơi chi trả nếu vẫn vậy.",
        ) from error


def _found(code: str, waiting: list[RemoteFile]) -> str:
    """What a try says, for people: the names of files name nobody."""
    lines = [f"Nối được với “{code}”. {len(waiting)} tệp đang chờ nhận."]
    return "\n".join([*lines, *(one.name for one in waiting)]) + "\n"
