"""The sessions of an officer: which are open, ending one, signing out."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, url_for

from app.access.sessions import end_session, sessions_of
from app.audit.trail import record
from app.errors import NotFound
from app.web.access import guarded
from app.web.posting import Act, Answer, Done, acting
from app.web.site import opened, site
from app.web.visitor import this_session

pages = Blueprint("sessions", __name__)


@pages.get("/sessions")
@guarded()
def index() -> str:
    """Where the officer is signed in."""
    with opened() as page:
        rows = sessions_of(page.session, page.officer.officer_id, site().clock.now(), site().idle)
        return page.render("pages/entry/sessions.html", rows=rows, mine=_mine())


@pages.post("/sessions/<digest>/end")
@guarded()
def end(digest: str) -> Answer:
    """End one of the officer's own sessions."""

    def work(act: Act) -> Done:
        if not end_session(act.session, act.officer.officer_id, digest, act.now, "revoked"):
            raise NotFound(act.say("sessions.none"))
        _record(act)
        return Done(url_for("sessions.index"), act.say("sessions.ended"))

    return acting(work, lambda _: index())


@pages.post("/sign-out")
@guarded()
def sign_out() -> Answer:
    """End this session; the browser forgets its cookie and what it kept of the pages."""

    def work(act: Act) -> Done:
        end_session(act.session, act.officer.officer_id, _mine(), act.now, "signed_out")
        _record(act)
        return Done(url_for("sign_in.index"))

    acting(work, lambda _: index())
    answer = redirect(url_for("sign_in.index"), HTTPStatus.SEE_OTHER)
    answer.delete_cookie(site().cookie, secure=site().settings.behind_tls, httponly=True)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _record(act: Act) -> None:
    mine = act.officer.officer_id
    record(act.session, act.now, str(mine), "access:session:end", f"officer:{mine}")


def _mine() -> str:
    """The digest of this session."""
    found = this_session()
    return "" if found is None else str(found.id_digest)
