"""The leader's month: its figures, bridge, map, ten lowest, twelve months, targets; one A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint

from app.indicators.definitions import CREDITED, definition
from app.indicators.leader import MonthRate, leader
from app.payroll.tables import payroll
from app.reference import tilemap
from app.web.access import guarded
from app.web.pages.leading.tabs import tabs
from app.web.reading.drawing import drawn
from app.web.reading.overview import earlier_and_later
from app.web.site import opened, site

pages = Blueprint("leader", __name__)

LEADS = ("checker", "approver", "releaser", "auditor")
WIDTH, HEIGHT, FOOT = 960, 150, 120
"""Of the drawing of months: its size, and where 0 % lies."""
_ROOM = 90


@dataclass(frozen=True, slots=True)
class Dot:
    """A month in the drawing; `joined` says that the line comes from the month before."""

    month: MonthRate
    x: int
    y: int
    joined: bool


@pages.get("/leader")
@guarded(*LEADS)
def index() -> str:
    """The month of all that the officer sees, to be read at a glance and printed on one sheet."""
    with opened(as_one=True) as page:
        mine = page.officer.within_units(payroll.c.unit_code)
        found = leader(page.session, page.period, page.as_of, page.officer.areas, mine)
        before, after = earlier_and_later(page.session, page.period)
        return page.render(
            "pages/leading/leader.html",
            found=found,
            drawing=drawn([place for _, place in found.map], site().boundaries),
            tabs=tabs(page, "leader.index"),
            before=before,
            after=after,
            definitions={
                one.figure.code: definition(one.figure.code)
                for one in found.headlines + found.below
            },
            credited=CREDITED,
            dots=dots(found.months),
            size=(WIDTH, HEIGHT, FOOT),
            tilemap=tilemap,
        )


def dots(months: Sequence[MonthRate]) -> list[Dot]:
    """Where each month with a rate stands; 100 % is the top of the room."""
    step = WIDTH // max(len(months), 1)
    found: list[Dot] = []
    for at, one in enumerate(months):
        if one.d:
            joined = at > 0 and bool(months[at - 1].d)
            x, y = step * at + step // 2, FOOT - _ROOM * one.n // one.d
            found.append(Dot(one, x, y, joined))
    return found
