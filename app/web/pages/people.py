"""The register: search by name without accents, and one person's statement."""

from __future__ import annotations

from flask import Blueprint

from app.beneficiaries.tables import person
from app.benefits.groups import public_name
from app.errors import NotFound
from app.reference.areas import Area, commune, communes_of
from app.text import sort_key
from app.web.access import SEES, guarded
from app.web.paging import paging
from app.web.reading import batches as batch_reading
from app.web.reading import overview as overview_reading
from app.web.reading import people as reading
from app.web.site import Page, opened
from ledger.recipes import RECIPES

pages = Blueprint("people", __name__)


@pages.get("/people")
@guarded(*SEES)
def index() -> str:
    """Search people by words of their name, with or without accents, in one commune or all."""
    with opened() as page:
        query, area = page.arguments.get("q", ""), page.arguments.get("area", "")
        asked = bool(query.strip() or area)
        mine = page.officer.within_areas(person.c.area_code)
        where = [*reading.conditions(query, area), mine]
        found = reading.count(page.session, where) if asked else 0
        paged = paging(page.arguments.get("page"), min(found, reading.FOUND_MAX))
        return page.render(
            "pages/people.html",
            query=query,
            area=area,
            asked=asked,
            more=found > reading.FOUND_MAX,
            paging=paged,
            rows=reading.listed(page.session, where, paged) if asked else [],
            areas=_areas(page),
            commune=commune,
        )


def _areas(page: Page) -> list[Area]:
    """The communes of the province that the paying units belong to, by name."""
    known = overview_reading.area_codes(page.session)
    codes = {area.province_code for code in known if (area := commune(code)) is not None}
    inside = (area for code in sorted(codes) for area in communes_of(code))
    found = [area for area in inside if page.officer.sees_area(area.code)]
    return sorted(found, key=lambda one: (one.kind, sort_key(one.name)))


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
