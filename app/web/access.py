"""Who may open which page: every route says so, and before each request it is looked at.

`guarded("maker", "checker")` lets officers in who hold one of these roles; `guarded()` everyone who
is signed in; `public` anyone. What lies outside an officer's units is for each page to leave out
(`page.officer`): it answers 404 there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for

from app.access.role_tables import ROLES
from app.access.role_tables import SEES as SEES
from app.access.sessions import is_due, officer_of, put_flash, seen, session_of
from app.access.viewer import Viewer
from app.access.viewer import viewer as viewer_of
from app.web import csrf, kept
from app.web.posting import Form
from app.web.site import asked_language, opened, site
from app.web.visitor import arrived, this_session, this_viewer

V = TypeVar("V", bound=Callable[..., Any])

_MARK, _FRESH = "ansinh_who", "ansinh_fresh"
FRESH_FOR = timedelta(minutes=10)
STEP_UP = "step_up"
STATIC = "static"


def public(view: V) -> V:
    """Anyone may open it, signed in or not."""
    setattr(view, _MARK, None)
    return view


def guarded(*roles: str, fresh: bool = False) -> Callable[[V], V]:
    """Only officers who are signed in and hold one of these roles; without roles, all of them. With
    `fresh` only who has typed a right code lately: the others are asked for one first."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"no such roles: {sorted(unknown)}")

    def mark(view: V) -> V:
        setattr(view, _MARK, frozenset(roles))
        setattr(view, _FRESH, fresh)
        return view

    return mark


def who_may(application: Flask, endpoint: str) -> frozenset[str] | None:
    """The roles that a route is for, empty for everyone signed in, None for anyone at all."""
    return _who(application.view_functions[endpoint])


def may_open(application: Flask, viewer: Viewer, endpoint: str) -> bool:
    """Whether the guard of a route lets somebody in who is signed in."""
    roles = who_may(application, endpoint)
    return not roles or viewer.is_one_of(*roles)


def _who(view: Callable[..., Any]) -> frozenset[str] | None:
    found: frozenset[str] | None = getattr(view, _MARK)
    return found


def require_every_route_guarded(application: Flask) -> None:
    """Raise LookupError for a route that does not say who may open it."""
    open_doors = sorted(
        endpoint
        for endpoint, view in application.view_functions.items()
        if endpoint != STATIC and not hasattr(view, _MARK)
    )
    if open_doors:
        raise LookupError(f"routes that do not say who may open them: {', '.join(open_doors)}")


def look_who_comes() -> Any:
    """Before each request: the session behind the cookie, and whether the route is for it."""
    if request.endpoint in (None, STATIC):
        return None
    csrf.require_same_origin()
    _recognise()
    view = current_app.view_functions[str(request.endpoint)]
    roles, viewer = _who(view), this_viewer()
    if roles is None:
        return None
    if viewer is None:
        return _to_sign_in() if request.method in csrf.SAFE else _sign_in_again()
    if request.method not in csrf.SAFE:
        csrf.require_token(session_id())
    if roles and not viewer.is_one_of(*roles):
        abort(HTTPStatus.FORBIDDEN)
    if getattr(view, _FRESH) and not _is_fresh():
        return _on_the_way("own.step_up_form")
    return None


def _is_fresh() -> bool:
    found = this_session()
    at = None if found is None else found.fresh_at
    return at is not None and site().clock.now() - at <= FRESH_FOR


def session_id() -> str:
    """The id that the browser shows, '' for none."""
    return request.cookies.get(site().cookie, "")


def _recognise() -> None:
    here, shown = site(), session_id()
    if not shown:
        return
    now = here.clock.now()
    with here.database.view() as session:
        found = session_of(session, shown, now, here.idle)
        if found is None:
            return
        who = viewer_of(session, int(found.officer_id), now)
    # A part of a page that a script asks for would tell it to nobody.
    is_page = request.method == "GET" and "HX-Request" not in request.headers
    tells = found.flash if is_page else ""
    if tells or is_due(found, now):
        with here.database.unit_of_work() as session:
            seen(session, found.id_digest, now)
            if tells:
                put_flash(session, found.id_digest, "")
    arrived(found, who, tells)


def _to_sign_in() -> Any:
    """To the sign-in, and from there back to where he was going."""
    return _on_the_way("sign_in.index")


def _sign_in_again() -> tuple[str, int]:
    """A form that came when its session was over: the sign-in, along which what was typed goes."""
    here = site()
    with here.database.view() as session:
        whose = officer_of(session, session_id())
    form = Form({kept.FIELD: kept.pack(here.keyring, whose, here.clock.now())})
    with opened() as page:
        shown = page.render("pages/entry/sign_in.html", form=form, users=[], is_over=True,
                            kept={"next": None, "lang": page.language_argument},
                            demo_password="", settings=here.settings)  # fmt: skip
    return shown, HTTPStatus.UNAUTHORIZED


def _on_the_way(endpoint: str) -> Any:
    going = request.full_path.rstrip("?") if request.method == "GET" else None
    language = asked_language()
    address = url_for(endpoint, next=going, lang=None if language == "vi" else language)
    return redirect(address, HTTPStatus.SEE_OTHER)
