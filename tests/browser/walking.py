"""Every page of a role opened once, as the list of routes names them; new ones come along.

A page is walked by one role: one that does something there, else the first that may open it. What
has a name in its address is reached by links of other pages, else by the examples of the matrix.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape
from types import MappingProxyType
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Error
from werkzeug.exceptions import HTTPException

from app.access.role_tables import ROLES
from app.web.access import STATIC, who_may
from app.web.areas import areas
from app.web.pages.waiting.tasks import STOP_POLLING
from tests.app.web.test_matrix import OFFICERS, OWN
from tests.browser.budgets import broken
from tests.browser.window import Window

VISITOR, SIGNED_IN = "visitor", "admin"
"""Who walks the pages of anyone, and those of everyone signed in."""
WALKERS = (VISITOR, *OFFICERS)
PAGE = b"<!doctype html>"
TRIES_MAX = 3
WARMING = "/health"
"""Opened first, so that the browser has kept the files of all pages."""
ANSWERED = (200, STOP_POLLING)
FORMS = "main form[method=post]"
LINK = re.compile(r'\s(?:href|hx-get)="([^"]+)"')
_ACTIONS = """all => all.filter((one) => one.elements.length > 2)
  .map((one) => one.getAttribute("action") || "")"""
_EMPTY = """form => {
  for (const one of form.elements)
    if (!["hidden", "submit", "button", "select-one"].includes(one.type)) {
      one.checked = false;
      if (!["checkbox", "radio"].includes(one.type)) one.value = "";
    }
  form.submit();
}"""


def walker_of(application: Flask, endpoint: str) -> str:
    """The role that walks a page."""
    who = who_may(application, endpoint)
    if not who:
        return VISITOR if who is None else SIGNED_IN
    room = endpoint.partition(".")[0]
    acts = [one for rule in application.url_map.iter_rules() if "POST" in (rule.methods or ())
            and rule.endpoint.partition(".")[0] == room
            for one in who_may(application, rule.endpoint) or ()]  # fmt: skip
    return next(one for one in ROLES if one in (who & set(acts) or who))


def _walks(application: Flask, endpoint: str, role: str, whole: bool) -> bool:
    may = who_may(application, endpoint)
    return walker_of(application, endpoint) == role or bool(whole and may and role in may)


def _part_of(endpoint: str, parts: int) -> int:
    """The part, from 0, that a page belongs to: all pages of an area are in one."""
    numbers = {one.name: number for number, area in enumerate(areas()) for one in area.BLUEPRINTS}
    return numbers[endpoint.partition(".")[0]] % parts


class Walk:
    """One role's pages in one house. `seen` are addresses by route, `unseen` routes that answered
    nowhere, `faults` what is broken, each with its address. `rooms` leaves all others out; a `part`
    (which, from 0, of how many) asks others for their links only; the `whole` walk has every page
    that the role may open, whoever else walks it."""

    def __init__(
        self,
        application: Flask,
        role: str,
        window: Window,
        *,
        language: str = "vi",
        known: Mapping[str, str] = MappingProxyType({}),
        rooms: Collection[str] = (),
        part: tuple[int, int] = (0, 1),
        whole: bool = False,
    ) -> None:
        self._urls = application.url_map.bind("localhost")
        self._window, self._language = window, language
        self._rules = {rule.endpoint: rule for rule in application.url_map.iter_rules()
                       if rule.endpoint != STATIC and "GET" in (rule.methods or ())
                       and (not rooms or rule.endpoint.partition(".")[0] in rooms)
                       and _walks(application, rule.endpoint, role, whole)}  # fmt: skip
        self._elsewhere = {one for one in self._rules if _part_of(one, part[1]) != part[0]}
        self._linked = {endpoint: [address] for endpoint, address in known.items()}
        self._forms: list[tuple[str, str]] = []
        self.seen: dict[str, str] = {}
        self.faults: list[str] = []

    @property
    def unseen(self) -> set[str]:
        return set(self._rules) - set(self.seen) - self._elsewhere

    def go(self) -> Walk:
        """Open every page; those without a name in their address first, for their links."""
        self._window.open(WARMING)
        for endpoint in self._elsewhere:
            if not self._rules[endpoint].arguments:
                self._glance(self._urls.build(endpoint))
        tried: dict[str, set[str]] = {}
        while todo := [(one, address) for one in sorted(self.unseen, key=self._names)
                       if (address := self._next(one, tried.setdefault(one, set())))]:  # fmt: skip
            for endpoint, address in todo:
                tried[endpoint].add(address)
                self._open(endpoint, address)
        return self

    def _names(self, endpoint: str) -> tuple[int, str]:
        return len(self._rules[endpoint].arguments), endpoint

    def _next(self, endpoint: str, tried: set[str]) -> str:
        if len(tried) >= TRIES_MAX:
            return ""
        names = self._rules[endpoint].arguments
        known = [*self._linked.get(endpoint, ())]
        if names <= set(OWN):
            known.append(self._urls.build(endpoint, {name: OWN[name] for name in names}))
        return next((one for one in known if one not in tried), "")

    def _open(self, endpoint: str, address: str) -> None:
        try:
            status = self._window.open(self._spoken(address))
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            status = 0
        if status not in ANSWERED or self._at(self._window.path) != endpoint:
            return
        self.seen[endpoint] = address
        if self._window.html.lstrip()[: len(PAGE)].lower() != PAGE:
            return  # a part of a page, or none
        self._look()
        self._follow(self._window.html.decode())
        actions: list[str] = self._window.page.locator(FORMS).evaluate_all(_ACTIONS)
        self._forms += [(address, one) for one in actions if self._posted(one)]

    def _glance(self, address: str) -> None:
        """A page of another part, for its links: it is fetched and not shown."""
        self._follow(self._window.page.request.get(f"{self._window.address}{address}").text())

    def _follow(self, html: str) -> None:
        for link in map(unescape, LINK.findall(html)):
            self._linked.setdefault(self._at(link), []).append(link)

    def _spoken(self, address: str) -> str:
        if self._language == "vi":
            return address
        return f"{address}{'&' if '?' in address else '?'}lang={self._language}"

    def _look(self, where: str = "") -> None:
        self.faults += broken(self._window, self._language, where)

    def _at(self, address: str) -> str:
        """The route behind an address, '' for none of ours."""
        try:
            return str(self._urls.match(urlsplit(address).path, method="GET")[0])
        except HTTPException:
            return ""

    # ------------------------------------------------------------------ what is refused
    def refused(self) -> Walk:
        """Send the forms of every page that was seen, left empty, and look at what comes back."""
        sent: set[str] = set()
        for address, action in self._forms:
            if self._posted(action) in sent:
                continue
            self._window.open(self._spoken(address))
            form = self._window.page.locator(f'{FORMS}[action="{action}"]').first
            if not form.count():
                continue  # gone since: another form did its act
            sent.add(self._posted(action))
            with self._window.page.expect_navigation():
                form.evaluate(_EMPTY)
            if self._window.status >= 400:
                self._look("main")
        return self

    def _posted(self, action: str) -> str:
        """The route that a form is sent to, '' for none of ours."""
        try:
            return str(self._urls.match(urlsplit(action).path, method="POST")[0])
        except HTTPException:
            return ""
