"""Officers on their pages: found, let in, given roles for a time by two, and shut out at once."""

from __future__ import annotations

import re
from base64 import b32encode
from io import BytesIO

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from app.access.proving import access_acts
from app.access.role_tables import role_end, role_grant
from app.access.tables import act, officer
from tests.app.web.serving import Browser, of_house, signed_in, text_of, visitor, words
from tests.factories import COMMUNE, House

MAKER = f"maker.{COMMUNE}"


application = of_house


@pytest.fixture
def one(application: Flask) -> Browser:
    """An administrator."""
    return signed_in(application, "admin.one")


def two(house: House, second: str = "admin.two") -> dict[str, str]:
    """The fields of an administrator and the second person, with codes nobody has used."""
    house.later()
    return {"code": house.code(), "user_two": second, "code_two": house.code()}


def everything_was_confirmed(house: House) -> None:
    """Every act that roles, links and factors rest on stands there with its digest."""
    with house.database.view() as session:
        acts = {
            (row.id, row.officer_id, row.step): row.digest for row in session.execute(select(act))
        }
        wanted = access_acts(session)
    assert wanted
    assert {key: acts.get(key) for key in wanted} == wanted


def test_officers_are_found_without_accents_by_role_and_by_state(
    house: House, one: Browser
) -> None:
    found = text_of(one, "/officers?q=can+bo+maker+01273")
    assert MAKER in found
    assert "Người lập, UBND xã 01273 đến hết 31/12/2040" in found
    assert "admin.two" not in found
    admins = text_of(one, "/officers?role=admin")
    assert "admin.two" in admins
    assert MAKER not in admins
    assert "Không có cán bộ nào khớp" in text_of(one, "/officers?q=zzz")
    assert "Không có cán bộ nào khớp" in text_of(one, "/officers?state=off")
    auditor = signed_in(one.application, "auditor")
    assert "Lập tài khoản mới" not in text_of(auditor, "/officers")
    assert auditor.send(f"/officers/{house.officer(MAKER)}/grant").status_code == 403


def test_a_new_officer_comes_in_by_two_and_their_link(house: House, one: Browser) -> None:
    new = {"username": "lan.nguyen", "name": "Nguyễn Thị Lan", "citizen": "001145000998"}
    empty = one.send("/officers/new", **two(house))
    assert (empty.status_code, empty.get_data(as_text=True).count('href="#citizen"')) == (422, 1)
    short = one.send("/officers/new", **{**new, "citizen": "123"}, **two(house))
    assert short.status_code == 422
    assert "đúng 12 chữ số" in words(short)
    odd = one.send("/officers/new", **{**new, "username": "Lan Nguyễn"}, **two(house))
    assert (odd.status_code, "không dấu" in words(odd)) == (422, True)
    alone = one.send("/officers/new", **new, **two(house, "admin.one"))
    assert (alone.status_code, "hai người khác nhau" in words(alone)) == (409, True)
    done = one.send("/officers/new", **new, **two(house))
    assert "Đã lập tài khoản cho Nguyễn Thị Lan" in one.told(done)
    who = house.officer("lan.nguyen")
    given = one.send(f"/officers/{who}/link", **two(house))
    address = re.search(r"/enrol/[\w-]{43}", given.get_data(as_text=True))
    assert given.status_code == 200
    assert address is not None
    assert "Nguyễn Thị Lan" in words(visitor(one.application).get(address[0]))
    assert "đang chờ dùng" in text_of(one, f"/officers/{who}")
    again = one.send("/officers/new", **{**new, "username": "lan.hai"}, **two(house))
    assert (again.status_code, "tài khoản khác" in words(again)) == (409, True)
    everything_was_confirmed(house)


def test_a_role_is_granted_for_a_time_by_two_and_taken_back(house: House, one: Browser) -> None:
    who = house.officer("checker.all")
    here, terms = f"/officers/{who}/grant", {"role": "checker", "unit": COMMUNE}
    endless = one.send(here, **terms, **two(house))
    assert (endless.status_code, 'href="#until"' in endless.get_data(as_text=True)) == (422, True)
    long = one.send(here, **terms, until="31/12/2028", **two(house))
    assert (long.status_code, "tối đa 12 tháng" in words(long)) == (409, True)
    both = {**terms, "role": "maker", "until": "15/09/2026"}
    clash = one.send(here, **both, **two(house))
    assert (clash.status_code, "xung đột" in words(clash)) == (409, True)
    finance = one.send(here, **terms, until="15/09/2026", **two(house, "finance.two"))
    assert finance.status_code == 403
    told = one.told(one.send(here, **terms, until="15/09/2026", **two(house)))
    assert "là Người kiểm tra, đến 15/09/2026" in told
    page = text_of(one, f"/officers/{who}")
    assert "đến hết 15/09/2026" in page
    assert "còn 26 ngày" in page
    assert "admin.one, admin.two" in page
    assert "checker.all" in text_of(one, "/officers?state=expiring")
    assert "quyền của 1 cán bộ" in text_of(one, "/work")
    number = house.ask(select(role_grant.c.id).order_by(role_grant.c.id.desc()).limit(1))
    end = f"/officers/grants/{number}/end"
    house.later()
    assert one.send(end, code=house.code()).status_code == 422
    told = one.told(one.send(end, reason="chuyển công tác", code=house.code()))
    assert "Đã thu quyền Người kiểm tra" in told
    assert house.count(role_end) == 1
    assert one.get(end).status_code == 404
    other = house.ask(select(role_grant.c.id).where(
        role_grant.c.officer_id == house.officer("admin.two")).limit(1))  # fmt: skip
    house.later()
    refused = one.send(f"/officers/grants/{other}/end", reason="nghỉ việc", code=house.code())
    assert (refused.status_code, house.count(role_end)) == (403, 1)
    everything_was_confirmed(house)


def test_an_account_is_off_at_once_and_its_sessions_end(house: House, one: Browser) -> None:
    who, his = house.officer(MAKER), signed_in(one.application, MAKER)
    here = f"/officers/{who}/switch"
    assert "Những quyền thôi tính Người lập" in text_of(one, here)
    assert one.get(f"/officers/{who}/sessions").status_code == 303  # a fresh code first
    house.later()
    stepped = one.send(f"/step-up?next=/officers/{who}/sessions", code=house.code())
    assert stepped.status_code == 303
    assert "Thu cả 1 phiên" in text_of(one, f"/officers/{who}/sessions")
    assert "Đã thu phiên" in one.told(one.send(f"/officers/{who}/sessions"))
    assert his.get("/work").status_code == 303
    off = {"kind": "disable", "reason": "mất liên lạc"}
    assert "Đã khoá tài khoản" in one.told(one.send(here, **off, **two(house)))
    twice = one.send(here, **off, **two(house))
    assert (twice.status_code, "đã bị khoá rồi" in words(twice)) == (409, True)
    assert house.ask(select(officer.c.disabled_at).where(officer.c.id == who)) is not None
    page = text_of(one, f"/officers/{who}")
    assert "Đang không tính" in page
    assert "mất liên lạc" in page
    on = {"kind": "enable", "reason": "đã trở lại"}
    assert "Đã mở lại" in one.told(one.send(here, **on, **two(house)))
    everything_was_confirmed(house)


def test_a_lost_telephone_and_a_token(house: House, one: Browser) -> None:
    who = house.officer(MAKER)
    anew = one.send(f"/officers/{who}/re-enrol", reason="mất điện thoại", **two(house))
    assert (anew.status_code, "<svg" in anew.get_data(as_text=True)) == (200, True)
    assert "lập lại" in text_of(one, f"/officers/{who}")
    house.later()
    empty = one.send("/officers/tokens", code=house.code())
    assert (empty.status_code, 'href="#file"' in empty.get_data(as_text=True)) == (422, True)
    seeds = b"serial,seed,digits,period,algorithm\nT-1," + b"ab" * 20 + b",6,30,SHA1\n"
    file = (BytesIO(seeds), "the.csv")
    house.later()
    assert "Đã nhập 1 thẻ" in one.told(one.send("/officers/tokens", file=file, code=house.code()))
    shown = pyotp.TOTP(b32encode(b"\xab" * 20).decode())
    here, token = f"/officers/{who}/token", {"serial": "T-1", "code_shown": "000000"}
    wrong = one.send(here, **token, **two(house))
    assert (wrong.status_code, "không khớp với số thẻ" in words(wrong)) == (403, True)
    signed = two(house)
    token["code_shown"] = shown.at(house.clock.now())
    assert "Đã giao thẻ T-1" in one.told(one.send(here, **token, **signed))
    assert f"T-1 {MAKER} Dùng được" in text_of(one, "/officers/tokens")
    house.later()
    lost = {"serial": "T-2", "reason": "mất thẻ"}
    unknown = one.send("/officers/tokens/block", **lost, code=house.code())
    assert (unknown.status_code, 'href="#serial"' in unknown.get_data(as_text=True)) == (422, True)
    lost["serial"] = "T-1"
    assert "Đã khoá thẻ T-1" in one.told(
        one.send("/officers/tokens/block", **lost, code=house.code())
    )
    everything_was_confirmed(house)


def test_who_is_away_lends_a_role_and_gets_it_back(house: House, one: Browser) -> None:
    lender, other = (
        signed_in(one.application, f"{role}.{COMMUNE}") for role in ("checker", "maker")
    )
    query = select(role_grant.c.id).where(
        role_grant.c.officer_id == house.officer(f"checker.{COMMUNE}"),
        role_grant.c.valid_from <= house.clock.now(),
    )
    own = house.ask(query.order_by(role_grant.c.id.desc()).limit(1))
    loan = {"grant": str(own), "until": "01/09/2026", "amount": "50.000.000"}
    long = {**loan, "until": "01/12/2026"}
    refused = lender.send("/lending", **long, **two(house, "checker.all"))
    assert (refused.status_code, "tối đa 30 ngày" in words(refused)) == (409, True)
    theirs = other.send("/lending", **loan, **two(house, "checker.all"))
    assert theirs.status_code == 403
    told = lender.told(lender.send("/lending", **loan, **two(house, "checker.all")))
    assert "Đã giao Người kiểm tra" in told
    assert "tối đa 50.000.000 ₫ mỗi bảng" in told.replace("\xa0", " ")
    number = house.ask(select(role_grant.c.id).where(role_grant.c.kind == "delegated"))
    back = f"/lending/{number}/return"
    assert lender.get("/approvals").status_code == 403, "meanwhile the role is not the lender's"
    assert other.get(back).status_code == 404, "a loan is nobody else's to see"
    borrower = signed_in(one.application, "checker.all")
    assert "Bạn đang nhận Người kiểm tra" in text_of(borrower, "/lending")
    house.later()
    done = borrower.told(borrower.send(back, code=house.code()))
    assert f"Đã trả quyền số {number}" in done
    assert lender.get("/approvals").status_code == 200
    everything_was_confirmed(house)
