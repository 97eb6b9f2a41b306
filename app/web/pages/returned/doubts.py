"""Batches whose fate nobody knows: the next step, the evidence, and what two officers decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.channels.declared import declared
from app.disbursement.doubts import next_steps
from app.disbursement.horizon import Enquiry, confirm_not_received, horizon_of
from app.disbursement.tasks import tasks
from app.errors import NotFound
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting, seen
from app.web.reading import batches as batch_reading
from app.web.second import both
from app.web.site import Page, opened, site
from app.web.typed import needed_day

pages = Blueprint("doubts", __name__, url_prefix="/bank-tasks")
READS = ("releaser", "auditor")


@pages.get("")
@guarded(*READS)
def index() -> str:
    """Everything that waits between us and the providers, what people do first."""
    with opened() as page:
        page.officer.require_everything()
        known = declared(page.session, site().settings.adapters)
        return page.render("pages/returned/tasks.html",
                           rows=tasks(page.session, known, page.as_of))  # fmt: skip


@pages.get("/<key:batch_id>")
@guarded(*READS)
def show(batch_id: int) -> str:
    """How far a batch is from its finality horizon, and the form for two officers."""
    return _show(batch_id, EMPTY)


@pages.post("/<key:batch_id>")
@guarded("releaser")
def not_received(batch_id: int) -> Answer:
    """Two officers decide that what still waits never came; it is owed again."""
    with opened() as page:
        _found(page, batch_id)

    def work(act: Act) -> Done:
        act.require(enquiry="doubts.enquiry_missing", on="typed.day_missing")
        enquiry = Enquiry(act.get("enquiry"), needed_day(act, "on"))
        waits = horizon_of(act.session, batch_id)
        act.require_seen(waits.lines, waits.total)
        found = confirm_not_received(act.session, act.keyring, both(act), batch_id, enquiry,
                                     act.now)  # fmt: skip
        said = act.say("doubts.done", id=batch_id, lines=found.lines)
        return Done(url_for("batches.show", batch_id=batch_id), said)

    return acting(work, lambda form: _show(batch_id, form))


def _show(batch_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, batch_id)
        known = declared(page.session, site().settings.adapters)
        steps = [one for one in next_steps(page.session, known, page.as_of)
                 if one.batch_id == batch_id]  # fmt: skip
        horizon = horizon_of(page.session, batch_id)
        return page.render(
            "pages/returned/doubt.html", form=form, found=found, steps=steps, horizon=horizon,
            may=page.officer.is_one_of("releaser"), seen=seen(horizon.lines, horizon.total),
        )  # fmt: skip


def _found(page: Page, batch_id: int) -> Any:
    found = batch_reading.one(page.session, batch_id)
    if found is None:
        raise NotFound(page.say("batches.none"))
    page.officer.require_unit(found.unit_code)
    return found
