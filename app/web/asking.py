"""Long work asked for on a page: put down for a worker, in the officer's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import url_for

from app.tasks.asking import ask
from app.web.posting import Act, Done
from app.web.site import Page
from app.web.typed import is_number

SOON, LATER, SOON_FOR = 2, 10, 30
"""A script looks again after so many seconds, and after more once it looked so many times."""


class Poll(NamedTuple):
    """After how many seconds a script looks again, and how many times it will have looked."""

    seconds: int
    seen: int


def poll(page: Page) -> Poll:
    """When to look again at what is going on: often for a minute, then seldom."""
    told = page.arguments.get("seen", "")
    seen = min(int(told), SOON_FOR) if is_number(told) else 0
    return Poll(SOON if seen < SOON_FOR else LATER, seen + 1)


def asked(act: Act, kind: str, arguments: Mapping[str, Any]) -> Done:
    """Put work down for a worker; leads to the page that tells how it goes. Raises Conflict where
    the officer has too much waiting."""
    number = ask(act.session, kind, arguments, act.officer.officer_id, act.now)
    return Done(url_for("waiting.show", task_id=number))
