"""From cash to account by page: figures that lead to their people, reasons, lists, answers."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import select

from app.beneficiaries.tables import destination, person
from app.jobs.asked import run_one
from app.reference.banks import TEST_BANK_A
from tests.app.cashless.office import opened, people_on_cash
from tests.app.web.serving import Browser, ClientAs, of_house, words
from tests.factories import COMMUNE, OTHER_COMMUNE, House

pytestmark = pytest.mark.stage(of=people_on_cash)
MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"


application = of_house


@pytest.fixture
def maker(client_as: ClientAs) -> Browser:
    """The commune's maker."""
    return client_as(MAKER)


def test_each_figure_leads_to_as_many_people(house: House, maker: Browser) -> None:
    maker.send("/accounts/people", area=COMMUNE, why="far", person="1")
    text = maker.get("/accounts").get_data(as_text=True)
    found = re.findall(r'href="(/accounts/people\?[^"]+)">(\d+)', text)
    assert [count for _, count in found] == ["2", "1", "3"]
    for address, count in found:
        told = words(maker.get(address.replace("&amp;", "&")))
        assert f"Người 1–{count} trong {count}" in told, address


def test_reasons_are_tried_before_they_are_written(house: House, maker: Browser) -> None:
    page = "/accounts/people"
    nobody = maker.send(f"{page}/preview", area=COMMUNE, why="far")
    assert (nobody.status_code, "Chọn ít nhất một người" in words(nobody)) == (422, True)
    tried = maker.send(f"{page}/preview", area=COMMUNE, why="far", person=["1", "4", "5"])
    told = words(tried)
    assert "1 người ghi được, 1 người không ghi được" in told
    assert "đang nhận qua tài khoản" in told
    assert house.rows(select(person.c.still_cash).where(person.c.id == 1)) == [("",)]
    all_of_them = words(maker.send(f"{page}/preview", area=COMMUNE, why="far", all="1"))
    assert "Ghi lý do cho 3 người" in all_of_them
    done = maker.send(page, area=COMMUNE, why="far", person=["1", "2", "5"])
    assert "Đã ghi lý do cho 2 người" in maker.told(done)
    query = select(person.c.still_cash).order_by(person.c.id)
    assert house.rows(query) == [("far",), ("far",), ("",), ("",), ("",)]


def test_sheets_and_forms_are_made_by_a_worker(house: House, maker: Browser) -> None:
    asked = maker.send("/accounts/visits", area=COMMUNE, form="xlsx")
    assert asked.status_code == 303
    assert run_one(house.runtime)
    assert maker.get(f"{asked.location}/file").data.startswith(b"PK")
    assert "Ghi lý do" in words(maker.send("/accounts/forms", area=COMMUNE))
    asked = maker.send("/accounts/forms", area=COMMUNE, why="đợt vận động")
    assert run_one(house.runtime)
    assert maker.get(f"{asked.location}/file").data.startswith(b"%PDF"), words(
        maker.get(asked.location)
    )
    assert maker.send("/accounts/visits", area=OTHER_COMMUNE, form="pdf").status_code == 404


@pytest.mark.parametrize(
    ("page", "more"),
    [("visits", {"form": "pdf"}), ("forms", {"why": "đợt vận động"}),
     ("list", {"bank": TEST_BANK_A, "profile": "csv", "ground": "đợt vận động"})],
)  # fmt: skip
def test_a_worker_makes_nothing_for_who_may_no_more(
    house: House, maker: Browser, page: str, more: dict[str, str]
) -> None:
    asked = maker.send(f"/accounts/{page}", area=COMMUNE, **more)
    house.becomes(MAKER, "auditor", COMMUNE)
    assert run_one(house.runtime)
    assert maker.get(f"{asked.location}/file").status_code == 404
    assert "không có quyền" in words(maker.get(asked.location)).lower()


def test_a_bank_is_asked_and_answers(house: House, maker: Browser) -> None:
    asked = maker.send("/accounts/list", area=COMMUNE, bank=TEST_BANK_A, profile="csv",
                       ground="đợt vận động")  # fmt: skip
    assert run_one(house.runtime)
    content = maker.get(f"{asked.location}/file").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert len(rows) == 3
    assert "Theo dõi 1 danh sách chờ ngân hàng" in words(maker.get("/work"))
    page = "/accounts/requests/1"
    assert "Chưa trả lời" in words(maker.get(page))
    answers = [opened(one, f"55566677{at:02}") for at, one in enumerate(rows)]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(answers[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(answers)

    def file() -> tuple[io.BytesIO, str]:
        return io.BytesIO(out.getvalue().encode("utf-8-sig")), "answer.csv"

    looked = maker.send(page, file=file(), check="1")
    assert "Tệp đúng: 3 người" in maker.told(looked), words(looked)
    house.later()
    done = maker.send(page, file=file(), code=house.code(), user_two=CHECKER,
                      code_two=house.code())  # fmt: skip
    assert "Đã nhận kết quả của 3 người" in maker.told(done), words(done)
    query = select(destination.c.person_id).where(destination.c.account_tail.startswith("770"))
    assert len(house.rows(query)) == 3
    assert "đã nhận từ trước" in maker.told(maker.send(page, file=file(), check="1"))


def test_another_commune_s_list_is_not_there(
    house: House, maker: Browser, client_as: ClientAs
) -> None:
    maker.send("/accounts/list", area=COMMUNE, bank=TEST_BANK_A, profile="csv", ground="vận động")
    assert run_one(house.runtime)
    other = client_as(f"maker.{OTHER_COMMUNE}")
    assert other.get("/accounts/requests/1").status_code == 404
    assert "Chưa gửi danh sách nào" in words(other.get("/accounts/requests"))
    assert other.get(f"/accounts?area={COMMUNE}").status_code == 404
