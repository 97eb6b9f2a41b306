"""Finance and readers of one commune: what lies in another is not shown to them on any way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.disbursement.holds import INSTRUCTION, PERSON, set_hold
from app.disbursement.tables import funding_request
from app.tasks.tables import web_task
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, ClientAs, serve, words
from tests.app.web.test_matrix import two_communes
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House

pytestmark = pytest.mark.stage(of=two_communes)

OURS = "Nông Thị Người 001"


@pytest.fixture
def application(house: House) -> Iterator[Flask]:
    """The service of the tiny province."""
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def elsewhere(house: House, client_as: ClientAs) -> Browser:
    """Finance of the other commune alone."""
    house.becomes(f"maker.{OTHER_COMMUNE}", "releaser", OTHER_COMMUNE)
    return client_as(f"maker.{OTHER_COMMUNE}")


def test_a_payment_of_another_commune_is_not_asked_back(house: House, elsewhere: Browser) -> None:
    reference = house.reference(1, SEPTEMBER)
    assert OURS not in words(elsewhere.get(f"/recalls/new?reference={reference}"))
    told = {"reason": "người hưởng đã chết", "still_due": "0", "code": house.code()}
    asked = words(elsewhere.send("/recalls/new", reference=reference, **told))
    assert "Không có lệnh chi nào có mã này" in asked
    assert OURS not in asked


def test_a_batch_of_another_commune_is_not_tried(elsewhere: Browser) -> None:
    assert "batch=3" in elsewhere.get("/batches/release/check?batch=3").get_data(as_text=True)
    told = words(elsewhere.get("/batches/release/check?batch=1"))
    assert "Chọn ít nhất một lô" in told


@pytest.mark.parametrize(
    "page", ["/funds/requests", "/batches/release/build", "/batches/sending", "/returned"]
)
def test_work_for_all_units_is_asked_for_by_who_sees_them_all(
    house: House, elsewhere: Browser, page: str
) -> None:
    before = house.count(funding_request)
    assert elsewhere.send(page).status_code == 403
    assert (house.count(web_task), house.count(funding_request)) == (0, before)


def test_a_hold_on_a_person_is_told_where_he_lives(house: House, client_as: ClientAs) -> None:
    with house.work() as session:
        for scope in (PERSON, INSTRUCTION):
            set_hold(session, scope, "1", f"Có tin đã chết: {scope}", "test", house.later())
    here, other = (client_as(f"checker.{one}") for one in (COMMUNE, OTHER_COMMUNE))
    assert words(here.get("/holds")).count("Có tin đã chết") == 2
    assert here.get("/holds/1").status_code == 200
    assert "Có tin đã chết" not in words(other.get("/holds"))
    assert [other.get(f"/holds/{one}").status_code for one in (1, 2)] == [404, 404]


def test_what_is_of_all_units_is_for_who_sees_them_all(
    elsewhere: Browser, client_as: ClientAs
) -> None:
    whole = client_as("finance.one")
    for page, from_there in (("/bank-tasks", "/cases"), ("/recon/statements", "/recon")):
        assert (whole.get(page).status_code, elsewhere.get(page).status_code) == (200, 403)
        links = [one.get(from_there).get_data(as_text=True) for one in (whole, elsewhere)]
        assert [f'href="{page}"' in one for one in links] == [True, False]
