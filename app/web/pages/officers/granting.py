"""Roles: granted by two for a time, and taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import select

from app.access.accounts import officer_row
from app.access.conflicts import CONFLICTS
from app.access.ending import end, grant_row
from app.access.granting import grant
from app.access.grants import grants_of, last_day, terms_asked
from app.access.role_tables import ROLES
from app.clock import local_date
from app.errors import NotFound
from app.units.tables import department, paying_unit
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading.settling import names
from app.web.second import both, one_or_both
from app.web.site import Page, opened
from app.web.typed import day

pages = Blueprint("granting", __name__)


@pages.get("/officers/<key:officer_id>/grant")
@guarded("admin")
def form(officer_id: int) -> str:
    """Which role, where, until when; two sign."""
    return _form(officer_id, EMPTY)


@pages.post("/officers/<key:officer_id>/grant")
@guarded("admin")
def grant_it(officer_id: int) -> Answer:
    """Grant an officer a role: an administrator and a second person sign."""

    def work(act: Act) -> Done:
        act.require(role="officers.role_missing", unit="officers.unit_missing")
        who, signers = officer_row(act.session, officer_id), both(act)
        unit = "" if act.get("unit") == WHOLE else act.get("unit")
        terms = terms_asked(act.get("role"), unit, act.get("department"), day(act, "since"),
                            day(act, "until"), _minutes(act), act.now)  # fmt: skip
        number = grant(act.session, act.keyring, officer_id, terms, signers, act.now)
        said = act.say("officers.granted", number=number, role=act.say(f"role.{terms.role}"),
                       who=who.name, day=f"{last_day(terms.valid_until):%d/%m/%Y}")  # fmt: skip
        return Done(url_for("officer.show", officer_id=officer_id), said)

    return acting(work, lambda form: _form(officer_id, form), about="until")


WHOLE = "all"
"""The whole province, in a list in which nothing must be chosen by itself."""


def _minutes(act: Act) -> int:
    told = act.get("minutes")
    if told and not (told.isascii() and told.isdigit() and len(told) < 5):
        raise Faulty([Problem("minutes", act.say("officers.minutes_wrong"))])
    return int(told or 0)


def _form(officer_id: int, form: Form) -> str:
    with opened() as page:
        who = officer_row(page.session, officer_id)
        return page.render(
            "pages/officers/grant.html",
            who=who,
            form=form,
            roles=ROLES,
            units=_units(page),
            departments=page.session.execute(select(department).order_by(department.c.code)).all(),
            whole=WHOLE,
            conflicts=CONFLICTS,
        )


def _units(page: Page) -> list[Any]:
    query = select(paying_unit.c.code, paying_unit.c.name, paying_unit.c.kind)
    return list(page.session.execute(query.order_by(paying_unit.c.kind.desc(), "sort_key")))


@pages.get("/officers/grants/<key:grant_id>/end")
@guarded("admin")
def end_form(grant_id: int) -> str:
    """The role that is taken back, and why."""
    return _end_form(grant_id, EMPTY)


@pages.post("/officers/grants/<key:grant_id>/end")
@guarded("admin")
def end_it(grant_id: int) -> Answer:
    """Take a role back at once: one administrator signs, two for another administrator's."""

    def work(act: Act) -> Done:
        act.require(reason="officers.reason_missing")
        row = grant_row(act.session, grant_id)
        end(act.session, act.keyring, grant_id, act.get("reason"), one_or_both(act), act.now)
        said = act.say("officers.ended", role=act.say(f"role.{row.role}"),
                       who=officer_row(act.session, row.officer_id).name)  # fmt: skip
        return Done(url_for("officer.show", officer_id=row.officer_id), said)

    return acting(work, lambda form: _end_form(grant_id, form), about="reason")


def _end_form(grant_id: int, form: Form) -> str:
    with opened() as page:
        row = grant_row(page.session, grant_id)
        granted = grants_of(page.session, row.officer_id)
        (one,) = (each for each in granted if each.number == grant_id)
        if one.ended_at is not None and not form.problems:
            raise NotFound(page.say("officers.ended_already"))
        who = officer_row(page.session, row.officer_id)
        known = names(page.session, {one.unit})
        return page.render("pages/officers/end.html", who=who, one=one, form=form, names=known,
                           first_day=local_date,
            last_day=last_day)  # fmt: skip
