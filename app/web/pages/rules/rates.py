"""Rates with the text each rests on, from which day it counts, and what is to be confirmed."""

from __future__ import annotations

from flask import Blueprint

from app.benefits.campaigns import all_campaigns
from app.benefits.funeral import all_supports
from app.benefits.rates import base_salaries, standing_book, tables_told
from app.benefits.reasons import factor
from app.clock import local_date
from app.months import month_of
from app.reference.areas import provinces
from app.web.access import guarded
from app.web.pages.rules.tabs import LOOKS, tabs
from app.web.site import opened

pages = Blueprint("rates", __name__, url_prefix="/rates")


@pages.get("")
@guarded(*LOOKS)
def index() -> str:
    """Every rate, table, rise, support and campaign that amounts rest on, the newest first."""
    with opened() as page:
        found = (*standing_book().rates, *base_salaries().rates)
        today = local_date(page.as_of)
        newest: dict[tuple[str, str], object] = {}
        for one in sorted(found, key=lambda rate: (rate.effective_from, rate.published_on)):
            if month_of(one.effective_from) <= month_of(today):
                newest[one.scheme, one.area] = one
        return page.render(
            "pages/rules/rates.html",
            tabs=tabs(page, "rates"),
            rates=sorted(found, key=lambda rate: rate.effective_from, reverse=True),
            standing=list(newest.values()),
            tables=tables_told(),
            indices=[(one, factor(one)) for one in standing_book().indices],
            supports=list(all_supports().values()),
            campaigns=list(all_campaigns().values()),
            provinces={one.code: one.name for one in provinces()},
            today=today,
        )
