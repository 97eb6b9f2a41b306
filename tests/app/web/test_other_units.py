"""Finance and readers of one commune: what lies in another is not shown to them on any way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import schema
from app.disbursement.holds import INSTRUCTION, PERSON, set_hold
from app.disbursement.line_tables import line_decision, line_proposal
from app.disbursement.rule_tables import line_rule
from app.disbursement.tables import funding_request
from app.tasks.tables import web_task
from app.units.tables import contract
from tests.app.web.serving import Browser, ClientAs, of_house, words
from tests.app.web.test_matrix import two_communes
from tests.factories import BANK, COMMUNE, OTHER_COMMUNE, SEPTEMBER, House

pytestmark = pytest.mark.stage(of=two_communes)

OURS = "Nông Thị Người 001"


application = of_house


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


def test_rules_of_another_units_account_are_not_told(
    house: House, elsewhere: Browser, client_as: ClientAs
) -> None:
    """A rule of every account is everybody's to read, and ends for all."""
    (ours, theirs) = (
        house.ask(select(contract.c.account).where(
            contract.c.unit_code == one, contract.c.provider == BANK))
        for one in (COMMUNE, OTHER_COMMUNE)
    )  # fmt: skip
    for number, account in enumerate((ours, theirs, ""), start=1):
        ruled(house, number, account)
    whole = client_as("finance.one")
    assert [f"chu so {one}" in words(whole.get("/recon/rules")) for one in (1, 2, 3)] == [True] * 3
    told = elsewhere.get("/recon/rules")
    assert [f"chu so {one}" in words(told) for one in (1, 2, 3)] == [False, True, True]
    assert "/recon/rules/3/end" not in told.get_data(as_text=True)
    pages = [elsewhere.get(f"/recon/rules/{one}/end").status_code for one in (1, 2, 3)]
    assert pages == [404, 200, 403]
    fields = {"on": "01/12/2026", "reason": "ngân hàng đổi chữ", "code": house.code()}
    sent = [elsewhere.send(f"/recon/rules/{one}/end", **fields).status_code for one in (1, 3)]
    assert sent == [404, 403]
    assert whole.get("/recon/rules/3/end").status_code == 200


def ruled(house: House, number: int, account: str) -> None:
    """A confirmed rule, as two would have made it."""
    now = house.clock.now()
    signed = {"digest": "d", "proposed_by": 1, "reason": "r"}
    asked = {"kind": "rule", "content": "{}", "reason": "r", "digest": "d", "amount": 0}
    rule = {"provider": BANK, "account": account, "direction": "out", "least": 1, "most": 9,
            "words": f"chu so {number}", "means": "fee", "valid_from": now.date()}  # fmt: skip
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        for table, values in (
            (line_proposal, {**asked, "id": number, "proposed_by": 1, "act_id": 2 * number,
                             "proposed_at": now}),
            (line_decision, {**signed, "proposal_id": number, "verdict": "confirmed",
                             "officer_id": 2, "act_id": 2 * number + 1, "decided_at": now}),
            (line_rule, {**rule, "proposal_id": number, "made_at": now}),
        ):  # fmt: skip
            connection.execute(table.insert().values(values))
        schema.install_rules(connection)
