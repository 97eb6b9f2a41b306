"""The order of the board of readiness, and the days of a campaign as somebody sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Row

from app.cashless.campaign_kept import campaigns, followed
from app.cashless.daily import CampaignDay, daily
from app.cashless.progress import Progress, total
from app.clock import local_date
from app.errors import NotFound
from app.indicators.declared import Declared, gained_by_day
from app.indicators.readiness import AMBER, GREEN, GREY, RED, Light, worst
from app.web.site import Page
from app.web.typed import is_number

COLOURS = (RED, AMBER, GREY, GREEN)
DAYS = 50
"""As long as the campaigns of the state were."""


@dataclass(frozen=True, slots=True)
class Board:
    """Communes with their lights, those of the worst colour first, and how many have each."""

    shown: list[tuple[str, list[Light]]]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Followed:
    """A campaign's days, the last first, and its communes with targets, the furthest behind
    first."""

    days: list[CampaignDay]
    whole: Progress
    communes: list[tuple[str, Progress]]


def level_two_by_day(page: Page, people: Declared) -> list[CampaignDay]:
    """The last days on which somebody was told to have an e-ID of level 2, of everybody on the
    register; the last day first."""
    last = local_date(page.as_of)
    first = last - timedelta(days=DAYS - 1)
    found = gained_by_day(page.session, first, last)
    per_day: Counter[date] = Counter()
    for (code, day), gained in found.items():
        per_day[day] += gained if page.officer.sees_area(code) else 0
    # What is kept of the register may be of the night before: those of today have it too.
    there = max(people.level_two, per_day.total())
    whole = Progress(target=people.people, targeted=there, per_day=dict(per_day))
    return [one for one in daily(whole, first, last) if one.gained][::-1]


def worst_first(found: Mapping[str, list[Light]], show: str) -> Board:
    """The board, only communes of one colour where `show` is one."""
    colour = {code: worst(lights) for code, lights in found.items()}
    rows = sorted(found.items(), key=lambda one: (COLOURS.index(colour[one[0]]), one[0]))
    wanted = [one for one in rows if show not in COLOURS or colour[one[0]] == show]
    counts = Counter(colour.values())
    return Board(wanted, {one: counts[one] for one in COLOURS})


def campaign_asked(page: Page) -> Row[Any] | None:
    """The campaign of the query string, else the latest; None where there is none.

    Raises NotFound for one that is not there.
    """
    known, asked = campaigns(page.session), page.arguments.get("campaign", "")
    if not asked:
        return next(iter(known), None)
    found = next((one for one in known if is_number(asked) and one.id == int(asked)), None)
    if found is None:
        raise NotFound(page.say("goals.no_campaign"))
    return found


def by_day(page: Page, campaign: Row[Any] | None) -> Followed | None:
    """How far the communes that the officer sees are in a campaign; None without one of theirs."""
    if campaign is None:
        return None
    found = followed(page.session, campaign, page.as_of).items()
    mine = [(code, one) for code, one in found if page.officer.sees_area(code)]
    whole = total(one for _, one in mine)
    last = min(campaign.ends_on, local_date(page.as_of))
    days = list(daily(whole, campaign.starts_on, last))
    behind = sorted(mine, key=lambda one: (Fraction(one[1].targeted, one[1].target or 1), one[0]))
    return Followed(days[::-1], whole, behind) if mine else None
