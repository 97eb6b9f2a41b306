"""What is told to a caller who was known: twelve months in plain words, and what to do."""

from __future__ import annotations

from flask import Blueprint

from app.access.role_tables import DESK
from app.clock import local_date
from app.complaints.reading import of_person
from app.hotline.calling import TERMS, may_be_called, promised
from app.hotline.resending import last_notice, was_sent
from app.hotline.telling import told
from app.web.access import guarded
from app.web.pages.hotline.apart import caller_here
from app.web.posting import EMPTY, Form
from app.web.site import opened, site

pages = Blueprint("hotline_person", __name__, url_prefix="/hotline/<key:lookup_id>/person")


@pages.get("")
@guarded(DESK)
def show(lookup_id: int) -> str:
    """The person that the look-up has opened."""
    return shown(lookup_id, EMPTY)


def shown(lookup_id: int, form: Form) -> str:
    """The page, with what was refused on it. Raises NotFound, Refused."""
    with opened() as page:
        caller, session = caller_here(page, lookup_id), page.session
        today = local_date(site().clock.now())
        return page.render(
            "pages/hotline/person.html", form=form, caller=caller,
            told=told(session, caller.person_id, page.language, today),
            notice=last_notice(session, caller.person_id), was_sent=was_sent(session, lookup_id),
            promised=promised(session, lookup_id), terms=TERMS,
            may_be_called=may_be_called(session, caller.person_id),
            complaints=of_person(session, caller.person_id)[:SHOWN],
        )  # fmt: skip


SHOWN = 5
"""The last complaints of the person: numbers, kinds and steps, no words."""
