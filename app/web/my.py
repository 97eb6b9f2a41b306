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

from app.access.role_tables import HELPER
from app.self_service.sessions import LASTS, end_session, is_due, seen, session_of
from app.self_service.tables import HELPED, KIOSK, PAGE
from app.web import csrf
from app.web.access import public
from app.web.posting import Answer, Form, Problem
from app.web.site import Page, asked_language, opened, site
from app.web.visitor import this_viewer

PREFIX = "/my"
HELPERS = ("maker", "checker", HELPER)
"""Who may sit beside a person: officers of the commune and its digital team, none who releases
money."""
BESIDE_COOKIE = "ansinh-beside"
KIOSK_COOKIE = "ansinh-kiosk"
"""Says only that shorter times hold and nothing is to be left behind."""
V = TypeVar("V", bound=Callable[..., Any])


def cookie_name() -> str:
    """The name of the cookie of people, apart from that of officers."""
    return "__Host-ansinh-own" if site().settings.behind_tls else "ansinh-own"


def at_kiosk() -> bool:
    """Whether this browser stands at a kiosk, where the settings have any."""
    return site().settings.kiosk and request.cookies.get(KIOSK_COOKIE) == "1"


def beside() -> int | None:
    """The officer who sits beside the person at this browser, None for nobody."""
    viewer = this_viewer()
    if request.cookies.get(BESIDE_COOKIE) != "1" or viewer is None:
        return None
    return viewer.officer_id if viewer.is_one_of(*HELPERS) else None


def is_helper() -> bool:
    """Whether it is one of the digital team who sits beside the person."""
    viewer = this_viewer()
    return beside() is not None and viewer is not None and viewer.is_one_of(HELPER)


def keeps_nothing() -> bool:
    """Whether no file may be left on this machine: a kiosk's, or a helper's own."""
    return at_kiosk() or is_helper() or whose().place == KIOSK


def place() -> str:
    """Where the person reads."""
    if beside() is not None:
        return HELPED
    return KIOSK if at_kiosk() else PAGE


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
    # Opened alone it is not shown to who sits beside the next one, nor the other way round.
    if found is None or found.helper_id != beside():
        return False
    if is_due(found, now):
        with here.database.unit_of_work() as session:
            seen(session, found.id_digest, now)
    g.ansinh_own = found
    return True


def to_the_way_in() -> Answer:
    """To where a code is asked for."""
    language = asked_language()
    start = "my.kiosk" if at_kiosk() else "my.index"
    address = url_for(start, lang=None if language == "vi" else language)
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


def forget() -> None:
    """What comes of this request is nobody's."""
    g.pop("ansinh_own", None)


def rendered(page: Page, template: str, **values: Any) -> str:
    """A page of a person's own, with the token of its forms."""
    return page.render(template, **frame(), **values)


def frame() -> dict[str, Any]:
    """What the frame of these pages is given: whose it is, the token of its forms, whether it is a
    kiosk, whether and after how many seconds it is wiped, whether somebody sits beside the person,
    and whether a file may be left on this machine."""
    found, lasts = g.get("ansinh_own"), LASTS[KIOSK].idle
    is_helped = found is not None and found.place == HELPED
    return {
        "mine": found,
        "own_token": csrf.token_of(own_id()) if found is not None else "",
        "kiosk": at_kiosk(),
        "is_wiped": at_kiosk() or is_helped,
        "is_helped": is_helped,
        "leaves_files": found is not None and not keeps_nothing(),
        "is_beside": beside() is not None,
        "wipe_after": int(lasts.total_seconds()) + 1,
    }


def wrong(values: dict[str, str], field: str, words: str) -> Form:
    """What was typed, with what is wrong with a field in the language of the page; `words` is a key
    of the catalogue."""
    with opened() as page:
        return Form(values, (Problem(field, page.say(words), page.language),))
