"""A link given by two, used once: square, password, recovery codes; and the ways back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from app.access.links import give_link
from app.access.officers import add_officer
from app.access.passwords import hash_of, matches, password_of, set_password
from app.access.recovery import code_of, keep_codes, left
from app.access.tables import act
from app.access.together import Signer
from app.disbursement.acts import prove_acts
from app.errors import Forbidden, Refused
from app.web.access import guarded
from tests.app.web.serving import Browser, instead, of_house, signed_in, visitor, words
from tests.factories import COMMUNE, House
from tests.support.commands import ansinh
from tests.support.province import SECRET

WHO, LINK = "newcomer", "l" * 43
PASSWORD = "con trâu đi trước cái cày"
OLD = hash_of("mật khẩu cũ của tôi đây")
CODES = [code_of([(place * 7 + one) % 32 for one in range(26)]) for place in range(10)]


def with_a_newcomer(house: House) -> None:
    """One more officer, who holds no role yet."""
    with house.work() as session:
        add_officer(session, house.keyring, WHO, "Người mới đến", "001145000999", SECRET)


pytestmark = pytest.mark.stage(of=with_a_newcomer)


application = of_house


def given(house: House, username: str = WHO, secret: str = LINK) -> None:
    """The two administrators give an officer a link."""
    now = house.later()
    with house.work() as session:
        give_link(session, house.keyring, house.officer(username), secret, house.admins(), now)
    house.later()


def fields(house: House, password: str = PASSWORD, again: str = "") -> dict[str, str]:
    """What stands in the form of the link."""
    return {"password_new": password, "password_again": again or password, "code": house.code()}


def test_a_link_shows_the_square_sets_the_password_and_gives_ten_codes(
    house: House, application: Flask
) -> None:
    given(house)
    browser = visitor(application)
    shown = browser.get(f"/enrol/{LINK}").get_data(as_text=True)
    assert SECRET in shown
    assert "<svg" in shown
    assert "style=" not in shown
    answer = browser.post(f"/enrol/{LINK}", data=fields(house))
    codes = re.findall(r"<li><code>([0-9A-Z-]{31})</code>", answer.get_data(as_text=True))
    assert len(set(codes)) == 10
    with house.database.view() as session:
        found = password_of(session, WHO)
        assert found is not None
        assert matches(found[1], PASSWORD)
        assert left(session, house.officer(WHO)) == 10
        assert prove_acts(session, house.keyring).ok
    assert browser.get(f"/enrol/{LINK}").status_code == 404, "once"
    given(house, secret="m" * 43)
    shown = browser.get(f"/enrol/{'m' * 43}").get_data(as_text=True)
    assert SECRET not in shown, "the app has confirmed something: its seed is shown no more"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"password_new": "ngắn", "password_again": "ngắn"}, "từ 15 đến 128 ký tự"),
        ({"password_again": "con trâu đi sau cái cày"}, "Hai lần nhập khác nhau"),
        ({"code": "000000"}, "Mã xác thực không đúng"),
    ],
)
def test_what_is_wrong_leaves_the_link_as_it_was(
    house: House, application: Flask, changed: dict[str, str], told: str
) -> None:
    given(house)
    browser = visitor(application)
    answer = browser.post(f"/enrol/{LINK}", data=fields(house) | changed)
    assert answer.status_code in (403, 422)
    assert told in words(answer)
    assert browser.get(f"/enrol/{LINK}").status_code == 200
    with house.database.view() as session:
        assert password_of(session, WHO) is None


def test_a_link_ends_by_time_and_by_a_newer_one(house: House, application: Flask) -> None:
    browser = visitor(application)
    given(house)
    given(house, secret="m" * 43)
    assert browser.get(f"/enrol/{LINK}").status_code == 404
    house.clock.advance(timedelta(days=2))
    assert browser.get(f"/enrol/{'m' * 43}").status_code == 404


def test_who_may_give_a_link(house: House) -> None:
    mine = [Signer(house.officer(WHO), house.code()), *house.admins()[:1]]
    now = house.later()
    with house.work() as session, pytest.raises(Refused, match="tự cấp"):
        give_link(session, house.keyring, house.officer(WHO), LINK, mine, now)
    makers = [Signer(house.officer(one), house.code()) for one in (f"maker.{COMMUNE}", "admin.one")]
    with house.work() as session, pytest.raises(Forbidden):
        give_link(session, house.keyring, house.officer(WHO), LINK, makers, now)
    with house.work() as session, pytest.raises(Refused, match="hai người ký"):
        give_link(session, house.keyring, house.officer(WHO), LINK, [], now)
    told = ansinh(house, "officers", "link", f"maker.{COMMUNE}")
    assert told.exit_code == 0, "one who was founded and has no password"
    assert re.search(r"/enrol/[\w-]{43}\n", told.output)


def test_the_database_takes_no_link_that_nobody_gave(house: House) -> None:
    number, now = house.officer(WHO), "2026-09-01T00:00:00+00:00"
    for joint in ("null", "1"):
        with pytest.raises(DatabaseError):
            house.tamper(
                "insert into enrolment_link (id, officer_id, digest, joint_id, made_at,"
                f" valid_until) values (1, {number}, 'd', {joint}, '{now}', '2026-09-03')"
            )


@pytest.fixture
def known(house: House) -> str:
    """An officer with a password and recovery codes."""
    username, now = f"maker.{COMMUNE}", house.clock.now()
    with house.work() as session:
        set_password(session, house.officer(username), OLD, now)
        keep_codes(session, house.keyring, house.officer(username), CODES, now)
    house.later()
    return username


def half_in(application: Flask, username: str) -> Browser:
    """A browser in which the password was right."""
    browser = visitor(application)
    browser.post("/sign-in", data={"username": username, "password": "mật khẩu cũ của tôi đây"})
    return browser


def test_a_recovery_code_lets_in_once_and_confirms_nothing(
    house: House, application: Flask, known: str
) -> None:
    before = signed_in(application, known)
    browser = half_in(application, known)
    typed = CODES[3].lower().replace("-", " ").replace("0", "o")
    assert browser.post("/sign-in/recovery", data={"recovery": typed}).status_code == 303
    assert browser.get("/sessions").status_code == 200
    assert before.get("/sessions").status_code == 303, "every other session ended"
    assert house.count(act) == house.ask("select count(*) from act where step <> 'sign_in'")
    again = half_in(application, known)
    answer = again.post("/sign-in/recovery", data={"recovery": CODES[3]})
    assert answer.status_code == 403
    assert "không đúng hoặc đã dùng" in words(answer)


def test_a_forgotten_password_is_set_with_both_a_code_on_paper_and_the_app(
    house: House, application: Flask, known: str
) -> None:
    browser = visitor(application)
    asked = {"username": known, "recovery": CODES[0], **fields(house)}
    assert browser.post("/recover", data={**asked, "code": "000000"}).status_code == 403
    assert browser.post("/recover", data={**asked, "recovery": "x"}).status_code == 403
    assert browser.post("/recover", data={**asked, "username": "nobody"}).status_code == 403
    with house.database.view() as session:
        assert left(session, house.officer(known)) == 10, "nothing was used up"
    house.later()
    answer = browser.post("/recover", data={**asked, "code": house.code()})
    assert "Mật khẩu mới đã được đặt" in words(answer)
    with house.database.view() as session:
        found = password_of(session, known)
        assert found is not None
        assert matches(found[1], PASSWORD)


def test_new_codes_kill_the_old_ones(house: House, application: Flask, known: str) -> None:
    browser = signed_in(application, known)
    assert "Còn 10 mã" in words(browser.get("/recovery-codes"))
    answer = browser.send("/recovery-codes", code=house.code())
    fresh = re.findall(r"<li><code>([0-9A-Z-]{31})</code>", answer.get_data(as_text=True))
    assert len(fresh) == 10
    half = half_in(application, known)
    assert half.post("/sign-in/recovery", data={"recovery": CODES[1]}).status_code == 403
    assert half.post("/sign-in/recovery", data={"recovery": fresh[1]}).status_code == 303


def test_a_password_is_changed_with_the_old_one_and_a_code(
    house: House, application: Flask, known: str
) -> None:
    here, there = signed_in(application, known), signed_in(application, known)
    old = "mật khẩu cũ của tôi đây"
    wrong = here.send("/password", password_old="sai rồi sai nữa", **fields(house))
    assert wrong.status_code == 403
    assert PASSWORD not in wrong.get_data(as_text=True)
    answer = here.send("/password", password_old=old, **fields(house))
    assert "Đã đổi mật khẩu" in here.told(answer)
    assert there.get("/sessions").status_code == 303
    with house.database.view() as session:
        found = password_of(session, known)
        assert found is not None
        assert matches(found[1], PASSWORD)
        steps = session.scalars(select(act.c.step).order_by(act.c.id.desc()).limit(1)).all()
        assert steps == ["set_password"]


def test_a_fresh_proof_is_asked_for_and_lasts_ten_minutes(
    house: House, application: Flask, known: str
) -> None:
    address = instead(application, guarded(fresh=True)(lambda: "fresh"))
    browser = signed_in(application, known)
    asked = browser.get(address)
    assert asked.location == f"/step-up?next={address}"
    before = browser.session_id
    answer = browser.send(asked.location, code=house.code())
    assert (answer.status_code, answer.location) == (303, address)
    assert browser.session_id != before
    assert browser.get(address).status_code == 200
    house.clock.advance(timedelta(minutes=11))
    assert browser.get(address).status_code == 303
