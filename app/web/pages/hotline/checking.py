"""The three questions for a caller. What is typed is compared here and shown to nobody again."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from app.access.role_tables import DESK
from app.access.scope import Scope
from app.errors import NotFound
from app.hotline.asking import lookup_of, require_live
from app.hotline.checking import answer
from app.hotline.states import QUESTIONS
from app.web.access import guarded
from app.web.pages.hotline.apart import counted, scope_here
from app.web.posting import EMPTY, Answer, Form, typed
from app.web.site import kept_language, opened, site

pages = Blueprint("hotline_check", __name__, url_prefix="/hotline/<key:lookup_id>/check")


@pages.get("")
@guarded(DESK)
def form(lookup_id: int) -> str:
    """The questions, or that they were not answered well enough."""
    return _page(lookup_id, EMPTY)


@pages.post("")
@guarded(DESK)
def answer_it(lookup_id: int) -> Answer:
    """Compare what the caller said."""
    values = {name: value for name, value in typed().items() if name in QUESTIONS}

    def work(session: Session, whose: Scope, now: datetime) -> str:
        passed = answer(session, whose, lookup_id, values, now)
        to = "hotline_person.show" if passed else "hotline_check.form"
        return url_for(to, lookup_id=lookup_id, lang=kept_language())

    return counted(work, lambda kept: _page(lookup_id, kept))


def _page(lookup_id: int, form: Form) -> str:
    with opened() as page:
        row = lookup_of(page.session, scope_here(page), lookup_id)
        if row.person_id is None:
            raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
        require_live(row, site().clock.now())
        return page.render("pages/hotline/check.html", form=form, row=row,
                           questions=row.questions.split())  # fmt: skip
