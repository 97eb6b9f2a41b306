"""Coming in through an issuer of OpenID Connect, a real one on loopback; and attacks on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.access.factor_tables import code_failure
from app.access.identities import link_identity, unlink_identity
from app.access.identity_tables import officer_identity
from app.access.sign_in_tables import sign_in_failure
from app.access.switching import switch
from app.access.tables import DISABLE
from app.access.together import Signer
from app.audit.tables import audit_event
from app.config import Settings
from app.disbursement.acts import prove_acts
from app.errors import Conflict, Forbidden, Refused
from app.web.application import create_app
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, visitor, words
from tests.factories import COMMUNE, House
from tests.support.commands import ansinh, by
from tests.support.oidc_issuer import CLIENT, SECRET, STRANGE, Issuer, issuing

WHO, PLACE = f"maker.{COMMUNE}", "http://localhost"


@pytest.fixture
def issuer(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """An issuer at the house's clock, to which one officer is linked."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # its server on loopback speaks no TLS
    with issuing(house.clock.now, f"{PLACE}/sign-in/issuer/back") as found:
        link(house, found)
        yield found


def link(house: House, issuer: Issuer, who: str = WHO, subject: str = "079-0001") -> None:
    now = house.later()
    with house.work() as session:
        link_identity(session, house.keyring, house.officer(who), issuer.url, subject,
                      "gặp mặt, đã xem giấy tờ", house.admins(), now)  # fmt: skip
    house.later()


@pytest.fixture
def serve(house: House, issuer: Issuer) -> Iterator[Callable[..., Flask]]:
    """The service with that issuer in its settings."""
    made: list[Flask] = []
    url = house.database.url.render_as_string(hide_password=False)
    told = Settings(
        database_url=url, training=True, public_url=PLACE, oidc_issuer=issuer.url,
        oidc_client=CLIENT, oidc_secret=SECRET, oidc_label="VNeID",
    )  # fmt: skip

    def served(**changes: Any) -> Flask:
        settings = replace(told, **changes)
        made.append(create_app(settings, keyring=house.keyring, clock=house.clock))
        return made[-1]

    yield served
    for one in made:
        one.extensions[EXTENSION].database.close()


def leave(browser: Browser) -> str:
    """Off to the issuer; where it sends the browser back to."""
    gone = browser.get("/sign-in/issuer?next=/payrolls")
    assert gone.status_code == 303
    answer = requests.get(gone.location, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(PLACE)


def test_in_by_the_issuer_and_every_act_by_ones_own_code(
    house: House, issuer: Issuer, serve: Callable[..., Flask]
) -> None:
    browser = visitor(serve(oidc_claims={"acr": "high|substantial"}))
    assert "Đăng nhập bằng VNeID" in words(browser.get("/sign-in"))
    answer = browser.get(leave(browser))
    assert (answer.status_code, answer.location) == (303, "/payrolls")
    assert browser.get("/payrolls").status_code == 200
    (asked,) = issuer.asked
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["acr_values"] == "high substantial"
    line = house.rows(select(audit_event.c.actor, audit_event.c.detail).where(
        audit_event.c.action == "access:session:open"))[-1]  # fmt: skip
    assert tuple(line) == (str(house.officer(WHO)), issuer.url)
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    # Unlinked by two: the open session ends, and the same subject opens nothing more.
    with house.work() as session:
        unlink_identity(session, house.keyring, house.officer(WHO), "đổi việc", house.admins(),
                        house.clock.now())  # fmt: skip
    assert browser.get("/payrolls").status_code == 303
    assert refused(browser, leave(browser), "Chưa có tài khoản cán bộ nào gắn")


def refused(browser: Browser, address: str, said: str = "", status: int = 403) -> bool:
    """Whether the answer is the plain page with these words, and nobody is in."""
    answer = browser.get(address)
    assert answer.status_code == status, words(answer)
    assert said in words(answer)
    assert "vẫn đăng nhập được bằng tên, mật khẩu" in words(answer)
    return browser.get("/payrolls").status_code == 303


LATE = int(timedelta(hours=2).total_seconds())
LIES: dict[str, dict[str, Any]] = {
    "wrong nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "wrong aud": {"claims": {"aud": ["another-client"]}},
    "aud of two": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "wrong iss": {"claims": {"iss": "https://elsewhere.example"}},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "for ever": {"claims": {"exp": None}},
    "to come": {"claims": {"iat": 9_000_000_000}},
    "no subject": {"claims": {"sub": ""}},
    "subject of another kind": {"claims": {"sub": 790001}},
    "another access token": {"claims": {"at_hash": "AAAA"}},
    "alg none": {"header": {"alg": "none"}},
    "alg of our secret": {"header": {"alg": "HS256"}},
    "another key": {"key": STRANGE},
    "another issuer's name": {"metadata": {"issuer": "https://elsewhere.example"}},
    "keys over no TLS": {"metadata": {"jwks_uri": "http://elsewhere.example/keys"}},
    "too weak": {"claims": {"acr": "low"}},
}


def test_no_lie_lets_anybody_in(house: House, issuer: Issuer, serve: Callable[..., Flask]) -> None:
    application = serve(oidc_claims={"acr": "high"})
    honest = replace(issuer)
    for lie, told in LIES.items():
        browser = visitor(application)
        address = leave(browser)
        for name, value in told.items():
            setattr(issuer, name, value)
        assert refused(browser, address), lie
        for name in told:
            setattr(issuer, name, getattr(honest, name))
        house.clock.advance(timedelta(days=2))  # so that no lie waits for another's sake
    assert house.count(sign_in_failure) == 1, "older ones are gone"
    browser = visitor(application)
    assert browser.get(leave(browser)).location == "/payrolls", "and the truth does"


def test_an_answer_counts_once_and_in_the_browser_that_left(
    house: House, issuer: Issuer, serve: Callable[..., Flask]
) -> None:
    application = serve()
    victim, thief = visitor(application), visitor(application)
    address = leave(victim)
    assert refused(thief, address, "không bắt đầu từ trình duyệt này"), "another browser"
    cookie = victim.get_cookie("ansinh-issuer")
    assert cookie is not None
    query = parse_qs(urlsplit(address).query)
    forged = f"/sign-in/issuer/back?code={query['code'][0]}&state=made-up"
    other = visitor(application)
    other.set_cookie("ansinh-issuer", cookie.value)
    assert refused(other, forged, "không bắt đầu từ trình duyệt này"), "wrong state"
    assert refused(other, f"{address}&iss=https://elsewhere.example"), "no cookie any more"
    assert victim.get(address).status_code == 303
    # Whoever has stolen cookie and address comes after: the issuer gives nothing for a used code.
    thief.set_cookie("ansinh-issuer", cookie.value)
    assert refused(thief, address, "không được chấp nhận"), "replayed code"
    stale = visitor(application)
    address = leave(stale)
    issuer.codes.clear()  # as an issuer forgets what nobody fetched in time
    assert refused(stale, address, "không được chấp nhận"), "expired grant"
    late = visitor(application)
    address = leave(late)
    house.clock.advance(timedelta(minutes=11))
    assert refused(late, address, "quá 10 phút")
    # A code for another verifier: PKCE.
    mine, his = visitor(application), visitor(application)
    leave(mine)
    code = parse_qs(urlsplit(leave(his)).query)["code"][0]
    state = issuer.asked[-2]["state"]
    assert refused(mine, f"/sign-in/issuer/back?code={code}&state={state}", "không được chấp nhận")


def test_who_is_locked_waits_or_holds_nothing_is_not_let_further(
    house: House, issuer: Issuer, serve: Callable[..., Flask]
) -> None:
    application = serve()
    browser = visitor(application)
    issuer.subject = "a-stranger"
    for _ in range(5):
        assert refused(browser, leave(browser), "a-stranger")
    assert refused(browser, leave(browser), "Chờ"), "as after five wrong passwords"
    house.clock.advance(timedelta(days=2))
    issuer.subject = "079-0001"
    # His role ran out: he is in and finds no page of it, as by the password.
    house.becomes(WHO, "auditor", "")
    house.clock.advance(timedelta(days=400))
    browser = visitor(application)
    assert browser.get(leave(browser)).status_code == 303
    assert browser.get("/payrolls").status_code == 403
    assert browser.get("/sessions").status_code == 200


def test_an_account_that_is_off_stays_out(
    house: House, issuer: Issuer, serve: Callable[..., Flask]
) -> None:
    browser, now = visitor(serve()), house.later()
    wrong = {"officer_id": house.officer(WHO), "step": "check", "failed_at": now}
    with house.work() as session:
        session.execute(code_failure.insert(), [wrong] * 50)
    assert refused(browser, leave(browser), "mã xác thực bị khoá"), "as after a password"
    address = leave(browser)
    with house.work() as session:
        switch(session, house.keyring, house.officer(WHO), DISABLE, "nghỉ việc", house.admins(),
               now)  # fmt: skip
    assert refused(browser, address, "Tài khoản không dùng được")


def test_an_issuer_that_is_away_or_says_no(
    house: House, issuer: Issuer, serve: Callable[..., Flask]
) -> None:
    application = serve()
    browser = visitor(application)
    issuer.refuses = True
    assert refused(browser, leave(browser), "không xác nhận")
    away = visitor(serve(oidc_issuer="http://127.0.0.1:9"))
    assert refused(away, "/sign-in/issuer", "không trả lời", 503)
    assert away.get("/sign-in").status_code == 200
    without = visitor(serve(oidc_issuer=""))
    assert without.get("/sign-in/issuer").status_code == 404
    assert without.get("/sign-in/issuer/back?code=x&state=y").status_code == 404
    assert "/sign-in/issuer" not in without.get("/sign-in").get_data(as_text=True)


def test_only_two_others_link_and_a_subject_is_one_account(house: House, issuer: Issuer) -> None:
    def tried(who: str, subject: str, signers: Any) -> None:
        now = house.clock.now()
        with house.work() as session:
            link_identity(session, house.keyring, house.officer(who), issuer.url, subject,
                          "gặp mặt", signers, now)  # fmt: skip

    house.later()
    with pytest.raises(Refused):
        tried("auditor", "079-0002", house.admins()[:1])
    house.later()
    with pytest.raises(Refused):
        tried("admin.one", "079-0002", house.admins())
    house.later()
    others = [Signer(house.officer(f"finance.{one}"), house.code()) for one in ("one", "two")]
    with pytest.raises(Forbidden):
        tried(
            "auditor",
            "079-0002",
            others,
        )
    house.later()
    with pytest.raises(Conflict):
        tried("auditor", "079-0001", house.admins())
    assert "079" not in house.ask(select(officer_identity.c.subject_key))
    with pytest.raises(DBAPIError, match="two others link a subject, and to one account"):
        house.tamper(
            "insert into officer_identity (officer_id, number, subject_key, reason, joint_id,"
            f" recorded_at) select {house.officer('auditor')}, 1, subject_key, reason,"
            " joint_id + 1, recorded_at from officer_identity"
        )


def test_the_command_links_and_unlinks(
    house: House, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.officers.identities.SystemClock", lambda: house.clock)
    about = ("officers", "identity")
    linking = (*about, "link", "auditor", "--subject", "079-9", "--reason", "gặp mặt")
    told = ansinh(house, *linking, *by(house, "admin.one", "admin.two"))
    assert "ANSINH_OIDC_ISSUER" in str(told.exception)
    for name, value in {"ISSUER": issuer.url, "CLIENT": CLIENT}.items():
        monkeypatch.setenv(f"ANSINH_OIDC_{name}", value)
    monkeypatch.setenv("ANSINH_PUBLIC_URL", PLACE)
    told = ansinh(house, *linking, *by(house, "admin.one", "admin.two"))
    assert "https://" in str(told.exception), "over no TLS on a training machine only"
    monkeypatch.setenv("ANSINH_TRAINING", "true")
    told = ansinh(house, *linking, *by(house, "admin.one", "admin.two"))
    assert told.exit_code == 0, told.exception
    assert "đã gắn" in ansinh(house, "officers", "show", "auditor").output
    told = ansinh(house, *about, "unlink", "auditor", "--reason", "đổi việc",
                  *by(house, "admin.one", "admin.two"))  # fmt: skip
    assert told.exit_code == 0, told.exception
    actions = house.rows("select action from audit_event where action like 'access:identity:%'"
                         " order by id")  # fmt: skip
    assert [one for (one,) in actions[1:]] == ["access:identity:link", "access:identity:unlink"]
