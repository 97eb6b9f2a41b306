"""Jobs and checks on the administrators' pages: what failed is told, goes on, or runs at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import Forbidden, Unavailable
from app.jobs.asked import run_one
from app.jobs.asked_runs import run_now
from app.jobs.due import register
from app.jobs.fence import PAUSES, run_slot
from app.jobs.runtime import Runtime
from app.jobs.schedule import JOBS
from app.jobs.scheduler import be_seen
from app.schedule.runs import job_named, run_of
from app.schedule.slots import Slot
from app.tasks.tables import web_task
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, serve, signed_in, text_of
from tests.factories import House

AT = "/jobs/open_payrolls/2026-09-18"


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    """The service of the tiny province as a real one, whose files lie in the house's folder."""
    house.tamper("update installation set value = '0' where key = 'training'")
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def one(house: House, application: Flask) -> Browser:
    """An administrator who has typed a code just now."""
    browser = signed_in(application, "admin.one")
    return fresh(house, browser)


def fresh(house: House, browser: Browser) -> Browser:
    """The same officer, who proves again that it is he."""
    house.later()
    assert browser.send("/step-up?next=/jobs", code=house.code()).status_code == 303
    return browser


def stuck(house: House) -> None:
    """The lists of October could not be opened, as often as they may be tried."""
    now = house.on("2026-09-18", "09:00")
    slot = Slot(now, "2026-09-18", now.date())

    def fails(_: Runtime) -> str:
        raise Unavailable("Đĩa đầy.", "Giải phóng đĩa.")

    for _ in range(len(PAUSES) + 1):
        with pytest.raises(Unavailable):
            run_slot(house.runtime, "open_payrolls", slot, fails, at_once=True)


def test_what_failed_is_told_with_its_reason_and_goes_on(house: House, one: Browser) -> None:
    empty = text_of(one, "/jobs")
    assert "Bộ hẹn giờ chưa chạy lần nào" in empty
    assert "Không có lần nào chờ người xử lý" in empty
    assert "07:00 ngày 18 hằng tháng" in empty
    stuck(house)
    one = fresh(house, signed_in(one.application, "admin.one"))
    listed = text_of(one, "/jobs")
    assert "Cần người xử lý (1)" in listed
    assert "Đĩa đầy. Giải phóng đĩa." in listed
    assert "16/10/2026 07:00" in listed, "the 18th of October is a Sunday"
    assert "Xem 1 việc theo giờ bị hỏng" in text_of(one, "/work")
    here = text_of(one, AT)
    assert "Số lần thử 6" in here
    assert "Chờ người cho chạy tiếp" in here
    assert one.send(f"{AT}/done").status_code == 422
    assert "sẽ chạy tiếp" in one.told(one.send(f"{AT}/resume"))
    told = one.told(one.send(f"{AT}/done", reason="đã lập bằng tay"))
    assert "được coi là đã xong" in told
    assert "người làm: đã lập bằng tay" in text_of(one, "/jobs/open_payrolls")
    assert one.send(f"{AT}/resume").status_code == 404
    who = str(house.officer("admin.one"))
    assert house.rows("select actor, action from audit_event where action like 'jobs:%'") == [
        (who, "jobs:slot:resume"),
        (who, "jobs:slot:done"),
    ]
    assert one.get("/jobs/nothing").status_code == 404
    assert signed_in(one.application, "auditor").send(f"{AT}/resume").status_code == 403


def test_a_slot_that_is_due_is_run_by_a_worker(house: House, one: Browser) -> None:
    house.on("2026-09-09")
    register(house.runtime, [job_named("proofs", JOBS)])
    house.on("2026-09-10")
    one = fresh(house, signed_in(one.application, "admin.one"))
    assert "2026-09-10" in text_of(one, "/jobs/proofs")
    assert one.send("/jobs/proofs/2026-09-08/run").status_code == 404
    asked = one.send("/jobs/proofs/2026-09-10/run")
    assert (asked.status_code, asked.location) == (303, "/tasks/1")
    assert run_one(house.runtime)
    assert house.ask(select(web_task.c.error)) == ""
    with house.database.view() as session:
        run = run_of(session, "proofs", "2026-09-10")
    assert run is not None
    assert run.state == "finished"
    assert "Không cần làm gì" in text_of(one, "/jobs/proofs/2026-09-10")


def test_a_worker_looks_again_whether_the_asker_may(house: House) -> None:
    asked = {"job": "proofs", "slot": "2026-09-10", "officer": house.officer("auditor")}
    with pytest.raises(Forbidden):
        run_now(house.runtime, asked, Path(), lambda done, total: None)


def test_each_check_says_what_to_do(house: House, one: Browser) -> None:
    before = text_of(one, "/checks")
    assert "kiểm tra không tốt" in before
    assert "Chạy `ansinh jobs run` như một dịch vụ" in before
    be_seen(house.runtime)
    assert "Chạy `ansinh jobs run` như một dịch vụ" not in text_of(one, "/checks")
    stuck(house)
    one = fresh(house, signed_in(one.application, "admin.one"))
    after = text_of(one, "/checks")
    assert "open_payrolls 2026-09-18" in after
    assert "đọc lý do, sửa, rồi cho chạy tiếp" in after
    assert signed_in(one.application, "finance.one").get("/checks").status_code == 403
