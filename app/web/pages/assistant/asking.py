"""A question and its answer. It comes by POST, so that it stands in no address and no log; it is
not kept, not carried through a sign-in, and its numbers are not shown again."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, current_app

from app.clock import local_date
from app.web.access import guarded, may_open
from app.web.assistant.answering import answer_to
from app.web.assistant.typed import LENGTH_MAX, shown
from app.web.posting import EMPTY, Answer, Form, Problem, typed
from app.web.site import Page, opened

pages = Blueprint("assistant", __name__)
FIELD = "ask"
"""The field of the question; nothing that was typed into it comes back after a sign-in
(`app.web.kept.SECRET`)."""


@pages.get("/ask")
@guarded()
def form() -> str:
    """Room for a question."""
    with opened() as page:
        return page.render("pages/assistant/ask.html", form=EMPTY, asked="", found=None,
                           length=LENGTH_MAX)  # fmt: skip


@pages.post("/ask")
@guarded()
def answer() -> Answer:
    """The answer, above the question."""
    question = typed().get(FIELD, "").strip()
    with opened() as page:
        wrong = _wrong(page, question)
        opens = partial(may_open, current_app, page.officer)
        told = None if wrong else answer_to(page.session, page.officer, question, page.language,
                                            opens, page.as_of)  # fmt: skip
        html = page.render("pages/assistant/ask.html", form=Form({}, wrong), found=told,
                           asked=shown(question), length=LENGTH_MAX,
                           today=local_date(page.as_of))  # fmt: skip
    return html, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _wrong(page: Page, question: str) -> tuple[Problem, ...]:
    if not question:
        return (Problem(FIELD, page.say("assistant.empty")),)
    if len(question) > LENGTH_MAX:
        return (Problem(FIELD, page.say("assistant.too_long", most=LENGTH_MAX)),)
    return ()
