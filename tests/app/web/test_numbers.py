"""Numbers that do not exist stand on a list of the commune until they are others."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.messaging.states import FAILED, NO_SUCH_NUMBER
from app.messaging.tables import message
from tests.app.web.serving import ClientAs, of_house, words
from tests.factories import COMMUNE, OTHER_COMMUNE, House, row
from tests.support.messages import set_phone
from tests.support.on_the_phone import on_the_line

application = of_house
pytestmark = pytest.mark.stage(of=on_the_line)
MAKER = f"maker.{COMMUNE}"
NONE = "Không có số điện thoại nào phải hỏi lại"


def nowhere(house: House, number: int) -> None:
    """A gateway has called the number of this person non-existent."""
    with house.owner.engine.begin() as connection:
        mine = update(message).where(message.c.person_id == number)
        connection.execute(
            mine.values(state=FAILED, reason=NO_SUCH_NUMBER, ended_at=house.clock.now())
        )


def test_whose_number_does_not_exist_is_asked_again(house: House, client_as: ClientAs) -> None:
    maker = client_as(MAKER)
    assert NONE in words(maker.get("/work"))
    assert NONE in words(maker.get("/people/numbers"))
    nowhere(house, 2)
    assert "Hỏi lại số điện thoại của 1 người" in words(maker.get("/work"))
    page = maker.get("/people/numbers")
    assert row(2).name in words(page)
    assert "*******002" in words(page)
    assert row(1).name not in words(page)
    assert "/people/2/edit/phone" in page.get_data(as_text=True)
    checker = client_as(f"checker.{COMMUNE}").get("/people/numbers")
    assert (row(2).name in words(checker), "/edit/" in checker.get_data(as_text=True)) == (1, 0)
    assert row(2).name not in words(client_as(f"maker.{OTHER_COMMUNE}").get("/people/numbers"))
    assert "Chọn xã" in words(client_as("checker.all").get("/people/numbers"))
    set_phone(house, 2, "0987654321")
    assert NONE in words(maker.get("/people/numbers"))
