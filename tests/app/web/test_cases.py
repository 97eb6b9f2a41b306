"""Changes, doubts and reported deaths by page: what waits, who decides, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.beneficiaries.tables import enrolment, person
from app.doubles.finding import find
from app.events.deaths import enter_death
from app.events.tables import life_event
from tests.app.checks.test_deaths import tell_death
from tests.app.web.serving import ClientAs, of_house, words
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

MAKER, CHECKER, APPROVER = (f"{role}.{COMMUNE}" for role in ("maker", "checker", "approver"))


def shared_account(house: House) -> None:
    """Two people of one account, one more here, one elsewhere; a death was reported."""
    house.register(
        SEPTEMBER, row(1), row(2, account=row(1).account), in_cash(3, name="Hoàng Thị Bế")
    )
    house.register(SEPTEMBER, row(4), commune=OTHER_COMMUNE)
    with house.work() as session:
        find(session, house.keyring, SEPTEMBER, "test", house.later())
        enter_death(session, 3, date(2026, 8, 19), house.officer(MAKER), house.later())


pytestmark = pytest.mark.stage(of=shared_account)


application = of_house


def test_what_one_enters_another_confirms(house: House, client_as: ClientAs) -> None:
    maker, checker = client_as(MAKER), client_as(CHECKER)
    page = "/events/1"
    assert "Mất ngày 19/08/2026" in words(checker.get(page))
    assert maker.send(f"{page}/confirm", number="15/QĐ").status_code == 403
    empty = checker.send(f"{page}/confirm")
    assert "Nhập số quyết định" in words(empty)
    done = checker.send(f"{page}/confirm", number="15/QĐ-UBND")
    assert "Đã xác nhận" in checker.told(done)
    assert house.ask(select(enrolment.c.stop_period).where(enrolment.c.person_id == 3)) == "2026-08"
    left = words(checker.get("/events"))
    assert "Mất ngày 19/08/2026" not in left
    assert "Hỗ trợ mai táng" in left, "what follows from the death"
    assert "15/QĐ-UBND" in words(checker.get(page))
    other = client_as(f"checker.{OTHER_COMMUNE}")
    assert other.get(page).status_code == 404
    assert other.send(f"{page}/refuse", reason="không phải").status_code == 404


def test_a_death_and_a_move_are_entered_on_the_person_s_page(
    house: House, client_as: ClientAs
) -> None:
    maker = client_as(MAKER)
    future = maker.send("/people/1/death", on="01/01/2027")
    assert (future.status_code, "phía trước" in words(future)) == (422, True)
    assert "chưa có gì thay đổi" in maker.told(maker.send("/people/1/death", on="18/08/2026"))
    unknown = maker.send("/people/2/move", to="Xã Không Có", on="18/08/2026")
    assert "Không có xã nào tên như vậy" in words(unknown)
    done = maker.send("/people/2/move", to=OTHER_COMMUNE, on="18/08/2026")
    assert done.status_code == 303, words(done)
    kinds = house.rows(select(life_event.c.kind).order_by(life_event.c.id))
    assert kinds == [("death",), ("death",), ("move",)]
    there = client_as(f"checker.{OTHER_COMMUNE}")
    half = there.send("/events/3/confirm", number="7/QĐ")
    assert "Còn chờ xã kia" in there.told(half)
    assert maker.send("/people/1/resume").status_code == 409


def test_a_doubt_needs_two_and_is_then_settled(house: House, client_as: ClientAs) -> None:
    checker = client_as(CHECKER)
    assert "chung một tài khoản" in words(checker.get("/doubles"))
    page = words(checker.get("/doubles/1"))
    assert "Nghi vấn này cần hai cán bộ" in page
    house.later()
    alone = checker.send("/doubles/1/decide", verdict="different", reason="đã gặp cả hai",
                         code=house.code())  # fmt: skip
    assert "cần hai cán bộ khác nhau" in words(alone)
    house.later()
    done = checker.send("/doubles/1/decide", verdict="different", reason="đã gặp cả hai",
                        code=house.code(), user_two=APPROVER, code_two=house.code())  # fmt: skip
    assert done.status_code == 303, words(done)
    assert "Đã ghi quyết định" in checker.told(done)
    assert "Không có nghi vấn nào" in words(checker.get("/doubles"))
    assert client_as(f"checker.{OTHER_COMMUNE}").get("/doubles/1").status_code == 404


def test_a_reported_death_is_verified_with_a_code(house: House, client_as: ClientAs) -> None:
    tell_death(house, "2026-08-17")
    maker = client_as(MAKER)
    assert "Sổ hộ tịch" in words(maker.get("/deaths"))
    assert "Xác minh 1 tin báo tử" in words(maker.get("/work"))
    assert "Xác minh tin báo tử" in words(maker.get("/outside"))
    house.later()
    empty = maker.send("/deaths/1", verdict="confirmed", code=house.code())
    assert "Ghi số trích lục" in words(empty)
    done = maker.send("/deaths/1", verdict="confirmed", evidence="Trích lục 5/2026",
                      code=house.code())  # fmt: skip
    assert "Đã xác nhận" in maker.told(done), words(done)
    assert house.ask(select(person.c.died_on).where(person.c.id == 1)) == date(2026, 8, 17)
    assert maker.get("/deaths/1").status_code == 404
