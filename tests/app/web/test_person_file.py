"""A person's file: cards with sources, what officers change and on what ground, numbers shown."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.audit.tables import audit_event
from app.beneficiaries.tables import destination, person
from app.reference.banks import TEST_BANK_A
from tests.app.web.serving import Browser, ClientAs, of_house, words
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
PHONE = "0912345678"


def two_communes(house: House) -> None:
    """Two people here, one of them on cash; one elsewhere."""
    house.register(SEPTEMBER, row(1, phone=PHONE, household="12"), in_cash(2))
    house.register(SEPTEMBER, row(3), commune=OTHER_COMMUNE)


pytestmark = pytest.mark.stage(of=two_communes)


application = of_house


@pytest.fixture
def maker(client_as: ClientAs) -> Browser:
    """The commune's maker."""
    return client_as(MAKER)


def test_the_file_masks_and_tells_where_each_field_came_from(house: House, maker: Browser) -> None:
    text = words(maker.get("/people/1/file")).replace("\xa0", " ")
    for told in ("Nông Thị Người 001", "Theo danh sách của xã", "CCCD ••• 001", "Nhận tiền",
                 "Người hưởng tự nhận tiền", "Đang hưởng"):  # fmt: skip
        assert told in text, told
    assert PHONE not in text
    assert row(1).account not in text
    looked = house.rows(select(audit_event.c.actor).where(audit_event.c.object == "person:1"))
    assert (MAKER,) in looked
    assert MAKER in words(maker.get("/people/1/file"))


@pytest.mark.parametrize(
    ("field", "value", "column", "stored"),
    [("hamlet", "Tổ 9", "hamlet", "Tổ 9"), ("ethnicity", "Nùng", "ethnicity", "Nùng"),
     ("phone-owner", "self", "phone_owner", "self"), ("phone", "0987654321", "phone_tail", "321"),
     ("vneid-level", "2", "vneid_level", "2")],
)  # fmt: skip
def test_a_field_is_changed_on_a_ground(
    house: House, maker: Browser, field: str, value: str, column: str, stored: str
) -> None:
    page = f"/people/1/edit/{field}"
    assert maker.get(page).status_code == 200
    refused = maker.send(page, value=value)
    assert refused.status_code == 422
    assert "Nêu căn cứ" in words(refused)
    answer = maker.send(page, value=value, reference="đơn ngày 20/08/2026")
    assert answer.status_code == 303
    told = maker.told(answer)
    assert "Đã lưu" in told
    assert "đơn ngày 20/08/2026" in told
    assert house.ask(select(person.c[column]).where(person.c.id == 1)) == stored
    again = maker.send(page, value=value, reference="đơn ngày 20/08/2026")
    assert "không đổi gì" in maker.told(again)


def test_what_is_wrong_with_a_value_stands_at_the_field(maker: Browser) -> None:
    answer = maker.send("/people/1/edit/phone", value="12", reference="gọi điện")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'<a href="#value">Số điện thoại không đúng', text)
    assert "gọi điện</textarea>" in text


def test_who_takes_the_money_and_what_stands_on_paper(maker: Browser) -> None:
    fields = {"kind": "authorised", "name": "Nông Văn Con", "citizen_id": "097180001234",
              "relation": "con", "reference": "12/UQ", "signed_on": "19/08/2026"}  # fmt: skip
    bad = maker.send("/people/1/payee", **{**fields, "signed_on": "40/08/2026"})
    assert "không phải một ngày" in words(bad)
    done = maker.told(maker.send("/people/1/payee", **fields))
    assert "Nông Văn Con" in done
    assert "097180001234" not in done
    told = maker.told(maker.send("/people/1/disability", kind="vận động", degree="severe",
                                 reference="34/GXN", certified_on="01/08/2026"))  # fmt: skip
    assert "vận động, nặng" in told
    told = maker.told(maker.send("/people/1/poverty", level="poor", since="08/2026",
                                 reference="5/QĐ-UBND", decided_on="01/08/2026"))  # fmt: skip
    assert "Hộ nghèo" in told
    lacks = maker.send("/people/2/poverty", level="poor", since="08/2026", reference="5/QĐ")
    assert "chưa có số hộ" in words(lacks)


def test_a_number_is_shown_for_a_reason_and_logged(house: House, maker: Browser) -> None:
    page = "/people/1/reveal/phone"
    assert PHONE not in words(maker.get(page))
    assert maker.send(page, reason="xem").status_code == 422
    shown = maker.send(page, reason="gọi điện hẹn ngày nhận tiền")
    assert PHONE in words(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    query = select(audit_event.c.detail).where(audit_event.c.action == "cli:person:reveal")
    assert house.rows(query) == [("phone: gọi điện hẹn ngày nhận tiền",)]
    assert PHONE not in words(maker.get("/people/1/file"))


def account(house: House, **changes: str) -> dict[str, str]:
    """The fields of a change of account, with both codes."""
    return {"kind": "bank", "bank": TEST_BANK_A, "account": "2222333344", "proof": "other",
            "holder": "NONG THI NGUOI 002", "reference": "đơn 5/ĐN", "code": house.code(),
            "user_two": CHECKER, "code_two": house.code(), **changes}  # fmt: skip


def test_two_officers_change_where_the_money_goes(house: House, maker: Browser) -> None:
    page = "/people/2/account"
    assert "Tiền mặt tại bưu điện" in words(maker.get(page))
    house.later()
    for missing, told in (("code_two", "6 chữ số trong ứng dụng của người thứ hai"),
                          ("reference", "Nêu căn cứ")):  # fmt: skip
        answer = maker.send(page, **account(house, **{missing: ""}))
        assert (answer.status_code, told in words(answer)) == (422, True)
    nobody = maker.send(page, **account(house, user_two="nobody"))
    assert "Không có cán bộ nào có tên đăng nhập này" in words(nobody)
    house.later()
    assert maker.send(page, **account(house, user_two=MAKER)).status_code == 409
    house.later()
    done = maker.send(page, **account(house))
    assert done.status_code == 303, words(done)
    assert "Tài khoản mới chờ đến" in maker.told(done)
    query = select(destination.c.account_tail).where(destination.c.person_id == 2)
    assert house.rows(query.order_by(destination.c.version)) == [("",), ("3344",)]
    house.later()
    back = maker.send("/people/2/order/1", reference="đổi ý", code=house.code(), user_two=CHECKER,
                      code_two=house.code())  # fmt: skip
    assert "Đã đổi thứ tự" in maker.told(back), words(back)


def test_a_card_number_is_no_account(house: House, maker: Browser) -> None:
    house.later()
    answer = maker.send("/people/2/account", **account(house, account="4111111111111111"))
    assert answer.status_code == 409
    assert re.search(r'<a href="#account">Đây là số in trên thẻ', answer.get_data(as_text=True))


def test_two_officers_give_another_identity_number(house: House, maker: Browser) -> None:
    house.later()
    fields = {"new_id": "097145 999001", "reason": "reissued", "reference": "căn cước mới",
              "code": house.code(), "user_two": CHECKER, "code_two": house.code()}  # fmt: skip
    done = maker.send("/people/1/id", **fields)
    assert done.status_code == 303, words(done)
    assert "CCCD ••• 001" in maker.told(done).replace("\xa0", " ")


def test_another_commune_s_people_are_not_there(client_as: ClientAs) -> None:
    other = client_as(f"maker.{OTHER_COMMUNE}")
    for page in ("file", "edit/hamlet", "account", "payee", "reveal/id", "death", "order/1"):
        assert other.get(f"/people/1/{page}").status_code == 404, page
    assert other.send("/people/1/reveal/id", reason="kiểm tra hồ sơ giấy").status_code == 404
    assert other.send("/people/1/edit/hamlet", value="x", reference="y").status_code == 404


def test_finance_reads_and_changes_nothing(client_as: ClientAs) -> None:
    finance = client_as("finance.one")
    text = words(finance.get("/people/1/file"))
    assert "Nhân thân" in text
    assert "Sửa" not in text
    assert finance.get("/people/1/edit/hamlet").status_code == 403
