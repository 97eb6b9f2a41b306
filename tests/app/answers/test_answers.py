"""A person's own money: what has come, when, why so much, what came back; in three wordings."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answers.answer import OF_PERSON, UNKNOWN, Answer, Part
from app.answers.answering import answer_for, general
from app.answers.understanding import kinds
from app.answers.wording import EN, fitted, sentences, short, sms
from app.answers.wording import _catalogue as catalogue
from app.messaging.gsm import LENGTH_MAX
from app.messaging.words import templates
from tests.app.messaging.test_words import SIGNS
from tests.factories import OCTOBER, House, in_cash, row
from tests.support.messages import HELP, IN_CASH, PEOPLE, answered, sent

pytestmark = pytest.mark.stage(of=sent)
FRAMES = {
    "stopped", "resumed", "stranger", "which", "one_by_one", "call", "ask_there", "todo",
    "complained", "complain_how", "complain_of_whom", "complain_call",
}  # fmt: skip
SECRET_WORDS = ("tro cap", "huu tri", "khuyet tat", "bao tro", "người có công", "trợ cấp")


def asked(house: House, person: int, question: str, day: str) -> Answer:
    with house.database.view() as session:
        return answer_for(session, person, question, date.fromisoformat(day))


def said(house: House, person: int, question: str, day: str, **how: bool) -> str:
    return sms(asked(house, person, question, day), HELP, **how)


def test_where_the_money_of_a_month_is(house: House) -> None:
    """From the list to the account or back, for whoever asks in whatever words."""
    who, call = "Nong Thi Nguoi 001: Thang 09/2026: ", f". Hoi: {HELP}"
    away = "500.000d da gui ngan hang chuyen vao TK ***1000, dang cho ket qua"
    assert said(house, 1, "tien ve chua", "2026-09-10") == who + away + call
    cash = said(house, IN_CASH, "bao gio linh tien", "2026-09-10")
    assert "moi linh 500.000d tien mat tu ngay 10/09, mang theo can cuoc" in cash
    answered(house)
    came = asked(house, 1, "Tiền tháng này về chưa?", "2026-09-12")
    assert sms(came, HELP) == who + "500.000d da vao TK ***1000 ngay 10/09" + call
    assert sms(came, HELP, hides_amounts=True) == who + "tien da vao TK ***1000 ngay 10/09" + call
    vi = "Tháng 09/2026: 500.000 đồng đã vào tài khoản Thử nghiệm A, số cuối 1000"
    assert sentences(came, HELP)[0].startswith(vi)
    assert "came into your account" in sentences(came, HELP, EN)[0]
    assert not came.hands_over
    back = asked(house, 2, "tien ve chua", "2026-09-12")
    assert back.hands_over
    assert [one.form for one in back.parts] == ["returned"]
    assert "Moi mang can cuoc den UBND xa sua so TK. Hoi" in sms(back, HELP)
    assert "sửa số tài khoản" in sentences(back, HELP)[0]
    assert sentences(back, HELP)[-1].startswith(f"Cần giúp, gọi {HELP} hoặc đến Ủy ban nhân dân")
    assert "dua" not in said(house, 1, "returned", "2026-09-12")
    assert "Khong co khoan nao bi tra lai" in said(house, 1, "returned", "2026-09-12")
    assert "da linh 500.000d tien mat ngay 12/09" in said(house, IN_CASH, "when", "2026-09-13")


def test_the_next_month_and_why_it_differs(house: House) -> None:
    """An earlier month that still waits is told with it; an older one is found by its name."""
    answered(house)
    none = asked(house, 1, "tien thang nay ve chua", "2026-10-02")
    assert [one.form for one in none.parts] == ["no_month"], "this month was named"
    both = said(house, 1, "tien ve chua", "2026-10-02")
    assert (
        "Thang 10/2026: chua co khoan nao trong danh sach. Thang 09/2026: 500.000d da vao" in both
    )
    house.register(OCTOBER, *(row(one) for one in PEOPLE if one != IN_CASH), in_cash(IN_CASH))
    house.on("2026-10-02")
    house.list_month(OCTOBER)
    wrong = asked(house, 2, "has_come", "2026-10-02")
    forms = [(one.form, one.month) for one in wrong.parts]
    assert forms == [("not_listed", "2026-10"), ("returned", "2026-09")]
    listed = asked(house, 1, "has_come", "2026-10-02")
    assert [(one.form, one.month) for one in listed.parts] == [("listed_for", "2026-10")]
    assert listed.parts[0].amount == 660_000
    assert listed.parts[0].day is not None
    why = asked(house, 1, "sao nhieu the", "2026-10-02")
    amounts = [(one.form, one.amount, one.arrears) for one in why.parts]
    assert amounts == [("why_arrears", 660_000, 120_000), ("why_changed", 500_000, 0)]
    assert why.hands_over
    assert "660.000d, trong do truy linh 120.000d. Muc hang thang khac" in sms(why, HELP)
    assert "500.000" in said(house, 1, "tien ky 092026 ve chua", "2027-12-01")
    assert "chua co khoan" in said(house, 1, "tien ky 082026 ve chua", "2026-10-02")
    account = asked(house, 1, "account", "2026-10-02")
    assert (account.parts[0].form, account.parts[0].tail) == ("account", "1000")
    assert asked(house, IN_CASH, "account", "2026-10-02").parts[0].form == "account_cash"
    assert asked(house, 1, "thoi tiet the nao", "2026-10-02") == general(
        UNKNOWN, asked(house, 1, "contact", "2026-10-02").body
    )


def test_every_kind_has_words() -> None:
    """In three wordings, none of which tells a programme; every form is one SMS at the worst."""
    words = catalogue()
    assert {*kinds(), UNKNOWN, "help"} - {*OF_PERSON, *words} == set()
    assert set(words["todo"]) == set(templates()["todo"])
    for form, one in words.items():
        if form not in FRAMES:
            assert set(one) >= {"sms", "vi", "en"}, form
        assert not [
            bad for bad in SECRET_WORDS for text in one.values() if bad in str(text).lower()
        ]
    for form in (
        "stopped",
        "resumed",
        "stranger",
        "which",
        "complain_how",
        "complain_of_whom",
        "complain_call",
    ):
        assert len(fitted([short(form)], "0200.0000.111999")) <= LENGTH_MAX


@given(
    form=st.sampled_from(sorted(set(catalogue()) - FRAMES)),
    name=st.text(max_size=80),
    amount=st.integers(0, 999_999_999),
    todo=st.sampled_from(sorted(templates()["todo"])),
    hides=st.booleans(),
)
def test_every_answer_is_one_sms(form: str, name: str, amount: int, todo: str, hides: bool) -> None:
    day = date(2026, 12, 31)
    part = Part(form, "2026-12", amount, amount, amount, day, "1234", "Ngân hàng " + "x" * 12, todo)
    text = sms(Answer("k", (part, part), name, "b"), "0200.0000.111999", hides_amounts=hides)
    assert len(text) <= LENGTH_MAX
    assert set(text) <= SIGNS
    if hides:
        assert f"{amount:,}d".replace(",", ".") not in text or not amount
