"""Finding a caller by few keys; those who fit are shown masked, and one of them is chosen."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from app.access.role_tables import DESK
from app.access.scope import Scope
from app.errors import InputError, NotFound
from app.hotline.asking import lookup_of, require_live
from app.hotline.checking import begin
from app.hotline.finding import (
    FEW,
    LOOK_UPS,
    Found,
    Keys,
    find,
    hits_of,
    left,
    read_birth,
    read_digits,
    read_name,
    read_reason,
)
from app.hotline.states import REASONS
from app.web.access import guarded
from app.web.pages.hotline.apart import counted, scope_here
from app.web.posting import EMPTY, Answer, Faulty, Form, Problem, typed
from app.web.refusals import told
from app.web.site import asked_language, kept_language, opened, site
from app.web.typed import is_number

pages = Blueprint("hotline", __name__, url_prefix="/hotline")
DIGITS = "digits"


@pages.get("")
@guarded(DESK)
def index() -> str:
    """What to ask a caller for, and how many look-ups are left within this hour."""
    return _form(EMPTY)


@pages.post("")
@guarded(DESK)
def find_it() -> Answer:
    """Look somebody up: counted, whether anybody is found or not."""
    values, found = typed(), Found(0, 0)

    def work(session: Session, whose: Scope, now: datetime) -> str:
        nonlocal found
        found = find(session, site().keyring, whose, _keys(values), now)
        return url_for("hotline.hits", lookup_id=found.lookup_id, lang=kept_language())

    answer = counted(work, _form)
    if found.lookup_id and not 0 < found.people <= FEW:
        said = "hotline.many" if found.people else "hotline.nobody"
        return _form(_about(values, said)), HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


@pages.get("/<key:lookup_id>")
@guarded(DESK)
def hits(lookup_id: int) -> str:
    """Those who fit, masked, for one to be chosen."""
    return _hits(lookup_id, EMPTY)


@pages.post("/<key:lookup_id>")
@guarded(DESK)
def choose(lookup_id: int) -> Answer:
    """Choose one of them: the questions are drawn."""
    one = typed().get("one", "")

    def work(session: Session, whose: Scope, now: datetime) -> str:
        ordinal = int(one) if is_number(one) else 0
        begin(session, whose, lookup_id, ordinal, secrets.token_bytes, now)
        return url_for("hotline_check.form", lookup_id=lookup_id, lang=kept_language())

    return counted(work, lambda form: _hits(lookup_id, form))


def _keys(values: dict[str, str]) -> Keys:
    """What was typed. Raises Faulty at the field that cannot be read."""
    with _at(DIGITS):
        digits = read_digits(values.get(DIGITS, ""))
    with _at("born"):
        born = read_birth(values.get("born", ""))
    with _at("name"):
        name = read_name(values.get("name", ""), born)
    with _at("reason"):
        return Keys(digits, name, born, read_reason(values.get("reason", "")))


@contextmanager
def _at(field: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise Faulty([Problem(field, *told(error, asked_language()))]) from error


def _about(values: dict[str, str], said: str) -> Form:
    with opened() as page:
        return Form(values, (Problem(DIGITS, page.say(said, most=FEW), page.language),))


def _form(form: Form) -> str:
    with opened() as page:
        now = site().clock.now()
        return page.render("pages/hotline/find.html", form=form, reasons=REASONS, most=LOOK_UPS,
                           left=left(page.session, page.officer.officer_id, now))  # fmt: skip


def _hits(lookup_id: int, form: Form) -> str:
    with opened() as page:
        row = lookup_of(page.session, scope_here(page), lookup_id)
        require_live(row, site().clock.now())
        found = hits_of(page.session, lookup_id)
        if not found:
            raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
        return page.render("pages/hotline/hits.html", form=form, row=row, hits=found)
