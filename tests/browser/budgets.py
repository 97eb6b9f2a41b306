"""What every page keeps to: no barrier, small, nothing inline, nothing from elsewhere.

Bytes are those of `gzip`, as the proxy in front sends them; *cold* with every file a page uses,
*warm* with those only that the browser has not kept.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from app.web.application import STATIC
from tests.browser.window import Window

PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
NODES_MAX = 1_500
COLD_MAX, MAP_COLD_MAX, WARM_MAX = 60_000, 70_000, 15_000
CSS_MAX, JS_MAX = 18_000, 25_000
MAP = 'class="map'
"""A page with the map of communes may weigh more."""
_AXE = """([where, tags]) =>
  axe.run(where || document, {runOnly: tags, resultTypes: ["violations"]}).then(
  ({violations}) => violations.flatMap(({id, nodes}) =>
    nodes.map(({target, html}) => `${id}: ${target.join(" ")} ${html.slice(0, 160)}`)))"""


def barriers(page: Page, where: str = "") -> list[str]:
    """What axe-core finds on the page, or in a part of it: rule and element, one line each."""
    page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_AXE, [where, list(TAGS)])
    return found


def measured(window: Window) -> dict[str, Any]:
    """The figures of the page on the screen, as `probe.js` gives them."""
    found: dict[str, Any] = window.page.evaluate(f"({PROBE})()")
    return found


def broken(window: Window, language: str = "vi", where: str = "") -> list[str]:
    """Every rule that the page on the screen breaks, in words. axe waits by the page's own clock,
    which stands still where scripts are off: there the other rules are looked at. `where` is the
    part of the page that axe looks at, where the rest was looked at before."""
    found = measured(window)
    faults = [f"{kind}: {one}" for kind in ("inline", "outside", "small", "blind")
              for one in found[kind]]  # fmt: skip
    if found["overflow"] > 0:
        faults.append(f"{found['overflow']} px wider than the window")
    if found["nodes"] > NODES_MAX:
        faults.append(f"{found['nodes']} nodes")
    if found["language"] != language:
        faults.append(f"lang is {found['language']!r}")
    faults += [f"policy: {one}" for one in window.policy_reports()]
    faults += _too_heavy(window, found["assets"])
    faults += barriers(window.page, where) if window.script else []
    return [f"{window.path}: {one}" for one in faults]


def _too_heavy(window: Window, assets: list[dict[str, Any]]) -> list[str]:
    html = window.html
    files = {one["name"]: _squeezed(one["name"].partition("/static/")[2].partition("?")[0])
             for one in assets if "/static/" in one["name"]}  # fmt: skip
    fresh = sum(
        files[one["name"]] for one in assets if one["transferSize"] and one["name"] in files
    )
    own = len(gzip.compress(html, 9))
    sizes = {
        "cold": (own + sum(files.values()), MAP_COLD_MAX if MAP.encode() in html else COLD_MAX),
        "warm": (own + fresh, WARM_MAX),
        "css": (_sum(files, ".css"), CSS_MAX),
        "js": (_sum(files, ".js"), JS_MAX),
    }
    return [f"{name} {size} bytes, at most {most}" for name, (size, most) in sizes.items()
            if size > most]  # fmt: skip


def _sum(files: dict[str, int], ending: str) -> int:
    return sum(size for name, size in files.items() if ending in name)


@cache
def _squeezed(name: str) -> int:
    return len(gzip.compress((STATIC / name).read_bytes(), 9))
