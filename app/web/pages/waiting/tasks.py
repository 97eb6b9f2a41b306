"""Long work that an officer asked for: its page may be closed, a worker does it meanwhile."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, send_file

from app.errors import NotFound
from app.payroll.tables import payroll
from app.tasks.asking import task_of, tasks_of
from app.tasks.tables import DONE, FAILED
from app.web.access import SEES, guarded
from app.web.asking import asked, poll
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.site import Page, opened, site

pages = Blueprint("waiting", __name__)

STOP_POLLING = 286
"""What htmx takes for: answered, ask no more."""
FORMS = ("pdf", "xlsx")
AUDITORS = ("audit_pack",)
"""What only an auditor fetches, and only while he is one."""


@pages.get("/tasks")
@guarded()
def index() -> str:
    """What the officer asked for lately."""
    return _list(EMPTY)


@pages.get("/tasks/<key:task_id>")
@guarded()
def show(task_id: int) -> str:
    """How far one task is; the page asks again by itself."""
    with opened() as page:
        return page.render("pages/waiting/task.html", task=_mine(page, task_id), poll=poll(page))


@pages.get("/tasks/<key:task_id>/progress")
@guarded()
def progress(task_id: int) -> tuple[str, int]:
    """The part of the page that changes, for a script to put in its place."""
    with opened() as page:
        task = _mine(page, task_id)
        status = STOP_POLLING if task.state in (DONE, FAILED) else HTTPStatus.OK
        return page.render("pages/waiting/progress.html", task=task, poll=poll(page)), status


@pages.get("/tasks/<key:task_id>/file")
@guarded()
def file(task_id: int) -> Answer:
    """The file that came of a task."""
    with opened() as page:
        task = _mine(page, task_id)
        path = site().home / task.path
        if task.kind in AUDITORS and not page.officer.is_one_of("auditor"):
            raise NotFound(page.say("waiting.none"))
        if not task.path or not path.is_file():
            raise NotFound(page.say("waiting.no_file"))
        return send_file(path.resolve(), as_attachment=True, download_name=path.name)


@pages.post("/payrolls/<key:payroll_id>/list")
@guarded(*SEES)
def payroll_list(payroll_id: int) -> Answer:
    """Ask for the list of a payroll as PDF or workbook."""

    def work(act: Act) -> Done:
        row = act.session.execute(payroll.select().where(payroll.c.id == payroll_id)).one_or_none()
        if row is None:
            raise NotFound(act.say("payrolls.none"))
        act.officer.require_unit(row.unit_code)
        if act.get("form") not in FORMS:
            raise Faulty([Problem("", act.say("waiting.no_form"))])
        arguments = {"payroll_id": payroll_id, "form": act.get("form")}
        return asked(act, "payroll_list", arguments)

    return acting(work, _list)


def _list(form: Form) -> str:
    with opened() as page:
        rows = tasks_of(page.session, page.officer.officer_id)
        return page.render("pages/waiting/tasks.html", rows=rows, form=form)


def _mine(page: Page, task_id: int) -> Any:
    found = task_of(page.session, page.officer.officer_id, task_id)
    if found is None:
        raise NotFound(page.say("waiting.none"))
    return found
