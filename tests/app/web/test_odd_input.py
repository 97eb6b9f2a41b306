"""What no page of ours sends, but anyone signed in may: it is refused in words, never an error."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from tests.app.web.serving import Browser, of_house, signed_in, words
from tests.app.web.test_matrix import two_communes
from tests.factories import BANK, COMMUNE

pytestmark = pytest.mark.stage(of=two_communes)

TOO_LONG = "9" * 30
NAMES = ("Danh sách trợ cấp xã hội " * 9 + ".xlsx", "x\0y.xlsx", "..", ".xlsx")


application = of_house


@pytest.fixture
def maker(application: Flask) -> Browser:
    """The commune's maker."""
    return signed_in(application, f"maker.{COMMUNE}")


@pytest.fixture
def finance(application: Flask) -> Browser:
    """The first finance officer."""
    return signed_in(application, "finance.one")


def test_a_number_that_no_database_holds_names_nothing(maker: Browser, finance: Browser) -> None:
    told = {"code": "1", "user_two": "finance.two", "code_two": "2"}
    answers = [
        finance.get(f"/batches/release/check?batch={TOO_LONG}"),
        finance.send("/batches/release", batch=TOO_LONG, **told),
        maker.send("/accounts/people", person=TOO_LONG, why="no_bank"),
        maker.send("/accounts/people/preview", person=TOO_LONG, why="no_bank"),
        maker.get(f"/people/1/order/{TOO_LONG}"),
        maker.send(f"/people/1/order/{TOO_LONG}", reference="x", **told),
    ]
    assert [one.status_code for one in answers if one.status_code >= 500] == []


def test_no_month_and_no_day_is_an_error_of_ours(finance: Browser) -> None:
    told = {"code": "1", "user_two": "finance.two", "code_two": "2"}
    for one in ("", "x", "0000-01", "12/9999", "٢٠٢٦-١٠"):
        assert finance.send("/closing-month", period=one, **told).status_code == 422, one
        assert finance.send("/settlements/report", period=one or "x", form="pdf").status_code == 422
    for one in ("01/01/0001", "31/12/9999", "x"):
        assert "không phải một ngày" in words(finance.get(f"/closing-days?day={one}")), one
        assert finance.send("/closing-days", day=one, code="1").status_code == 422


@pytest.mark.parametrize("name", NAMES)
def test_a_file_may_be_called_anything(maker: Browser, finance: Browser, name: str) -> None:
    sent = maker.send("/lists", area=COMMUNE, file=(BytesIO(b"x"), name))
    assert sent.status_code in (303, 422)
    if sent.status_code == 303:
        assert maker.get(sent.location).status_code < 500
    brought = finance.send("/recon/statements", provider=BANK, code="1",
                           file=(BytesIO(b"x"), name))  # fmt: skip
    assert brought.status_code in (403, 409, 422)
