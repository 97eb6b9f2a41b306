"""Who reads a page of a person's own: the session behind a cookie apart from the officers'.

A route says `@mine` in the place of a guard: without a live session it leads to the way in; a form
is taken with the token of the session only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import g, make_response, redirect, request, url_for
from sqlalchemy import Row

from app.self_service.sessions import end_session, is_due, seen, session_of
from app.web import csrf
from app.web.access import public
from app.web.posting import Answer
from app.web.site import Page, asked_language, site

V = TypeVar("V", bound=Callable[..., Any])


def cookie_name() -> str:
    """The name of the cookie of people, apart from that of officers."""
    return "__Host-ansinh-own" if site().settings.behind_tls else "ansinh-own"


def own_id() -> str:
    """The id that the browser shows, '' for none: of a session, or of who has asked for a code."""
    return request.cookies.get(cookie_name(), "")


def whose() -> Row[Any]:
    """The session of this request. Raises LookupError outside of `@mine`."""
    found: Row[Any] | None = g.get("ansinh_own")
    if found is None:
        raise LookupError("a page that is not a person's own asked whose it is")
    return found


def mine(view: V) -> V:
    """Only with a live session of a person; a form of it carries the session's token."""

    @wraps(view)
    def asked(*arguments: Any, **values: Any) -> Any:
        if not recognised():
            return to_the_way_in()
        if request.method not in csrf.SAFE:
            csrf.require_token(own_id())
        return view(*arguments, **values)

    return public(asked)  # type: ignore[return-value]


def recognised() -> bool:
    """Whether a live session stands behind the cookie; it counts as used from now on."""
    here, shown = site(), own_id()
    if not shown:
        return False
    now = here.clock.now()
    with here.database.view() as session:
        found = session_of(session, shown, now)
    if found is None:
        return False
    if is_due(found, now):
        with here.database.unit_of_work() as session:
            seen(session, found.id_digest, now)
    g.ansinh_own = found
    return True


def to_the_way_in() -> Answer:
    """To where a code is asked for."""
    language = asked_language()
    address = url_for("my.index", lang=None if language == "vi" else language)
    return redirect(address, HTTPStatus.SEE_OTHER)


def on_to(address: str, new_id: str) -> Answer:
    """To an address, with a new id in the cookie; '' takes the cookie away."""
    answer = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    if new_id:
        answer.set_cookie(cookie_name(), new_id, secure=site().settings.behind_tls, httponly=True,
                          samesite="Strict", path="/")  # fmt: skip
    else:
        answer.delete_cookie(cookie_name(), path="/", secure=site().settings.behind_tls,
                             httponly=True, samesite="Strict")  # fmt: skip
        answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def leave(by: str) -> Answer:
    """End the session and forget its cookie."""
    here, found = site(), whose()
    with here.database.unit_of_work() as session:
        end_session(session, found.id_digest, here.clock.now(), by)
    return on_to(to_the_way_in().location, "")


def rendered(page: Page, template: str, **values: Any) -> str:
    """A page of a person's own, with the token of its forms."""
    found = g.get("ansinh_own")
    token = csrf.token_of(own_id()) if found is not None else ""
    return page.render(template, mine=found, own_token=token, **values)
