"""What looks at the pages sees what is wrong with one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.budgets import broken
from tests.browser.site import NARROW, Site

SPOILT = """() => {
  const main = document.querySelector("main"), many = "<i></i>".repeat(1500);
  main.insertAdjacentHTML("beforeend", `<form><button class="bare" onclick="1">x</button></form>
    <img src="/static/icon.svg"><p style="color: #eee">pale</p>
    <table><tr><td>${"wide".repeat(99)}</td></tr></table>
    <a href="https://example.com/">there</a><div>${many}</div>`);
  document.documentElement.lang = "fr";
  document.styleSheets[0].insertRule(
    ".bare, .bare:focus { min-height: 9px; height: 9px; all: unset; font-size: 9px }", 0);
}"""


def test_what_is_wrong_with_a_page_is_seen(site: Site) -> None:
    window = site.visitor(width=NARROW)
    window.open("/health")
    window.open("/sign-in")
    assert broken(window) == []
    window.page.evaluate(SPOILT)
    told = "\n".join(broken(window))
    for fault in ("inline: button", "inline: p", "outside: a", "px wider", "nodes", "lang is 'fr'",
                  "policy: style-src", "image-alt", "small: "):  # fmt: skip
        assert fault in told, fault
    assert any("console: " in one for one in window.faults), "the policy speaks there"
    window.faults.clear()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        window.open("@elsewhere.example/")
    assert any("asked for " in one for one in window.faults)
    window.faults.clear()
