"""An officer sits beside a person and opens the person's own pages, after the person's own code.

He sees what the person sees and nothing more, as long as he is signed in; each session that is
opened so stands in the trail in his name.
"""

from __future__ import annotations

from flask import Blueprint

from app.self_service.sessions import end_session
from app.web import my
from app.web.access import guarded
from app.web.posting import Answer
from app.web.site import opened, site

pages = Blueprint("beside", __name__, url_prefix="/my/beside")


@pages.get("")
@guarded(*my.HELPERS)
def index() -> str:
    """What it means to sit beside a person, and the button to begin or to be done."""
    with opened() as page:
        return page.render("pages/beside/index.html", is_beside=my.beside() is not None)


@pages.post("")
@guarded(*my.HELPERS)
def begin() -> Answer:
    """From now on this browser's pages of people are opened with the officer beside them; whoever
    was there before is out."""
    _end()
    with opened() as page:
        answer = my.on_to(page.link("my.index"), "")
    answer.set_cookie(my.BESIDE_COOKIE, "1", secure=site().settings.behind_tls, httponly=True,
                      samesite="Strict", path="/")  # fmt: skip
    return answer


@pages.post("/done")
@guarded(*my.HELPERS)
def done() -> Answer:
    """The person is served: what was open is over."""
    _end()
    with opened() as page:
        answer = my.on_to(page.link("beside.index"), "")
    answer.delete_cookie(my.BESIDE_COOKIE, path="/", secure=site().settings.behind_tls,
                         httponly=True, samesite="Strict")  # fmt: skip
    return answer


def _end() -> None:
    """Whatever is open at this browser is over."""
    here = site()
    if my.recognised():
        with here.database.unit_of_work() as session:
            end_session(session, my.whose().id_digest, here.clock.now(), "left")
        my.forget()
