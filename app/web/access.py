"""Who may open which page: every route says so, and before each request it is looked at.

`guarded("maker", "checker")` lets officers in who hold one of these roles; `guarded()` everyone who
is signed in; `public` anyone. What lies outside an officer's units is for each page to leave out
(`page.officer`): it answers 404 there.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for

from app.access.role_tables import ROLES
from app.access.sessions import is_due, put_flash, seen, session_of
from app.access.viewer import viewer as viewer_of
from app.web import csrf
from app.web.site import asked_language, site
from app.web.visitor import arrived, this_viewer

V = TypeVar("V", bound=Callable[..., Any])

SEES = ("maker", "checker", "approver", "releaser", "auditor")
"""The roles that see people and money; who grants roles sees neither."""
_MARK = "ansinh_who"
STATIC = "static"


def public(view: V) -> V:
    """Anyone may open it, signed in or not."""
    setattr(view, _MARK, None)
    return view


def guarded(*roles: str) -> Callable[[V], V]:
    """Only officers who are signed in and hold one of these roles; without roles, all of them."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"no such roles: {sorted(unknown)}")

    def mark(view: V) -> V:
        setattr(view, _MARK, frozenset(roles))
        return view

    return mark


def who_may(application: Flask, endpoint: str) -> frozenset[str] | None:
    """The roles that a route is for, empty for everyone signed in, None for anyone at all."""
    return _who(application.view_functions[endpoint])


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
    roles, viewer = _who(current_app.view_functions[str(request.endpoint)]), this_viewer()
    if roles is None:
        return None
    if viewer is None:
        return _to_sign_in()
    if request.method not in csrf.SAFE:
        csrf.require_token(session_id())
    if roles and not viewer.is_one_of(*roles):
        abort(HTTPStatus.FORBIDDEN)
    return None


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
    tells = found.flash if request.method == "GET" else ""
    if tells or is_due(found, now):
        with here.database.unit_of_work() as session:
            seen(session, found.id_digest, now)
            if tells:
                put_flash(session, found.id_digest, "")
    arrived(found, who, tells)


def _to_sign_in() -> Any:
    """To the sign-in, and from there back to where he was going."""
    going = request.full_path.rstrip("?") if request.method == "GET" else None
    language = asked_language()
    address = url_for("sign_in.index", next=going, lang=None if language == "vi" else language)
    return redirect(address, HTTPStatus.SEE_OTHER)
