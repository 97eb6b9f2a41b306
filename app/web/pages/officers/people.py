"""One officer: his roles and until when, how he signs in, where he is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import select

from app.access.accounts import entry_of, officer_row
from app.access.factors import factor_in_words
from app.access.grants import grants_of, last_day
from app.access.review import WARN_DAYS
from app.access.role_tables import role_grant
from app.access.roles import in_force
from app.access.sessions import end_all, end_session, sessions_of
from app.access.switching import turns_in_words
from app.audit.trail import record
from app.clock import local_date
from app.errors import NotFound
from app.web.access import guarded
from app.web.pages.officers.listing import LOOKS
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.settling import names
from app.web.site import opened, site

pages = Blueprint("officer", __name__, url_prefix="/officers/<key:officer_id>")


@pages.get("")
@guarded(*LOOKS)
def show(officer_id: int) -> str:
    """Everything about an officer's account that is no secret of his."""
    with opened() as page:
        now, session = site().clock.now(), page.session
        who, granted = officer_row(session, officer_id), grants_of(session, officer_id)
        counting = select(role_grant.c.id).where(role_grant.c.officer_id == officer_id)
        return page.render(
            "pages/officers/show.html",
            who=who,
            now=now,
            first_day=local_date,
            last_day=last_day,
            warn=WARN_DAYS,
            standing=[one for one in granted if one.is_open(now)],
            past=[one for one in granted if not one.is_open(now)],
            counting=set(session.scalars(counting.where(in_force(now)))),
            entry_=entry_of(session, officer_id, now),
            factor=factor_in_words(session, officer_id),
            turns=turns_in_words(session, officer_id),
            sessions=len(sessions_of(session, officer_id, now, site().idle)),
            names=names(session, {one.unit for one in granted}),
        )


@pages.get("/sessions")
@guarded("admin", fresh=True)
def sessions(officer_id: int) -> str:
    """Where an officer is signed in, each session to be ended."""
    return _sessions(officer_id, EMPTY)


@pages.post("/sessions")
@guarded("admin", fresh=True)
def end_sessions(officer_id: int) -> Answer:
    """End one session of an officer, or all of them: he signs in again to go on."""

    def work(act: Act) -> Done:
        who, digest = officer_row(act.session, officer_id), act.get("digest")
        if not digest:
            end_all(act.session, officer_id, act.now, "revoked")
        elif not end_session(act.session, officer_id, digest, act.now, "revoked"):
            raise NotFound(act.say("sessions.none"))
        actor = str(act.officer.officer_id)
        record(act.session, act.now, actor, "access:session:end", f"officer:{officer_id}")
        said = act.say("officers.sessions_ended", who=who.name)
        return Done(url_for("officer.show", officer_id=officer_id), said)

    return acting(work, lambda form: _sessions(officer_id, form))


def _sessions(officer_id: int, form: Form) -> str:
    with opened() as page:
        now = site().clock.now()
        rows: Any = sessions_of(page.session, officer_id, now, site().idle)
        who = officer_row(page.session, officer_id)
        return page.render("pages/officers/sessions.html", who=who, rows=rows, form=form)
