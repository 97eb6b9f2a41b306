"""The menu: which entry a page stands beneath, what waits behind each, and links that lead on."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask

from app.access.viewer import Viewer
from app.web import menu as menus
from app.web.access import who_may
from app.web.areas import menu
from app.web.menu import here
from tests.app.web.serving import Browser, of_house, signed_in
from tests.app.web.test_matrix import OFFICERS, routes, two_communes
from tests.factories import House
from tests.reconciliation.desk import bare, came

pytestmark = pytest.mark.stage(of=two_communes)
application = of_house
NOWHERE = {"sign_in", "issuer", "enrol", "own", "sessions", "waiting", "health", "verify"}
"""Pages of one's own or for anyone: no entry of the menu leads to them."""
OVERVIEWS = ("/", "/work", "/proofs", "/leader", "/cashless")


def officer(role: str) -> Viewer:
    return Viewer(1, role, role, frozenset({role}), None, None)


def entry_of(role: str, endpoint: str) -> str:
    """The words of the entry under which a role sees a page, '' for none."""
    his = [one for one in menu() if one.is_for(officer(role))]
    found = here(his, endpoint, endpoint.partition(".")[0])
    return found.words if found else ""


def test_every_page_stands_beneath_one_entry(application: Flask) -> None:
    lost = []
    for _, method, endpoint in routes(application):
        who = who_may(application, endpoint) or ()
        if method == "GET" and endpoint.partition(".")[0] not in NOWHERE:
            lost += [(role, endpoint) for role in who if not entry_of(role, endpoint)]
    assert lost == []
    assert entry_of("maker", "submitting.submit_form") == "payrolls"
    assert entry_of("releaser", "bench_line.show") == "bench"
    assert entry_of("releaser", "releasing.index") == "batches"
    assert entry_of("auditor", "register.show") == "people"
    assert entry_of("releaser", "year_papers.carry_form") == "closing"


def badge(browser: Browser, words: str) -> str:
    """What the badge of an entry says, '' without one."""
    page = browser.get("/work").get_data(as_text=True)
    found = re.search(rf">{words} <span class=\"badge\">(.*?)</span></span></a>", page, re.S)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def test_badges_tell_what_waits_and_no_more_than_they_counted(
    house: House, application: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    finance = signed_in(application, "finance.one")
    assert badge(finance, "Lô chuyển tiền") == "3 việc chờ bạn"
    assert badge(finance, "Đối chiếu") == ""
    for key in ("FT-1", "FT-2"):
        came(house, bare(7, key=key))
    assert badge(finance, "Đối chiếu") == "2 việc chờ bạn"
    monkeypatch.setattr(menus, "MOST", 1)
    assert badge(finance, "Lô chuyển tiền") == "1+ việc chờ bạn"
    assert badge(signed_in(application, "auditor"), "Lô chuyển tiền") == ""


def test_links_of_overviews_lead_somewhere(application: Flask) -> None:
    """What a role finds on the pages that sum up is open to it; a route is followed once."""
    wrong, urls = [], application.url_map.bind("localhost")
    for role, name in OFFICERS.items():
        browser, followed = signed_in(application, name), set()
        for start in OVERVIEWS:
            answer = browser.get(start)
            links = re.findall(r'href="(/[^"#]*)', answer.get_data(as_text=True))
            for link in map(unescape, links if answer.status_code == 200 else ()):
                route = urls.match(urlsplit(link).path)[0]
                if route != "static" and route not in followed:
                    followed.add(route)
                    status = browser.get(link).status_code
                    wrong += [(role, start, link, status)] if status not in (200, 303) else []
    assert wrong == []
