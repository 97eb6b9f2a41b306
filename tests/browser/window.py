"""A window of the browser: pages opened, fields filled in, buttons pressed, as an officer does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, Response

from app.access.codes import STEP_SECONDS
from tests.factories import House

DOWNLOAD = "Tải tệp"
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Window:
    """One tab with cookies of its own. `faults` is what an officer would see in his console, what
    left this machine, and what the policy forbade: nothing of it is ever right."""

    def __init__(self, page: Page, house: House, address: str, script: bool) -> None:
        self.page, self.house, self.address, self.script = page, house, address, script
        self.faults: list[str] = []
        self.status = 0
        self._last: Response | None = None
        self._heard: list[tuple[Any, str, Callable[..., None]]] = [
            (page.context, "request", self._asked),
            (page, "console", self._said),
            (page, "pageerror", self._broke),
            (page, "response", self._answered),
        ]
        for where, event, listener in self._heard:
            where.on(event, listener)

    def leave(self) -> None:
        """Listen no more."""
        for where, event, listener in self._heard:
            where.remove_listener(event, listener)

    # ------------------------------------------------------------------ what is seen
    @property
    def html(self) -> bytes:
        """The page as the server sent it."""
        return b"" if self._last is None else self._last.body()

    def text(self, where: str = "main") -> str:
        """What stands on the page, blanks made one."""
        return " ".join(self.page.locator(where).inner_text().split())

    def sees(self, *parts: str) -> None:
        """Each of these stands on the page."""
        told = self.text()
        for part in parts:
            assert part in told, f"{self.page.url}: {part!r} is not in {told[:3000]!r}"

    @property
    def path(self) -> str:
        """The address of the page, without the server's."""
        return self.page.url.removeprefix(self.address)

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.field(name).input_value()

    def field(self, name: str) -> Locator:
        """The one field of that name that can be seen."""
        return self.page.locator(f'main [name="{name}"]:visible')

    # ------------------------------------------------------------------ what is done
    def open(self, path: str) -> int:
        """Open a page; gives the status of its answer."""
        self.page.goto(self.address + path)
        return self.status

    def follow(self, text: str, *, where: str = "main") -> int:
        """Follow the link with this text."""
        return self.leads(self.page.locator(where).get_by_role("link", name=text).first)

    def fill(self, **fields: str | Path) -> Window:
        """Fill fields in, each by its kind: text, a choice, a tick, a file."""
        for name, value in fields.items():
            self._fill(self.field(name), value)
        return self

    def press(self, text: str = "", **fields: str | Path) -> int:
        """Fill fields in and press the button with this text; gives the status of what comes."""
        button = self.button(text)
        form = button.locator("xpath=ancestor::form")
        for name, value in fields.items():
            near = form.locator(f'[name="{name}"]:visible')
            self._fill(near if near.count() else self.field(name), value)
        return self.leads(button)

    def confirm(self, text: str = "", *, second: str = "", **fields: str | Path) -> int:
        """The same, with the one-time code of this moment; with a second officer, with his too."""
        codes = {"code": self.code()}
        if second:
            (named,) = [one for one in ("user_two", "username_two") if self.field(one).count()]
            codes |= {named: second, "code_two": self.house.code()}
        return self.press(text, **fields, **codes)

    def code(self) -> str:
        """The one-time code of this moment; it has begun some seconds ago, for a request arrives a
        blink before it is worked upon."""
        begun = int(self.house.later().timestamp()) % STEP_SECONDS
        self.house.clock.advance(timedelta(seconds=(5 - begun) % STEP_SECONDS))
        return self.house.code()

    def waits_for(self, text: str) -> Window:
        """Words that come when work is over: by themselves, or where scripts are off when the page
        is opened again."""
        if not self.script:
            self.page.reload()
        self.page.locator("main").get_by_text(text).first.wait_for()
        return self

    def fetched(self, path: Path) -> Path:
        """The file that a worker made, kept there."""
        self.waits_for(DOWNLOAD)
        with self.page.expect_download() as found:
            self.page.get_by_role("link", name=DOWNLOAD).click()
        found.value.save_as(path)
        return path

    def button(self, text: str = "") -> Locator:
        """The first button of the page whose text has this in it."""
        return self.page.locator("main button:visible").filter(has_text=text).first

    # ------------------------------------------------------------------ behind it
    def leads(self, target: Locator) -> int:
        self.status = 0
        with self.page.expect_navigation():
            target.click()
        return self.status

    def _fill(self, found: Locator, value: str | Path) -> None:
        kind = found.first.evaluate("one => one.type || one.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            found.and_(self.page.locator(f'[value="{value}"]')).check()
        elif kind == "file":
            found.set_input_files(value)
        elif str(kind).startswith("select"):
            found.select_option(str(value))
        else:
            found.fill(str(value))

    def _wrong(self, told: str) -> None:
        self.faults.append(f"{self.page.url}: {told}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self._wrong(f"asked for {request.url}")

    def _broke(self, error: Error) -> None:
        self._wrong(f"script: {error}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _REFUSED.match(message.text):
            self._wrong(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if is_page:
            self.status, self._last = response.status, response
        if response.status >= (500 if is_page else 400):
            self._wrong(f"{response.status} for {response.url}")

    def policy_reports(self) -> list[Any]:
        """What the policy of the page forbade."""
        return list(self.page.evaluate("window.policyReports || []")) if self.script else []
