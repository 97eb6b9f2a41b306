"""Every page asked many times, as every role: how long the server was at it, and its statements.

The service itself answers, in this process, at the moment at which the province stands still.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask
from sqlalchemy import event, text
from werkzeug.routing import Rule

from app.access.role_tables import ROLES
from app.db import Database
from app.web.access import STATIC, who_may
from app.web.reading.funds import FIGURES
from benchmarks.measure import process_clock
from tests.app.web.serving import Browser

EMPTY = "/password"
"""A page of the frame and a form of three fields: what every page costs before its content."""
SECONDS_MAX = 4.0
ASKED_MIN = 3
QUERIES: Mapping[str, tuple[str, ...]] = {
    "people.index": ("?q=nguyen", "?q=nguyen+van+hung", "?q=123", "?q=0991"),
    "todo.home": (),
    "journal.index": ("?upto=2026-12-31",),
}
"""Questions that a page is asked besides; months of before are asked of pages by `earlier`."""
BY_MONTH = ("leader.index", "funds.index", "payrolls.index", "batches.index", "closings.index",
            "overview.index", "settlements.index", "trial.index")  # fmt: skip
_LAST = re.compile(r'href="([^"]*[?&](?:amp;)?page=\d+[^"]*)"')
_PAGE = re.compile(r"(?<=[?&])page=\d+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One page as one role: what the server took for each request, in ms by the wall and of CPU
    (ours and the database's), and how many statements it asked."""

    role: str
    address: str
    status: int
    walls: tuple[float, ...]
    cpus: tuple[float, ...]
    statements: int
    size: int

    @property
    def name(self) -> str:
        return f"{self.role} {self.address}"


def at(took: tuple[float, ...], percent: int) -> float:
    """The time within which so many of a hundred requests were answered, ms."""
    return sorted(took)[max(0, -(-len(took) * percent // 100) - 1)]


class Asking:
    """Asks pages of a service, and counts what its database was asked."""

    def __init__(self, database: Database, times: int) -> None:
        self._database, self._times = database, times
        self._statements = 0
        event.listen(database.engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self._statements += 1

    def ask(self, role: str, browser: Browser, address: str) -> tuple[Asked, str]:
        """The page so many times, or until its time is up; what it answered last."""
        browser.get(address)  # templates are read, plans are made
        clock, began = self._clock(), time.perf_counter()
        walls, cpus = [], []
        for number in range(self._times):
            if number >= ASKED_MIN and time.perf_counter() - began > SECONDS_MAX:
                break
            self._statements = 0
            started, before = time.perf_counter(), clock()
            answer = browser.get(address)
            body = answer.get_data()
            walls.append((time.perf_counter() - started) * 1000)
            cpus.append((clock() - before) * 1000)
        asked = Asked(role, address, answer.status_code, tuple(walls), tuple(cpus),
                      self._statements, len(body))  # fmt: skip
        return asked, body.decode("utf-8", "replace")

    def _clock(self) -> Callable[[], float]:
        """CPU seconds of this process and of the backends that answer it."""
        if self._database.is_sqlite:
            return time.process_time
        with self._database.view() as session:
            query = "select pid from pg_stat_activity where datname = current_database()"
            pids = list(session.scalars(text(query)))
        return lambda: time.process_time() + sum(process_clock(one) or 0.0 for one in pids)


def every_page(
    asking: Asking,
    application: Flask,
    browsers: Mapping[str, Browser],
    given: Mapping[str, object],
    earlier: str,
    only: str = "",
) -> Iterator[Asked]:
    """Each page of each role: its first page, its last, an earlier month, and its questions."""
    for rule in _pages(application):
        who = who_may(application, rule.endpoint)
        for role in ROLES:
            if role in browsers and (not who or role in who) and only in rule.rule:
                for address in _addresses(application, rule, given, earlier):
                    yield from _asked(asking, role, browsers[role], address)


def _asked(asking: Asking, role: str, browser: Browser, address: str) -> Iterator[Asked]:
    found, body = asking.ask(role, browser, address)
    yield found
    if "page=" not in address and (paged := _LAST.search(body)):
        far = _PAGE.sub("page=999999", unescape(paged.group(1)))
        yield asking.ask(role, browser, far)[0]


def _pages(application: Flask) -> Iterator[Rule]:
    for rule in application.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != STATIC:
            yield rule


def _addresses(
    application: Flask, rule: Rule, given: Mapping[str, object], earlier: str
) -> Iterator[str]:
    """Its addresses in the province; none where it has no row to show."""
    urls = application.url_map.bind("localhost")
    for figure in FIGURES if "figure" in rule.arguments else ("",):
        values = {**given, "figure": figure}
        if rule.arguments <= set(values):
            address = urls.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            yield address
            yield from (address + question for question in QUERIES.get(rule.endpoint, ()))
            if rule.endpoint in BY_MONTH:
                yield f"{address}?period={earlier}"
