"""Every page that can be reached is whole: answers, is valid for readers, and leaks nothing."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.db import Database
from app.indicators.cashless import compute
from app.payroll.bridge_sums import bridge_of, monthly
from app.payroll.tables import bridge, payroll
from app.web.site import EXTENSION, read_installation
from tests.app.web.month import OCTOBER, OLD, SCRIPT
from tests.app.web.serving import Browser, failing

PAGES_MAX = 120
SCRIPTS = {"/static/htmx.min.js", "/static/ansinh.js"}
BANNERS = {
    "vi": "dữ liệu giả lập, không có người thật, không có tiền thật",
    "en": "synthetic data, no real people, no real money",
}


class Reader(HTMLParser):
    """What the rules of a page are about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def addresses(self) -> list[str]:
        names = ("href", "src", "action")
        return [one[name] for _, one in self.tags for name in names if name in one]

    def links(self) -> list[str]:
        """The addresses that are asked with GET."""
        forms = {one.get("action") for one in self.all("form") if one.get("method") == "post"}
        return [one for one in self.addresses() if one not in forms]


def faults(url: str, text: str, language: str) -> list[str]:
    """What a page does against the rules of the house."""
    page, found = Reader(text), []
    ids = [one["id"] for _, one in page.tags if "id" in one]
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    checks = {
        "one h1": len(page.all("h1")) == 1,
        "title": bool(title and re.fullmatch(r".+ – An Sinh", title[1].strip())),
        "language": page.all("html") == [{"lang": language}],
        "one main": len(page.all("main")) == 1,
        "skip link first": page.all("a")[0].get("href") == "#main",
        "no address outside": not [
            one for one in page.addresses() if not re.match(r"/(?!/)|#", one)
        ],
        "no style or handler": not [
            name for _, one in page.tags for name in one if name == "style" or name[:2] == "on"
        ],
        "no script or style of its own": not page.all("style")
        and {one.get("src", "").split("?")[0] for one in page.all("script")} == SCRIPTS,
        "ids once": len(ids) == len(set(ids)),
        "labels": {
            one["id"]
            for one in page.all("input") + page.all("select") + page.all("textarea")
            if "id" in one
        }
        == {one["for"] for one in page.all("label")},
        # It goes away as soon as somebody types; an example stands in a hint.
        "no placeholder": not [one for _, one in page.tags if "placeholder" in one],
        "banner": BANNERS[language] in text,
        "escaped": SCRIPT not in text,
        "no whole number of a person": not re.search(r"(?<![\w.])\d{12}(?!\w)", text),
        "small": len(page.tags) <= 1_500,
    }
    found += [f"{url}: {name}" for name, holds in checks.items() if not holds]
    inner = {one[1:] for one in page.addresses() if one.startswith("#") and len(one) > 1}
    return found + [f"{url}: no place #{one}" for one in sorted(inner - set(ids))]


def walk(client: FlaskClient, start: str) -> dict[str, str]:
    """Every page that links lead to from `start`, by address; each answers 200."""
    seen, waiting = {}, deque([start])
    while waiting and len(seen) < PAGES_MAX:
        url = waiting.popleft()
        if url in seen:
            continue
        answer = client.get(url)
        assert answer.status_code == 200, url
        seen[url] = answer.get_data(as_text=True)
        for one in Reader(seen[url]).links():
            path = unescape(one).split("#")[0]
            # The other language is walked on its own; orders have a test of their own.
            ours = ("lang=en" in path) == ("lang=en" in start)
            if path and ours and not path.startswith("/static") and "sort=" not in path:
                waiting.append(path)
    return seen


# The English words are the same on both databases: one of them is enough.
@pytest.mark.parametrize(
    ("month_url", "language"),
    [
        ("sqlite", "vi"),
        pytest.param("postgresql", "vi", marks=pytest.mark.postgres),
        ("sqlite", "en"),
    ],
    indirect=["month_url"],
)
def test_every_page_keeps_the_rules(client: FlaskClient, language: str) -> None:
    pages = walk(client, "/" if language == "vi" else "/?lang=en")
    assert len(pages) > 40
    assert [one for url, text in pages.items() for one in faults(url, text, language)] == []
    rooms = {re.split(r"[/?]", url)[1] for url in pages}
    assert {"payrolls", "batches", "people", "closings", "health", "proofs", "verify"} <= rooms


@pytest.mark.parametrize(
    "url",
    ["/people/1%00", "/closings/%00/y/z",
     "/nothing", "/payrolls/99", "/batches/99", "/people/99", "/closings/x/y/z",
     "/?period=13", "/people/99999999999999999999", "/payrolls/1x"],
)  # fmt: skip
def test_what_is_not_there_is_said_plainly(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Không tìm thấy trang" in text
    assert "Hãy kiểm tra địa chỉ" in text
    assert faults(url, text, "vi") == []


def test_a_page_that_only_shows_takes_nothing(client: Browser) -> None:
    answer = client.send("/people")
    assert answer.status_code == 405
    assert "Trang này không nhận yêu cầu như vậy" in answer.get_data(as_text=True)


def test_a_failure_shows_no_inside(application: Flask, client: FlaskClient) -> None:
    address = failing(application)
    answer = client.get(address)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "the inside" not in text
    assert faults(address, text, "vi") == []


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for url in ("/", "/nothing", "/static/ansinh.css", "/healthz"):
        headers = client.get(url).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert ("no-store" in headers["Cache-Control"]) == (url != "/static/ansinh.css")


def test_another_sites_name_gets_no_answer(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_every_route_says_what_it_is(application: Flask) -> None:
    views = {rule.endpoint: application.view_functions[rule.endpoint]
             for rule in application.url_map.iter_rules() if rule.endpoint != "static"}  # fmt: skip
    assert [name for name, view in views.items() if not view.__doc__] == []


def test_each_row_of_the_bridge_filters_its_people(application: Flask, client: FlaskClient) -> None:
    """As links that work without a script; as many people as the row says, each with a reason."""
    database: Database = application.extensions[EXTENSION].database
    with database.view() as session:
        rows = session.execute(select(bridge).where(bridge.c.cause != "previous")).all()
    assert {"joined", "rate", "arrears", "left_death", "left_move", "left_missing"} <= {
        row.cause for row in rows
    }
    for row in rows:
        address = f"/payrolls/{row.payroll_id}"
        assert f"cause={row.cause}" in client.get(address).get_data(as_text=True)
        text = client.get(f"{address}?cause={row.cause}").get_data(as_text=True)
        assert len(re.findall(r'<th scope="row"><a href="/people/', text)) == min(row.people, 25)
    assert "Đã mất, tháng hưởng cuối 09/2026" in client.get(
        "/payrolls/2?cause=left_death"
    ).get_data(as_text=True)


def test_the_bridge_adds_up_to_the_month(application: Flask, client: FlaskClient) -> None:
    database: Database = application.extensions[EXTENSION].database
    with database.view() as session:
        steps = bridge_of(session, monthly(OCTOBER))
        total = session.scalar(
            select(payroll.c.total).where(payroll.c.period == OCTOBER, payroll.c.kind == "monthly")
        )
    assert sum(one.amount for one in steps) == total
    assert "Lệch" not in client.get("/").get_data(as_text=True)


def test_the_dashboard_shows_the_rates_that_are_computed(
    application: Flask, client: FlaskClient
) -> None:
    database: Database = application.extensions[EXTENSION].database
    with database.view() as session:
        as_of = read_installation(session).moment
        assert as_of is not None
        figures = compute(session, OCTOBER, as_of)
    text = client.get("/").get_data(as_text=True).replace("\xa0", " ")
    assert [one.code for one in figures] == ["R1", "R1b", "R2", "R3"]
    for one in figures:
        assert one.percent is not None
        assert f"{one.percent.replace('.', ',')} %" in text
    assert "Chốt số 19/10/2026 23:59" in text


@pytest.mark.parametrize(
    ("query", "people"),
    [("dao", 6), ("Đào", 6), ("ĐAO  thi", 6), ("nong ung", 6), ("ung van", 6), ("h'hen", 5),
     ("100%", 5), ("%", 0), ("_", 0), ("khong co ai", 0), ("'; drop", 0), ("\0dao", 6)],
)  # fmt: skip
def test_people_are_found_without_accents(client: FlaskClient, query: str, people: int) -> None:
    text = client.get("/people", query_string={"q": query}).get_data(as_text=True)
    assert len(set(re.findall(r'"/people/(\d+)"', text))) == people
    assert ("Không tìm thấy ai" in text) == (people == 0)


def test_a_list_comes_in_pages_of_25_in_the_order_asked_for(client: FlaskClient) -> None:
    first = client.get("/payrolls/2?lines=all&sort=-name").get_data(as_text=True)
    second = client.get("/payrolls/2?lines=all&sort=-name&page=2").get_data(as_text=True)
    beyond = client.get("/payrolls/2?lines=all&sort=-name&page=77").get_data(as_text=True)
    people = [re.findall(r'"/people/(\d+)"', text) for text in (first, second, beyond)]
    assert [len(one) for one in people] == [25, OLD - 1 - 25, OLD - 1 - 25]
    assert people[1] == people[2]
    assert 'aria-sort="descending"' in first
    assert "Dòng 1–25 trong 29" in first
    assert not set(people[0]) & set(people[1])


def test_a_person_reads_what_became_of_the_money(client: FlaskClient) -> None:
    text = client.get("/people/3").get_data(as_text=True).replace("\xa0", " ")
    for words in (
        "660.000 ₫",
        "Sáu trăm sáu mươi nghìn đồng",
        "Tài khoản người hưởng đã đóng",
        "Việc cần làm:",
        "Tiền bị trả lại",
        "Nghị định 335/2026/NĐ-CP",
        "CCCD ••• 003",
        "•••• 1003",
        "Ghi nhận trợ cấp phải trả",
    ):
        assert words in text, words
    assert "Người hưởng chưa đến nhận" in client.get("/people/2").get_data(as_text=True)


def test_what_did_not_settle_stands_first(client: FlaskClient) -> None:
    text = client.get("/batches/3").get_data(as_text=True)
    tags = re.findall(r'<span class="tag \w+">([^<]+)</span>', text)[1:]
    assert sorted(tags[:2]) == ["Bị trả lại", "Bị từ chối"]
    assert tags[-1] == "Đã vào tài khoản"


def test_a_page_takes_as_many_statements_for_few_as_for_many(
    application: Flask, client: Browser
) -> None:
    database: Database = application.extensions[EXTENSION].database
    counted: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    # Three of each count what waits for him, for the menu.
    most = {"/": 27, "/payrolls": 15, "/payrolls/2?lines=all": 24, "/batches/3": 17,
            "/people/3": 25}  # fmt: skip
    for url, limit in most.items():
        counted.clear()
        assert client.get(url).status_code == 200
        assert len(counted) <= limit, (url, len(counted))


def test_a_machine_reads_health(client: FlaskClient) -> None:
    answer = client.get("/healthz").get_json()
    assert answer["ok"] is True
    assert answer["holds"] == answer["jobs_failed"] == 0
    assert "people" not in answer  # nothing is counted that grows: anybody may ask
