"""Acts of the hotline that are counted though nothing else comes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import redirect
from sqlalchemy.orm import Session

from app.access.scope import Scope
from app.errors import Conflict, Forbidden, InputError, Refused, Remembered
from app.hotline.asking import Caller, caller_of, desk_scope
from app.web.kept import AGAIN
from app.web.posting import Act, Answer, Form, refused, typed
from app.web.site import Page, site
from app.web.visitor import this_viewer


def counted(
    work: Callable[[Session, Scope, datetime], str], again: Callable[[Form], str], about: str = ""
) -> Answer:
    """Do `work`, which counts in transactions of its own, and go where it leads; what is refused
    comes back as the page that `again` makes, at the field `about`."""
    here, form, viewer = site(), Form(typed()), this_viewer()
    if viewer is None:
        raise LookupError("an act needs an officer: the route is not guarded")
    if form.get(AGAIN):
        return again(form)
    try:
        with here.database.signed_work() as session:
            now = here.clock.now()
            address = work(session, desk_scope(session, viewer.username, now), now)
    except Remembered as error:  # it is written down; to the page it is a refusal as any other
        return refused(form, Forbidden(error.message, error.what_to_do), again, about)
    except (InputError, Forbidden, Refused, Conflict) as error:
        return refused(form, error, again, about)
    return redirect(address, HTTPStatus.SEE_OTHER)


def scope_here(page: Page) -> Scope:
    """Whose people this officer may look up."""
    return desk_scope(page.session, page.officer.username, site().clock.now())


def caller_here(page: Page, lookup_id: int) -> Caller:
    """The person that a look-up has opened to this officer. Raises NotFound, Refused."""
    return caller_of(page.session, scope_here(page), lookup_id, site().clock.now())


def caller_in(act: Act, lookup_id: int) -> tuple[Scope, Caller]:
    """As `caller_here`, for an act."""
    whose = desk_scope(act.session, act.officer.username, act.now)
    return whose, caller_of(act.session, whose, lookup_id, act.now)
