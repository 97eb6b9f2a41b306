"""The register: search by name without accents, and one person's statement."""

from __future__ import annotations

from flask import Blueprint

from app.beneficiaries.by_name import Wanted
from app.beneficiaries.search import Page as Found
from app.beneficiaries.search import search
from app.benefits.groups import public_name
from app.errors import InputError, NotFound
from app.reference.areas import commune
from app.web.access import SEES, guarded
from app.web.paging import paging
from app.web.place import chosen, communes
from app.web.reading import batches as batch_reading
from app.web.reading import people as reading
from app.web.site import Page, opened, site
from ledger.recipes import RECIPES

pages = Blueprint("people", __name__)
NO_ID = "none"
"""Asks for people of whom no electronic identity of level 2 was told."""


@pages.get("/people")
@guarded(*SEES)
def index() -> str:
    """Search people by whatever is at hand: words of a name with or without accents, a number, its
    last digits; or everybody of one commune."""
    with opened() as page:
        query, area = page.arguments.get("q", "").strip(), chosen(page)
        found, said = Found((), ""), ""
        try:
            found = _searched(page, query, area) if query else found
        except InputError as error:
            said = error.on_page
        without_id = page.arguments.get("vneid") == NO_ID
        where = reading.conditions(area, without_id=without_id)
        total = reading.count(page.session, where) if area and not query else 0
        paged = paging(page.arguments.get("page"), min(total, reading.FOUND_MAX))
        rows = reading.listed(page.session, where, paged) if area and not query else []
        return page.render(
            "pages/people.html",
            query=query,
            area=area,
            without_id=without_id,
            said=said,
            more=total > reading.FOUND_MAX,
            paging=paged,
            found=found,
            rows=rows,
            areas=communes(page),
            commune=commune,
        )


def _searched(page: Page, query: str, area: str) -> Found:
    """The people of the officer's communes who fit; numbers are masked. Raises InputError."""
    mine = (area,) if area else page.officer.areas
    wanted = Wanted(None if mine is None else sorted(mine))
    return search(page.session, site().keyring, query, wanted, page.arguments.get("after", ""))


@pages.get("/people/<key:person_id>")
@guarded(*SEES)
def show(person_id: int) -> str:
    """One person's statement of a month: amounts, attempts with reasons, entries behind them."""
    with opened() as page:
        found = reading.one(page.session, person_id)
        if found is None:
            raise NotFound(page.say("people.none"))
        page.officer.require_area(found.area_code)
        owed = reading.obligations(page.session, person_id, page.period)
        tried = reading.attempts(page.session, [row.id for row in owed])
        ids = [one.id for tries in tried.values() for one in tries]
        return page.render(
            "pages/person.html",
            found=found,
            area=commune(found.area_code),
            enrolments=reading.enrolments(page.session, person_id),
            owed=owed,
            grants=reading.grants(page.session, person_id, page.period),
            attempts=tried,
            status_of=reading.status_of,
            outcomes=batch_reading.outcomes(page.session, ids),
            why=batch_reading.why,
            entries=reading.entries(page.session, owed),
            months=reading.months(page.session, person_id),
            public_name=public_name,
            recipes=RECIPES,
        )
