"""Long work asked for on a page: put down once, done by a worker, fetched by who asked."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from app.errors import Conflict
from app.jobs.asked import run_one
from app.tasks.asking import OPEN_MAX, ask, claim, finish
from app.tasks.tables import web_task
from app.web.pages.waiting.tasks import STOP_POLLING
from tests.app.web.serving import ClientAs, of_house, words
from tests.factories import COMMUNE, OTHER_COMMUNE, House, september_listed

pytestmark = pytest.mark.stage(of=september_listed)
WHO = f"checker.{COMMUNE}"


application = of_house


def test_a_list_is_asked_for_made_and_fetched(house: House, client_as: ClientAs) -> None:
    officer = client_as(WHO)
    asked = officer.send("/payrolls/1/list", form="xlsx")
    assert (asked.status_code, asked.location) == (303, "/tasks/1")
    assert officer.send("/payrolls/1/list", form="xlsx").location == "/tasks/1", "asked once"
    page = officer.get("/tasks/1")
    assert "Bạn có thể đóng trang này" in words(page)
    assert 'http-equiv="refresh"' in page.get_data(as_text=True)
    assert officer.get("/tasks/1/file").status_code == 404
    assert run_one(house.runtime)
    assert not run_one(house.runtime)
    assert officer.get("/tasks/1/progress").status_code == STOP_POLLING
    content = officer.get("/tasks/1/file").data
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet is not None
    told = {str(cell.value) for line in sheet.iter_rows() for cell in line}
    assert {"Nông Thị Người 001", "Nông Thị Người 003"} <= told
    assert "Xong" in words(officer.get("/tasks"))


def test_others_see_nothing_of_it(house: House, client_as: ClientAs) -> None:
    client_as(WHO).send("/payrolls/1/list", form="pdf")
    run_one(house.runtime)
    other = client_as(f"checker.{OTHER_COMMUNE}")
    assert other.send("/payrolls/1/list", form="pdf").status_code == 404
    for address in ("/tasks/1", "/tasks/1/progress", "/tasks/1/file"):
        assert other.get(address).status_code == 404


def test_what_cannot_be_done_is_said(house: House, client_as: ClientAs) -> None:
    officer = client_as(WHO)
    assert officer.send("/payrolls/1/list", form="doc").status_code == 422
    with house.work() as session:
        asked = {"payroll_id": 99, "form": "pdf"}
        ask(session, "payroll_list", asked, house.officer(WHO), house.clock.now())
    assert run_one(house.runtime)
    assert "Không làm được" in words(officer.get("/tasks/1"))


def test_letters_of_a_commune_are_of_one_case(house: House, client_as: ClientAs) -> None:
    """Nobody is written to whom it is not about, and that is said."""
    officer, form = client_as(f"maker.{COMMUNE}"), {"area": COMMUNE, "period": "2026-09"}
    form["kind"] = "by_letter"
    assert "Tiền mặt đang chờ nhận" in words(officer.get(f"/papers?area={COMMUNE}"))
    for case in ("", "paid"):
        refused = officer.send("/papers", **form, case=case)
        assert refused.status_code == 422
        assert "Chọn việc cần báo." in words(refused)
    assert officer.send("/papers", **{**form, "area": OTHER_COMMUNE}).status_code == 404
    assert officer.send("/papers", **form, case="cash_ready").location == "/tasks/1"
    assert run_one(house.runtime)
    assert "không có ai cần báo việc đã chọn" in words(officer.get("/tasks/1"))


def test_what_a_dead_worker_left_is_taken_over(house: House) -> None:
    with house.work() as session:
        ask(session, "payroll_list", {"payroll_id": 1, "form": "pdf"}, house.officer(WHO),
            house.clock.now())  # fmt: skip
        first = claim(session, "one", house.clock.now())
    assert first is not None
    assert not run_one(house.runtime), "it is being done"
    house.clock.advance(timedelta(minutes=6))
    assert run_one(house.runtime)
    with house.work() as session, pytest.raises(Conflict):
        finish(session, first, "late.pdf", house.clock.now())
    assert house.rows(web_task.select())[0][4] == "done"


def test_nobody_fills_the_queue(house: House) -> None:
    with house.work() as session:
        for number in range(OPEN_MAX):
            ask(session, "k", {"n": number}, house.officer(WHO), house.clock.now())
        with pytest.raises(Conflict, match="chưa xong"):
            ask(session, "k", {"n": 99}, house.officer(WHO), house.clock.now())
