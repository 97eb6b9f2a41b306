"""Two finance officers release batches: the list, a dry run with the figures, then both codes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request, url_for
from sqlalchemy import ColumnElement

from app.disbursement.batches import release
from app.disbursement.due import due as due_now
from app.disbursement.due import waiting_for_batches
from app.errors import NotFound
from app.units.tables import contract
from app.web.access import guarded
from app.web.asking import asked
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import batches as batch_reading
from app.web.reading import payrolls as payroll_reading
from app.web.reading import releasing as reading
from app.web.second import both
from app.web.site import Page, opened, site
from app.web.typed import is_number, numbers_of

pages = Blueprint("releasing", __name__, url_prefix="/batches/release")
MOST = 2_000
"""Batches that one act may release."""


@pages.get("")
@guarded("releaser")
def index() -> str:
    """Every batch that waits for its release, to be marked or taken by the filter."""
    return _index(EMPTY)


@pages.get("/check")
@guarded("releaser")
def check() -> str:
    """What the release would do: how many batches and how much, and what stays back, and why."""
    return _check(request.args.getlist("batch"), EMPTY)


@pages.post("")
@guarded("releaser")
def release_them() -> Answer:
    """Release the batches that were shown; both officers confirm the same list."""
    chosen = request.form.getlist("batch")

    def work(act: Act) -> Done:
        ids = _numbers(chosen)
        if not ids:
            raise Faulty([Problem("", act.say("releasing.nothing"))])
        two = [(one.officer_id, one.code) for one in both(act)]
        count = release(act.session, act.keyring, two, ids, act.now)
        return Done(url_for("sending.index"), act.say("releasing.done", count=count))

    return acting(work, lambda form: _check(chosen, form))


@pages.post("/build")
@guarded("releaser")
def build() -> Answer:
    """Ask for the batches of approved payrolls that are due; a worker builds them."""

    def work(act: Act) -> Done:
        act.officer.require_everything()
        return asked(act, "build_batches", {})

    return acting(work, _index)


def _index(form: Form) -> str:
    with opened() as page:
        where = _where(page)
        total = reading.totals(page.session, where)
        paged = paging(page.arguments.get("page"), total.batches)
        now = site().clock.now()
        return page.render(
            "pages/money/releasing.html", form=form, total=total, paging=paged,
            rows=reading.listed(page.session, where, paged.size, paged.offset),
            due=len(due_now(page.session, now)),
            unbuilt=len(waiting_for_batches(page.session, now)),
            programmes=payroll_reading.programmes(page.session),
            providers=batch_reading.providers(page.session),
        )  # fmt: skip


def _where(page: Page) -> list[ColumnElement[bool]]:
    mine = page.officer.within_units(contract.c.unit_code)
    return [*reading.conditions(page.arguments), mine]


def _check(chosen: Sequence[str], form: Form) -> str:
    with opened() as page:
        ids = _numbers(chosen)
        if page.arguments.get("pick") == "all":
            ids = reading.numbers(page.session, _where(page), MOST)
        asked = len(ids)
        ids = reading.within(page.session, ids, page.officer.within_units(contract.c.unit_code))
        if not ids:
            return _index(Form({}, (Problem("", page.say("releasing.nothing")),)))
        found = reading.dry_run(page.session, ids, site().clock.now())
        names = batch_reading.names(page.session, ids)
        return page.render(
            "pages/money/release_check.html", form=form, found=found, names=names, asked=asked,
            # What is another unit's cannot be told from what is not there any more.
            gone=asked - len(found.can) - len(found.cannot),
        )  # fmt: skip


def _numbers(chosen: Sequence[str]) -> list[int]:
    """The batches that were marked, each once."""
    if len(chosen) > MOST or not all(map(is_number, chosen)):
        raise NotFound(f"Mỗi lần giải ngân tối đa {MOST} lô.", "Chọn lại trong danh sách.")
    return numbers_of(chosen)
