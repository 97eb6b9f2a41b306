"""Jobs: when each ran and runs next, what failed and why; a failed slot goes on, a due one runs."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.errors import NotFound, Refused
from app.schedule.calendar import calendar_of
from app.schedule.plan import PLAN
from app.schedule.run_tables import FAILED, RUNNING
from app.schedule.runs import (
    SILENT_AFTER,
    due_slots,
    job_named,
    last_seen,
    let_go_on,
    newest_runs,
    next_slot,
    require_reason,
    run_of,
    runs_of,
    waiting_for_people,
)
from app.web.access import guarded
from app.web.asking import asked
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.site import Page, opened, site

pages = Blueprint("jobs", __name__)
LOOKS = ("auditor", "admin")
DUE_SHOWN = 10


@pages.get("/jobs")
@guarded(*LOOKS)
def index() -> str:
    """Every job with its last and its next run; what waits for people comes first."""
    with opened() as page:
        session, now = page.session, page.as_of
        calendar, seen = calendar_of(session), last_seen(session)
        return page.render(
            "pages/running/jobs.html",
            plan=PLAN,
            newest=newest_runs(session),
            next_={one.name: next_slot(one, now, calendar) for one in PLAN},
            stuck=waiting_for_people(session),
            seen=seen,
            silent=seen is None or now - seen >= SILENT_AFTER,
        )


@pages.get("/jobs/<job>")
@guarded(*LOOKS)
def show(job: str) -> str:
    """The runs of one job, the newest first, and its slots that are due."""
    with opened() as page:
        plan = job_named(job, PLAN)
        due = due_slots(page.session, plan, page.as_of, calendar_of(page.session))
        return page.render(
            "pages/running/job.html",
            job=plan,
            runs=runs_of(page.session, plan.name, none_is_missing=False),
            due=due[-DUE_SHOWN:],
            left=max(0, len(due) - DUE_SHOWN),
        )


@pages.get("/jobs/<job>/<slot>")
@guarded("admin", fresh=True)
def slot(job: str, slot: str) -> str:
    """One slot: how far it came, what went wrong, and what may be done about it."""
    return _slot(job, slot, EMPTY)


@pages.post("/jobs/<job>/<slot>/resume")
@guarded("admin", fresh=True)
def resume(job: str, slot: str) -> Answer:
    """Let a failed slot go on where it stopped; the scheduler takes it up at once."""

    def work(act: Act) -> Done:
        let_go_on(act.session, job_named(job, PLAN).name, slot, _actor(act), act.now)
        return Done(url_for("jobs.show", job=job), act.say("jobs.resumed", slot=slot))

    return acting(work, lambda form: _slot(job, slot, form))


@pages.post("/jobs/<job>/<slot>/done")
@guarded("admin", fresh=True)
def count_as_done(job: str, slot: str) -> Answer:
    """A failed slot counts as done, because people did its work."""

    def work(act: Act) -> Done:
        act.require(reason="jobs.reason_missing")
        because, name = require_reason(act.get("reason")), job_named(job, PLAN).name
        let_go_on(act.session, name, slot, _actor(act), act.now, because)
        return Done(url_for("jobs.show", job=job), act.say("jobs.done", slot=slot))

    return acting(work, lambda form: _slot(job, slot, form), about="reason")


@pages.post("/jobs/<job>/<slot>/run")
@guarded("admin", fresh=True)
def run(job: str, slot: str) -> Answer:
    """Ask a worker to run a slot that is due, now."""

    def work(act: Act) -> Done:
        if site().training:
            raise Refused(act.say("jobs.no_clock"))
        plan = job_named(job, PLAN)
        due = due_slots(act.session, plan, act.now, calendar_of(act.session))
        if slot not in {one.name for one in due}:
            raise NotFound(act.say("jobs.not_due"))
        of = {"job": plan.name, "slot": slot, "officer": act.officer.officer_id}
        return asked(act, "run_job", of)

    return acting(work, lambda form: _slot(job, slot, form))


def _actor(act: Act) -> str:
    return str(act.officer.officer_id)


def _slot(job: str, slot: str, form: Form) -> str:
    with opened() as page:
        plan = job_named(job, PLAN)
        row, due = run_of(page.session, plan.name, slot), _is_due(page, job, slot)
        if row is None and not due:
            raise NotFound(page.say("jobs.not_due"))
        return page.render(
            "pages/running/slot.html",
            job=plan,
            slot=slot,
            row=row,
            is_due=due,
            may_run=due and not site().training and (row is None or row.state != RUNNING),
            has_failed=row is not None and row.state == FAILED,
            form=form,
        )


def _is_due(page: Page, job: str, slot: str) -> bool:
    calendar = calendar_of(page.session)
    due = due_slots(page.session, job_named(job, PLAN), page.as_of, calendar)
    return slot in {one.name for one in due}
