"""The assistant on a person's own page: a question with a button or in words, answered at once."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint

from app.answers.answer import ACCOUNT, HAS_COME, RETURNED, WHEN, WHY
from app.answers.answering import answer_for
from app.answers.wording import sentences
from app.clock import local_date
from app.messaging.terms import read_plan
from app.self_service.people import require_seen
from app.web import my
from app.web.posting import EMPTY, Answer, Form, typed
from app.web.reading import people
from app.web.site import opened, site

pages = Blueprint("my_asking", __name__, url_prefix="/my/<key:someone_id>/ask")
KINDS = (HAS_COME, WHEN, WHY, RETURNED, ACCOUNT)
QUESTION_MAX = 160
"""As many signs as an SMS: the same question is understood there."""


@pages.get("")
@my.mine
def form(someone_id: int) -> str:
    """Questions that many have, and room for one's own."""
    return _page(someone_id, EMPTY)


@pages.post("")
@my.mine
def answer(someone_id: int) -> Answer:
    """The answer, beneath the question; nothing of either is kept."""
    values = typed()
    kind, question = values.get("kind", ""), values.get("question", "").strip()
    if kind not in KINDS and not 0 < len(question) <= QUESTION_MAX:
        said = my.wrong(values, "question", "my.question_wrong")
        return _page(someone_id, said), HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(someone_id, Form(values), kind if kind in KINDS else question)


def _page(person_id: int, form: Form, asked: str = "") -> str:
    here = site()
    plan = read_plan(here.settings.messages)
    with opened() as page:
        require_seen(page.session, my.whose(), person_id)
        said: tuple[str, ...] = ()
        if asked:
            today = local_date(here.clock.now())
            found = answer_for(page.session, person_id, asked, today)
            said = sentences(found, plan.help_number if plan else "", page.language)
        return my.rendered(page, "pages/my/ask.html", found=people.one(page.session, person_id),
                           form=form, kinds=KINDS, said=said, plan=plan,
                           asked="" if asked in KINDS else asked, kind=asked)  # fmt: skip
