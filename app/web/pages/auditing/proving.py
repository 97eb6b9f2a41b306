"""Every proof of the house at a button: a worker runs them, the trail keeps who asked and each
result."""

from __future__ import annotations

from flask import Blueprint

from app.audit.words import PROVED
from app.errors import NotFound
from app.web.access import guarded
from app.web.asking import asked
from app.web.pages.auditing.tabs import require_whole_province, tabs
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import trail as reading
from app.web.site import opened

pages = Blueprint("proving", __name__, url_prefix="/audit/proofs")


@pages.get("")
@guarded("auditor")
def index() -> str:
    """The runs so far, the newest first, and the button."""
    return _index(EMPTY)


@pages.post("")
@guarded("auditor")
def run() -> Answer:
    """Ask for every proof; the page that follows tells how far it is."""

    def work(act: Act) -> Done:
        act.officer.require_everything()
        arguments = {"fast": act.get("fast") == "1", "officer": act.officer.username}
        return asked(act, "prove", arguments)

    return acting(work, _index)


@pages.get("/<key:run_id>")
@guarded("auditor")
def show(run_id: int) -> str:
    """A run: each proof with its result and figures."""
    with opened() as page:
        require_whole_province(page)
        found = reading.one_of(page.session, run_id)
        if found is None or found.row.action != PROVED:
            raise NotFound(page.say("audit.no_run"))
        return page.render("pages/auditing/run.html", found=found, row=found.row,
                           proofs=reading.proofs_in(found.row))  # fmt: skip


def _index(form: Form) -> str:
    with opened() as page:
        require_whole_province(page)
        runs = [(one, reading.proofs_in(one.row))
                for one in reading.newest(page.session, PROVED)]  # fmt: skip
        return page.render("pages/auditing/proving.html", form=form, runs=runs,
                           tabs=tabs(page, "proving"))  # fmt: skip
