"""What a person reads: a month in one amount and one sentence, twelve months, why, a paper."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request

from app.beneficiaries.masks import masked_citizen
from app.complaints.confirming import said_last
from app.errors import NotFound
from app.messaging.terms import read_plan
from app.self_service.people import people_of, require_seen
from app.statements.letterheads import commune_body
from app.statements.person_statement import Paper, write_statement
from app.web import my
from app.web.reading import my as reading
from app.web.reading import people
from app.web.site import Page, opened, site

pages = Blueprint("my_months", __name__, url_prefix="/my")


@pages.get("/people")
@my.mine
def who() -> str:
    """The people whose messages come to the same number, one task a page."""
    with opened() as page:
        return my.rendered(page, "pages/my/people.html",
                            people=people_of(page.session, my.whose()))  # fmt: skip


@pages.get("/<key:someone_id>")
@my.mine
def show(someone_id: int) -> str:
    """A month: one amount in figures and words, one sentence of where it is, what to do."""
    with opened() as page:
        found, months = _seen(page, someone_id)
        period = _period(page, months)
        said = reading.parts(page.session, someone_id, period) if period else []
        there = reading.arrived(said)
        before = reading.earlier(page.session, someone_id, period) if said else []
        return _page(page, "month", found, period=period, parts=said, earlier=before, months=months,
                     there=there, is_heard=all(said_last(page.session, one) for one in there),
                     others=len(people_of(page.session, my.whose())) - 1)  # fmt: skip


@pages.get("/<key:someone_id>/months")
@my.mine
def months(someone_id: int) -> str:
    """Twelve months: how much, and where each is."""
    with opened() as page:
        found, months = _seen(page, someone_id)
        return _page(page, "months", found, months=months)


@pages.get("/<key:someone_id>/why")
@my.mine
def why(someone_id: int) -> str:
    """Why just this amount: each line with its decision, arrears apart."""
    with opened() as page:
        found, months = _seen(page, someone_id)
        period = _period(page, months)
        said = reading.parts(page.session, someone_id, period) if period else []
        grants = people.grants(page.session, someone_id, period)
        return _page(page, "why", found, period=period, parts=said, grants=grants)


@pages.get("/<key:someone_id>/statement")
@my.mine
def statement(someone_id: int) -> Response:
    """The statement of a month as PDF. Raises NotFound where nothing is owed, at a kiosk and on a
    helper's machine: a file would stay behind."""
    if my.keeps_nothing():
        raise NotFound("Không có trang này.", "Quay lại trang của bạn.")
    with opened(as_one=True) as page:
        _, months = _seen(page, someone_id)
        period, out = _period(page, months), BytesIO()
        paper = Paper(site().keyring, page.installation.training, site().settings.public_url)
        write_statement(page.session, someone_id, period, paper, out)
    answer = Response(out.getvalue(), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="phieu-{period}.pdf"'
    return answer


def _seen(page: Page, person_id: int) -> tuple[Any, list[people.PersonMonth]]:
    """A person whom this session may look at, and the last twelve months. Raises NotFound."""
    require_seen(page.session, my.whose(), person_id)
    found = people.one(page.session, person_id)
    return found, people.months(page.session, person_id)[: reading.MONTHS]


def _period(page: Page, months: list[people.PersonMonth]) -> str:
    """The month that was asked for, else the last one; '' where there is none. Raises NotFound for
    a month of which there is nothing to read."""
    known = [one.period for one in months]
    asked = request.args.get("period", "")
    if asked and asked not in known:
        raise NotFound(page.say("my.no_month"))
    return asked or next(iter(known), "")


def _page(page: Page, name: str, found: Any, **values: Any) -> str:
    plan = read_plan(site().settings.messages)
    return my.rendered(page, f"pages/my/{name}.html", found=found, plan=plan,
                        citizen_tail=masked_citizen(found.citizen_tail),
                        commune=commune_body(found.area_code), **values)  # fmt: skip
