"""Tabs of the browser that are used again: a new one costs the machine as much as ten pages.

Whoever takes one finds no cookie and nothing open. Only the files of ours that the browser kept
stay: their addresses change with their content.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Error, Page

from tests.browser.chromium import PATIENCE_MS

WIDE, NARROW = 1280, 360
HEIGHT = 800
BLANK = "about:blank"
# What the policy forbade, from inside the page: the browser tells it to no one else.
_REPORTS = """
window.policyReports = [];
addEventListener("securitypolicyviolation", (event) =>
  window.policyReports.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Tabs:
    """The tabs of one browser, each with cookies of its own; those with scripts and those without
    are never one another's."""

    browser: Browser
    _free: dict[bool, list[Page]] = field(default_factory=lambda: {True: [], False: []})

    def taken(self, *, script: bool, width: int) -> Page:
        """A tab in which nobody is signed in, of that width."""
        page = self._free[script].pop() if self._free[script] else self._opened(script)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        return page

    def given_back(self, page: Page, *, script: bool) -> None:
        """Whoever had it listens no more. One that does not go blank is thrown away."""
        try:
            page.goto(BLANK)
        except Error:
            page.context.close()
            return
        page.context.clear_cookies()
        self._free[script].append(page)

    def _opened(self, script: bool) -> Page:
        context = self.browser.new_context(java_script_enabled=script, locale="vi-VN")
        context.set_default_timeout(PATIENCE_MS)
        if script:
            context.add_init_script(_REPORTS)
        return context.new_page()
